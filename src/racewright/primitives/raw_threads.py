"""``_thread`` under control: what ``threading``, and any copy of it, is built upon."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from racewright import originals
from racewright.errors import TaskAbandoned
from racewright.kernel.scheduler import Kernel, here
from racewright.kernel.sites import caller_site
from racewright.kernel.task import Task
from racewright.primitives.locks import Lock, quiet_lock

__all__ = [
    "Handle",
    "count",
    "is_pytest_hook",
    "make_thread_handle",
    "set_sentinel",
    "start_joinable_thread",
    "start_new_thread",
]


def start_new_thread(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any] | None = None, /
) -> int:
    kernel = here()
    if kernel is None:
        if kwargs is None:
            return originals.start_new_thread(function, args)
        return originals.start_new_thread(function, args, kwargs)
    if not callable(function):
        raise TypeError("first arg must be callable")
    if not isinstance(args, tuple):
        raise TypeError("2nd arg must be a tuple")
    if kwargs is not None and not isinstance(kwargs, dict):
        raise TypeError("optional 3rd arg must be a dictionary")
    site = caller_site()
    task = _spawn(kernel, function, args, kwargs or {}, daemon=True)
    kernel.after_spawn(site)
    return task.ident


def _spawn(
    kernel: Kernel,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    daemon: bool,
) -> Task:
    def body() -> None:
        try:
            function(*args, **kwargs)
        except (SystemExit, TaskAbandoned):
            pass
        except BaseException as error:
            if sys.unraisablehook is sys.__unraisablehook__ or is_pytest_hook(sys.unraisablehook):
                raise
            sys.unraisablehook(_Unraisable(error, function))  # type: ignore[arg-type]
        finally:
            sentinel = task.sentinel
            if sentinel is not None:
                task.sentinel = None
                if sentinel.locked():
                    sentinel.release()

    name = getattr(function, "__name__", "thread")
    task = kernel.spawn(body, f"{name}-{len(kernel.tasks)}", caller_site(), daemon=daemon)
    return task


class _Unraisable:
    """What ``sys.unraisablehook`` is given when the function of a raw thread raises."""

    def __init__(self, error: BaseException, function: object) -> None:
        self.exc_type = type(error)
        self.exc_value = error
        # The innermost frame is ours: natively the function's own comes first.
        traceback = error.__traceback__
        self.exc_traceback = traceback.tb_next if traceback is not None else None
        self.err_msg = "Exception ignored in thread started by"
        self.object: object = function
        if sys.version_info >= (3, 13):
            self.err_msg, self.object = f"{self.err_msg} {function!r}", None


def count() -> int:
    """``_thread._count``: the threads outside the run, and the tasks in it."""
    kernel = here()
    if kernel is None:
        return int(originals.count())
    return kernel.threads_outside + kernel.alive - 1


def set_sentinel() -> Any:
    """``_thread._set_sentinel`` (before 3.13): a lock that the caller takes, and that is released
    when the caller's thread is over."""
    kernel = here()
    if kernel is None or not kernel.current.index:
        return originals.set_sentinel()
    sentinel: Lock = quiet_lock()
    kernel.current.sentinel = sentinel
    return sentinel


class Handle:
    """``_thread._ThreadHandle`` (3.13 and later): of a real thread, or of a task."""

    __slots__ = ("_real", "_task")

    def __init__(self, *, real: Any = None) -> None:
        self._real: Any = originals.thread_handle() if real is None else real
        self._task: Task | None = None

    def attach(self, task: Task) -> None:
        """From now on it is the handle of ``task``."""
        self._task = task

    def detach(self, ident: int) -> None:
        """The task has become the only thread, ``ident``, of a forked child."""
        self._task = None
        self._real = originals.make_thread_handle(ident)

    @property
    def ident(self) -> Any:
        return self._real.ident if self._task is None else self._task.ident

    def is_done(self) -> bool:
        return bool(self._real.is_done() if self._task is None else self._task.is_done)

    def _set_done(self) -> None:
        if self._task is None:
            self._real._set_done()

    def join(self, timeout: float | None = None) -> None:
        task = self._task
        kernel = here()
        if task is None or kernel is None:
            if task is None:
                self._real.join(timeout)
            return
        if task is kernel.current:
            raise RuntimeError("Cannot join current thread")
        wanted = None if timeout is None or timeout < 0 else timeout
        kernel.enter("join", task.handle, caller_site(), wanted)


def make_thread_handle(ident: int) -> Handle:
    kernel = here()
    if kernel is not None and ident == kernel.current.ident and kernel.current.index:
        handle = Handle()
        handle.attach(kernel.current)
        return handle
    return Handle(real=originals.make_thread_handle(ident))


def start_joinable_thread(
    function: Callable[[], Any], handle: Any = None, daemon: bool = True
) -> Any:
    if handle is None:
        handle = Handle()
    kernel = here()
    if kernel is None:
        real = handle._real if isinstance(handle, Handle) else handle
        originals.start_joinable_thread(function, handle=real, daemon=daemon)
        return handle
    if not callable(function):
        raise TypeError("thread function must be callable")
    if handle._task is not None:
        raise RuntimeError("thread already started")
    site = caller_site()
    handle.attach(_spawn(kernel, function, (), {}, daemon=daemon))
    kernel.after_spawn(site)
    return handle


def is_pytest_hook(hook: Callable[..., Any]) -> bool:
    function = getattr(hook, "func", hook)
    owner = getattr(function, "__self__", None)
    module = getattr(function, "__module__", None) or type(owner).__module__
    return str(module).startswith("_pytest.")
