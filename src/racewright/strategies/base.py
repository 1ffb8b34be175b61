"""What makes decisions, and all it may know.

A strategy sees values: who is enabled, what each is about to do, who has the turn, and whom the
default would choose. It returns one of the enabled. One object serves a whole exploration, so that
it can learn: :meth:`Strategy.begin` before each execution, :meth:`Strategy.end` after it.

A strategy whose space is finite sets :attr:`Strategy.is_exhausted` when nothing is left to try.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from racewright import hot
from racewright.model.operation import Site
from racewright.strategies.draws import Draws

__all__ = ["Strategy", "Summary", "TaskView"]


class TaskView(Protocol):
    """What a strategy may read of a task."""

    index: int
    ops: int
    kind: str
    resource: Hashable
    site: Site | None
    is_enabled: bool  #: false for a sleeper whose timer may be let fire


@dataclass(frozen=True, slots=True)
class Summary:
    """What a strategy is told of an execution when it is over."""

    decisions: int
    tasks: int
    failed: bool
    is_new: bool  #: its trace had not been seen before


hot.quicken(Summary)


class Strategy:
    """The base of all: random numbers of its own, and nothing decided.

    ``seed`` fixes every choice of the whole exploration.
    """

    name = "default"
    is_exhausted = False
    #: What is certain once it is exhausted, in words.
    bound = ""
    #: Whether it is asked before accesses to memory, too, or at synchronisation alone. Where a
    #: library is instrumented, accesses are ten times as many as all the rest, and most bugs of
    #: programs that do lock can be hit without stopping at one of them.
    sees_accesses = True
    #: Virtual seconds of slack that its executions are given in the default portfolio.
    slack = 0.0
    #: Whether it must be asked also where no conflict was ever seen.
    needs_every_decision = False
    #: What an execution changes and :meth:`end` needs: sent back where it had a process of its own.
    learnt: tuple[str, ...] = ()

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.stale = 0  #: executions since the last whose trace was new
        self.executions = 0
        self.random = Draws()

    def begin(self) -> None:
        """An execution begins. Its random numbers depend on the seed and its number alone."""
        self.executions += 1
        self.random.seed(self.seed * 1_000_003 + self.executions)

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        """Who goes on: one of ``enabled`` (two or more, in the order of creation).

        ``current`` had the turn and has announced its next operation, or cannot go on; ``default``
        is whom the default scheduler would take.
        """
        return default

    def starved(self, task: TaskView) -> None:
        """``task`` had the turn for so long that the scheduler took it away."""

    def end(self, summary: Summary) -> None:
        """The execution is over. A strategy that learns from it calls this, too."""
        self.stale = 0 if summary.is_new else self.stale + 1
