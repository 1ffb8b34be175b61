"""Exploring: run one program under many schedules until it fails, or the budget is spent.

The order of things: schedules that failed before; the default schedule, twice, so that what fails
without any race, and what is not deterministic, is known first; then the search, in forked
children. A failure found there counts only when a fresh process follows its schedule to the same
failure. A failing schedule is on disk before anything else happens with it; then it is minimised,
recorded in full, and followed once more.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator

from racewright import originals, store
from racewright.errors import RacewrightError
from racewright.interpose.mutation import applied
from racewright.model.execution import Exploration
from racewright.model.schedule import Schedule
from racewright.run import Program, many_runs
from racewright.search.apart import search_apart
from racewright.search.baseline import Baseline
from racewright.search.budget import Budget
from racewright.search.executions import Executions
from racewright.search.finds import Finds
from racewright.search.lanes import Lanes
from racewright.search.tally import Tally
from racewright.settings import Settings
from racewright.strategies.portfolio import Portfolio

__all__ = ["Explorer", "Progress", "explore_program"]

#: Called with the tally so far, the seconds spent, and the number of distinct failures.
Progress = Callable[[Tally, float, int], None]


class Interrupted(Exception):
    """The user, or the system, wants an end."""


def explore_program(
    program: Program, settings: Settings, *, on_progress: Progress | None = None
) -> Exploration:
    """Explore ``program``; see the module's docstring. Never raises for what the program does."""
    with applied(settings.mutant):
        return Explorer(program, settings, on_progress).run()


class Explorer:
    """One exploration under way; :func:`explore_program` is its face."""

    def __init__(
        self,
        program: Program,
        settings: Settings,
        on_progress: Progress | None,
        *,
        epoch: float | None = None,
    ) -> None:
        self.program = program
        self.settings = settings
        self.on_progress = on_progress
        self.notes: list[str] = []
        self.uncontrolled: list[str] = []
        self.tally = Tally()
        self.budget = Budget(settings, self.tally)
        if epoch is None:
            epoch = float(int(originals.wall_time()))
        self.executions = Executions(program, settings, epoch)
        self.finds = Finds(self.executions, self.tally, self.notes)
        self.interrupted = False
        self.exhausted: Portfolio | None = None

    # ------------------------------------------------------------------ the whole

    def run(self) -> Exploration:
        found = self.finds.found
        try:
            with _signals():
                reason = self.go()
        except (KeyboardInterrupt, Interrupted):
            self.interrupted = True
            reason = ""
        if reason and (not found or reason[0] == "fails-without-race"):
            return self.report(reason[0], reason[1])
        return self.report("failed" if found else "passed", "")

    def go(self) -> tuple[str, str] | str:
        """Everything in its order; an outcome and its reason where it ended early."""
        baseline = Baseline(
            self.executions,
            self.finds,
            self.tally,
            notes=self.notes,
            uncontrolled=self.uncontrolled,
            tell=self.tell,
        )
        if self.settings.corpus:
            self.try_corpus()
            if self.finds.is_enough:
                return ""
        early = baseline.run()
        if early is not None:
            return early
        if self.settings.record:
            baseline.keep_passing()
            if self.finds.is_enough:
                return ""
        while self.budget.executions_left() > 0 and not self.budget.is_out_of_time():
            before = self.executions.isolation
            done = self.search()
            if done or self.executions.isolation == before:
                break
        return ""

    def report(self, outcome: str, reason: str) -> Exploration:
        tally = self.tally
        if outcome == "passed" and not self.interrupted and not tally.decisions:
            outcome = "inconclusive"
            reason = "nothing could be interleaved: no two tasks were ever able to run at one time"
        exhausted = self.exhausted
        notes = list(self.notes)
        for note, count in list(tally.notes.items())[:10]:
            notes.append(f"{note} (in {count} executions)" if count > 1 else note)
        if self.budget.is_cut:
            notes.append("the search was cut by its time budget")
        return Exploration(
            target=self.program.name,
            outcome=outcome,
            executions=tally.executions,
            distinct_traces=len(tally.traces),
            seconds=self.budget.seconds(),
            tasks=tally.tasks,
            operations=tally.operations,
            decisions=tally.decisions,
            failures=tuple(self.finds.found),
            uncontrolled=tuple(self.uncontrolled),
            notes=tuple(notes),
            reason=reason,
            strategies=dict(sorted(tally.strategies.items())),
            is_exhausted=exhausted is not None,
            bound=exhausted.bound if exhausted is not None else "",
            jobs=self.settings.worker_count,
            interrupted=self.interrupted,
        )

    def tell(self) -> None:
        if self.on_progress is not None:
            self.on_progress(self.tally, self.budget.seconds(), len(self.finds.found))

    # ------------------------------------------------------------------ what failed before

    def try_corpus(self) -> None:
        folder = self.finds.folder
        paths, warnings = store.corpus(folder, self.program.name, self.settings.mutant)
        self.notes.extend(warnings)
        for path in paths:
            try:
                schedule = store.read(path)
            except RacewrightError as error:
                self.notes.append(str(error))
                continue
            execution = self.executions.follow(schedule, is_strict=False)
            if execution is None:
                continue
            execution = self.executions.numbered(execution, "corpus")
            self.tally.add(execution)
            if execution.failure is not None:
                self.finds.take(execution)
            if self.finds.is_enough:
                return

    def minimise_only(self, schedule: Schedule) -> Exploration:
        """Follow ``schedule``, and make it lighter if it still fails."""
        execution = self.executions.follow(schedule, is_strict=False)
        if execution is not None:
            self.tally.add(execution)
        if execution is None or execution.failure is None:
            return self.report("passed", "")
        self.finds.take(self.executions.numbered(execution, "replay"))
        return self.report("failed", "")

    # ------------------------------------------------------------------ the search

    def search(self) -> bool:
        """Run executions until a failure, the budget's end, or a change of isolation."""
        if self.executions.isolation == "worker":
            lanes = Lanes(self.executions, self.finds, self.budget, self.tell)
            try:
                return lanes.search()
            finally:
                self.exhausted = lanes.exhausted
        source = self.executions.portfolio(0, 1)
        if self.executions.isolation == "none":
            has_failed = self.search_here(source)
        else:
            has_failed = search_apart(self.executions, source, self.finds, self.budget, self.tell)
        if source.is_exhausted and not has_failed:
            self.exhausted = source
        return True

    def search_here(self, source: Portfolio) -> bool:
        """All in this process: for tests of ours, and for functions that trust one another."""
        finds = self.finds
        with many_runs():
            while self.budget.executions_left() > 0 and not self.budget.is_out_of_time():
                execution = self.executions.one(source, self.tally, None, known=finds.known)
                failure = execution.failure
                if failure is not None and finds.is_news(execution) and finds.take(execution):
                    finds.known.add(failure.fingerprint)
                    if finds.is_enough:
                        return True
                if source.is_exhausted:
                    break
                if self.tally.executions % 200 == 0:
                    self.tell()
        return False


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """SIGTERM ends an exploration as Ctrl-C does: with what was found so far."""

    def end(_number: int, _frame: object) -> None:
        raise Interrupted

    if originals.current_thread() is not originals.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
