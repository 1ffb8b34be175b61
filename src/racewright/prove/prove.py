"""Proving a review: every suspected finding that a schedule could confirm becomes an experiment.

The tests are run once to see which of them bring two tasks to the lines of a finding. Then, test by
test, the schedules of the budget are tried, with a strategy that is aimed at the lines. Before the
tests, where none is named, come the files that are scripts, which need none. For what no test can
show a test is written, and offered if it does. Last, vacuous tests are measured.

Only here is the reviewed code imported and run; and in processes of its own.
"""

from __future__ import annotations

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
from racewright.prove.selection import default_targets, installed_packages, scripts_among
from racewright.prove.sessions import in_session
from racewright.prove.survey import MOST_TESTS, Survey, is_usable
from racewright.prove.telling import told
from racewright.prove.vacuous import doubts_of
from racewright.prove.ways import is_provable
from racewright.prove.work import Announce, Budget, Work
from racewright.report.wording import count, listing
from racewright.review.source import module_name
from racewright.run import Program
from racewright.search.programs import kind_of
from racewright.settings import Settings

__all__ = ["Budget", "prove"]


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

    ``tests`` are targets, as for ``racewright explore``; without any, they are scripts that are
    reviewed, and what :func:`~racewright.prove.selection.default_targets` finds.
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
            _answer(work, tests, paths)
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


# ------------------------------------------------------------------ the experiments


@dataclass
class _Search:
    """A question, the tests that it is still to be tried on, and what came of the others."""

    question: Question
    places: list[int]  #: the numbers of its places among the regions that were watched
    tests: list[Reach] = field(default_factory=list)
    share: int = 0  #: schedules for each test
    first: str = ""  #: the name of the first of these tests
    tried: list[Experiment] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        return any(each.result == "demonstrated" for each in self.tried)


def _answer(work: Work, tests: Sequence[str], paths: Sequence[str]) -> None:
    """Try each question on the targets that are named; else on scripts, and then on tests."""
    searches = _searches(work)
    reviewed = _reviewed(work)
    try:
        if not tests:
            _try(work, searches, scripts_among(reviewed), runner="script")
        targets = tests
        if not (tests or work.is_over or all(each.is_answered for each in searches)):
            work.tell("which tests may come to the lines")
            targets = default_targets(paths, reviewed)
            if work.settings.runner == "unittest":
                targets = [module_name(target)[0] for target in targets]
        _try(work, searches, targets, runner=work.settings.runner, is_bounded=not tests)
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


def _try(
    work: Work,
    every: Sequence[_Search],
    targets: Sequence[str],
    *,
    runner: str,
    is_bounded: bool = False,
) -> None:
    """Each open question's tests among ``targets``, best first; what one test is asked, it is asked
    in one session."""
    searches = [each for each in every if not each.is_answered]
    if not searches:
        return
    before = len(work.reached)
    asked = [(each.question, each.places) for each in searches]
    Survey(work, asked, is_bounded, runner).of(targets)
    for search in searches:
        search.tests = _tests_for(work.reached[before:], search)
        search.share = max(work.budget.schedules // max(len(search.tests), 1), 3)
        search.first = search.tests[0].name if search.tests else search.first
    while not work.is_over:
        going_on = [each for each in searches if each.tests and not each.is_answered]
        if not going_on:
            break
        reach = going_on[0].tests[0]
        mine = [each for each in going_on if each.tests[0] is reach]
        for search in mine:
            del search.tests[0]
        _ask(work, reach, mine, runner)


def _searches(work: Work) -> list[_Search]:
    searches = []
    at = 0
    for question in work.questions.values():
        searches.append(_Search(question, list(range(at, at + len(question.places)))))
        at += len(question.places)
    return searches


def _tests_for(reached: Sequence[Reach], search: _Search) -> list[Reach]:
    """The tests in which several tasks are to be expected at the places, best first."""
    question, places = search.question, search.places

    def rank(reach: Reach) -> tuple[bool, bool, bool, float]:
        is_whole = all(reach.tasks[place] for place in places)
        is_failing = bool(reach.failure) and question.needs_race
        return (is_failing, len(reach.at(places)) < 2, not is_whole, reach.seconds)

    usable = [each for each in reached if is_usable(each, question, places)]
    return sorted(usable, key=rank)[:MOST_TESTS]


def _with_sites(question: Question, reach: Reach, places: Sequence[int]) -> Question:
    """With the sites to which the lines lead that do nothing themselves that others could see."""
    sites: set[tuple[str, int]] = set()
    for place, lines in zip(places, question.places, strict=True):
        there = reach.sites[place]
        if not any(f in lines.files and lines.first <= n <= lines.last for f, n in there):
            sites |= there
    return replace(question, sites=tuple(sorted(sites)))


def _ask(work: Work, reach: Reach, searches: Sequence[_Search], runner: str) -> None:
    """Explore one test for each of the searches, in one session."""
    questions = [
        (each.question.key, each.share, _with_sites(each.question, reach, each.places))
        for each in searches
    ]
    work.tell(f"{count(len(questions), 'finding')}: {reach.name}")
    settings = work.settings.replace(runner=runner)
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
