"""Proving a review: every suspected finding that a schedule could confirm becomes an experiment.

The tests are run once, each in its turn, to see which of them bring two tasks to the lines of a
finding. Then, test by test, the schedules of the budget are tried, with a strategy that is aimed at
the lines. For a finding that no test can show a test is written, and offered if it does. Last, the
tests that are said to be vacuous are measured.

Only here is the reviewed code imported and run; and in processes of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from racewright import originals
from racewright.model.experiment import Experiment
from racewright.model.finding import Finding, Note, Review
from racewright.prove.experiments import Question, experiment
from racewright.prove.questions import is_provable, question_of, why_not_run
from racewright.prove.reach import Reach, reach_of
from racewright.prove.selection import default_targets
from racewright.prove.sessions import Session, in_session
from racewright.report.wording import count, listing
from racewright.run import Program
from racewright.settings import Settings

__all__ = ["Budget", "prove"]

#: Tests on which the schedules for one finding are tried.
_MOST_TESTS = 3

#: Told before each step, in words.
Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Budget:
    """What proving may take: schedules for each finding, and real seconds for everything."""

    schedules: int = 200
    time: float | None = None


@dataclass
class _Work:
    """What is under way: the questions, and what is known of each."""

    review: Review
    settings: Settings
    budget: Budget
    tell: Announce
    questions: dict[int, Question] = field(default_factory=dict)
    made: dict[int, Experiment] = field(default_factory=dict)
    reached: list[Reach] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    executions: int = 0
    is_interrupted: bool = False
    began: float = field(default_factory=originals.monotonic)

    def time_left(self) -> float | None:
        if self.budget.time is None:
            return None
        return max(0.0, self.budget.time - (originals.monotonic() - self.began))

    @property
    def is_over(self) -> bool:
        return self.is_interrupted or self.time_left() == 0.0

    def open_questions(self) -> list[Question]:
        """Those to which there is no answer yet."""
        return [each for key, each in self.questions.items() if key not in self.made]

    def take(self, session: Session, target: str) -> None:
        """Take note of how a session ended."""
        if session.is_interrupted:
            self.is_interrupted = True
        elif session.problem and not self.is_over:
            self.notes.append(f"{target}: {session.problem}")


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
    work = _Work(review, settings, budget or Budget(), on_step or (lambda _: None))
    for key, finding in enumerate(review.findings):
        if finding.evidence != "suspected" or not is_provable(finding):
            continue
        reason = why_not_run(finding)
        if reason is not None:
            work.made[key] = Experiment("not run", reason)
        else:
            work.questions[key] = question_of(key, finding)
    try:
        if work.questions:
            _survey(work, tests or _targets(work, paths))
            _explore(work)
    except KeyboardInterrupt:
        work.is_interrupted = True
    return _told(work), work.is_interrupted


def _targets(work: _Work, paths: Sequence[str]) -> list[str]:
    reviewed = {
        place.file for question in work.questions for place in work.review.findings[question].places
    }
    return default_targets(paths, reviewed)


# ------------------------------------------------------------------ which tests reach the lines


def _survey(work: _Work, targets: Iterable[str]) -> None:
    regions = [region for each in work.questions.values() for region in each.places]

    for target in targets:
        if work.is_over:
            return
        work.tell(f"which tests of {target} reach the lines")

        def look(
            program: Program,
            settings: Settings,
            send: Callable[[object], None],
            target: str = target,
        ) -> bool:
            send(reach_of(program, _own_target(target, settings, program), settings, regions))
            return False

        session = in_session(target, work.settings, look, limit=work.time_left())
        work.take(session, target)
        work.reached += session.values
        work.executions += len(session.values)


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


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A test to be explored for a question."""

    question: Question
    reach: Reach
    schedules: int


