"""Whether two sections of a program are ever inside at one time, in a test as it stands.

A test of a race whose two sides never meet passes whether or not they exclude one another. That is
seen without changing anything: who is inside what, and when, in ordinary runs, whose threads and
time are real, and in controlled ones.
"""

from __future__ import annotations

from collections.abc import Callable

from racewright import originals
from racewright.errors import UsageError
from racewright.model.execution import Execution
from racewright.model.vacuity import Interval, Overlap, OverlapRun
from racewright.run import Program, run_once
from racewright.search.deaths import GRACE
from racewright.search.programs import ScriptProgram
from racewright.search.workers import Child, call_in_child
from racewright.settings import Settings
from racewright.strategies.base import Strategy
from racewright.strategies.pct import Pct
from racewright.strategies.portfolio import SLACK
from racewright.strategies.pos import Pos
from racewright.strategies.random_walk import RandomWalk
from racewright.strategies.started_first import StartedFirst
from racewright.vacuity.sections import Record, overlaps_of, watched

__all__ = ["Life", "find_overlaps", "one_life"]

#: Told after each run: how many are over, and how many there are to be.
Announce = Callable[[int, int], None]


def find_overlaps(
    program: Program,
    settings: Settings,
    sections: tuple[str, str],
    *,
    runs: int,
    schedules: int,
    limit: float,
    on_run: Announce | None = None,
) -> Overlap:
    """Run ``program`` ``runs`` times free, and under ``schedules`` schedules.

    An ordinary run may take ``limit`` real seconds. Raises ``UsageError`` for sections that cannot
    be found.
    """
    if isinstance(program, ScriptProgram):
        raise UsageError(
            f"{program.name} is a script, whose functions are there only while it runs\n"
            "Name a test, or a callable: pkg.mod:function."
        )
    with watched(Record(), sections):  # what cannot be found is said before anything runs
        pass
    began = originals.monotonic()
    total = runs + schedules
    done: list[OverlapRun] = []
    interrupted = False
    try:
        for number in range(1, total + 1):
            if settings.time is not None and originals.monotonic() - began > settings.time:
                break
            if number <= runs:
                done.append(free_run(program, sections, number, limit))
            else:
                done.append(controlled_run(program, settings, sections, number, number - runs - 1))
            if on_run is not None:
                on_run(len(done), total)
    except KeyboardInterrupt:
        interrupted = True
    outcome, reason = judge(sections, done)
    notes = []
    if len(done) < total and not interrupted:
        notes.append(f"{total - len(done)} runs were not made: the time budget was over")
    return Overlap(
        program.name,
        sections,
        outcome,
        tuple(done),
        reason,
        tuple(notes),
        originals.monotonic() - began,
        interrupted,
    )


def judge(sections: tuple[str, str], runs: list[OverlapRun]) -> tuple[str, str]:
    """The outcome, and why it is inconclusive if it is."""
    if any(run.overlaps for run in runs):
        return "overlapped", ""
    if not runs:
        return "inconclusive", "nothing was run"
    entered = {interval.section for run in runs for interval in run.intervals}
    names = dict(zip("AB", dict.fromkeys(sections), strict=False))
    missing = [name for section, name in names.items() if section not in entered]
    if missing:
        return "inconclusive", f"never entered: {', '.join(missing)}"
    return "never-overlapped", ""


def free_run(program: Program, sections: tuple[str, str], number: int, limit: float) -> OverlapRun:
    """One run on real threads and in real time, in a process of its own."""

    def run(_: Child) -> OverlapRun:
        record = Record()
        outcome, reason = "passed", ""
        with watched(record, sections):
            record.began = originals.monotonic()
            try:
                program.run()
            except Exception as error:
                is_skip = type(error).__name__ in ("SkipTest", "Skipped")
                outcome, reason = "skipped" if is_skip else "failed", _words(error)
            seconds = originals.monotonic() - record.began
            intervals = record.intervals(seconds)
        overlaps = overlaps_of(intervals, is_one=sections[0] == sections[1])
        return OverlapRun(number, False, intervals, overlaps, seconds, outcome, reason)

    return _apart(run, number, None, silence=limit + GRACE, time=limit)


def _apart(
    run: Callable[[Child], OverlapRun],
    number: int,
    strategy: Strategy | None,
    silence: float,
    time: float | None = None,
) -> OverlapRun:
    """What ``run`` gives in a process of its own, or how that one died."""
    value, death, _ = call_in_child(run, silence=silence, time=time)
    if value is None:
        reason = death or "the process ended itself"
        name = "" if strategy is None else strategy.name
        return OverlapRun(number, strategy is not None, (), (), 0.0, "crashed", reason, name)
    result: OverlapRun = value
    return result


def _words(error: BaseException) -> str:
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def strategy_of(place: int, settings: Settings) -> Strategy:
    """The strategy of the controlled run at ``place``: each run has a process of its own, so none
    that learns; one in three with slack, for what is behind a wait that others poll."""
    if place < 2:
        first: Strategy = Strategy(settings.seed) if place == 0 else StartedFirst(settings.seed)
        first.slack = settings.slack or 0.0
        return first
    seed = settings.seed * 1000 + place
    strategy = (Pos(seed), Pct(seed, depth=2), RandomWalk(seed), Pct(seed, depth=3))[place % 4]
    strategy.slack = (
        (SLACK if place % 3 == 2 else 0.0) if settings.slack is None else (settings.slack)
    )
    return strategy


#: Makes one execution, and tells who was inside what.
Life = Callable[[Child, Strategy], tuple[Execution, tuple[Interval, ...]]]


def controlled_run(
    program: Program, settings: Settings, sections: tuple[str, str], number: int, place: int
) -> OverlapRun:
    """One run under control, in a process of its own."""

    def live(child: Child, strategy: Strategy) -> tuple[Execution, tuple[Interval, ...]]:
        record = Record()
        with watched(record, sections):
            result = run_once(
                program,
                strategy,
                settings,
                slack=strategy.slack,
                is_focused=place % 2 == 0,
                heartbeat=child.beat,
            )
            intervals = record.intervals(result.execution.virtual_seconds)
        return result.execution, intervals

    return one_life(live, settings, number, place, is_one=sections[0] == sections[1])


def one_life(
    live: Life, settings: Settings, number: int, place: int, *, is_one: bool
) -> OverlapRun:
    """``live`` in a process of its own; ``is_one`` where both sections are the same."""
    strategy = strategy_of(place, settings)

    def run(child: Child) -> OverlapRun:
        strategy.begin()
        execution, intervals = live(child, strategy)
        failure = execution.failure
        return OverlapRun(
            number,
            True,
            intervals,
            overlaps_of(intervals, is_one=is_one),
            execution.virtual_seconds,
            execution.outcome.value,
            failure.message if failure is not None else "",
            strategy.name,
        )

    return _apart(run, number, strategy, silence=settings.stall + GRACE)
