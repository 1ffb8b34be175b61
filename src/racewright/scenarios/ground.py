"""What a scenario stands on: how a task is held and woken, and who runs."""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import Any, Protocol

from racewright.scenarios.order import Hold, Order, Who
from racewright.scenarios.stuck import Stuck

__all__ = ["Ground", "Waker", "current_coroutine", "running_loop", "who_runs"]

_threading: Any = threading


class Ground(Protocol):
    """One of two: the kernel of a controlled run, or real conditions."""

    order: Order
    #: How the tasks stood when the order was given up.
    tasks: tuple[Stuck, ...]
    #: What limits the proof: "" where nothing does.
    horizon: str

    def open(self) -> None:
        """The scenario begins."""

    def close(self) -> None:
        """The scenario is over, whatever happened: nobody is held any longer."""

    def cancel(self) -> None:
        """Give the order up, if it is under way, and hold nobody any longer."""

    def who(self) -> Who | None:
        """The task that runs; ``None``: one that is none of ours."""

    def claim(self, fitting: list[int], who: Who, site: Any) -> Hold | None:
        """As :meth:`Order.claim`, one at a time."""

    def hold(self, hold: Hold) -> None:
        """Let the task wait until its turn has come, or the order is over; then pass by."""

    async def hold_awaiting(self, hold: Hold) -> None:
        """As :meth:`hold`, for a task of an event loop."""

    def wait(self) -> None:
        """Wait until the order is over."""

    async def wait_awaiting(self) -> None:
        """As :meth:`wait`, for a task of an event loop."""


def running_loop() -> Any:
    """The event loop that runs in this thread, if one does."""
    events = sys.modules.get("asyncio.events")
    return None if events is None else events._get_running_loop()


def who_runs(numbers: dict[int, int], kernel_name: str = "") -> Who:
    """The task that runs, by all its names: the event loop's, the thread's, the kernel's.

    ``numbers`` are those of the tasks without a name, in the order in which they came.
    """
    ident = threading.get_ident()  # whosever it is now: eventlet's, gevent's, ours
    thread = _threading._active.get(ident)
    is_main = thread is not None and thread is _threading._main_thread
    names = [thread.name] if thread is not None else []
    if kernel_name and kernel_name not in names:
        names.append(kernel_name)
    if is_main and "main" not in names:
        names.append("main")
    if not names:
        names = [f"task {numbers.setdefault(ident, len(numbers) + 1)}"]
    shown = "main" if is_main else names[0]
    key: Any = ident
    loop = running_loop()
    task = sys.modules["asyncio"].current_task(loop) if loop is not None else None
    if task is not None:
        shown = task.get_name()
        names.insert(0, shown)
        key = (ident, id(task))
    return Who(key, tuple(names), shown)


def current_coroutine() -> Any:
    """The coroutine of the task that runs in this thread's event loop."""
    task = sys.modules["asyncio"].current_task()
    return None if task is None else task.get_coro()


class Waker:
    """Wakes a task of an event loop, from its own loop's task or from another."""

    __slots__ = ("future", "loop")

    def __init__(self, loop: Any, future: Any) -> None:
        self.loop = loop
        self.future = future

    def __call__(self) -> None:
        if running_loop() is self.loop:
            self.set()
        else:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self.loop.call_soon_threadsafe(self.set)

    def at_rest(self) -> None:
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon(self.set)

    def set(self) -> None:
        if not self.future.done():
            self.future.set_result(None)
