"""Hashes and identities of threads and futures that are the same in every execution.

By default an object's hash is its address, so the order in which a set is gone through is an
accident of memory: a ``ThreadPoolExecutor`` joins its threads in that order, and ``wait`` locks its
futures in it. ``sorted(futures, key=id)``, with which the standard library and others choose an
order for their locks, is the same accident. In a run they are numbered in the order in which they
are first asked for either.
"""

from __future__ import annotations

from concurrent.futures import Future
from threading import Thread
from typing import Any

from racewright.kernel.scheduler import here

__all__ = ["CLASSES", "hash_of", "order_of"]

_id = id
#: The classes whose instances the standard library keeps in sets that it goes through.
CLASSES: tuple[type, ...] = (Thread, Future)


def hash_of(self: Any) -> int:
    """``__hash__`` of :data:`CLASSES`: stays what it was when it was first asked for."""
    known: int | None = self.__dict__.get("_racewright_hash")
    if known is None:
        kernel = here()
        known = object.__hash__(self) if kernel is None else next(kernel.numbers)
        self.__dict__["_racewright_hash"] = known
    return known


def order_of(thing: object, /) -> int:
    """``id``: different for any two objects that are alive, and no address for those above."""
    if not issubclass(type(thing), CLASSES):
        return _id(thing)
    number = hash_of(thing)
    return number if number != object.__hash__(thing) else _id(thing)
