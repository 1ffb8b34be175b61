"""Proving a review: every suspected finding that a schedule could confirm becomes an experiment.

The tests are run once to see which of them bring two tasks to the lines of a finding. Then, test by
test, the schedules of the budget are tried, with a strategy that is aimed at the lines. For what no
test can show a test is written, and offered if it does. Last, vacuous tests are measured.

Only here is the reviewed code imported and run; and in processes of its own.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from racewright import originals
from racewright.errors import TargetError
from racewright.model.experiment import Experiment
from racewright.model.finding import Review
from racewright.prove.candidates import candidate_for, why_not_written
from racewright.prove.experiments import Question, experiment
from racewright.prove.measuring import measured
from racewright.prove.questions import question_of, why_not_run
from racewright.prove.reach import Reach, reach_of
from racewright.prove.selection import default_targets, installed_packages
from racewright.prove.sessions import in_session
from racewright.prove.telling import told
from racewright.prove.vacuous import doubts_of
from racewright.prove.ways import is_provable
from racewright.prove.work import Announce, Budget, Work
from racewright.report.wording import count, listing
from racewright.run import Program
from racewright.search.programs import kind_of
from racewright.settings import Settings
from racewright.strategies.aimed import Aim

__all__ = ["Budget", "prove"]

#: Tests on which the schedules for one finding are tried.
_MOST_TESTS = 3
#: Test files that are loaded into one process, to see which lines they reach.
_MOST_FILES = 40


def prove(
    review: Review,
    settings: Settings,
    *,
    tests: Sequence[str] = (),
    paths: Sequence[str] = (".",),
    budget: Budget | None = None,
    on_step: Announce | None = None,
) -> tuple[Review, bool]:
    """The review with what experiments made of it, and whether the user wanted an end.

    ``tests`` are targets, as for ``racewright explore``; without any, test files below ``paths``
    and ``tests/`` are.
    """
    work = Work(review, settings, budget or Budget(), on_step or (lambda _: None))
    for key, finding in enumerate(review.findings):
        if finding.evidence != "suspected" or not is_provable(finding):
            continue
        reason = why_not_run(finding)
        if reason is not None:
            work.made[key] = Experiment("not run", reason)
        else:
            work.questions[key] = question_of(key, finding)
    for test in tests:
        _refuse_nothing(test, settings.runner)
    try:
        if work.questions:
            packages = installed_packages(_reviewed(work), settings.root)
            known = dict.fromkeys([*settings.instrument, *packages])
            work.settings = settings.replace(instrument=tuple(known))
            _survey(work, tests or default_targets(paths, _reviewed(work)))
            _explore(work)
        _measure(work)
    except KeyboardInterrupt:
        work.is_interrupted = True
    return told(work), work.is_interrupted


def _refuse_nothing(test: str, runner: str) -> None:
    """Raise ``TargetError`` for a name of a test that can be none."""
    path = test.partition("::")[0]
    if kind_of(test, runner) in ("pytest", "script") and not os.path.exists(path):
        raise TargetError(f"there is no file or folder {path!r}")


def _reviewed(work: Work) -> set[str]:
    """The files that are asked about."""
    return {
        place.file for question in work.questions for place in work.review.findings[question].places
    }


# ------------------------------------------------------------------ which tests reach the lines


def _survey(work: Work, targets: Sequence[str]) -> None:
    """Who comes to the lines in which test; files of pytest's go together as far as they can."""
    regions = [region for each in work.questions.values() for region in each.places]
    kinds = {target: _kind_of(target, work.settings.runner) for target in targets}
    together = [target for target in targets if kinds[target] == "pytest"]
    left = [target for target in targets if target not in together]
    for start in range(0, len(together), _MOST_FILES):
        some = together[start : start + _MOST_FILES]
        if len(some) > 1 and not work.is_over:
            problem = _look(work, some, regions)
            if problem and not work.is_over:
                # One of them may have ended the process, or been in the way of another.
                reached = {each.target.partition("::")[0] for each in work.reached}
                left += [target for target in some if target.partition("::")[0] not in reached]
        else:
            left += some
    for target in left:
        if not work.is_over:
            problem = _look(work, [target], regions)
            if problem and not work.is_over:
                work.notes.append(f"{target}: {problem.removeprefix(f'{target} ')}")


def _kind_of(target: str, runner: str) -> str:
    with contextlib.suppress(TargetError):  # whoever loads it says what is wrong
        return kind_of(target, runner)
    return ""


