"""Processes that a run starts.

A forked child has one thread, no scheduler, and behaves as natively. Meanwhile what it does is out
of our hands, and takes real time: while one is running, our clock does not jump before real time
has passed, or who polls for its end would give up in no time.
"""

from __future__ import annotations

import os
import subprocess
import threading
from typing import Any

from racewright import originals
from racewright.kernel.scheduler import STATE, Kernel, here
from racewright.primitives.locks import Lock

__all__ = ["fork", "go_on", "leave_control", "popen_execute_child", "stand_still", "watch_children"]

#: How often (real seconds) running children are looked at.
_INTERVAL = 0.002
_FORKING = Lock()
_popen_execute_child: Any = vars(subprocess.Popen)["_execute_child"]


class Children:
    """The processes that a run has started; they may make a task's next look a different one."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel

    @property
    def is_external(self) -> bool:
        return _is_child_running()

    def poll(self, seconds: float) -> bool:
        until = originals.monotonic() + seconds
        while _is_child_running():
            left = until - originals.monotonic()
            if left <= 0:
                return False
            originals.sleep(min(left, _INTERVAL))
        self.kernel.pollers.remove(self)
        return True


def _is_child_running() -> bool:
    """Whether there are children, and none that waits to be collected."""
    try:
        return os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except OSError:  # there are none
        return False


def fork() -> int:
    """``os.fork``. One task at a time: the standard library's hooks hold locks across it."""
    if here() is None:
        return originals.fork()
    with _FORKING:
        return originals.fork()


#: How many tasks :func:`stand_still` made the kernel overlook.
_overlooked: list[int] = []


def stand_still() -> None:
    """Before a fork: nobody else may have the turn until it is over.

    In the child the hooks of ``threading`` run before ours, take locks that are ours, and would
    have a task go on there that is not the one that forked.
    """
    kernel = here()
    if kernel is not None:
        _overlooked.append(kernel.alive - 1)
        kernel.alive = 1


def go_on() -> None:
    """In the parent, after the fork."""
    kernel = here()
    if kernel is not None and _overlooked:
        kernel.alive += _overlooked.pop()
        watch_children()


def watch_children() -> None:
    """In the parent, after a child was started."""
    kernel = here()
    if kernel is None or any(isinstance(poller, Children) for poller in kernel.pollers):
        return
    kernel.pollers.append(Children(kernel))
    note = "another process was started, which is not controlled"
    if note not in kernel.notes:
        kernel.notes.append(note)


def popen_execute_child(self: Any, *args: Any, **kwargs: Any) -> None:
    _popen_execute_child(self, *args, **kwargs)
    watch_children()


def leave_control() -> None:
    """In the child: the task that forked is the only thread that there is.

    Called after ``threading``'s own hook, which has made the thread of that task its main thread.
    """
    _overlooked.clear()
    kernel = STATE.kernel
    if kernel is None:
        return
    current = kernel.current
    for task in kernel.tasks:
        if task is not current:
            task.is_done = True
    STATE.kernel = None
    if not current.index:
        return
    internals: Any = threading
    ident = originals.get_ident()
    thread = internals._active.pop(current.ident, None)
    if thread is None:
        return
    internals._active[ident] = thread
    thread._ident = ident
    thread.__dict__.pop("_racewright_task", None)
    if hasattr(thread, "_handle"):  # 3.13 and later
        thread._handle.detach(ident)
    elif thread._tstate_lock is None:
        thread._set_tstate_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=stand_still, after_in_child=leave_control, after_in_parent=go_on)
