"""What is left of an execution whose process died or had to be killed: how, where, its path."""

from __future__ import annotations

import array
import mmap
from typing import Any

from racewright.kernel.sites import STDLIB, is_plumbing
from racewright.model.execution import (
    Execution,
    Failure,
    Outcome,
    fingerprint_of,
)
from racewright.model.operation import display_path
from racewright.model.schedule import Deviation, Schedule
from racewright.run import Program
from racewright.search.workers import Child
from racewright.settings import Settings

__all__ = [
    "GRACE",
    "DeviationLog",
    "TurnLog",
    "crash_failure",
    "lost_execution",
    "mmap_of",
    "stuck_failure",
    "turns",
]

#: What a child may take, beyond its watchdog's patience, before it is killed (real seconds).
GRACE = 6.0


class DeviationLog(list[Any]):
    """Deviations that are also written to shared memory as they happen, for whoever survives."""

    SIZE = 1 << 20
    WORDS = 5

    def __init__(self, memory: Any) -> None:
        super().__init__()
        self.memory = memoryview(memory).cast("q")

    def clear(self) -> None:
        """An execution begins."""
        super().clear()
        self.memory[0] = 0
        self.memory[-1] += 1

    @property
    def executions(self) -> int:
        """How many were begun."""
        return int(self.memory[-1])

    def append(self, item: Any) -> None:
        super().append(item)
        count = self.memory[0]
        start = 1 + count * self.WORDS
        if start + self.WORDS < len(self.memory):
            self.memory[start : start + self.WORDS] = (
                memoryview(_words(item[0], item[1], item[2], int(item[3]), item[4]))
                .cast("B")
                .cast("q")
            )
            self.memory[0] = count + 1

    def deviations(self) -> tuple[Deviation, ...]:
        result = []
        for number in range(self.memory[0]):
            start = 1 + number * self.WORDS
            task, operation, chosen, preempts, waited = self.memory[start : start + self.WORDS]
            result.append(Deviation(task, operation, chosen, bool(preempts), waited / 1e9))
        return tuple(result)


def _words(*values: int) -> Any:
    return array.array("q", values)


def mmap_of(size: int) -> Any:
    return mmap.mmap(-1, size)


def lost_execution(
    program: Program,
    settings: Settings,
    failure: Failure,
    log: DeviationLog | None = None,
) -> Execution:
    """An execution of which nothing is left but how it failed and the deviations it took."""
    outcome = Outcome.STALLED if failure.kind == "stall" else Outcome.CRASHED
    schedule = Schedule(
        target=program.name,
        deviations=log.deviations() if log is not None else (),
        outcome=outcome.value,
        message=failure.message,
        fingerprint=failure.fingerprint,
        seed=settings.seed,
        clock=settings.clock,
        carrier=settings.carrier,
        instrument=settings.instrument,
    )
    return Execution(outcome, schedule, failure)


def turns(child: Child | None) -> list[Any] | None:
    """Where a run notes who has the turn, so that it is known even if the process dies."""
    return None if child is None else TurnLog(child)


class TurnLog(list[Any]):
    """A kernel's path that also says in shared memory whose turn it is."""

    def __init__(self, child: Child) -> None:
        super().__init__()
        self.child = child
        self.kernel: Any = None
        child.say_turn("main")

    def append(self, item: Any) -> None:
        super().append(item)
        self.child.say_turn(self.kernel.tasks[item[0]].name)


def crash_failure(death: str, stacks: str, settings: Settings) -> Failure:
    if death in ("nothing moved", "it ran out of time"):
        return stuck_failure(stacks, settings)
    message = death or "the process vanished"
    task, site = _last_place(stacks)
    if site:
        message = f"{message}, in {task} at {site}"
    place = site.partition(":")[0]
    return Failure(
        "crash",
        message,
        fingerprint_of("crash", death, place),
        site=site,
        task=task,
        traceback=stacks,
    )


def stuck_failure(stacks: str, settings: Settings) -> Failure:
    """A child that neither moved nor answered: all that is known are its stacks."""
    task, site = _last_place(stacks)
    message = f"{task}: nothing moved for {settings.stall + GRACE:g} s"
    message += f", at {site}" if site else ""
    return Failure(
        "stall",
        message + ": it computes or blocks in C, where it cannot be interrupted",
        fingerprint_of("stall", site),
        site=site,
        task=task,
        traceback=stacks,
    )


def _last_place(words: str) -> tuple[str, str]:
    """From the last words of a child: the task that had the turn, and the innermost user's line."""
    task = words.partition("\n")[0] or "main"
    fallback = ""
    for line in words.splitlines():
        part = line.strip()
        if part.startswith("File "):
            file, _, rest = part[6:].partition('"')
            number, _, function = rest.removeprefix(", line ").partition(" in ")
            site = f"{display_path(file)}:{number} {function}"
            if not file.startswith((STDLIB, "<")) and not is_plumbing(file):
                return task, site
            fallback = fallback or site
    return task, fallback