def _look(work: Work, targets: Sequence[str], regions: Sequence[Aim]) -> str:
    """Run all tests of the targets once, in one session; what kept it from that."""
    work.tell(f"which tests of {listing(list(targets))} reach the lines")

    def look(program: Program, settings: Settings, send: Callable[[object], None]) -> bool:
        own = _own_target(targets[0], settings, program)
        send(reach_of(program, own, settings, regions))
        return False

    session = in_session(targets[0], work.settings, look, more=targets[1:], limit=work.time_left())
    work.is_interrupted = work.is_interrupted or session.is_interrupted
    work.reached += session.values
    work.executions += len(session.values)
    return _brief(session.problem)


def _brief(problem: str) -> str:
    """The line of a long problem that says what it is."""
    lines = [line for line in problem.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith("E ")]
    what = lines[0].partition("    [")[0].rstrip(":") if lines else ""
    return f"{what}: {told[-1][1:].strip()}" if told else what


def _own_target(target: str, settings: Settings, program: Program) -> str:
    """What selects this program alone, where that can be said."""
    if settings.runner == "unittest":
        return program.name
    if settings.runner == "pytest":
        path = target.partition("::")[0]
        inside = program.name.partition("::")[2]
        folder = os.path.relpath(os.path.join(settings.root, program.name.partition("::")[0]))
        return f"{folder if os.path.exists(folder) else path}::{inside}"
    return target


# ------------------------------------------------------------------ the experiments


@dataclass
class _Search:
    """A question, the tests that it is still to be tried on, and what came of the others."""

    question: Question
    places: list[int]  #: the numbers of its places among the regions that were watched
    tests: list[Reach]
    share: int  #: schedules for each test
    first: str = ""  #: the name of the first of these tests
    tried: list[Experiment] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return not self.tests or any(each.result == "demonstrated" for each in self.tried)


def _explore(work: Work) -> None:
    """Each question's tests, best first; what one test is asked, it is asked in one session."""
    searches = _searches(work)
    try:
        while not work.is_over:
            going_on = [each for each in searches if not each.is_over]
            if not going_on:
                break
            reach = going_on[0].tests[0]
            mine = [each for each in going_on if each.tests[0] is reach]
            for search in mine:
                del search.tests[0]
            _ask(work, reach, mine)
    finally:
        for search in searches:
            if search.tried:
                work.made[search.question.key] = _best(search.tried)
    for search in searches:
        if not search.tried and not work.is_over:
            unreached = _unreached(work, search.places)
            if search.first:
                told = f"Not run: {search.first} could not be explored."
                unreached = Experiment("not run", told, search.first)
            if unreached.result == "not reached":
                unreached = _by_candidate(work, search.question, unreached)
            work.made[search.question.key] = unreached


