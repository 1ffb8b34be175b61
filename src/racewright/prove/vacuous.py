"""Whether a race test is vacuous, measured: were its sections ever inside at one time?

Two sorts of test are said to be vacuous by reading. Of one whose sections sleep so that they may
overlap, the sections are the lines from each sleep to the end of its function. Of one that waits
for each thread before it starts the next, they are the lives of the threads. Where they never meet
in some ordinary runs and some under control, the test cannot notice what it is a test of, whatever
it asserts. What the test does not notice when it is taken away is asked as well, of tests that are
quick enough.
"""

from __future__ import annotations

import ast
import importlib.util
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from racewright import originals
from racewright.errors import RacewrightError
from racewright.kernel.clock import NANOSECONDS
from racewright.model.execution import Execution
from racewright.model.experiment import Experiment
from racewright.model.finding import Finding, Place
from racewright.model.vacuity import Interval, Mutation, Overlap, OverlapRun
from racewright.prove.questions import function_at, tree_of
from racewright.report.wording import count, listing
from racewright.review.source import module_name
from racewright.run import Program, run_once
from racewright.run.traces import RecordingTrace
from racewright.search.workers import Child
from racewright.settings import Settings
from racewright.strategies.base import Strategy
from racewright.vacuity.mutate import mutate_program
from racewright.vacuity.overlap import find_overlaps, one_life

__all__ = ["Doubt", "doubts_of", "measure"]

_RULE = "vacuous-race-test"
_SLEEP = "sleep-as-synchronisation"

#: Ordinary runs, and runs under control: of which no more begin after so many seconds.
_RUNS, _SCHEDULES, _SECONDS = 3, 20, 60.0
#: After which an ordinary run is ended, in seconds.
_LIMIT = 300.0
#: Seconds of a run beyond which nothing is taken away from the test, and the budget if it is.
_MISSED = ("not noticed", "equivalent")
#: Mutants of what keeps tasks apart. That a join can go says nothing of a race.
_EXCLUDING = ("lock", "semaphore", "decorator")
_QUICK, _MUTANT_SCHEDULES, _MUTANT_SECONDS = 1.0, 100, 10.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """A test that may be vacuous, and how that can be measured."""

    key: int  #: the number of the finding that says so
    sleeps: tuple[int, ...]  #: the numbers of the findings about the sleeps in it
    place: Place  #: the test
    sections: tuple[str, ...] = ()  #: two, as ``overlap`` takes them; none: the threads' lives
    names: tuple[str, ...] = ()  #: of the functions that the sections are in

    def targets(self, runner: str) -> list[tuple[str, str]]:
        """What selects the test, and the runner that understands it, the likeliest first.

        A class of tests that has bases is unittest's, as a rule, and some of those that derive from
        it can do with no other runner.
        """
        path = _path_to(self.place)
        by_runner = {
            "pytest": "::".join([self.place.file, *path]),
            "unittest": ".".join([module_name(self.place.file)[0], *path]),
        }
        runners = [runner] if runner else ["pytest"] if len(path) < 2 else ["unittest", "pytest"]
        if not runner and len(path) > 1 and not _has_bases(self.place):
            runners.reverse()
        return [(by_runner[each], each) for each in runners if importlib.util.find_spec(each)]

    def is_of(self, program: str) -> bool:
        """Whether a program is this test: by the end of its name, without parameters."""
        end = program.partition("[")[0].replace("::", ".")
        return f".{end}".endswith("." + ".".join(_path_to(self.place)))


def _has_bases(place: Place) -> bool:
    tree = tree_of(place.file)
    return any(
        isinstance(node, ast.ClassDef)
        and node.lineno <= place.line <= (node.end_lineno or 0)
        and bool(node.bases)
        for node in (tree.body if tree is not None else ())
    )


