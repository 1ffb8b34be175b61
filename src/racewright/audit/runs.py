"""What runs decide, where a target to run was named.

Only asked for by name (``--run TARGET``), for it imports and runs the code; all of it happens in a
process of its own, which is ended when the time for it is over. Functions that claims say are
called are watched, and those that sleep in the place of others; and what is asked of the test
itself (:mod:`racewright.audit.questions`) is tried (:mod:`racewright.audit.trials`). A run shows
that something happens; that it never does is said only of the runs that were made. Where a run
could not be made, that is the reason that no verdict is given, and never a verdict.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from racewright import originals
from racewright.audit.apart import Outcome, run_apart
from racewright.audit.code import Code
from racewright.audit.engine import clauses_in
from racewright.audit.panel import merged
from racewright.audit.questions import NOTICES, OVERLAPS, REPRODUCES, Question, questions_in
from racewright.audit.sections import section_named, section_of, sleeping_in
from racewright.audit.texts import Text
from racewright.audit.trials import Budget, Said, Trials
from racewright.audit.watching import Watching
from racewright.errors import TargetError
from racewright.model.claim import NOT_CHECKABLE, Audit, Claim, Evidence
from racewright.run import Program
from racewright.search.programs import kind_of
from racewright.search.targets import each_program
from racewright.settings import Settings

__all__ = ["Budget", "Ran", "with_runs"]

#: Tests in which functions are watched, of many.
_MOST_WATCHED = 5
_OF_THREADS = re.compile(r"\b(?:rac(?:e|es|y)|locks?|threads?|concurren|synchroni|deadlock)", re.I)


@dataclass(frozen=True, slots=True)
class Ran:
    """An audit, and why nothing was run for it, if nothing was."""

    audit: Audit
    why_not: str = ""


def with_runs(
    audit: Audit,
    texts: Sequence[Text],
    code: Code,
    target: str,
    settings: Settings,
    *,
    budget: Budget | None = None,
    undo: Sequence[str] = (),
) -> Ran:
    """The same audit, with what runs of ``target`` say about its claims; ``undo`` names what the
    reviews mean by the fix.

    Raises ``TargetError`` where there is no such target.
    """
    budget = budget or Budget()
    file = target.partition("::")[0]
    if kind_of(target, settings.runner) in ("pytest", "script") and not os.path.exists(file):
        raise TargetError(f"there is no file or folder {file!r}")
    end = originals.monotonic() + budget.seconds
    questions = {text.name: list(questions_in(clauses_in(text, code))) for text in texts}
    # Which tests there are has to be known before any of them is run for "the test".
    names = run_apart(
        lambda: each_program(target, settings, lambda program, _: program.name), budget.seconds
    )
    if names.value is None:
        return Ran(_unrun(audit, questions, target, names.why_not), names.why_not)
    tests = [_parts(name) for name in names.value]
    found: list[Audit] = [audit]

    def run_one(program: Program, chosen: Settings) -> Audit:
        left = max(end - originals.monotonic(), 0.0)
        trials = Trials(program, chosen, replace(budget, seconds=left), tuple(undo))
        made = found[-1]
        if len(found) <= _MOST_WATCHED:
            made = Watching(made, code, trials, sleeping_in(code)).audit_seen()
        found.append(_by_program(made, code, trials, questions, tests))
        return found[-1]

    def run_all() -> Audit:
        return each_program(target, settings, run_one)[-1]

    made: Outcome[Audit] = run_apart(run_all, budget.seconds + budget.limit)
    if made.value is None:
        return Ran(_unrun(audit, questions, target, made.why_not), made.why_not)
    return Ran(replace(made.value, panel=merged(made.value.claims), ran=target))


def _unrun(audit: Audit, questions: dict[str, list[Question]], target: str, why_not: str) -> Audit:
    """What a run was to decide says why none did."""
    said = Said(NOT_CHECKABLE, f"{target} could not be run: {_brief(why_not)}")
    claims = list(audit.claims)
    for review, asked in questions.items():
        for question in asked:
            claims = _answered(claims, review, question, said, Evidence("", (), ""), audit)
    return replace(audit, claims=tuple(claims))


def _brief(why_not: str) -> str:
    """The last line that says something: of a traceback, the error."""
    lines = [line.strip() for line in why_not.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(?:E\s+)?[\w.]*(?:Error|Exception)\b", line)]
    return re.sub(r"^E\s+", "", (errors or lines or ["nothing is known"])[-1])[:300]


def _by_program(
    audit: Audit,
    code: Code,
    trials: Trials,
    questions: dict[str, list[Question]],
    tests: list[list[str]],
) -> Audit:
    """What one test says."""
    sleeping = sleeping_in(code)
    claims = list(audit.claims)
    place = Evidence(code.file, _lines(trials.program.name, code), "")
    for review, asked in questions.items():
        is_of_threads = bool(_OF_THREADS.search(_text(audit, review)))
        for question in asked:
            if not _is_open(claims, review, question):
                continue
            said = _said(question, code, trials, sleeping, tests, is_of_threads=is_of_threads)
            if said is not None:
                claims = _answered(claims, review, question, said, place, audit)
    return replace(audit, claims=tuple(claims))


def _said(
    question: Question,
    code: Code,
    trials: Trials,
    sleeping: list[ast.AST],
    tests: list[list[str]],
    *,
    is_of_threads: bool,
) -> Said | None:
    """What this test says to a question, if the question is about it.

    A bug that may be any is taken for one of locks only in a review that speaks of such.
    """
    parts, meant = _parts(trials.program.name), len(tests)
    is_of_sections = question.kind in (OVERLAPS, REPRODUCES)
    is_of_file = code.module.name.rpartition(".")[2] in parts
    if question.subject:
        name = question.subject.removesuffix("()").rpartition(".")[2]
        meant = sum(name in each for each in tests)
        if name not in parts:
            return None
    elif not is_of_file and not (is_of_sections and question.about):
        return None  # "the test" is in the file that is reviewed
    if meant > 1 and not is_of_sections:
        return Said(NOT_CHECKABLE, f"which of the {meant} tests that were run is not said")
    if question.is_of_sleeps and not any(
        code.module.dotted(call.func).endswith(".sleep") for call in code.module.calls()
    ):
        return None
    if question.kind == NOTICES and not (question.is_of_locks or trials.undo or is_of_threads):
        return Said(NOT_CHECKABLE, "what the fix is that it may notice is not said (--undo)")
    sections = None
    if is_of_sections:
        named = [section_named(name, code) for name in question.about]
        if len(named) == 2 and named[0] and named[1]:
            sections = (named[0], named[1])
        elif not question.about and len(sleeping) == 2:
            sections = (section_of(sleeping[0], code), section_of(sleeping[1], code))
    return trials.answer(question, sections)


def _parts(name: str) -> list[str]:
    """The file, the class and the function in the name of a test, without parameters."""
    return re.split(r"[.:/\\]+", re.sub(r"\[.*", "", name))


def _is_open(claims: Sequence[Claim], review: str, question: Question) -> bool:
    return any(
        each.review == review and each.start == question.start and not each.is_decided
        for each in claims
    )


def _answered(
    claims: list[Claim],
    review: str,
    question: Question,
    said: Said,
    place: Evidence,
    audit: Audit,
) -> list[Claim]:
    """The claims, that of the question with its answer."""
    text = _text(audit, review)
    again = f". Again: {said.command}" if said.command else ""
    is_decided = said.verdict != NOT_CHECKABLE
    found: list[Claim] = []
    for each in claims:
        is_of_it = each.review == review and not each.is_decided and not each.checker
        if is_of_it and each.start == question.start and not is_decided:
            found.append(replace(each, reason=said.text + again))
        elif is_of_it and each.start == question.start:
            found.append(
                replace(
                    each,
                    end=question.end,
                    quote=text[question.start : question.end],
                    claim=question.claim,
                    kind="behaviour",
                    verdict=said.verdict,
                    reason="",
                    evidence=(replace(place, text=said.text + again),),
                    checker="runs",
                )
            )
        elif not (is_of_it and is_decided and question.start < each.start < question.end):
            found.append(each)  # the words behind it, up to where the question ends, are its own
    return found


def _text(audit: Audit, review: str) -> str:
    return next(each.text for each in audit.reviews if each.name == review)


def _lines(name: str, code: Code) -> tuple[int, ...]:
    """Where the test is, if it is in the audited file."""
    last = _parts(name)[-1]
    return tuple(node.lineno for node in code.functions if node.name == last)[:1]
