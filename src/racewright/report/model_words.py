"""What reports say of a language model that was asked, in the same words in every format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from racewright.model.claim import SUPPORTED, Claim
from racewright.model.consultation import Consultation
from racewright.model.finding import Review
from racewright.report.audit_words import place_of
from racewright.report.review_words import mask
from racewright.report.wording import clean, count, listing

__all__ = [
    "consultation_facts",
    "consultation_lines",
    "restated_by",
    "said_facts",
    "said_heading",
    "said_lines",
    "told_by_model",
]


def consultation_lines(asked: Consultation, *, is_failure_told: bool = True) -> list[str]:
    """What was sent where, what became of the answers, and what was not asked; a line each."""
    who = f"{clean(asked.source)} at {clean(asked.endpoint)}"
    requests = count(asked.requests, "request")
    told = f"Asked as well: {who}, in {requests} of {asked.sent:,} characters"
    if asked.claims:
        is_are = "is" if asked.kept == 1 else "are"
        told += f"; of its {count(asked.claims, 'claim')} {asked.kept} {is_are} told"
    elif not asked.requests and not asked.failure:
        told = f"Not asked: {who}, for nothing was left to ask"
    lines = [f"{told}."]
    if asked.dropped:
        reasons = [f"{number} because {reason}" for reason, number in asked.dropped]
        lines.append(f"Not told: {listing(reasons)}.")
    lines += [f"Not sent: {clean(each)}." for each in asked.unsent]
    if asked.failure and is_failure_told:
        lines.append(f"The model was not heard to the end: {clean(asked.failure)}.")
    return lines


def restated_by(claim: Claim) -> str:
    """Who put a claim into the form that was checked, and into which; empty where we did."""
    return f"restated by {claim.extractor}: “{claim.restated}”" if claim.restated else ""


def told_by_model(review: Review) -> Iterator[Claim]:
    """What a model says in its own review, and a checker found to be so."""
    return (claim for claim in review.said if claim.verdict == SUPPORTED)


def said_heading(asked: Consultation) -> str:
    """What stands above them: they count for nothing, for a fact need not be a defect."""
    return f"Said by {clean(asked.source)}, and so in the code, which makes no defect of it:"


def said_lines(review: Review) -> list[str]:
    """The same for people, a line each: its words, then where it is seen to be so."""
    lines = []
    for claim in told_by_model(review):
        where = "; ".join(f"{place_of(each)} {each.text}".strip() for each in claim.evidence[:3])
        lines.append(f"{claim.review}: “{' '.join(mask(claim.quote).split())}” {mask(where)}")
    return lines


def said_facts(claim: Claim) -> dict[str, Any]:
    """One of these for a program."""
    return {
        "file": claim.review,
        "source": claim.extractor,
        "quote": mask(claim.quote),
        "claim": mask(claim.claim),
        "kind": claim.kind,
        "checker": claim.checker,
        "evidence": [
            {"file": each.file or None, "lines": list(each.lines), "text": mask(each.text)}
            for each in claim.evidence
        ],
    }


def consultation_facts(asked: Consultation | None) -> dict[str, Any] | None:
    """The conversation for a program."""
    if asked is None:
        return None
    return {
        "name": asked.model,
        "endpoint": asked.endpoint,
        "requests": asked.requests,
        "sent": asked.sent,
        "received": asked.received,
        "claims": asked.claims,
        "kept": asked.kept,
        "dropped": [{"reason": reason, "count": number} for reason, number in asked.dropped],
        "unsent": list(asked.unsent),
        "failure": asked.failure or None,
    }
