"""Every option, once: its name, its meaning, its default."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass

from racewright.errors import UsageError

__all__ = ["STRATEGIES", "Settings", "core_count"]

STRATEGIES = ("auto", "random", "pct", "pos", "delay", "exhaustive", "aimed")
CARRIERS = ("greenlets", "threads")
CLOCKS = ("virtual", "real")
#: none: everything in this process; worker: a forked child runs many executions; execution: each
#: execution has a child of its own; auto: worker, until executions are seen to influence one
#: another.
ISOLATIONS = ("auto", "none", "worker", "execution")
RUNNERS = ("", "pytest", "unittest", "script", "callable")


@dataclass(frozen=True, slots=True)
class Settings:
    """How to explore. Times are in seconds; ``None`` means no bound."""

    schedules: int = 1000
    time: float | None = None
    strategy: str = "auto"
    seed: int = 0
    slack: float | None = None  #: None: none at first, then as a member of the portfolio
    clock: str = "virtual"
    carrier: str = "greenlets"
    jobs: int = 0  #: 0: one per core
    keep_going: bool = False
    minimise: bool = True
    instrument: tuple[str, ...] = ()
    runner: str = ""
    root: str = "."
    max_steps: int = 250_000
    stall: float = 5.0
    isolation: str = "auto"  #: what a crash or a leak can cost: see ISOLATIONS
    corpus: bool = True
    save: bool = True
    record: str = ""  #: a file for the schedule of an execution that passes
    mutant: str = ""  #: what is neutralised: "lock bank.py:14", see :mod:`racewright.model.mutant`
    aim: tuple[str, ...] = ()  #: the lines that the strategy "aimed" is aimed at: "bank.py:12-14"

    def __post_init__(self) -> None:
        for name, allowed in (
            ("strategy", STRATEGIES),
            ("carrier", CARRIERS),
            ("clock", CLOCKS),
            ("runner", RUNNERS),
            ("isolation", ISOLATIONS),
        ):
            value = getattr(self, name)
            if value not in allowed:
                choices = ", ".join(repr(choice) for choice in allowed if choice)
                raise UsageError(f"{name}={value!r} is not known; choose one of {choices}")
        if (self.strategy == "aimed") != bool(self.aim):
            raise UsageError("the strategy 'aimed' needs lines to aim at, and no other takes any")
        for name, low in (("schedules", 1), ("jobs", 0), ("max_steps", 100)):
            if getattr(self, name) < low:
                raise UsageError(f"{name}={getattr(self, name)!r} must be {low} or more")
        for name in ("time", "slack", "stall"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 1e9:
                raise UsageError(f"{name}={value!r} must be a number of seconds, 0 or more")

    def replace(self, **changes: object) -> Settings:
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    @property
    def worker_count(self) -> int:
        if self.strategy == "exhaustive":  # each order is known from the one before
            return 1
        if self.jobs:
            return self.jobs
        return core_count()


def core_count() -> int:
    """The cores that we may use; on systems that do not tell, those that there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
