"""``Condition``, ``Event``, ``Semaphore`` and ``Barrier`` under control, as replacements of
methods.

The classes stay CPython's own, and so do their fields, so subclasses, pickles and ``isinstance``
are as ever; outside a run each method calls the original. ``notify`` is the original throughout:
it calls ``release`` on whatever waits, and a task's place in a condition is a :class:`Waiter`,
which has one.
"""

from __future__ import annotations

import threading
from typing import Any

from racewright import originals
from racewright.kernel.resources import Signal
from racewright.kernel.scheduler import Kernel, here
from racewright.kernel.sites import caller_site, maker_site
from racewright.model.operation import Resource
from racewright.primitives.locks import Lock, RLock, quiet_lock
from racewright.primitives.neutral import NEUTRAL, Neutral

__all__ = [
    "barrier_init",
    "barrier_wait",
    "bounded_semaphore_release",
    "condition_notify",
    "condition_wait",
    "event_clear",
    "event_init",
    "event_is_set",
    "event_set",
    "event_wait",
    "semaphore_acquire",
    "semaphore_init",
    "semaphore_release",
]

_get_ident = originals.get_ident
_condition_wait = threading.Condition.wait
_condition_notify = threading.Condition.notify
_event_wait = threading.Event.wait
_event_set = threading.Event.set
_event_clear = threading.Event.clear
_event_is_set = threading.Event.is_set
_semaphore_acquire = threading.Semaphore.acquire
_semaphore_release = threading.Semaphore.release
_bounded_release = threading.BoundedSemaphore.release
_barrier_init = threading.Barrier.__init__
_barrier_wait = threading.Barrier.wait


def token(owner: Any, kind: str) -> Resource:
    """The resource that stands for ``owner``, kept on it: one of our own small objects."""
    resource: Resource | None = owner.__dict__.get("_racewright")
    if resource is None:
        # A mangled or private name of the class itself would be seen by code that copies fields;
        # `vars()` of a standard primitive is not something that programs look at.
        resource = owner.__dict__["_racewright"] = Resource(kind, caller_site())
    return resource


class Waiter:
    """A task's place in a condition, where CPython keeps a lock: ``notify`` calls ``release``."""

    __slots__ = ("kernel", "signal")

    def __init__(self, kernel: Kernel, signal: Signal) -> None:
        self.kernel = kernel
        self.signal = signal

    def release(self) -> None:
        self.kernel.send(self.signal)


# ---------------------------------------------------------------------- Condition


def is_neutral(lock: Any) -> bool:
    """Whether a condition's lock lets others come between what was asked and what is done."""
    return isinstance(lock, (Lock, RLock)) and type(lock._is_quiet) is Neutral


def condition_wait(self: Any, timeout: float | None = None) -> bool:
    kernel = here()
    if kernel is None:
        return _condition_wait(self, timeout)
    if not self._is_owned():
        raise RuntimeError("cannot wait on un-acquired lock")
    lock = self._lock
    if NEUTRAL.kind and NEUTRAL.is_early(kernel, "wait", caller_site()):
        saved = self._release_save()
        try:
            kernel.point("wait", token(self, "Condition"), caller_site())
        finally:
            self._acquire_restore(saved)
        return True
    if NEUTRAL.kind and is_neutral(lock):
        kernel.point("wait", token(self, "Condition"), caller_site())
    mutex = lock._mutex if isinstance(lock, (Lock, RLock)) else None
    signal = Signal(token(self, "Condition"), mutex)
    waiter = Waiter(kernel, signal)
    self._waiters.append(waiter)
    saved = self._release_save()
    came = False
    try:
        came = kernel.await_signal(signal, caller_site(), timeout)
    finally:
        self._acquire_restore(saved)
        if not came:
            try:
                self._waiters.remove(waiter)
            except ValueError:
                pass
    return came


def condition_notify(self: Any, n: int = 1) -> None:
    kernel = here()
    if kernel is not None and not kernel.is_over and self._is_owned():
        # Its lock is held, so nobody could come between: an event, but no decision.
        task = kernel.current
        if NEUTRAL.kind and is_neutral(self._lock):
            kernel.offer(task, task)
        kernel.trace.append((task.index, "notify", token(self, "Condition"), caller_site()))
    _condition_notify(self, n)


# ---------------------------------------------------------------------- Event


