"""Locks that the project's modules made when nobody had taken control yet.

``racewright.explore`` is called when these have long been imported, and the locks at their top are
the interpreter's own. A task would block on one for real; and a native RLock knows OS threads, of
which all tasks may share one, so it would let them all in. The locks found in the modules'
variables, in their classes and in instances of these get stand-ins, unless somebody holds them.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Container, Iterable
from types import ModuleType
from typing import Any

from racewright import originals
from racewright.interpose.patching import Patches
from racewright.primitives import locks

__all__ = ["adopt_locks"]

#: What a Condition takes over from its lock, where the lock has it.
_BORROWED = ("acquire", "release", "locked", "_release_save", "_acquire_restore", "_is_owned")


def adopt_locks(
    modules: Iterable[ModuleType], patches: Patches, objects: Iterable[Any] = ()
) -> None:
    """Put controlled locks in the place of native ones; ``patches`` gives them back.

    ``objects`` are looked into as well as what the modules' variables hold.
    """
    stand_ins: dict[int, Any] = {}
    pending: list[Any] = list(modules)
    names = {module.__name__ for module in pending}
    pending += [each for each in objects if _is_of(names, each)]
    seen = {id(each) for each in pending}
    while pending:
        owner = pending.pop()
        for name, value in list(vars(owner).items()):
            stand_in = _stand_in(value, stand_ins)
            if stand_in is not None:
                with contextlib.suppress(AttributeError):  # frozen: it stays real
                    patches.replace(owner, name, stand_in)
            elif id(value) in seen:
                continue
            elif isinstance(value, threading.Condition):
                _adopt_condition(value, stand_ins, patches)
            elif _is_of(names, value):
                pending.append(value)
            seen.add(id(value))


def _is_of(modules: Container[str], value: Any) -> bool:
    """Whether it is a class of one of the modules, or has the fields of one."""
    kind = value if isinstance(value, type) else type(value)
    return kind.__module__ in modules and hasattr(value, "__dict__")


def _stand_in(value: Any, stand_ins: dict[int, Any]) -> Any:
    """The controlled lock for a native one that is free; ``None`` for anything else."""
    if type(value) not in (originals.lock_type, originals.rlock_type):
        return None
    stand_in = stand_ins.get(id(value))
    if stand_in is None and not _is_held(value):
        stand_in = locks.Lock() if type(value) is originals.lock_type else locks.RLock()
        stand_in._mutex.made_at = None  # where it was made, nobody saw
        stand_ins[id(value)] = stand_in
    return stand_in


def _is_held(lock: Any) -> bool:
    if getattr(lock, "_is_owned", bool)():  # an RLock of ours would let us in again
        return True
    if lock.acquire(False):
        lock.release()
        return False
    return True


def _adopt_condition(condition: Any, stand_ins: dict[int, Any], patches: Patches) -> None:
    stand_in = _stand_in(condition._lock, stand_ins)
    if stand_in is None:
        return
    patches.replace(condition, "_lock", stand_in)
    for name in _BORROWED:
        if hasattr(stand_in, name) and hasattr(condition, name):
            patches.replace(condition, name, getattr(stand_in, name))
