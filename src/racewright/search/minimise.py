"""The lightest schedule that fails in the same way.

Delta debugging (Zeller, Hildebrandt: "Simplifying and Isolating Failure-Inducing Input", TSE 2002)
on the deviations, then local moves in the manner of Jalbert and Sen ("A Trace Simplification
Technique for Effective Debugging of Concurrent Programs", FSE 2010): each remaining deviation is
dropped, or made at a later or earlier decision of the same task, as long as the failure keeps its
fingerprint and the schedule gets lighter. The result is 1-minimal: without any one of its
deviations the program does not fail so.

A shortened schedule is run leniently, and what counts is the schedule that was really taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from racewright import originals
from racewright.model.execution import Execution
from racewright.model.schedule import Deviation

__all__ = ["minimise"]

Attempt = Callable[[Sequence[Deviation]], Execution]


def minimise(
    execution: Execution,
    attempt: Attempt,
    *,
    singles: Sequence[Deviation] = (),
    attempts: int = 400,
    seconds: float = 20.0,
) -> tuple[Execution, int]:
    """The lightest failing execution found, and how many were tried.

    ``attempt`` runs the program under the deviations it is given; ``singles`` are deviations that
    the default schedule offers, any of which might do alone. The search ends when it is
    1-minimal, or after ``attempts`` executions or ``seconds`` of real time.
    """
    search = _Search(execution, attempt, attempts, originals.monotonic() + seconds)
    search.try_these(())
    search.ddmin()
    while search.drop_one() or search.move_one():
        pass
    if len(search.best.schedule.deviations) > 1:
        for single in singles:
            if search.try_these((single,)):
                break
    return search.best, search.tried


class _Search:
    def __init__(self, best: Execution, attempt: Attempt, attempts: int, until: float) -> None:
        assert best.failure is not None
        self.best = best
        self.fingerprint = best.failure.fingerprint
        self.attempt = attempt
        self.attempts = attempts
        self.until = until
        self.tried = 0
        self.known: set[tuple[tuple[int, int, int], ...]] = set()

    @property
    def is_spent(self) -> bool:
        return self.tried >= self.attempts or originals.monotonic() > self.until

    def try_these(self, deviations: Sequence[Deviation]) -> bool:
        """Whether the failure is still there, on a lighter schedule; then that is the best now."""
        key = tuple((d.task, d.operation, d.chosen) for d in deviations)
        if key in self.known or self.is_spent:
            return False
        self.known.add(key)
        self.tried += 1
        execution = self.attempt(deviations)
        failure = execution.failure
        if failure is None or failure.fingerprint != self.fingerprint:
            return False
        if execution.schedule.weight < self.best.schedule.weight:
            self.best = execution
            return True
        return False

    def ddmin(self) -> None:
        parts = 2
        while len(self.best.schedule.deviations) >= 2 and not self.is_spent:
            current = self.best.schedule.deviations
            size = max(1, len(current) // parts)
            chunks = [current[start : start + size] for start in range(0, len(current), size)]
            if any(self.try_these(chunk) for chunk in chunks):
                parts = 2
                continue
            reduced = False
            for index in range(len(chunks)):
                rest = [d for other, chunk in enumerate(chunks) if other != index for d in chunk]
                if self.try_these(rest):
                    reduced = True
                    break
            if reduced:
                parts = max(parts - 1, 2)
            elif size == 1:
                return
            else:
                parts = min(parts * 2, len(current))

    def drop_one(self) -> bool:
        current = self.best.schedule.deviations
        return any(
            self.try_these(current[:index] + current[index + 1 :]) for index in range(len(current))
        )

    def move_one(self) -> bool:
        """Make one deviation at another operation of the same task, or choose another task."""
        current = self.best.schedule.deviations
        for index, deviation in enumerate(current):
            for shift in (1, -1, 2, -2, 4, -4, 8):
                operation = deviation.operation + shift
                if operation < 0:
                    continue
                moved = Deviation(deviation.task, operation, deviation.chosen)
                if self.try_these((*current[:index], moved, *current[index + 1 :])):
                    return True
        return False