def _searches(work: Work) -> list[_Search]:
    searches = []
    at = 0
    for question in work.questions.values():
        places = list(range(at, at + len(question.places)))
        at += len(places)
        tests = _tests_for(work.reached, places, needs_race=question.needs_race)
        share = max(work.budget.schedules // max(len(tests), 1), 3)
        first = tests[0].name if tests else ""
        searches.append(_Search(question, places, tests, share, first))
    return searches


def _tests_for(reached: Sequence[Reach], places: Sequence[int], *, needs_race: bool) -> list[Reach]:
    """The tests in which several tasks are to be expected at the places, best first."""

    def rank(reach: Reach) -> tuple[bool, bool, bool, float]:
        is_whole = all(reach.tasks[place] for place in places)
        is_failing = bool(reach.failure) and needs_race
        return (is_failing, len(reach.at(places)) < 2, not is_whole, reach.seconds)

    usable = [
        each
        for each in reached
        if each.at(places) and not each.problem and (each.count > 1 or not needs_race)
    ]
    return sorted(usable, key=rank)[:_MOST_TESTS]


def _with_sites(question: Question, reach: Reach, places: Sequence[int]) -> Question:
    """With the sites to which the lines lead that do nothing themselves that others could see."""
    sites: set[tuple[str, int]] = set()
    for place, lines in zip(places, question.places, strict=True):
        there = reach.sites[place]
        if not any(f in lines.files and lines.first <= n <= lines.last for f, n in there):
            sites |= there
    return replace(question, sites=tuple(sorted(sites)))


def _ask(work: Work, reach: Reach, searches: Sequence[_Search]) -> None:
    """Explore one test for each of the searches, in one session."""
    questions = [
        (each.question.key, each.share, _with_sites(each.question, reach, each.places))
        for each in searches
    ]
    work.tell(f"{count(len(questions), 'finding')}: {reach.name}")
    settings = work.settings
    began, left = originals.monotonic(), work.time_left()

    def act(program: Program, mine: Settings, send: Callable[[object], None]) -> bool:
        if program.name != reach.name:
            return False
        for key, share, question in questions:
            time = None if left is None else max(0.0, left - (originals.monotonic() - began))
            if time == 0.0:
                break
            chosen = settings.replace(
                root=mine.root, runner=mine.runner, schedules=share, time=time
            )
            made, notes, is_interrupted = experiment(program, chosen, question)
            send((key, made, notes, is_interrupted))
            if is_interrupted:
                break
        return True

    session = in_session(reach.target, settings, act)
    work.take(session, reach.name)
    by_key = {each.question.key: each for each in searches}
    for key, made, notes, is_interrupted in session.values:
        by_key[key].tried.append(made)
        work.is_interrupted = work.is_interrupted or is_interrupted
        work.notes += notes
        work.executions += made.executions


def _best(tried: Sequence[Experiment]) -> Experiment:
    """The strongest of them; of several that show nothing, one that tells of all."""
    order = ("demonstrated", "observed", "not reproduced", "not run")
    best = min(tried, key=lambda each: order.index(each.result))
    same = [each for each in tried if each.result == "not reproduced"]
    if best.result != "not reproduced" or len(same) < 2:
        return best
    total = sum(each.executions for each in same)
    names = listing([each.target for each in same])
    words = f"Not reproduced within {count(total, 'schedule')} of {names}."
    return replace(best, reason=words, executions=total)


def _unreached(work: Work, places: Sequence[int]) -> Experiment:
    """Why no test can show the finding."""
    there = [each for each in work.reached if each.at(places)]
    if not work.reached:
        return Experiment("not reached", "There is no test that could be run.")
    asked = count(len(work.reached), "test")
    failing = [each for each in there if each.problem]
    if failing:
        one = failing[0]
        return Experiment(
            "not run", f"{one.name} reaches these lines, but {one.problem}.", one.name
        )
    if there:
        words = f"{there[0].name} reaches these lines, but with one task."
        return Experiment("not reached", words, there[0].name)
    return Experiment("not reached", f"No test reaches these lines ({asked} run).")


# ------------------------------------------------------------------ tests that are written


def _by_candidate(work: Work, question: Question, unreached: Experiment) -> Experiment:
    """What a test that is written for the finding makes of it; it is kept if it demonstrates it."""
    root = work.settings.root
    candidate = candidate_for(work.review.findings[question.key], root)
    if candidate is None or importlib.util.find_spec("pytest") is None:
        return unreached
    path = Path(candidate.path)
    problem = why_not_written(candidate)
    if problem is not None:
        return replace(unreached, reason=f"{unreached.reason} {problem}")
    settings = work.settings.replace(
        runner="pytest", schedules=work.budget.schedules, time=work.time_left()
    )
    work.tell(f"{work.review.findings[question.key].title}: {path}")

    def act(program: Program, mine: Settings, send: Callable[[object], None]) -> bool:
        chosen = settings.replace(root=mine.root)
        places = range(len(question.places))
        reach = reach_of(program, candidate.path, chosen, question.places)
        if reach.problem or not reach.at(places):
            return False
        made, _, is_interrupted = experiment(program, chosen, _with_sites(question, reach, places))
        send((made, is_interrupted))
        return is_interrupted

    session = in_session(candidate.path, settings, act, limit=work.time_left())
    work.is_interrupted = work.is_interrupted or session.is_interrupted
    made: Experiment | None = None
    if session.values:
        made, is_interrupted = session.values[0]
        work.is_interrupted = work.is_interrupted or is_interrupted
        work.executions += made.executions
    if made is None or made.result != "demonstrated":
        path.unlink(missing_ok=True)
        return unreached
    how = made.reason.replace(made.target, "It", 1)
    reason = f"{unreached.reason} One was written that does: {path}. {how}"
    return replace(made, reason=reason, candidate=candidate.path)


# ------------------------------------------------------------------ vacuous tests


def _measure(work: Work) -> None:
    """Are the tests that are said to be vacuous so?"""
    for doubt in doubts_of(work.review.findings):
        made = None if work.is_over else measured(work, doubt)
        if made is None:
            continue
        work.made[doubt.key] = made
        for key in doubt.sleeps:
            if key != doubt.key and made.result == "vacuous":
                told = "It brings about no overlap; the race test is vacuous."
                work.made[key] = replace(made, reason=told, overlap=None, mutation=None)
