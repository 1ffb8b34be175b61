"""Who was started goes first: the order in which CPython itself usually runs threads.

``Thread.start`` waits until the new thread runs, which then keeps the interpreter until it blocks
or its 5 ms are over. The default schedule lets the parent go on instead. What fails in one of the
two and passes in the other depends on the order, and is a race.
"""

from __future__ import annotations

from collections.abc import Sequence

from racewright.strategies.base import Strategy, TaskView

__all__ = ["StartedFirst"]


class StartedFirst(Strategy):
    """The default, but for the moment after a start, which is the new task's."""

    name = "started-first"

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        newest = enabled[-1]
        if default is current and current.kind == "continue" and newest.kind == "begin":
            return newest
        return default
