"""One finding, one test, a number of schedules: does the test fail because of the lines?

A failure counts when a fresh process has followed its schedule to the same failure (the search sees
to that), when a watched run of the schedule has the very same trace, and when the failure is tied
to the lines (:mod:`racewright.prove.ties`). Otherwise the search goes on elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from racewright import originals
from racewright.model.execution import Execution, Exploration, Found, Outcome
from racewright.model.experiment import Experiment
from racewright.model.operation import display_path
from racewright.model.schedule import Deviation, Schedule
from racewright.prove.ties import tie
from racewright.prove.watch import Seen, Watch, unhurried
from racewright.report.wording import count
from racewright.run import Program, run_once
from racewright.search.deaths import GRACE
from racewright.search.executions import Executions
from racewright.search.explore import explore_program
from racewright.search.workers import Child, call_in_child
from racewright.settings import Settings
from racewright.strategies.aimed import Aim, Aimed, Meeting
from racewright.strategies.replay import Replay

__all__ = ["Question", "experiment"]

#: Executions without which an exploration comes to nothing: the default schedule is run twice.
_LEAST = 3
#: Executions in which it is looked whether two tasks meet, where nothing failed.
_LOOKS = 12


@dataclass(frozen=True, slots=True)
class Question:
    """A finding, as an experiment asks about it."""

    key: int  #: the number of the finding
    places: tuple[Aim, ...]  #: the finding's own lines
    regions: tuple[Aim, ...]  #: the same, whole statements; then the function of the first
    ties: tuple[str, ...]  #: the ways in which a failure can be tied to them
    sites: tuple[tuple[str, int], ...] = ()  #: beside the lines, where calls there lead
    needs_race: bool = True  #: false where every order fails, if the finding is right

    @property
    def aims(self) -> tuple[str, ...]:
        """What the strategy is aimed at."""
        own = [f"{max(each.files, key=len)}:{each.first}-{each.last}" for each in self.places]
        return tuple(dict.fromkeys([*own, *(f"{file}:{line}" for file, line in self.sites)]))


@dataclass
class _Tried:
    """What was spent on a question, and what else came of it."""

    executions: int = 0
    others: set[str] = field(default_factory=set)  #: fingerprints that have to do with others
    notes: list[str] = field(default_factory=list)
    is_interrupted: bool = False


def experiment(
    program: Program, settings: Settings, question: Question
) -> tuple[Experiment, tuple[str, ...], bool]:
    """What came of it, notes about failures of another kind, and whether an end is wanted.

    ``settings`` holds the budget.
    """
    tried = _Tried()
    began = originals.monotonic()
    made: Experiment | None = None
    # The first failure may have nothing to do with the lines: then all that can be found is asked.
    for keep_going in (False, True):
        left = settings.schedules - tried.executions
        time = settings.time
        if time is not None:
            time = max(0.0, time - (originals.monotonic() - began))
        if left < _LEAST or time == 0.0:
            break
        chosen = settings.replace(
            strategy="aimed",
            aim=question.aims,
            schedules=left,
            time=time,
            seed=settings.seed + keep_going,
            corpus=False,
            keep_going=keep_going,
        )
        exploration = explore_program(program, chosen)
        tried.executions += exploration.executions
        tried.is_interrupted = exploration.interrupted
        made = _judge(program, chosen, question, exploration, tried)
        if made is not None or tried.is_interrupted or not exploration.failures:
            break
    if made is None:
        made = _without_failure(program, settings, question, tried)
    return made, tuple(dict.fromkeys(tried.notes)), tried.is_interrupted


def _judge(
    program: Program,
    settings: Settings,
    question: Question,
    exploration: Exploration,
    tried: _Tried,
) -> Experiment | None:
    """What an exploration proves; ``None`` where the search may go on."""
    name = program.name
    if exploration.outcome == "fails-without-race" and question.needs_race:
        words = f"{name} fails without any race, which proves nothing."
        return Experiment("not run", words, name, tried.executions)
    if exploration.outcome in ("inconclusive", "error"):
        words = f"{name} proves nothing: {exploration.reason}."
        return Experiment("not run", words, name, tried.executions)
    for found in exploration.failures:
        if found.failure.fingerprint in tried.others:
            continue
        how = tie_of(program, settings, question, found)
        if how:
            told = f"{name} fails under a schedule: {_first_line(found)}. {how}"
            return Experiment("demonstrated", told, name, tried.executions, found)
        tried.others.add(found.failure.fingerprint)
        if found.schedule_file:
            tried.notes.append(
                f"{name} fails under a schedule for another reason than what was tried: "
                f"racewright replay {found.schedule_file}"
            )
    return None


def _first_line(found: Found) -> str:
    return " ".join(found.failure.message.strip().partition("\n")[0].split()).rstrip(".")


# ------------------------------------------------------------------ the tie


def tie_of(program: Program, settings: Settings, question: Question, found: Found) -> str:
    """How the failure is tied to the lines; empty if it is not, or its schedule does not repeat."""
    schedule = found.execution.schedule
    if found.execution.outcome is Outcome.STALLED:
        return ""
    if not schedule.steps and question.needs_race:
        return ""
    seen = _watched(program, settings, question.regions, schedule)
    if seen is None:
        return ""
    follower = Executions(program, settings, schedule.epoch)

    def passes(deviations: tuple[Deviation, ...]) -> bool:
        other = follower.follow(schedule.replace(deviations=deviations), is_strict=False)
        return other is not None and other.outcome is Outcome.PASSED

    return tie(question.ties, found, seen, question.regions, passes)


def _watched(
    program: Program, settings: Settings, regions: Sequence[Aim], schedule: Schedule
) -> list[Seen] | None:
    """The events of ``schedule``, and who was inside the lines; ``None`` if the trace is not the
    recorded one."""
    settings = unhurried(settings)

    def run(child: Child) -> tuple[Execution, list[Seen]]:
        strategy = Replay(schedule.deviations)
        strategy.begin()
        watch = Watch(regions)
        with watch:
            result = run_once(
                program,
                strategy,
                settings,
                slack=schedule.slack,
                epoch=schedule.epoch,
                heartbeat=child.beat,
                trace=watch,
                is_kept=True,
            )
        return result.execution, watch.seen

    value, _, _ = call_in_child(run, silence=settings.stall + GRACE)
    if value is None:
        return None
    execution, seen = value
    failure = execution.failure
    if failure is None or failure.fingerprint != schedule.fingerprint:
        return None
    if execution.schedule.trace_digest != schedule.trace_digest:
        return None
    events: list[Seen] = seen
    return events


# ------------------------------------------------------------------ without a failure


def _without_failure(
    program: Program, settings: Settings, question: Question, tried: _Tried
) -> Experiment:
    within = f"within {count(tried.executions, 'schedule')} of {program.name}"
    if tried.is_interrupted:
        told = f"Not reproduced {within}, which was interrupted."
        return Experiment("not reproduced", told, program.name, tried.executions)
    meetings = _meetings(program, settings, question)
    wanted = [each for each in meetings if _is_of(each, question)]
    if not wanted:
        return Experiment(
            "not reproduced", f"Not reproduced {within}.", program.name, tried.executions
        )
    (one, other), (doing, doing_too) = wanted[0].sites, wanted[0].kinds
    told = (
        f"In a run of {program.name} one task was about to {_VERBS[doing]} at {_shown(one)} while "
        f"another was about to {_VERBS[doing_too]} the same at {_shown(other)}, and nothing kept "
        f"them apart. No failure came of it in {count(tried.executions, 'schedule')}."
    )
    return Experiment("observed", told, program.name, tried.executions)


_VERBS = {"read": "read", "write": "write"}


def _shown(site: tuple[str, int]) -> str:
    return f"{display_path(site[0])}:{site[1]}"


def _meetings(program: Program, settings: Settings, question: Question) -> list[Meeting]:
    """Who met at the lines in some executions, both about to touch one location."""

    def run(child: Child) -> list[Meeting]:
        strategy = Aimed(settings.seed, [Aim.parse(each) for each in question.aims])
        for _ in range(_LOOKS):
            strategy.begin()
            run_once(program, strategy, settings, heartbeat=child.beat, is_focused=False)
        return sorted(strategy.meetings, key=lambda each: (each.sites, each.kinds))

    value, _, _ = call_in_child(run, silence=settings.stall + GRACE)
    met: list[Meeting] = value or []
    return met


def _is_of(meeting: Meeting, question: Question) -> bool:
    """Whether the two were at the finding's places: at one of them each, where it has two."""
    if not set(meeting.kinds) <= _VERBS.keys():
        return False
    first, last = question.places[0], question.places[-1]
    one, other = meeting.sites
    return (_is_at(one, first) and _is_at(other, last)) or (
        _is_at(other, first) and _is_at(one, last)
    )


def _is_at(site: tuple[str, int], place: Aim) -> bool:
    return site[0] in place.files and place.first <= site[1] <= place.last
