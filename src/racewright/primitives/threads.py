"""Starting, joining and naming threads under control.

``threading.Thread`` stays CPython's class; ``start``, ``join`` and ``is_alive`` are replaced, since
what lies below them differs from version to version and would be nothing but noise: natively,
``start`` waits for a handshake with the new thread, and here the new thread simply is.
"""

from __future__ import annotations

import contextvars
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from racewright import originals
from racewright.errors import TaskAbandoned
from racewright.kernel.scheduler import STATE, Kernel, here
from racewright.kernel.sites import caller_site
from racewright.kernel.task import Task
from racewright.primitives.conditions import token

__all__ = [
    "get_ident",
    "get_native_id",
    "start_joinable_thread",
    "start_new_thread",
    "thread_is_alive",
    "thread_join",
    "thread_start",
]

_thread_start = threading.Thread.start
_thread_join = threading.Thread.join
_thread_is_alive = threading.Thread.is_alive
_get_ident = originals.get_ident


def get_ident() -> int:
    kernel = STATE.kernel
    me = _get_ident()
    if kernel is not None and me == kernel.current.os_ident:
        return kernel.current.ident
    return me


def get_native_id() -> int:
    kernel = here()
    if kernel is not None and kernel.current.index:
        return native_id() + kernel.current.index
    return originals.get_native_id()


def native_id() -> int:
    """The operating system's number for this process, from which those of tasks count."""
    if not _native_id:
        _native_id.append(originals.getpid())
    return _native_id[0]


_native_id: list[int] = []
os.register_at_fork(after_in_child=_native_id.clear)


def task_of(thread: threading.Thread) -> Task | None:
    return thread.__dict__.get("_racewright_task")


def thread_start(self: Any) -> None:
    kernel = here()
    if kernel is None:
        _thread_start(self)
        return
    if not self._initialized:
        raise RuntimeError("thread.__init__() not called")
    if self._started._flag:
        raise RuntimeError("threads can only be started once")
    site = caller_site()
    context = getattr(self, "_context", None)
    if (
        context is None
        and hasattr(self, "_context")
        and getattr(sys.flags, "thread_inherit_context", False)
    ):  # 3.14: a thread may inherit its starter's context; the flag says whether it does
        self._context = contextvars.copy_context()
    task = kernel.spawn(lambda: live(kernel, self), self._name, site, daemon=self._daemonic)
    self._racewright_task = task
    self._ident = task.ident
    if hasattr(self, "_native_id"):
        self._native_id = native_id() + task.index
    self._started._flag = True
    threading._active[task.ident] = self  # type: ignore[attr-defined]
    kernel.after_spawn(site)


def live(kernel: Kernel, thread: Any) -> None:
    """What ``Thread._bootstrap_inner`` does, in a task."""
    task = kernel.current
    try:
        tracer = getattr(threading, "_trace_hook", None)
        if tracer:
            sys.settrace(tracer)
        profiler = getattr(threading, "_profile_hook", None)
        if profiler:
            sys.setprofile(profiler)
        try:
            context = getattr(thread, "_context", None)
            if context is not None:
                context.run(thread.run)
            else:
                thread.run()
        except TaskAbandoned:
            raise
        except BaseException as error:
            report_unhandled(kernel, task, thread, error)
    finally:
        threading._active.pop(task.ident, None)  # type: ignore[attr-defined]
        _mark_stopped(thread)


def report_unhandled(kernel: Kernel, task: Task, thread: Any, error: BaseException) -> None:
    """An exception left ``run``: as natively, the hook is told; a default hook means a failure.

    A program that has put a hook of its own in place handles what comes there.
    """
    hook = threading.excepthook
    is_default = getattr(hook, "_racewright_default", False) or hook in (
        originals.thread_excepthook,
    )
    if is_default or _is_pytest_hook(hook):
        if not isinstance(error, SystemExit):
            kernel.failures.append((task, error))
        return
    thread._invoke_excepthook(thread)