def event_init(self: Any) -> None:
    self._cond = threading.Condition(quiet_lock())  # type: ignore[arg-type]
    self._flag = False


def event_is_set(self: Any) -> bool:
    kernel = here()
    if kernel is not None:
        kernel.point("peek", token(self, "Event"), caller_site())
    return bool(self._flag)


def event_set(self: Any) -> None:
    kernel = here()
    if kernel is None or kernel.is_over:
        _event_set(self)
        return
    resource = token(self, "Event")
    site = caller_site()
    kernel.point("set", resource, site)
    if self._cond._waiters:
        _event_set(self)
    self._flag = True
    kernel.unlock(resource)
    if resource.waiters:
        kernel.hand_over(resource, site)


def event_clear(self: Any) -> None:
    kernel = here()
    if kernel is None:
        _event_clear(self)
        return
    kernel.point("clear", token(self, "Event"), caller_site())
    self._flag = False


def event_wait(self: Any, timeout: float | None = None) -> bool:
    kernel = here()
    if kernel is None:
        return _event_wait(self, timeout)
    resource = token(self, "Event")
    if NEUTRAL.kind and NEUTRAL.is_early(kernel, "wait", caller_site()):
        kernel.point("wait", resource, caller_site())
        return True
    # A task that was woken has seen the event set, even if it is cleared before its turn comes: so
    # natively. Clearing therefore does not close the resource; asking to wait looks at the flag.
    resource.is_closed = not self._flag
    return kernel.enter("wait", resource, caller_site(), timeout)


# ---------------------------------------------------------------------- Semaphore


def semaphore_init(self: Any, value: int = 1) -> None:
    if value < 0:
        raise ValueError("semaphore initial value must be >= 0")
    self._cond = threading.Condition(quiet_lock())  # type: ignore[arg-type]
    self._value = value
    self._racewright = Resource(type(self).__name__, maker_site())


def semaphore_acquire(self: Any, blocking: bool = True, timeout: float | None = None) -> bool:
    kernel = here()
    if kernel is None:
        return _semaphore_acquire(self, blocking, timeout)
    if not blocking and timeout is not None:
        raise ValueError("can't specify timeout for non-blocking acquire")
    resource = token(self, type(self).__name__)
    site = caller_site()
    if NEUTRAL.kind == "semaphore" and NEUTRAL.is_at(resource.made_at):
        kernel.point("acquire", resource, site)
        self._value -= 1  # it may become negative: who gives back finds what it took
        return True
    if not blocking:
        kernel.point("try-acquire", resource, site)
        if self._value <= 0:
            return False
    else:
        resource.is_closed = self._value <= 0
        if not kernel.enter("acquire", resource, site, timeout):
            return False
    self._value -= 1
    if self._value <= 0:
        kernel.shut(resource)
    return True


def semaphore_release(self: Any, n: int = 1) -> None:
    kernel = here()
    if kernel is None or kernel.is_over:
        _semaphore_release(self, n)
        return
    if n < 1:
        raise ValueError("n must be one or more")
    resource = token(self, type(self).__name__)
    site = caller_site()
    kernel.point("release", resource, site)
    if self._cond._waiters:
        _semaphore_release(self, n)
    else:
        self._value += n
    kernel.unlock(resource)
    if resource.waiters:
        kernel.hand_over(resource, site)


def bounded_semaphore_release(self: Any, n: int = 1) -> None:
    kernel = here()
    if kernel is None:
        _bounded_release(self, n)
        return
    if n >= 1 and self._value + n > self._initial_value:
        raise ValueError("Semaphore released too many times")
    semaphore_release(self, n)


# ---------------------------------------------------------------------- Barrier


def barrier_init(self: Any, parties: int, action: Any = None, timeout: float | None = None) -> None:
    _barrier_init(self, parties, action, timeout)
    self._cond = threading.Condition(quiet_lock())  # type: ignore[arg-type]


def barrier_wait(self: Any, timeout: float | None = None) -> int:
    kernel = here()
    if kernel is not None:
        kernel.point("put", token(self, "Barrier"), caller_site())
        if NEUTRAL.kind and NEUTRAL.is_early(kernel, "wait", caller_site()):
            index = NEUTRAL.count(kernel, token(self, "Barrier")) % self._parties
            if index == self._parties - 1 and self._action is not None:
                self._action()
            return int(index)
    return _barrier_wait(self, timeout)
