"""Exploring: run one program under many schedules until it fails, or the budget is spent.

The order of things: schedules that failed before; the default schedule, twice, so that what fails
without any race, and what is not deterministic, is known first; then the search, in forked
children. A failure found there counts only when a fresh process follows its schedule to the same
failure. A failing schedule is on disk before anything else happens with it; then it is minimised,
recorded in full, and followed once more.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import os
import platform
import select
import signal
import sys
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path
from typing import Any

from racewright import __version__, originals, store
from racewright.errors import RacewrightError
from racewright.interpose.mutation import applied
from racewright.model.execution import (
    Execution,
    Exploration,
    Failure,
    Found,
    Outcome,
)
from racewright.model.operation import ACCESS_SITES, access_key
from racewright.model.schedule import Deviation, Schedule
from racewright.run import Program, RunResult, many_runs, run_once
from racewright.search.deaths import (
    GRACE,
    DeviationLog,
    crash_failure,
    lost_execution,
    mmap_of,
    stuck_failure,
    turns,
)
from racewright.search.minimise import minimise
from racewright.search.tally import Tally
from racewright.search.workers import Child, call_in_child
from racewright.settings import Settings
from racewright.strategies.base import Strategy, Summary
from racewright.strategies.portfolio import Portfolio, portfolio
from racewright.strategies.random_walk import RandomWalk
from racewright.strategies.replay import Replay
from racewright.strategies.started_first import StartedFirst

__all__ = ["Confirmation", "Explorer", "Progress", "explore_program", "replay_once"]

#: Workers of one lane that may die of their program before the rest of its budget is given up.
MAX_DEATHS = 50
#: Deviations of the default schedule that the minimiser tries alone.
MAX_SINGLES = 150
#: The part of the search whose first schedule is the one to be recorded: no worker has it.
RECORDING = 63
#: Growth of a child's memory, in bytes, after which a fresh one goes on in its place.
MAX_GROWTH = 400 << 20


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


def replay_once(
    program: Program,
    settings: Settings,
    schedule: Schedule,
    *,
    is_strict: bool = True,
    is_recorded: bool = False,
    heartbeat: Callable[[], None] | None = None,
) -> tuple[RunResult, Replay]:
    """Follow ``schedule`` in this process; the strategy says what could not be followed."""
    strategy = Replay(schedule.deviations)
    strategy.begin()
    run = run_once(
        program,
        strategy,
        settings,
        slack=schedule.slack,
        epoch=schedule.epoch,
        is_recorded=is_recorded,
        expected=schedule.steps if is_strict else None,
        heartbeat=heartbeat,
    )
    return run, strategy


class Confirmation:
    """What a strict replay came to, as a value that travels between processes."""

    def __init__(self, run: RunResult, strategy: Replay) -> None:
        self.execution = run.execution
        self.difference = run.difference
        self.length = run.execution.operations
        self.refused = ""
        if strategy.refused is not None:
            deviation, enabled = strategy.refused
            self.refused = (
                f"at operation {deviation.operation} of task {deviation.task}, "
                f"task {deviation.chosen} was chosen; enabled now: {list(enabled)}"
            )

    def is_whole(self, schedule: Schedule) -> bool:
        """Whether the trace is the recorded one to its last event."""
        return (
            self.difference is None
            and self.length == schedule.length
            and self.execution.schedule.trace_digest == schedule.trace_digest
        )


class Explorer:
    """One exploration under way; :func:`explore_program` is its face."""

    def __init__(self, program: Program, settings: Settings, on_progress: Progress | None) -> None:
        self.program = program
        self.settings = settings
        self.on_progress = on_progress
        self.began = originals.monotonic()
        self.epoch = float(int(originals.wall_time()))
        self.tally = Tally()
        self.found: list[Found] = []
        self.known: set[str] = set()
        self.notes: list[str] = []
        self.uncontrolled: list[str] = []
        self.folder = store.folder_for(Path(settings.root))
        self.isolation = "worker" if settings.isolation == "auto" else settings.isolation
        self.is_cut = False
        self.interrupted = False
        self.exhausted: Portfolio | None = None
        self.parts_exhausted: set[int] = set()

    # ------------------------------------------------------------------ the whole

    def run(self) -> Exploration:
        try:
            with _signals():
                reason = self.go()
        except (KeyboardInterrupt, Interrupted):
            self.interrupted = True
            reason = ""
        if reason and (not self.found or reason[0] == "fails-without-race"):
            return self.report(reason[0], reason[1])
        return self.report("failed" if self.found else "passed", "")

    def go(self) -> tuple[str, str] | str:
        """Everything in its order; an outcome and its reason where it ended early."""
        if self.settings.corpus:
            self.try_corpus()
            if self.found and not self.settings.keep_going:
                return ""
        early = self.baseline()
        if early is not None:
            return early
        if self.settings.record:
            self.keep_passing()
            if self.found and not self.settings.keep_going:
                return ""
        while self.budget_left() > 0 and not self.is_out_of_time():
            before = self.isolation
            done = self.search()
            if done or self.isolation == before:
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
        if self.is_cut:
            notes.append("the search was cut by its time budget")
        return Exploration(
            target=self.program.name,
            outcome=outcome,
            executions=tally.executions,
            distinct_traces=len(tally.traces),
            seconds=originals.monotonic() - self.began,
            tasks=tally.tasks,
            operations=tally.operations,
            decisions=tally.decisions,
            failures=tuple(self.found),
            uncontrolled=tuple(self.uncontrolled),
            notes=tuple(notes),
            reason=reason,
            strategies=dict(sorted(tally.strategies.items())),
            is_exhausted=exhausted is not None,
            bound=exhausted.bound if exhausted is not None else "",
            jobs=self.settings.worker_count,
            interrupted=self.interrupted,
        )

    # ------------------------------------------------------------------ budgets

    def budget_left(self) -> int:
        return self.settings.schedules - self.tally.executions

    def is_out_of_time(self) -> bool:
        limit = self.settings.time
        if limit is not None and originals.monotonic() - self.began > limit:
            self.is_cut = True
        return self.is_cut

    def seconds_left(self) -> float | None:
        limit = self.settings.time
        return None if limit is None else max(0.1, limit - (originals.monotonic() - self.began))

    def tell(self) -> None:
        if self.on_progress is not None:
            self.on_progress(self.tally, originals.monotonic() - self.began, len(self.found))

    # ------------------------------------------------------------------ before the search

    def try_corpus(self) -> None:
        paths, warnings = store.corpus(self.folder, self.program.name, self.settings.mutant)
        self.notes.extend(warnings)
        for path in paths:
            try:
                schedule = store.read(path)
            except RacewrightError as error:
                self.notes.append(str(error))
                continue
            execution = self.follow(schedule, is_strict=False)
            if execution is None:
                continue
            execution = self.numbered(execution, "corpus")
            self.tally.add(execution)
            if execution.failure is not None:
                self.take(execution)
            if self.found and not self.settings.keep_going:
                return

    def baseline(self) -> tuple[str, str] | None:
        """The default schedule, twice; an outcome if that is the end of it."""

        def twice(child: Child | None) -> list[Execution]:
            result = []
            for _ in range(2):
                strategy = Strategy()
                strategy.begin()
                run = self.execute(strategy, child, is_kept=True, path=turns(child))
                result.append(run.execution)
            return result

        executions, crash = self.in_child(twice)
        if crash is not None:
            failure = crash_failure(crash[0], crash[1], self.settings)
            execution = self.numbered(
                lost_execution(self.program, self.settings, failure), "default"
            )
            self.tally.add(execution)
            self.found.append(Found(failure, execution, 1, self.save(execution), "default"))
            return ("fails-without-race", "")
        first, second = executions
        self.uncontrolled.extend(first.uncontrolled)
        if sys.flags.hash_randomization and not os.environ.get("PYTHONHASHSEED", "").isdigit():
            self.uncontrolled.append(
                "the hashing of strings, hence the order of sets (PYTHONHASHSEED=0 fixes it)"
            )
        for execution in executions:
            self.tally.add(self.numbered(execution, "default"))
        self.tell()
        if first.failure is not None:
            if self.ever_passes(first):
                # It is the order after all, and the default one happens to be the wrong one.
                self.take(dataclasses.replace(first, strategy="default"))
                if self.found and not self.settings.keep_going:
                    return ("failed", "")
                return None
            recorded, crash = self.in_child(lambda child: self.record(first, child))
            if crash is None and recorded.failure is not None:
                first = self.numbered(recorded, "default")
            assert first.failure is not None
            self.found.append(Found(first.failure, first, 1, self.save(first), "default"))
            return ("fails-without-race", "")
        if first.outcome is Outcome.SKIPPED:
            return ("inconclusive", "the test skipped itself")
        if second.failure is not None or not _is_same(first, second):
            self.look_at_difference(first, second)
        if first.tasks == 1:
            return (
                "inconclusive",
                "no concurrency was seen: the target started no thread that we control",
            )
        return None

    def ever_passes(self, failed: Execution) -> bool:
        """Whether another order lets pass what failed under the default schedule."""
        if failed.outcome is Outcome.STALLED or not failed.decisions:
            return False
        seed = self.settings.seed
        for strategy in (StartedFirst(), *(RandomWalk(seed + each) for each in range(3))):

            def once(child: Child | None, strategy: Strategy = strategy) -> Execution:
                strategy.begin()
                return self.execute(strategy, child).execution

            execution, crash = self.in_child(once)
            if crash is not None:
                return False
            self.tally.add(execution)
            if execution.failure is None:
                return True
        return False

    def keep_passing(self) -> None:
        """One execution more, whose schedule is saved if it passes."""

        def once(child: Child | None) -> Execution:
            strategy, is_focused = self.portfolio(RECORDING, RECORDING + 1).take()
            strategy.begin()
            return self.execute(strategy, child, is_focused=is_focused, is_kept=True).execution

        execution, crash = self.in_child(once)
        if crash is not None:
            self.notes.append(f"nothing was recorded: {crash[0]}")
            return
        self.tally.add(execution)
        if execution.failure is not None:
            self.take(execution)
        elif execution.outcome is Outcome.PASSED:
            store.write_to(self.settings.record, self.numbered(execution).schedule)

    def look_at_difference(self, first: Execution, second: Execution) -> None:
        """Two runs of one schedule differ: leaked state, or nondeterminism that we do not
        govern?"""

        def once(child: Child | None) -> Execution:
            strategy = Strategy()
            strategy.begin()
            return self.execute(strategy, child, is_kept=True).execution

        again, crash = self.in_child(once)
        if crash is None and _is_same(first, again):
            if self.isolation == "worker" and self.settings.isolation == "auto":
                self.isolation = "execution"
                self.notes.append(
                    "executions influence one another (state outlives them), "
                    "so each was given a process of its own"
                )
            return
        steps = again.schedule.steps if crash is None else second.schedule.steps
        for number, (one, other) in enumerate(zip(first.schedule.steps, steps, strict=False), 1):
            if one != other:
                where = f"step {number}: {one} / {other}"
                break
        else:
            last = min(len(first.schedule.steps), len(steps))
            where = f"after step {last}, the last that was kept"
        self.uncontrolled.append(f"the same schedule gave different traces ({where})")

    # ------------------------------------------------------------------ the search

    def search(self) -> bool:
        """Run executions until a failure, the budget's end, or a change of isolation."""
        if self.isolation == "none":
            return self.search_here()
        if self.isolation == "execution":
            return self.search_apart()
        return self.search_in_workers()

    def portfolio(self, part: int, share: int, deaths: int = 0) -> Portfolio:
        settings = self.settings
        seed = settings.seed + 1009 * deaths
        return portfolio(settings.strategy, seed, slack=settings.slack, part=part, share=share)

    def execute(
        self,
        strategy: Strategy,
        child: Child | None,
        *,
        is_focused: bool = True,
        is_kept: bool = False,
        known: Container[str] = (),
        on_stuck: Callable[[Failure], None] | None = None,
        deviations: list[Any] | None = None,
        path: Any = None,
    ) -> RunResult:
        return run_once(
            self.program,
            strategy,
            self.settings,
            slack=strategy.slack,
            epoch=self.epoch,
            heartbeat=child.beat if child is not None else None,
            is_focused=is_focused,
            is_kept=is_kept,
            known=known,
            on_stuck=on_stuck,
            deviations=deviations,
            path=path,
        )

    def one(
        self,
        source: Portfolio,
        tally: Tally,
        child: Child | None,
        *,
        on_stuck: Callable[[Failure], None] | None = None,
        deviations: list[Any] | None = None,
        path: Any = None,
    ) -> Execution:
        """One execution of a portfolio, counted."""
        strategy, is_focused = source.take()
        strategy.begin()
        execution = self.execute(
            strategy,
            child,
            is_focused=is_focused,
            known=self.known if self.settings.keep_going else (),
            on_stuck=on_stuck,
            deviations=deviations,
            path=path,
        ).execution
        strategy.end(
            Summary(
                execution.decisions,
                execution.tasks,
                execution.outcome.is_failure,
                tally.add(execution),
            )
        )
        return execution

    def search_here(self) -> bool:
        """All in this process: for tests of ours, and for functions that trust one another."""
        source = self.portfolio(0, 1)
        with many_runs():
            while self.budget_left() > 0 and not self.is_out_of_time():
                execution = self.one(source, self.tally, None)
                failure = execution.failure
                if failure is not None and self.is_news(execution) and self.take(execution):
                    self.known.add(failure.fingerprint)
                    if not self.settings.keep_going:
                        return True
                if source.is_exhausted:
                    self.exhausted = source
                    return True
                if self.tally.executions % 200 == 0:
                    self.tell()
        return True

    def search_in_workers(self) -> bool:
        share = min(self.settings.worker_count, max(1, self.budget_left() // 8))
        quota = -(-self.budget_left() // share)
        gc.collect()
        gc.freeze()
        lanes = [_Lane(part, share, self.portfolio(part, share), quota) for part in range(share)]
        try:
            return self.watch(lanes)
        finally:
            for lane in lanes:
                if lane.child is not None:
                    lane.child.kill()
            gc.unfreeze()

    def watch(self, lanes: list[_Lane]) -> bool:
        for lane in lanes:
            self.start(lane)
        while any(lane.child is not None for lane in lanes):
            open_ = [lane.child.reading for lane in lanes if lane.child is not None]
            select.select(open_, [], [], 0.1)
            for lane in lanes:
                if lane.child is not None and self.listen(lane):
                    return True
            self.tell()
            if self.is_out_of_time():
                return True
            if self.isolation != "worker":
                return False
        return True

    def start(self, lane: _Lane) -> None:
        def work(child: Child) -> None:
            with many_runs():
                self.work(child, lane)

        lane.child = Child(work)

    def work(self, child: Child, lane: _Lane) -> None:
        """In a child: executions until the quota is spent or a failure is found."""
        tally = Tally()
        source = lane.source
        log = DeviationLog(lane.log) if lane.log is not None else None
        until = self.settings.time
        size = _memory()
        flushed = originals.monotonic()
        left = lane.quota

        def stuck(failure: Failure) -> None:
            child.send("tally", tally)
            child.send("failure", lost_execution(self.program, self.settings, failure, log))
            originals.exit_now(0)

        while left > 0 and not source.is_exhausted:
            left -= 1
            if log is not None:
                log.clear()
            path = turns(child) if log is not None else None
            execution = self.one(source, tally, child, on_stuck=stuck, deviations=log, path=path)
            child.beat()
            now = originals.monotonic()
            if lane.quota - left <= lane.counted:  # by our predecessor, before it died
                tally = tally.successor()
            if execution.failure is not None and not (
                self.settings.keep_going and execution.failure.fingerprint in self.known
            ):
                self.known.add(execution.failure.fingerprint)
                child.send("tally", tally)
                tally = tally.successor()
                child.send("failure", execution)
                if not self.settings.keep_going:
                    child.send(
                        "go on", (source, left)
                    )  # if the parent finds that it does not count
                    return
            elif now - flushed > 0.2:
                flushed = now
                child.send("tally", tally)
                tally = tally.successor()
                if until is not None and now - self.began > until:
                    return
                if _memory() - size > MAX_GROWTH:
                    child.send("go on", (source, left))
                    return
        child.send("tally", tally)
        if source.is_exhausted:
            child.send("exhausted", source)

    def listen(self, lane: _Lane) -> bool:
        """Take what a worker has sent; whether the search is over."""
        child = lane.child
        assert child is not None
        for kind, value in child.receive():
            if kind == "tally":
                self.tally.merge(value)
                lane.counted += value.executions
            elif kind == "failure":
                if self.is_news(value) and self.take(value) and not self.settings.keep_going:
                    return True
            elif kind == "go on":
                # Its end may be seen only the next time.
                lane.source, lane.quota = value
                lane.counted = 0
                lane.goes_on = True
            elif kind == "exhausted":
                self.parts_exhausted.add(lane.part)
                if len(self.parts_exhausted) == lane.share:
                    self.exhausted = value
        if child.is_open:
            if child.silence() <= self.settings.stall + GRACE:
                return False
            stacks = child.ask_for_stacks()
            child.kill()
            failure = stuck_failure(stacks, self.settings)
        elif not child.death():
            lane.child = None
            if lane.goes_on:
                lane.goes_on = False
                self.start(lane)
            return False
        else:
            failure = crash_failure(child.death(), child.last_words, self.settings)
        lane.child = None
        if lane.log is None:
            # Deterministic as it is, the worker will come to the same end, and this time we watch.
            lane.log = mmap_of(DeviationLog.SIZE)
            self.start(lane)
            return False
        log = DeviationLog(lane.log)
        unsent = log.executions - lane.counted
        self.tally.executions += unsent
        lane.counted += unsent
        execution = lost_execution(self.program, self.settings, failure, log)
        is_over = self.is_news(execution) and self.take(execution) and not self.settings.keep_going
        if not is_over:
            self.replace(lane)
        return is_over

    def replace(self, lane: _Lane) -> None:
        """A worker died of its program, as it will whenever it comes there again: send another."""
        lane.deaths += 1
        lane.quota -= lane.counted
        if lane.quota <= 0 or lane.deaths > MAX_DEATHS:
            return
        lane.counted = 0
        lane.log = None
        lane.source = self.portfolio(lane.part, lane.share, lane.deaths)
        self.start(lane)

    def search_apart(self) -> bool:
        """Every execution in a fresh child; the strategy lives here and learns from reports."""
        source = self.portfolio(0, 1)
        width = self.settings.worker_count
        running: list[_Apart] = []
        gc.collect()
        gc.freeze()
        try:
            while True:
                while (
                    len(running) < width
                    and self.budget_left() - len(running) > 0
                    and not source.is_exhausted
                    and not self.is_out_of_time()
                ):
                    running.append(self.launch(source, running))
                if not running:
                    break
                select.select([apart.child.reading for apart in running], [], [], 0.1)
                for apart in list(running):
                    execution = self.collect(apart)
                    if apart.child.is_open:
                        continue
                    running.remove(apart)
                    if (
                        execution is not None
                        and execution.failure is not None
                        and self.is_news(execution)
                        and self.take(execution)
                        and not self.settings.keep_going
                    ):
                        return True
                self.tell()
            if source.is_exhausted:
                self.exhausted = source
        finally:
            for apart in running:
                apart.child.kill()
            gc.unfreeze()
        return True

    def launch(self, source: Portfolio, running: list[_Apart]) -> _Apart:
        busy = {id(apart.strategy) for apart in running if apart.strategy.learnt}
        for _ in range(len(source.round) + 1):
            strategy, is_focused = source.take()
            if id(strategy) not in busy:
                break
        strategy.begin()
        log = mmap_of(DeviationLog.SIZE)

        def work(child: Child) -> None:
            deviations = DeviationLog(log)

            def stuck(failure: Failure) -> None:
                execution = lost_execution(self.program, self.settings, failure, deviations)
                child.send("ran", (execution, {}, []))
                originals.exit_now(0)

            run = self.execute(
                strategy, child, is_focused=is_focused, on_stuck=stuck, deviations=deviations
            )
            learnt = {name: getattr(strategy, name) for name in strategy.learnt}
            child.send("ran", (run.execution, learnt, [access_key(s) for s in run.newly_shared]))

        return _Apart(Child(work), strategy, log)

    def collect(self, apart: _Apart) -> Execution | None:
        for _, (execution, learnt, shared) in apart.child.receive():
            for name, value in learnt.items():
                setattr(apart.strategy, name, value)
            for key in shared:
                site = ACCESS_SITES.get(key)
                if site is not None:
                    site.is_shared = True
            apart.execution = execution
        if apart.child.is_open:
            if apart.child.silence() <= self.settings.stall + GRACE:
                return None
            stacks = apart.child.ask_for_stacks()
            apart.child.kill()
            apart.execution = lost_execution(
                self.program,
                self.settings,
                stuck_failure(stacks, self.settings),
                DeviationLog(apart.log),
            )
        elif apart.execution is None:
            apart.execution = lost_execution(
                self.program,
                self.settings,
                crash_failure(apart.child.death(), apart.child.last_words, self.settings),
                DeviationLog(apart.log),
            )
        execution = apart.execution
        is_new = self.tally.add(execution)
        apart.strategy.end(
            Summary(execution.decisions, execution.tasks, execution.outcome.is_failure, is_new)
        )
        return execution

    # ------------------------------------------------------------------ what was found

    def minimise_only(self, schedule: Schedule) -> Exploration:
        """Follow ``schedule``, and make it lighter if it still fails."""
        execution = self.follow(schedule, is_strict=False)
        if execution is not None:
            self.tally.add(execution)
        if execution is None or execution.failure is None:
            return self.report("passed", "")
        self.take(self.numbered(execution, "replay"))
        return self.report("failed", "")

    def is_news(self, execution: Execution) -> bool:
        failure = execution.failure
        return failure is not None and failure.fingerprint not in {
            found.failure.fingerprint for found in self.found
        }

    def take(self, execution: Execution) -> bool:
        """Save a failing execution, confirm it, make it light; whether it counts."""
        execution = self.numbered(execution)
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
            lightened, crash = self.in_child(lambda child: self.lighten(execution, child))
            if crash is None:
                execution = lightened
        recorded, crash = self.in_child(lambda child: self.record(execution, child))
        if crash is None and recorded.failure is not None:
            execution = self.numbered(recorded, finder)
            path = self.save(execution) or path
        failure = execution.failure
        assert failure is not None
        assert failure is not None
        self.found.append(Found(failure, execution, number, path, finder))
        return True

    def confirm(self, execution: Execution) -> Execution | None:
        """``execution`` as a fresh process repeats it, event by event; ``None`` if none does.

        Where what earlier executions left behind decided something (a cache was filled, a set of
        objects had another order), a fresh process leaves the recorded path. Followed as far as it
        goes, the schedule may fail there all the same; then that path is the one to repeat.
        """
        assert execution.failure is not None
        wanted = execution.failure.fingerprint
        if self.fails(self.follow(execution.schedule, is_strict=True), wanted):
            return execution
        other = self.follow(execution.schedule, is_strict=False)
        if other is None or not self.fails(other, wanted):
            return None
        other = self.numbered(other, execution.strategy)
        return other if self.fails(self.follow(other.schedule, is_strict=True), wanted) else None

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
        if self.isolation == "worker" and self.settings.isolation == "auto":
            self.isolation = "execution"
            self.notes.append(
                "executions influence one another (state outlives them), "
                "so each was given a process of its own"
            )

    def lighten(self, execution: Execution, child: Child | None) -> Execution:
        schedule = execution.schedule

        def attempt(deviations: Sequence[Deviation]) -> Execution:
            strategy = Replay(deviations)
            strategy.begin()
            run = run_once(
                self.program,
                strategy,
                self.settings,
                slack=schedule.slack,
                epoch=self.epoch,
                heartbeat=child.beat if child is not None else None,
            )
            if child is not None:
                child.beat()
            return run.execution

        if self.isolation == "execution":

            def apart(deviations: Sequence[Deviation]) -> Execution:
                value, _ = self.in_child(lambda _: attempt(deviations))
                if child is not None:
                    child.beat()
                return (
                    value
                    if value is not None
                    else lost_execution(
                        self.program, self.settings, crash_failure("", "", self.settings)
                    )
                )

            return minimise(execution, apart, attempts=150)[0]
        default = Replay()
        default.offered = []
        default.begin()
        run_once(self.program, default, self.settings, epoch=self.epoch)
        singles = default.offered[:MAX_SINGLES]
        return minimise(execution, attempt, singles=singles)[0]

    def record(self, execution: Execution, child: Child | None) -> Execution:
        """The same execution once more, with every event and value kept."""
        strategy = Replay(execution.schedule.deviations)
        strategy.begin()
        run = run_once(
            self.program,
            strategy,
            self.settings,
            slack=execution.schedule.slack,
            epoch=self.epoch,
            is_recorded=True,
            heartbeat=child.beat if child is not None else None,
        )
        return run.execution

    def follow(self, schedule: Schedule, *, is_strict: bool) -> Execution | None:
        """What a fresh process makes of ``schedule``; ``None`` if it died."""

        def once(child: Child | None) -> Execution:
            run, _ = replay_once(
                self.program,
                self.settings,
                schedule,
                is_strict=is_strict,
                heartbeat=child.beat if child is not None else None,
            )
            return run.execution

        execution, crash = self.in_child(once)
        return execution if crash is None else None

    def in_child(
        self, function: Callable[[Child | None], Any]
    ) -> tuple[Any, tuple[str, str] | None]:
        """The value of ``function`` in a fresh child, or how that died and its stacks."""
        if self.isolation == "none":
            return function(None), None
        value, death, stacks = call_in_child(
            lambda child: self.report_sites(function, child),
            silence=self.settings.stall + GRACE,
        )
        if death or value is None:
            return None, (death or "the process ended itself with exit status 0", stacks)
        result, shared = value
        for key in shared:
            site = ACCESS_SITES.get(key)
            if site is not None:
                site.is_shared = True
        return result, None

    @staticmethod
    def report_sites(
        function: Callable[[Child | None], Any], child: Child
    ) -> tuple[Any, list[Any]]:
        value = function(child)
        return value, [key for key, site in ACCESS_SITES.items() if site.is_shared]

    def numbered(self, execution: Execution, strategy: str = "") -> Execution:
        """With all that another process needs to take the same path."""
        settings = self.settings
        schedule = execution.schedule.replace(
            target=self.program.name,
            runner=settings.runner,
            mutant=settings.mutant,
            epoch=self.epoch,
            hash_seed=os.environ.get("PYTHONHASHSEED", "random"),
            root=os.path.abspath(settings.root),
            python=platform.python_version(),
            created_by=f"racewright {__version__}",
        )
        return dataclasses.replace(
            execution, schedule=schedule, strategy=strategy or execution.strategy
        )

    def save(self, execution: Execution) -> str:
        if not self.settings.save or execution.failure is None:
            return ""
        try:
            path = store.write(self.numbered(execution).schedule, self.folder)
        except RacewrightError as error:
            self.notes.append(str(error))
            return ""
        try:
            return str(path.relative_to(Path.cwd()))
        except ValueError:
            return str(path)


def _is_same(first: Execution, second: Execution) -> bool:
    """Whether two traces are equal to their last event."""
    one, other = first.schedule, second.schedule
    return one.length == other.length and one.trace_digest == other.trace_digest


class _Lane:
    """One worker's part of the search, which survives the worker."""

    def __init__(self, part: int, share: int, source: Portfolio, quota: int) -> None:
        self.part = part
        self.share = share
        self.source = source
        self.quota = quota
        self.counted = 0  #: executions of this quota that have been counted
        self.deaths = 0
        self.child: Child | None = None
        self.goes_on = False  #: whether another child is to do what is left of the quota
        self.log: Any = None


class _Apart:
    """One execution in a child of its own."""

    def __init__(self, child: Child, strategy: Strategy, log: Any) -> None:
        self.child = child
        self.strategy = strategy
        self.log = log
        self.execution: Execution | None = None


def _memory() -> int:
    """Resident size of this process, in bytes."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
            1 if sys.platform == "darwin" else 1024
        )


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
