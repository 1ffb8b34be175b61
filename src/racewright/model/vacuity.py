"""What was found out about the power of a test, as values."""

from __future__ import annotations

from dataclasses import dataclass

from racewright.model.execution import Exploration, Found

__all__ = ["Interval", "MutantVerdict", "Mutation", "Overlap", "OverlapRun", "Sighting"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A synchronisation that a run used, as the mutant that it would make."""

    mutant: str  #: "lock bank.py:14"
    name: str = ""  #: what the source calls it: "self.lock"
    function: str = ""  #: in which function that is: "Account.__init__"
    why_not: str = ""  #: why it is not neutralised of our own accord; empty where it is
    is_last: bool = False  #: a join that is the last thing that the test does

    @property
    def label(self) -> str:
        """``lock bank.py:14 (self.lock in Account.__init__)``."""
        place = " in ".join(part for part in (self.name, self.function) if part)
        return f"{self.mutant} ({place})" if place else self.mutant


@dataclass(frozen=True, slots=True)
class MutantVerdict:
    """What came of exploring the target with one synchronisation neutralised."""

    sighting: Sighting
    verdict: str  #: "noticed", "not noticed", "equivalent", "inconclusive"
    executions: int
    seconds: float
    found: Found | None = None  #: how it was noticed
    reason: str = ""  #: why it is inconclusive, or what the verdict rests on

    @property
    def counts(self) -> bool:
        """Whether it says something of the test: a join at its very end, if missed, does not."""
        return self.verdict == "noticed" or (
            self.verdict in ("not noticed", "equivalent") and not self.sighting.is_last
        )


@dataclass(frozen=True, slots=True)
class Mutation:
    """What a test notices of what it could notice."""

    target: str
    #: "notices": every mutant that counts and is not equivalent; "gaps": some of them; "vacuous":
    #: none; "inconclusive": there was none that counts; "fails-already": without any mutant
    outcome: str
    verdicts: tuple[MutantVerdict, ...] = ()
    passed_over: tuple[Sighting, ...] = ()  #: what was used and not neutralised
    notes: tuple[str, ...] = ()
    reason: str = ""
    before: Exploration | None = None  #: of the target as it stands
    seconds: float = 0.0
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """One stay of a task in a section. Moments are seconds, in one run from its beginning."""

    section: str  #: "A" or "B"
    task: str
    entered: float
    left: float | None  #: ``None``: it was still inside when the run ended
    first: int = 0  #: the number of the entry among the run's entries and exits, from 1
    last: int = 0  #: likewise of the exit; 0 where there was none


@dataclass(frozen=True, slots=True)
class OverlapRun:
    """One run, and who was where when."""

    number: int
    is_controlled: bool
    intervals: tuple[Interval, ...]
    overlaps: tuple[tuple[Interval, Interval], ...]
    seconds: float  #: real ones, or virtual ones under control
    outcome: str = "passed"
    reason: str = ""  #: how it failed, if it did
    strategy: str = ""
    schedule_file: str = ""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Whether two sections were ever inside at one time."""

    target: str
    sections: tuple[str, str]
    outcome: str  #: "overlapped", "never-overlapped", "inconclusive", "error"
    runs: tuple[OverlapRun, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    interrupted: bool = False

    def counted(self, *, is_controlled: bool) -> tuple[int, int]:
        """In how many runs of that sort they overlapped, and of how many."""
        runs = [run for run in self.runs if run.is_controlled == is_controlled]
        return sum(1 for run in runs if run.overlaps), len(runs)