def _is_pytest_hook(hook: Callable[..., Any]) -> bool:
    function = getattr(hook, "func", hook)
    owner = getattr(function, "__self__", None)
    module = getattr(function, "__module__", None) or type(owner).__module__
    return str(module).startswith("_pytest.")


def _mark_stopped(thread: Any) -> None:
    """Set the fields that CPython's own methods look at once a thread is over."""
    if hasattr(thread, "_is_stopped"):  # before 3.13
        thread._is_stopped = True
        thread._tstate_lock = None
    else:
        handle = getattr(thread, "_handle", None)
        set_done = getattr(handle, "_set_done", None)
        if set_done is not None:
            try:
                set_done()
            except RuntimeError:  # 3.13: a handle that was never started cannot be done
                pass


def thread_is_alive(self: Any) -> bool:
    kernel = here()
    task = task_of(self)
    if task is None:
        if kernel is None or not self._initialized or self._started._flag:
            return _thread_is_alive(self)
        # CPython's own method looks twice. If another task starts the thread in between, it would
        # then find an operating system's thread natively, and here nothing.
        kernel.point("peek", token(self._started, "Event"), caller_site())
        task = task_of(self)
        return task is not None and not task.is_done
    if kernel is not None and not task.is_done:
        kernel.point("peek", task.handle, caller_site())
    return not task.is_done


def thread_join(self: Any, timeout: float | None = None) -> None:
    task = task_of(self)
    kernel = here()
    if task is None or kernel is None:
        if task is not None and task.is_done:
            return
        if kernel is not None and self._initialized and not self._started._flag:
            raise RuntimeError("cannot join thread before it is started")
        _thread_join(self, timeout)
        return
    if task is kernel.current:
        raise RuntimeError("cannot join current thread")
    kernel.enter("join", task.handle, caller_site(), None if timeout is None else max(timeout, 0))


# ---------------------------------------------------------------------- _thread


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
    return _start(kernel, function, args, kwargs or {}).ident


def _start(
    kernel: Kernel, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Task:
    def body() -> None:
        try:
            function(*args, **kwargs)
        except (SystemExit, TaskAbandoned):
            pass
        except BaseException as error:
            if sys.unraisablehook is sys.__unraisablehook__ or _is_pytest_hook(sys.unraisablehook):
                raise
            report = _Unraisable(type(error), error, error.__traceback__, function)
            sys.unraisablehook(report)  # type: ignore[arg-type]
        finally:
            threading._active.pop(kernel.current.ident, None)  # type: ignore[attr-defined]

    site = caller_site()
    name = getattr(function, "__name__", "thread")
    task = kernel.spawn(body, f"{name}-{len(kernel.tasks)}", site, daemon=True)
    kernel.after_spawn(site)
    return task


class _Unraisable:
    """What ``sys.unraisablehook`` is given when the function of a raw thread raises."""

    def __init__(
        self, kind: type[BaseException], error: BaseException, traceback: Any, function: object
    ) -> None:
        self.exc_type = kind
        self.exc_value = error
        self.exc_traceback = traceback
        self.err_msg = "Exception ignored in thread started by"
        self.object = function


class Handle:
    """What ``_thread.start_joinable_thread`` returns (3.13 and later), for a task."""

    def __init__(self, task: Task) -> None:
        self._task = task

    @property
    def ident(self) -> int:
        return self._task.ident

    def is_done(self) -> bool:
        return self._task.is_done

    def _set_done(self) -> None:
        pass

    def join(self, timeout: float | None = None) -> None:
        kernel = here()
        if kernel is not None:
            wanted = None if timeout is None or timeout < 0 else timeout
            kernel.enter("join", self._task.handle, caller_site(), wanted)


def start_joinable_thread(
    function: Callable[[], Any], handle: Any = None, daemon: bool = True
) -> Any:
    kernel = here()
    if kernel is None:
        return originals.start_joinable_thread(function, handle=handle, daemon=daemon)
    task = _start(kernel, function, (), {})
    task.daemon = daemon
    return Handle(task)
