"""Whether a test notices that a synchronisation is gone.

Natively a lock that is taken out of a program changes nothing most of the time, so the usual
mutation testing (Offutt's synchronisation operators; ConMAn: Bradbury, Cordy, Dingel, "Mutation
Operators for Concurrent Java", 2006) says little: a mutant survives because nobody came between.
Here each mutant is explored, and a survivor has survived every schedule of the budget.

First the target is explored as it stands: what fails already says nothing of its locks. Then a few
executions are watched for what at least two tasks use, and each of that is neutralised in turn, in
forked children.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from racewright import originals
from racewright.errors import UsageError
from racewright.interpose.mutation import applied, undecorated
from racewright.interpose.targets import as_loaded, find_target
from racewright.model.execution import Exploration, Found, Outcome
from racewright.model.mutant import Mutant
from racewright.model.vacuity import MutantVerdict, Mutation, Sighting
from racewright.run import Program, run_once
from racewright.search.deaths import GRACE
from racewright.search.explore import Progress, explore_program
from racewright.search.following import Confirmation, replay_once
from racewright.search.workers import Child, call_in_child
from racewright.settings import Settings
from racewright.strategies.base import Strategy
from racewright.strategies.exhaustive import ALL_ORDERS
from racewright.strategies.random_walk import RandomWalk
from racewright.strategies.started_first import StartedFirst
from racewright.vacuity.sightings import Decorators, WatchingTrace, belongs_to

__all__ = [
    "Watched",
    "find",
    "judge",
    "mutate_program",
    "names_a_line",
    "wanted",
    "watch_program",
]

#: Executions that are watched at random, besides the default one and CPython's usual order.
WATCHED = 6
#: How many times the budget the attempt at all orders may take of a mutant that nobody noticed:
#: these executions are the short ones.
EXHAUSTIVE_FACTOR = 4

#: Told before each mutant: its number, how many there are, and what it is.
Announce = Callable[[int, int, str], None]


class Watched:
    """What a few executions of the target used, and how much time had to do with it."""

    def __init__(self, sightings: Sequence[Sighting], *, has_timers: bool) -> None:
        self.sightings = tuple(sightings)
        self.has_timers = has_timers


def mutate_program(
    program: Program,
    settings: Settings,
    *,
    undo: Sequence[str] = (),
    on_mutant: Announce | None = None,
    on_progress: Progress | None = None,
) -> Mutation:
    """Neutralise what ``program`` uses, or what ``undo`` names, one after the other.

    The budget in ``settings`` is each mutant's. Raises ``UsageError`` for a name in ``undo`` that
    means nothing.
    """
    began = originals.monotonic()
    settings = settings.replace(keep_going=False)
    before = explore_program(program, settings, on_progress=on_progress)

    def told(outcome: str, reason: str = "", **more: object) -> Mutation:
        seconds = originals.monotonic() - began
        return Mutation(
            program.name,
            outcome,
            reason=reason,
            before=before,
            seconds=seconds,
            **more,  # type: ignore[arg-type]
        )

    if before.interrupted:
        return told("inconclusive", "interrupted", interrupted=True)
    if before.failures:
        return told("fails-already", before.failures[0].failure.message)
    if before.outcome == "inconclusive":
        return told("inconclusive", before.reason)
    is_named = bool(undo) and not any(names_a_line(name) for name in undo)
    watched = Watched((), has_timers=True) if is_named else watch_program(program, settings)
    mutants = [find(name, watched) for name in undo] if undo else wanted(watched)
    passed_over = () if undo else tuple(each for each in watched.sightings if each.why_not)
    if not mutants:
        reason = "no two tasks used one lock, semaphore, wait or join of the project's"
        return told("inconclusive", reason, passed_over=passed_over)
    verdicts: list[MutantVerdict] = []
    interrupted = False
    for number, sighting in enumerate(mutants, 1):
        if on_mutant is not None:
            on_mutant(number, len(mutants), sighting.label)
        verdict, interrupted = judge(program, settings, sighting, watched, before, on_progress)
        verdicts.append(verdict)
        if interrupted:
            break
    return told(
        outcome_of(verdicts),
        verdicts=tuple(verdicts),
        passed_over=passed_over,
        notes=before.notes,
        interrupted=interrupted,
    )


def outcome_of(verdicts: Sequence[MutantVerdict]) -> str:
    """What the verdicts come to."""
    found = {each.verdict for each in verdicts if each.counts}
    if "noticed" in found:
        return "gaps" if "not noticed" in found else "notices"
    return "vacuous" if found else "inconclusive"


# ------------------------------------------------------------------ what there is to neutralise


def watch_program(program: Program, settings: Settings) -> Watched:
    """What at least two tasks use in one of a few executions."""

    def watch(child: Child) -> Watched:
        belongs = belongs_to(settings.root, settings.instrument)
        decorators = Decorators(belongs)
        found: dict[str, Sighting] = {}
        followed: set[str] = set()
        has_timers = False
        began = originals.monotonic()
        seed = settings.seed
        strategies = [Strategy(seed), StartedFirst(seed)]
        strategies += [RandomWalk(seed + number) for number in range(WATCHED)]
        for strategy in strategies:
            if settings.time is not None and originals.monotonic() - began > settings.time:
                break
            strategy.begin()
            trace = WatchingTrace(belongs, decorators)
            run_once(program, strategy, settings, heartbeat=child.beat, trace=trace)
            has_timers = has_timers or trace.has_timers
            followed |= trace.followed
            for sighting in trace.found():
                found.setdefault(sighting.mutant, sighting)
        sightings = [
            dataclasses.replace(
                each, is_last=each.mutant.startswith("join ") and each.mutant not in followed
            )
            for each in found.values()
        ]
        return Watched(sorted(sightings, key=_order), has_timers=has_timers)

    watched, death, _ = call_in_child(watch, silence=settings.stall + GRACE)
    if watched is None:
        raise UsageError(f"{program.name} could not be watched: {death}")
    result: Watched = watched
    return result


def _order(sighting: Sighting) -> tuple[int, str, int]:
    mutant = Mutant.parse(sighting.mutant)
    kinds = ("decorator", "lock", "semaphore", "wait", "join")
    return (kinds.index(mutant.kind), mutant.file or mutant.place, mutant.line or 0)


def wanted(watched: Watched) -> list[Sighting]:
    return [each for each in watched.sightings if not each.why_not]


def names_a_line(name: str) -> bool:
    file, _, line = name.rpartition(":")
    return file.endswith(".py") and line.isdecimal()


def find(name: str, watched: Watched) -> Sighting:
    """The mutant that ``--undo name`` means: a decorated function, or what is at a line."""
    file, _, line = name.rpartition(":")
    if not names_a_line(name):
        name = as_loaded(name)
        undecorated(find_target(name))
        return Sighting(f"decorator {name}")
    at_line = [
        sighting
        for sighting in watched.sightings
        if (mutant := Mutant.parse(sighting.mutant)).line == int(line)
        and f"/{mutant.file}".endswith("/" + file.removeprefix("./"))
    ]
    allowed = [each for each in at_line if not each.why_not.startswith("it waits")]
    if len(allowed) == 1:
        return allowed[0]
    if allowed:
        raise UsageError(f"--undo {name} could be any of {', '.join(e.mutant for e in allowed)}")
    if at_line:
        raise UsageError(f"--undo {name}: {at_line[0].why_not}")
    there = "\n".join(f"  {each.label}" for each in watched.sightings) or "  nothing"
    raise UsageError(
        f"--undo {name}: no lock is made there that two tasks use, and nothing waits there\n"
        f"What two tasks use:\n{there}"
    )


# ------------------------------------------------------------------ one mutant


def judge(
    program: Program,
    settings: Settings,
    sighting: Sighting,
    watched: Watched,
    before: Exploration,
    on_progress: Progress | None,
) -> tuple[MutantVerdict, bool]:
    """What came of one mutant, and whether the user wants an end."""
    began = originals.monotonic()
    settings = settings.replace(mutant=sighting.mutant, record="")
    first = explore_program(program, settings, on_progress=on_progress)
    tried = [first]
    if not (
        first.failures
        or first.interrupted
        or first.outcome == "inconclusive"
        or _is_cut(first)
        or watched.has_timers
        or before.uncontrolled
        or first.uncontrolled
    ):
        limit = settings.schedules * EXHAUSTIVE_FACTOR
        chosen = settings.replace(strategy="exhaustive", slack=0.0, schedules=limit)
        tried.append(explore_program(program, chosen, on_progress=on_progress))
    last = tried[-1]
    found = last.failures[0] if last.failures else None
    reason = ""
    if found is not None:
        reason = why_not_noticed(program, settings, found)
        word = "inconclusive" if reason else "noticed"
    elif last.interrupted:
        word, reason = "inconclusive", "interrupted"
    elif last.outcome == "inconclusive":
        word, reason = "inconclusive", last.reason
    elif last.is_exhausted and last.bound == ALL_ORDERS:
        word = "equivalent"
        reason = f"{last.executions} executions, which are all orders of its operations"
    else:
        word = "not noticed"
        if _is_cut(last):
            reason = "the search was cut by its time budget"
        elif sighting.is_last:
            reason = "it is the last thing that the test does"
    executions = sum(each.executions for each in tried)
    seconds = originals.monotonic() - began
    verdict = MutantVerdict(sighting, word, executions, seconds, found, reason)
    return verdict, last.interrupted


def _is_cut(exploration: Exploration) -> bool:
    return any("cut by its time budget" in note for note in exploration.notes)


def why_not_noticed(program: Program, settings: Settings, found: Found) -> str:
    """Why a failure is not the mutant's, or not one to rely on; empty where it is."""
    schedule = found.execution.schedule
    if found.execution.outcome is Outcome.STALLED:
        return f"it waits for something outside our control: {found.failure.message}"
    if not schedule.steps:  # the process died: there is nothing to compare a replay with
        return ""

    def once(child: Child) -> Confirmation:
        run, strategy = replay_once(
            program, settings, schedule, is_strict=is_strict, heartbeat=child.beat
        )
        return Confirmation(run, strategy)

    is_strict = True
    with applied(settings.mutant):
        repeated, _, _ = call_in_child(once, silence=settings.stall + GRACE)
    if repeated is None or not repeated.is_whole(schedule):
        return "its schedule does not repeat: something is outside our control"
    is_strict = False
    without, _, _ = call_in_child(once, silence=settings.stall + GRACE)
    failure = without.execution.failure if without is not None else None
    if failure is not None and failure.fingerprint == found.failure.fingerprint:
        return f"the same schedule fails without it, too: {failure.message}"
    return ""
