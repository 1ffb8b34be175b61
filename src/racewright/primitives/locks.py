"""``Lock`` and ``RLock``, as their users know them, inside a run and outside.

Each wraps a real lock. Outside a run it does what the real one does. Inside, whether it is taken is
still the real one's to say (so that a lock held by an uncontrolled thread, or before the run began,
is seen to be held), but nobody ever blocks on it: waiting is the scheduler's.
"""

from __future__ import annotations

import sys
import warnings
from types import TracebackType
from typing import Any

from racewright import hot, originals
from racewright.errors import TaskAbandoned
from racewright.kernel.resources import Mutex
from racewright.kernel.scheduler import STATE, Kernel, here
from racewright.kernel.sites import caller_site, maker_site
from racewright.kernel.task import Task
from racewright.primitives.foreign import watch
from racewright.primitives.neutral import NEUTRAL, Neutral

__all__ = ["Lock", "RLock", "quiet_lock"]

_get_ident = originals.get_ident
_allocate = originals.allocate_lock
#: Where the locks of imports are made. A module is imported once in a process: were that an event,
#: the first execution that comes to an ``import`` in a function would differ from all others.
_IMPORTS = "<frozen importlib._bootstrap>"


def _check(blocking: bool, timeout: float) -> None:
    """Refuse what the real ones refuse."""
    if not blocking and timeout != -1:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if timeout < 0 and timeout != -1:
        raise ValueError("timeout value must be a non-negative number")
    if timeout > 9223372036:
        raise OverflowError("timestamp too large to convert to C _PyTime_t")


class Lock:
    """What ``threading.Lock()`` makes under control."""

    __slots__ = ("__weakref__", "_is_quiet", "_mutex", "_real")

    def __init_subclass__(cls) -> None:
        raise TypeError("type '_thread.lock' is not an acceptable base type")

    def __init__(self, *, real: Any = None, is_quiet: bool = False) -> None:
        self._real: Any = _allocate() if real is None else real
        site = None if is_quiet else maker_site()
        self._mutex = Mutex("Lock", site)
        #: Guards a standard class's own state, or an import: no scheduling points. `False`, as most
        #: have it, is what the compiled methods look for.
        self._is_quiet: bool | Neutral = is_quiet or (site is not None and site.file == _IMPORTS)
        if NEUTRAL.kind == "lock" and NEUTRAL.is_at(site):
            self._is_quiet = Neutral(self._mutex)

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        kernel = STATE.kernel
        if kernel is None or _get_ident() != kernel.current.os_ident:
            return bool(self._real.acquire(blocking, timeout))
        mutex = self._mutex
        if self._is_quiet:
            if type(self._is_quiet) is Neutral:
                _check(blocking, timeout)
                return self._is_quiet.take(kernel, is_reentrant=False)
            if not mutex.is_closed and self._real.acquire(False):
                mutex.owner = kernel.current
                kernel.shut(mutex)
                return True
        site = caller_site()
        if timeout == -1 and blocking:
            if kernel.take(mutex, self._real, site):
                return True
        else:
            _check(blocking, timeout)
            if not blocking:
                kernel.point("try-acquire", mutex, site)
                if not self._real.acquire(False):
                    return False
                mutex.owner = kernel.current
                mutex.taken_at = site
                kernel.shut(mutex)
                return True
        while True:
            if mutex.is_closed is False and self._real.locked():
                mutex.is_closed = True  # somebody outside holds it
                mutex.owner = None
                watch(kernel, self)
            if not kernel.enter("acquire", mutex, site, None if timeout == -1 else timeout):
                return False
            if self._real.acquire(False):
                break
        mutex.owner = kernel.current
        mutex.taken_at = site
        kernel.shut(mutex)
        return True

    def release(self) -> None:
        kernel = STATE.kernel
        quiet = self._is_quiet
        running = here() if type(quiet) is Neutral else None
        if type(quiet) is Neutral and running is not None:
            if self._real.locked():  # since before the run
                self._real.release()
            else:
                quiet.give_back(running, is_reentrant=False)
            return
        if kernel is None or _get_ident() != kernel.current.os_ident or kernel.is_over:
            self._real.release()
            self._mutex.is_closed = False
            self._mutex.owner = None
            return
        mutex = self._mutex
        if self._is_quiet:
            self._real.release()
            mutex.owner = None
            kernel.unlock(mutex)
            return
        kernel.give_back(mutex, self._real, caller_site())

    def locked(self) -> bool:
        kernel = STATE.kernel
        if kernel is not None and _get_ident() == kernel.current.os_ident and not self._is_quiet:
            kernel.point("peek", self._mutex, caller_site())
        return self._is_taken()

    def _is_taken(self) -> bool:
        quiet = self._is_quiet
        return bool(self._real.locked()) or (type(quiet) is Neutral and quiet.is_taken)

    __enter__ = acquire
    acquire_lock = acquire
    release_lock = release
    locked_lock = locked

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def __repr__(self) -> str:
        state = "locked" if self._real.locked() else "unlocked"
        return f"<{state} _thread.lock object at {id(self):#x}>"

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("cannot pickle '_thread.lock' object")

    def _at_fork_reinit(self) -> None:
        self._real._at_fork_reinit()
        self._mutex = Mutex("Lock", self._mutex.made_at)
        if type(self._is_quiet) is Neutral:
            self._is_quiet = Neutral(self._mutex)

    # What `threading.Condition` asks of its lock.

    def _is_owned(self) -> bool:
        return self._is_taken()

    def _release_save(self) -> None:
        """Part of a wait: given back without a scheduling point of its own."""
        quiet, running = self._is_quiet, here()
        if type(quiet) is Neutral and running is not None and quiet.is_taken:
            quiet.save(running)
            return
        self._real.release()
        self._mutex.owner = None
        kernel = STATE.kernel
        if kernel is not None and _get_ident() == kernel.current.os_ident:
            kernel.unlock(self._mutex)
        else:
            self._mutex.is_closed = False

    def _acquire_restore(self, _state: object) -> None:
        kernel = STATE.kernel
        if kernel is None or _get_ident() != kernel.current.os_ident:
            self._real.acquire()
            return
        if type(self._is_quiet) is Neutral:
            self._is_quiet.put(kernel.current.index, 1)
        else:
            _retake(kernel, self)