def _path_to(place: Place) -> list[str]:
    """The classes around the test, and its own name."""
    tree = tree_of(place.file)
    path: list[str] = []
    body: Sequence[ast.stmt] = tree.body if tree is not None else ()
    while True:
        for node in body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and (
                node.lineno <= place.line <= (node.end_lineno or 0)
            ):
                path.append(node.name)
                if not isinstance(node, ast.ClassDef):
                    return path
                body = node.body
                break
        else:
            return path


def doubts_of(findings: Sequence[Finding]) -> list[Doubt]:
    """The tests that findings call vacuous, or whose sleeps stand in different functions."""
    doubts = []
    sleeps: dict[tuple[str, str], list[int]] = {}
    for key, finding in enumerate(findings):
        if finding.rule == _SLEEP and ".<locals>." in finding.place.function:
            test = finding.place.function.partition(".<locals>.")[0]
            sleeps.setdefault((finding.place.file, test), []).append(key)
    for key, finding in enumerate(findings):
        if finding.rule != _RULE:
            continue
        mine = sleeps.pop((finding.place.file, ".".join(_path_to(finding.place))), [])
        sections = [_from(each) for each in finding.places[1:3]]
        if len(finding.places) < 3 or not all(sections):
            sections = []
        names = [_name(each) for each in finding.places[1:3]] if sections else []
        doubts.append(Doubt(key, tuple(mine), finding.place, tuple(sections), tuple(names)))
    for keys in sleeps.values():
        places = list({findings[key].place.function: findings[key].place for key in keys}.values())
        if len(places) > 1 and all(_from(each) for each in places[:2]):
            sections = [_from(each) for each in places[:2]]
            names = [_name(each) for each in places[:2]]
            doubts.append(Doubt(keys[0], tuple(keys), places[0], tuple(sections), tuple(names)))
    return doubts


def _from(place: Place) -> str:
    """The lines from the place to the end of its function, as ``overlap`` takes them."""
    tree = tree_of(place.file)
    function = function_at(tree, place.line) if tree is not None else None
    if function is None or place.line == function.lineno:
        return ""
    return f"{place.file}:{place.line}-{function.end_lineno}"


def _name(place: Place) -> str:
    tree = tree_of(place.file)
    function = function_at(tree, place.line) if tree is not None else None
    return function.name if function is not None else ""


# ------------------------------------------------------------------ measuring


def measure(program: Program, settings: Settings, doubt: Doubt) -> Experiment:
    """Run the test as it stands, and see who is inside what, and when."""
    left = settings.time
    chosen = settings.replace(time=_SECONDS if left is None else min(left, _SECONDS))
    if doubt.sections:
        one, other = doubt.sections
        try:
            overlap = find_overlaps(
                program,
                chosen,
                (one, other),
                runs=_RUNS,
                schedules=_SCHEDULES,
                limit=_LIMIT,
            )
        except RacewrightError as error:
            return Experiment("not run", f"Not measured: {error}.", program.name)
    else:
        overlap = _lives(program, chosen)
    made = _judge(doubt, overlap)
    quickest = min((run.seconds for run in overlap.runs if not run.is_controlled), default=0.0)
    if made.result != "vacuous" or quickest > _QUICK or overlap.interrupted:
        return made
    mutation = _mutation(program, settings)
    if mutation is None:
        return made
    return Experiment(
        made.result,
        " ".join(filter(None, [made.reason, _missed(mutation)])),
        made.target,
        made.executions + sum(each.executions for each in mutation.verdicts),
        overlap=overlap,
        mutation=mutation,
    )


def _judge(doubt: Doubt, overlap: Overlap) -> Experiment:
    name, runs = overlap.target, overlap.runs
    ordinary = overlap.counted(is_controlled=False)[1]
    tried = count(len(runs), "run")
    tried += f" ({ordinary} of them ordinary)" if ordinary else " under control"
    failed = [run for run in runs if run.outcome in ("failed", "crashed")]
    if overlap.outcome == "inconclusive":
        return Experiment("not run", f"Not measured: {overlap.reason}.", name, len(runs))
    if overlap.outcome == "overlapped":
        met = sum(1 for run in runs if run.overlaps)
        words = f"The sections, their sleeps included, met in {met} of {tried}."
        return Experiment("not reproduced", words, name, len(runs), overlap=overlap)
    if len(failed) == len(runs):
        return Experiment("not run", f"Not measured: the test fails: {failed[0].reason}.", name)
    never = "two of its threads were never alive at one time"
    if doubt.names:
        never = f"{listing(list(doubt.names))} were never inside at one time"
    told = " ".join([f"The race test is vacuous: in {tried} {never}.", *_apart(doubt, runs[0])])
    return Experiment("vacuous", told, name, len(runs), overlap=overlap)