def _explore(work: _Work) -> None:
    """Each question's tests, best first; the budget is divided among them."""
    places: dict[int, list[int]] = {}
    at = 0
    for question in work.questions.values():
        places[question.key] = list(range(at, at + len(question.places)))
        at += len(question.places)
    for question in work.questions.values():
        if work.is_over:
            return
        mine = places[question.key]
        tests = _tests_for(work.reached, mine)
        if not tests:
            work.made[question.key] = _unreached(work, mine)
            continue
        share = max(work.budget.schedules // len(tests), 3)
        tried: list[Experiment] = []
        for reach in tests:
            if work.is_over:
                break
            made = _attempt(work, _with_sites(question, reach, mine), reach, share)
            tried += [made] if made is not None else []
            if made is not None and made.result == "demonstrated":
                break
        if tried:
            work.made[question.key] = _best(tried)


def _tests_for(reached: Sequence[Reach], places: Sequence[int]) -> list[Reach]:
    """The tests in which several tasks are to be expected at the places, best first."""

    def rank(reach: Reach) -> tuple[bool, bool, float]:
        is_whole = all(reach.tasks[place] for place in places)
        return (len(reach.at(places)) < 2, not is_whole, reach.seconds)

    usable = [each for each in reached if not each.problem and each.count > 1 and each.at(places)]
    return sorted(usable, key=rank)[:_MOST_TESTS]


def _with_sites(question: Question, reach: Reach, places: Sequence[int]) -> Question:
    sites = {
        (file, line)
        for place in places
        for file, line in reach.sites[place]
        if not any(
            file in each.files and each.first <= line <= each.last for each in question.places
        )
    }
    return replace(question, sites=tuple(sorted(sites)))


def _attempt(work: _Work, question: Question, reach: Reach, schedules: int) -> Experiment | None:
    """The experiment of one question on one test; ``None`` where nothing came of it."""
    work.tell(f"{work.review.findings[question.key].title}: {reach.name}")
    settings = work.settings.replace(schedules=schedules, time=work.time_left())

    def act(program: Program, mine: Settings, send: Callable[[object], None]) -> bool:
        if program.name != reach.name:
            return False
        made, notes, is_interrupted = experiment(
            program, settings.replace(root=mine.root, runner=mine.runner), question
        )
        send((made, notes, is_interrupted))
        return True

    session = in_session(reach.target, settings, act)
    work.take(session, reach.name)
    if not session.values:
        return None
    made, notes, is_interrupted = session.values[0]
    work.is_interrupted = work.is_interrupted or is_interrupted
    work.notes += notes
    work.executions += made.executions
    result: Experiment = made
    return result


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


def _unreached(work: _Work, places: Sequence[int]) -> Experiment:
    """Why no test can show the finding."""
    there = [each for each in work.reached if each.at(places)]
    if not work.reached:
        return Experiment("not reached", "Not run: there is no test to run.")
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


# ------------------------------------------------------------------ the review that comes of it


def _told(work: _Work) -> Review:
    findings = [
        _with(finding, work.made.get(key)) if key in work.made else _unanswered(work, key, finding)
        for key, finding in enumerate(work.review.findings)
    ]
    notes = [Note("", 0, text, is_gap=False) for text in dict.fromkeys(work.notes)]
    return replace(
        work.review,
        findings=tuple(findings),
        notes=(*work.review.notes, *notes),
        executions=work.executions,
        seconds=work.review.seconds + originals.monotonic() - work.began,
    )


def _unanswered(work: _Work, key: int, finding: Finding) -> Finding:
    if key not in work.questions:
        return finding
    why = "proving was interrupted" if work.is_interrupted else "the time was up"
    return _with(finding, Experiment("not run", f"Not run: {why}."))


def _with(finding: Finding, made: Experiment | None) -> Finding:
    """The finding with what its experiment came to."""
    if made is None:
        return finding
    evidence = made.result if made.result in ("demonstrated", "observed") else finding.evidence
    schedule = made.found.schedule_file if made.found is not None else finding.schedule
    return replace(
        finding,
        facts=(*finding.facts, made.reason),
        evidence=evidence,
        schedule=schedule,
        experiment=made,
    )
