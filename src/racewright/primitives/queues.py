"""``SimpleQueue`` of our own, and the scheduling points of ``queue.Queue``.

``Queue`` and its subclasses stay CPython's: their mutex is a quiet lock, their waiting is
``Condition.wait``, and every public method has one scheduling point at its entry.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from types import GenericAlias
from typing import Any

from racewright import originals
from racewright.kernel.scheduler import here
from racewright.kernel.sites import caller_site
from racewright.model.operation import Resource
from racewright.primitives.conditions import token
from racewright.primitives.locks import Lock, quiet_lock
from racewright.primitives.neutral import NEUTRAL

__all__ = ["SimpleQueue", "announced", "queue_init"]

_queue_init = queue.Queue.__init__
_queue_join = queue.Queue.join
_queue_put = queue.Queue.put


def queue_init(self: Any, maxsize: int = 0) -> None:
    _queue_init(self, maxsize)
    if isinstance(self.mutex, Lock):
        self.mutex = quiet_lock()
        self.not_empty = threading.Condition(self.mutex)
        self.not_full = threading.Condition(self.mutex)
        self.all_tasks_done = threading.Condition(self.mutex)


def announced(original: Callable[..., Any], kind: str) -> Callable[..., Any]:
    """``original``, a method of ``Queue``, with a scheduling point before it."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        kernel = here()
        if kernel is not None and not kernel.is_over:
            kernel.point(kind, token(self, type(self).__name__), caller_site())
            if NEUTRAL.kind and NEUTRAL.is_early(kernel, "wait", caller_site()):
                return _without_waiting(original, self, args, kwargs)
        return original(self, *args, **kwargs)

    return method


def _without_waiting(
    original: Callable[..., Any], self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """A queue that has room for whatever is put, and whose ``join`` is over at once.

    What it has not, nobody can take from it: ``get`` waits as ever.
    """
    if original is _queue_join:
        return None
    if original is not _queue_put:
        return original(self, *args, **kwargs)
    room = self.maxsize
    self.maxsize = 0
    try:
        return original(self, *args, **kwargs)
    finally:
        self.maxsize = room


class SimpleQueue:
    """An unbounded queue; ``get`` waits while it is empty."""

    __slots__ = ("__weakref__", "_items", "_real", "_token")

    __class_getitem__: Any = classmethod(GenericAlias)

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        #: Counts the items for threads outside a run, and lets them wait.
        self._real: Any = originals.SimpleQueue()
        self._token = Resource("SimpleQueue")

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        kernel = here()
        if kernel is not None and not kernel.is_over:
            resource = self._token
            site = caller_site()
            if resource.made_at is None:
                resource.made_at = site
            kernel.point("put", resource, site)
            self._items.append(item)
            self._real.put(None)
            kernel.unlock(resource)
            if resource.waiters:
                kernel.hand_over(resource, site)
            return
        self._items.append(item)
        self._real.put(None)

    def put_nowait(self, item: Any) -> None:
        self.put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        kernel = here()
        if kernel is None:
            self._real.get(block, timeout)
            return self._items.popleft()
        resource = self._token
        site = caller_site()
        if not block:
            kernel.point("get", resource, site)
        else:
            resource.is_closed = not self._items
            if not kernel.enter("get", resource, site, timeout):
                raise queue.Empty
        if not self._items:
            raise queue.Empty
        self._real.get(False)
        item = self._items.popleft()
        if not self._items:
            kernel.shut(resource)
        return item

    def get_nowait(self) -> Any:
        return self.get(False)

    def empty(self) -> bool:
        return self.qsize() == 0

    def qsize(self) -> int:
        kernel = here()
        if kernel is not None:
            kernel.point("peek", self._token, caller_site())
        return len(self._items)