def _apart(doubt: Doubt, run: OverlapRun) -> list[str]:
    """How far they were from one another, in one run."""
    names = dict(zip("AB", doubt.names, strict=False))
    stays = sorted(run.intervals, key=lambda each: each.first)
    for one, other in itertools.pairwise(stays):
        if one.section != other.section and one.left is not None and names:
            return [
                f"In run {run.number} {names[other.section]} was entered at {other.entered:.3f} s, "
                f"when {names[one.section]}, entered at {one.entered:.3f} s, had been left."
            ]
    return []


def _missed(mutation: Mutation) -> str:
    missed = [
        each.sighting.label
        for each in mutation.verdicts
        if each.verdict in _MISSED and each.sighting.mutant.startswith(_EXCLUDING)
    ]
    return f"It passes as well without {listing(missed)}." if missed else ""


def _mutation(program: Program, settings: Settings) -> Mutation | None:
    """What the test does not notice, if it can be asked."""
    time = _MUTANT_SECONDS if settings.time is None else min(settings.time, _MUTANT_SECONDS)
    chosen = settings.replace(schedules=_MUTANT_SCHEDULES, time=time, corpus=False, save=False)
    try:
        return mutate_program(program, chosen)
    except RacewrightError:
        return None


# ------------------------------------------------------------------ the lives of threads


def _lives(program: Program, settings: Settings) -> Overlap:
    """Which tasks were alive at one time, the main one apart, in some runs under control."""
    began = originals.monotonic()
    runs = []
    for place in range(_SCHEDULES // 2):
        if settings.time is not None and originals.monotonic() - began > settings.time:
            break
        runs.append(_one_life(program, settings, place))
    total = originals.monotonic() - began
    outcome, reason = "never-overlapped", ""
    if any(run.overlaps for run in runs):
        outcome = "overlapped"
    elif max((len({each.task for each in run.intervals}) for run in runs), default=0) < 2:
        outcome, reason = "inconclusive", "the test started fewer than two threads"
    sections = (program.name, program.name)
    return Overlap(program.name, sections, outcome, tuple(runs), reason, (), total)


def _one_life(program: Program, settings: Settings, place: int) -> OverlapRun:
    def live(child: Child, strategy: Strategy) -> tuple[Execution, tuple[Interval, ...]]:
        trace = RecordingTrace()
        result = run_once(program, strategy, settings, heartbeat=child.beat, trace=trace)
        return result.execution, _intervals_of(trace)

    return one_life(live, settings, place + 1, place, is_one=True)


def _intervals_of(trace: RecordingTrace) -> tuple[Interval, ...]:
    """From when to when each task was there."""
    tasks = trace.kernel.tasks if trace.kernel is not None else []
    names = {task.index: task.name for task in tasks}
    ends: dict[int, tuple[int, float]] = {}
    starts: dict[int, tuple[int, float]] = {}
    for number, (item, clock) in enumerate(zip(trace, trace.clocks, strict=True), 1):
        moments = {"begin": starts, "end": ends}.get(item[1])
        if moments is not None:
            moments[item[0]] = (number, clock / NANOSECONDS)
    return tuple(
        Interval(
            "A",
            names.get(task, f"task-{task}"),
            moment,
            ends[task][1] if task in ends else None,
            number,
            ends[task][0] if task in ends else 0,
        )
        for task, (number, moment) in sorted(starts.items(), key=lambda item: item[1])
    )