def _retake(kernel: Kernel, lock: Lock | RLock) -> None:
    """Take the mutex again after a wait; it is open, unless the run is over."""
    mutex = lock._mutex
    while not lock._real.acquire(False):
        if kernel.is_over:
            # Unwinding: whoever holds it has been abandoned, and `with` will give it back.
            break
        if not mutex.is_closed:
            mutex.is_closed = True
            watch(kernel, lock)
        kernel.enter("acquire", mutex, mutex.taken_at)
    mutex.owner = kernel.current
    if not kernel.is_over:
        kernel.shut(mutex)


class RLock:
    """What ``threading.RLock()`` makes under control: owned by a task, entered any number of
    times."""

    __slots__ = ("__weakref__", "_count", "_is_quiet", "_mutex", "_owner", "_real")

    def __init__(self, *ignored: object, is_quiet: bool = False, **also: object) -> None:
        if (ignored or also) and sys.version_info >= (3, 13):
            message = "Passing arguments to RLock is deprecated and will be removed in 3.15"
            warnings.warn(message, DeprecationWarning, stacklevel=2)
        self._real: Any = _allocate()
        site = None if is_quiet else maker_site()
        self._mutex = Mutex("RLock", site)
        self._owner: int | None = None  #: ident of the thread or task that holds it
        self._count = 0
        self._is_quiet: bool | Neutral = is_quiet or (site is not None and site.file == _IMPORTS)
        if NEUTRAL.kind == "lock" and NEUTRAL.is_at(site):
            self._is_quiet = Neutral(self._mutex)

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        kernel = STATE.kernel
        if kernel is None or _get_ident() != kernel.current.os_ident:
            me = _get_ident()
            if self._owner == me:
                self._count += 1
                return True
            if self._real.acquire(blocking, timeout):
                self._owner, self._count = me, 1
                return True
            return False
        task: Task = kernel.current
        if self._owner == task.ident:
            _check(blocking, timeout)
            self._count += 1
            return True
        if type(self._is_quiet) is Neutral:
            _check(blocking, timeout)
            return self._is_quiet.take(kernel, is_reentrant=True)
        mutex = self._mutex
        site = caller_site()
        if self._is_quiet and not mutex.is_closed and self._real.acquire(False):
            pass
        else:
            if timeout != -1 or not blocking:
                _check(blocking, timeout)
            if not blocking:
                kernel.point("try-acquire", mutex, site)
                if not self._real.acquire(False):
                    return False
            elif timeout == -1 and kernel.take(mutex, self._real, site):
                self._owner, self._count = task.ident, 1
                return True
            else:
                while True:
                    if mutex.is_closed is False and self._real.locked():
                        mutex.is_closed = True
                        mutex.owner = None
                        watch(kernel, self)
                    if not kernel.enter("acquire", mutex, site, None if timeout == -1 else timeout):
                        return False
                    if self._real.acquire(False):
                        break
        self._owner, self._count = task.ident, 1
        mutex.owner = task
        mutex.taken_at = site
        kernel.shut(mutex)
        return True

    def release(self) -> None:
        kernel = STATE.kernel
        if kernel is None or _get_ident() != kernel.current.os_ident:
            if self._owner != _get_ident():
                raise RuntimeError("cannot release un-acquired lock")
            self._drop()
            return
        task = kernel.current
        if self._owner != task.ident:
            if type(self._is_quiet) is Neutral:
                self._is_quiet.give_back(kernel, is_reentrant=True)
                return
            if kernel.is_over:
                raise TaskAbandoned
            raise RuntimeError("cannot release un-acquired lock")
        if self._count > 1 or kernel.is_over:
            self._drop()
            return
        mutex = self._mutex
        if self._is_quiet:
            self._drop()
            kernel.unlock(mutex)
            return
        site = caller_site()
        kernel.point("release", mutex, site)
        self._drop()
        kernel.unlock(mutex)
        if mutex.waiters:
            kernel.hand_over(mutex, site)

    def _drop(self) -> None:
        self._count -= 1
        if not self._count:
            self._owner = None
            self._mutex.owner = None
            self._mutex.is_closed = False
            self._real.release()

    def locked(self) -> bool:
        quiet = self._is_quiet
        return bool(self._real.locked()) or (type(quiet) is Neutral and quiet.is_taken)

    __enter__ = acquire

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def __repr__(self) -> str:
        state = "locked" if self._real.locked() else "unlocked"
        owner = self._owner or 0
        return f"<{state} _thread.RLock object owner={owner} count={self._count} at {id(self):#x}>"

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("cannot pickle '_thread.RLock' object")

    def _at_fork_reinit(self) -> None:
        self._real._at_fork_reinit()
        self._mutex = Mutex("RLock", self._mutex.made_at)
        self._owner, self._count = None, 0
        if type(self._is_quiet) is Neutral:
            self._is_quiet = Neutral(self._mutex)

    def _me(self) -> int:
        kernel = STATE.kernel
        me = _get_ident()
        if kernel is not None and me == kernel.current.os_ident:
            return kernel.current.ident
        return me

    def _recursion_count(self) -> int:
        if self._owner == self._me():
            return self._count
        quiet, running = self._is_quiet, here()
        return quiet.count_of(running) if type(quiet) is Neutral and running is not None else 0

    def _is_owned(self) -> bool:
        return self._recursion_count() > 0

    def _release_save(self) -> tuple[int, int | None]:
        quiet, running = self._is_quiet, here()
        if type(quiet) is Neutral and running is not None and self._owner is None:
            return quiet.save(running), None
        if not self._count:
            raise RuntimeError("cannot release un-acquired lock")
        state = (self._count, self._owner)
        self._count = 1
        self._drop()
        kernel = STATE.kernel
        if kernel is not None and _get_ident() == kernel.current.os_ident:
            kernel.unlock(self._mutex)
        return state

    def _acquire_restore(self, state: tuple[int, int | None]) -> None:
        kernel = STATE.kernel
        if kernel is None or _get_ident() != kernel.current.os_ident:
            self._real.acquire()
        elif type(self._is_quiet) is Neutral and state[1] is None:
            self._is_quiet.put(kernel.current.index, state[0])
            return
        else:
            _retake(kernel, self)
        self._count, self._owner = state


def quiet_lock() -> Lock:
    """A lock for the state of a standard class: exclusive, but no scheduling point."""
    return Lock(is_quiet=True)


if hot.module is not None:
    hot.module.bind_locks(Lock, RLock, _allocate)
    quiet_lock = hot.module.quiet_lock
