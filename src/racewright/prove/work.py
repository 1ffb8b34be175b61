"""What is under way while a review is proved: what is asked, what is known, what may be spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from racewright import originals
from racewright.model.experiment import Experiment
from racewright.model.finding import Review
from racewright.prove.experiments import Question
from racewright.prove.reach import Reach
from racewright.prove.sessions import Session
from racewright.settings import Settings

__all__ = ["Announce", "Budget", "Work"]

#: Told before each step, in words.
Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Budget:
    """What proving may take: schedules for each finding, and real seconds for everything."""

    schedules: int = 200
    time: float | None = None


@dataclass
class Work:
    """What is under way: the questions, and what is known of each."""

    review: Review
    settings: Settings
    budget: Budget
    tell: Announce
    questions: dict[int, Question] = field(default_factory=dict)
    made: dict[int, Experiment] = field(default_factory=dict)
    reached: list[Reach] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    executions: int = 0
    is_interrupted: bool = False
    began: float = field(default_factory=originals.monotonic)

    def time_left(self) -> float | None:
        if self.budget.time is None:
            return None
        return max(0.0, self.budget.time - (originals.monotonic() - self.began))

    @property
    def is_over(self) -> bool:
        return self.is_interrupted or self.time_left() == 0.0

    def take(self, session: Session, target: str) -> None:
        """Take note of how a session ended."""
        if session.is_interrupted:
            self.is_interrupted = True
        elif session.problem and not self.is_over:
            self.notes.append(f"{target}: {session.problem}")
