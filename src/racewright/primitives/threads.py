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
from functools import partial
from typing import Any

from racewright import originals
from racewright.errors import TaskAbandoned
from racewright.kernel.scheduler import STATE, Kernel, here
from racewright.kernel.sites import caller_site
from racewright.kernel.task import Task
from racewright.primitives.conditions import token
from racewright.primitives.neutral import NEUTRAL
from racewright.primitives.raw_threads import (
    Handle,
    is_pytest_hook,
    start_joinable_thread,
    start_new_thread,
)

__all__ = [
    "get_ident",
    "get_native_id",
    "thread_is_alive",
    "thread_join",
    "thread_start",
]

_thread_start = threading.Thread.start
_thread_join = threading.Thread.join
_thread_is_alive = threading.Thread.is_alive
_get_ident = originals.get_ident
_threading: Any = threading
_NAMES = vars(threading)
#: What a thread has, by version.
_HAS_HANDLE = sys.version_info >= (3, 13)
_HAS_CONTEXT = sys.version_info >= (3, 14)
_HAS_NATIVE_ID = hasattr(threading, "get_native_id")
#: By which name ``threading`` starts a thread, and what control has put there.
_STARTER, _CONTROLLED_STARTER = (
    ("_start_joinable_thread", start_joinable_thread)
    if hasattr(threading, "_start_joinable_thread")
    else ("_start_new_thread", start_new_thread)
)


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
    if _NAMES[_STARTER] is not _CONTROLLED_STARTER:  # the program put its own there
        _thread_start(self)
        return
    site = caller_site()
    if (
        _HAS_CONTEXT
        and self._context is None
        and getattr(sys.flags, "thread_inherit_context", False)
    ):  # a thread may inherit its starter's context; the flag says whether it does
        self._context = contextvars.copy_context()
    task = kernel.spawn(partial(live, kernel, self), self._name, site, daemon=self._daemonic)
    self._racewright_task = task
    self._ident = task.ident
    if _HAS_NATIVE_ID:
        self._native_id = native_id() + task.index
    if _HAS_HANDLE:
        handle = self._handle
        if not isinstance(handle, Handle):  # the thread was made before control
            handle = self._handle = Handle(real=handle)
        handle.attach(task)
    self._started._flag = True
    _threading._active[task.ident] = self
    kernel.after_spawn(site)


def live(kernel: Kernel, thread: Any) -> None:
    """What ``Thread._bootstrap_inner`` does, in a task."""
    task = kernel.current
    try:
        if _threading._trace_hook:
            sys.settrace(_threading._trace_hook)
        if _threading._profile_hook:
            sys.setprofile(_threading._profile_hook)
        try:
            if _HAS_CONTEXT and thread._context is not None:
                thread._context.run(thread.run)
            else:
                thread.run()
        except TaskAbandoned:
            raise
        except BaseException as error:
            report_unhandled(kernel, task, thread, error)
    finally:
        _threading._active.pop(task.ident, None)
        # What CPython's own methods look at once a thread is over.
        if not _HAS_HANDLE:
            thread._is_stopped = True
            thread._tstate_lock = None


def report_unhandled(kernel: Kernel, task: Task, thread: Any, error: BaseException) -> None:
    """An exception left ``run``: as natively, the hook is told; a default hook means a failure.

    A program that has put a hook of its own in place handles what comes there.
    """
    hook = threading.excepthook
    is_default = getattr(hook, "_racewright_default", False) or hook in (
        originals.thread_excepthook,
    )
    if is_default or is_pytest_hook(hook):
        if not isinstance(error, SystemExit):
            kernel.failures.append((task, error))
        return
    thread._invoke_excepthook(thread)


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
    if NEUTRAL.kind and NEUTRAL.is_early(kernel, "join", caller_site()):
        kernel.point("join", task.handle, caller_site())
        return
    kernel.enter("join", task.handle, caller_site(), None if timeout is None else max(timeout, 0))
