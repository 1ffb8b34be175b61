"""What becomes of a failing execution: saved, confirmed, made light, recorded in full, saved again.

It is on disk before anything else happens with it. It counts only when a fresh process follows its
schedule to the same failure.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from racewright import store
from racewright.errors import RacewrightError
from racewright.model.execution import Execution, Found, Outcome
from racewright.model.schedule import Deviation
from racewright.run import run_once
from racewright.search.deaths import crash_failure
from racewright.search.executions import Executions
from racewright.search.minimise import minimise
from racewright.search.tally import Tally
from racewright.search.workers import Child
from racewright.strategies.replay import Replay

__all__ = ["Finds"]

#: Deviations of the default schedule that the minimiser tries alone.
MAX_SINGLES = 150


class Finds:
    """The failures of one exploration; ``notes`` is where it says what did not count."""

    def __init__(self, executions: Executions, tally: Tally, notes: list[str]) -> None:
        self.executions = executions
        self.settings = executions.settings
        self.tally = tally
        self.notes = notes
        self.folder = store.folder_for(Path(self.settings.root))
        self.found: list[Found] = []
        self.known: set[str] = set()  #: fingerprints that need not be told again

    @property
    def is_enough(self) -> bool:
        """Whether something was found, and no more is asked for."""
        return bool(self.found) and not self.settings.keep_going

    def is_news(self, execution: Execution) -> bool:
        failure = execution.failure
        return failure is not None and failure.fingerprint not in {
            found.failure.fingerprint for found in self.found
        }

    def ends_search(self, execution: Execution) -> bool:
        """Take ``execution`` if it is news; whether it counts and is all that is asked for."""
        return self.is_news(execution) and self.take(execution) and not self.settings.keep_going

    def take(self, execution: Execution) -> bool:
        """Save a failing execution, confirm it, make it light; whether it counts."""
        executions = self.executions
        execution = executions.numbered(execution)
        failure = execution.failure
        assert failure is not None
        finder = execution.strategy
        number = max(1, self.tally.executions)
        path = self.save(execution)
        if execution.outcome is Outcome.STALLED or not execution.schedule.steps:
            self.found.append(Found(failure, execution, number, path, finder))
            return True
        confirmed = self.confirm(execution)
        if confirmed is None:
            self.disown(execution, path)
            return False
        if confirmed is not execution:
            self.forget(path)
            execution = confirmed
            path = self.save(execution)
        if self.settings.minimise:
            lightened, crash = executions.in_child(lambda child: self.lighten(execution, child))
            if crash is None:
                execution = lightened
        recorded, crash = executions.in_child(lambda child: executions.record(execution, child))
        if crash is None and recorded.failure is not None:
            execution = executions.numbered(recorded, finder)
            path = self.save(execution) or path
        failure = execution.failure
        assert failure is not None
        self.found.append(Found(failure, execution, number, path, finder))
        return True

    def take_first(self, execution: Execution) -> None:
        """A failure of the default schedule, in which no order is at fault: there is nothing to
        confirm or to make lighter."""
        assert execution.failure is not None
        path = self.save(execution)
        self.found.append(Found(execution.failure, execution, 1, path, "default"))

    def confirm(self, execution: Execution) -> Execution | None:
        """``execution`` as a fresh process repeats it, event by event; ``None`` if none does.

        Where what earlier executions left behind decided something (a cache was filled, a set of
        objects had another order), a fresh process leaves the recorded path. Followed as far as it
        goes, the schedule may fail there all the same; then that path is the one to repeat.
        """
        follow = self.executions.follow
        assert execution.failure is not None
        wanted = execution.failure.fingerprint
        if self.fails(follow(execution.schedule, is_strict=True), wanted):
            return execution
        other = follow(execution.schedule, is_strict=False)
        if other is None or not self.fails(other, wanted):
            return None
        other = self.executions.numbered(other, execution.strategy)
        return other if self.fails(follow(other.schedule, is_strict=True), wanted) else None

    @staticmethod
    def fails(execution: Execution | None, fingerprint: str) -> bool:
        failure = execution.failure if execution is not None else None
        return failure is not None and failure.fingerprint == fingerprint

    def forget(self, path: str) -> None:
        """Delete a schedule that was saved."""
        if path:
            with contextlib.suppress(OSError):
                os.unlink(path)

    def disown(self, execution: Execution, path: str) -> None:
        """A failure that a fresh process does not show: it came of what earlier runs left
        behind."""
        assert execution.failure is not None
        self.forget(path)
        note = f"not counted, a fresh process did not repeat it: {execution.failure.message}"
        if note not in self.notes:
            self.notes.append(note)
        self.executions.separate(self.notes)

    def lighten(self, execution: Execution, child: Child | None) -> Execution:
        executions = self.executions
        schedule = execution.schedule

        def attempt(deviations: Sequence[Deviation]) -> Execution:
            strategy = Replay(deviations)
            strategy.begin()
            run = run_once(
                executions.program,
                strategy,
                self.settings,
                slack=schedule.slack,
                epoch=executions.epoch,
                heartbeat=child.beat if child is not None else None,
            )
            if child is not None:
                child.beat()
            return run.execution

        if executions.isolation == "execution":

            def apart(deviations: Sequence[Deviation]) -> Execution:
                value, _ = executions.in_child(lambda _: attempt(deviations))
                if child is not None:
                    child.beat()
                if value is None:
                    return executions.lost(crash_failure("", "", self.settings))
                result: Execution = value
                return result

            return minimise(execution, apart, attempts=150)[0]
        default = Replay()
        default.offered = []
        default.begin()
        run_once(executions.program, default, self.settings, epoch=executions.epoch)
        singles = default.offered[:MAX_SINGLES]
        return minimise(execution, attempt, singles=singles)[0]

    def save(self, execution: Execution) -> str:
        if not self.settings.save or execution.failure is None:
            return ""
        try:
            path = store.write(self.executions.numbered(execution).schedule, self.folder)
        except RacewrightError as error:
            self.notes.append(str(error))
            return ""
        try:
            return str(path.relative_to(Path.cwd()))
        except ValueError:
            return str(path)
