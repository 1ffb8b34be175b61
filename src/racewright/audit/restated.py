"""A statement that stands alone, checked as if a review had said it.

For claims whose words somebody else has put into a form that checkers understand. It is read
without anything around it, so a name that several things have is decided only where they agree.
"""

from __future__ import annotations

from dataclasses import replace

from racewright.audit.clauses import clauses_of
from racewright.audit.code import Code
from racewright.audit.engine import answers_to
from racewright.audit.items import items_of
from racewright.model.claim import NOT_CHECKABLE, Claim

__all__ = ["decided_as"]


def decided_as(claim: Claim, statement: str, code: Code) -> tuple[Claim, ...]:
    """The claim with the verdicts on ``statement``; nothing if that is not one plain statement of
    fact, or if no checker understands all of it."""
    items = items_of(statement)
    clauses = [each for item in items for each in clauses_of(statement, item, code.is_known)]
    if len(clauses) != 1 or clauses[0].force != "fact" or clauses[0].role != "text":
        return ()
    if clauses[0].is_subject_given:
        return ()
    given = answers_to(clauses[0], code)
    if any(each.answer.end or each.answer.verdict == NOT_CHECKABLE for each in given):
        return ()  # it was understood in part, or somebody was in doubt
    return tuple(
        replace(
            claim,
            claim=each.answer.claim,
            kind=each.kind,
            verdict=each.answer.verdict,
            reason="",
            evidence=each.answer.evidence,
            checker=each.checker,
        )
        for each in given
    )
