"""What every format of an audit says in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from racewright.model.claim import (
    NOT_CHECKABLE,
    REFUTED,
    SUPPORTED,
    VERDICTS,
    Audit,
    Claim,
    Evidence,
    Remark,
)
from racewright.report.review_words import mask
from racewright.report.wording import count

__all__ = [
    "MARKS",
    "audited",
    "holding",
    "masked_audit",
    "place_of",
    "remarks_of",
    "share_line",
    "summary",
    "told_lines",
]

#: The mark of each verdict, for those who read a column of them.
MARKS = {SUPPORTED: "+", REFUTED: "x", NOT_CHECKABLE: "?"}


def masked_audit(audit: Audit) -> Audit:
    """The same audit, with no secret in any of its texts; positions stay what they are."""
    return replace(
        audit,
        code=mask(audit.code),
        claims=tuple(_masked(claim) for claim in audit.claims),
        remarks=tuple(replace(each, text=mask(each.text)) for each in audit.remarks),
        missed=tuple(replace(each, text=mask(each.text)) for each in audit.missed),
        panel=tuple(replace(each, claim=mask(each.claim)) for each in audit.panel),
        reviews=tuple(replace(each, name=mask(each.name)) for each in audit.reviews),
        fits=tuple(
            replace(each, review=mask(each.review), version=mask(each.version))
            for each in audit.fits
        ),
        revision=mask(audit.revision),
    )


def _masked(claim: Claim) -> Claim:
    evidence = tuple(replace(each, text=mask(each.text)) for each in claim.evidence)
    return replace(
        claim,
        review=mask(claim.review),
        quote=mask(claim.quote),
        claim=mask(claim.claim),
        reason=mask(claim.reason),
        restated=mask(claim.restated),
        evidence=evidence,
    )


def audited(audit: Audit) -> str:
    """``bank.py``, or ``bank.py at revision 3f9a… (2024-05-31, “Shorter names”)``."""
    return f"{audit.file} at {audit.revision}" if audit.revision else audit.file


def summary(audit: Audit, review: str = "") -> str:
    """``25 claims: 14 supported, 6 refuted, 5 not checkable``."""
    total = len(audit.of(review)) if review else len(audit.claims)
    counts = [f"{audit.count(verdict, review)} {verdict}" for verdict in VERDICTS]
    return f"{count(total, 'claim')}: {', '.join(counts)}"


def share_line(audit: Audit, review: str) -> str:
    """What part of a review's claims holds, what part does not, and what part says nothing."""
    own = audit.of(review)
    if not own:
        return f"{review}: no claims"
    parts = [
        f"{100 * audit.count(verdict, review) / len(own):.0f} % {verdict}" for verdict in VERDICTS
    ]
    return f"{review}: {', '.join(parts)}"


def place_of(evidence: Evidence) -> str:
    """``bank.py:12, 14-16``; empty for what is no file."""
    if not evidence.file:
        return ""
    lines = told_lines(evidence.lines)
    return f"{evidence.file}:{lines}" if lines else evidence.file


def told_lines(lines: tuple[int, ...], most: int = 8) -> str:
    """``12, 14-16``: neighbours as a range, and of very many the first."""
    ranges: list[list[int]] = []
    for line in sorted(set(lines)):
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    told = [str(a) if a == b else f"{a}-{b}" for a, b in ranges]
    return ", ".join(told[:most]) + (", …" if len(told) > most else "")


def holding(audit: Audit) -> Iterator[tuple[Claim, tuple[str, ...]]]:
    """One review of what holds: each supported claim once, with who says it."""
    together = {place: each for each in audit.panel for place in each.members}
    told: set[tuple[str, str]] = set()
    for place, claim in enumerate(audit.claims):
        key = (claim.kind, claim.claim.lower())
        if claim.verdict != SUPPORTED or key in told:
            continue
        told.add(key)
        merged = together.get(place)
        yield claim, merged.said_by if merged is not None else (claim.review,)


def remarks_of(audit: Audit, review: str) -> list[Remark]:
    return [each for each in audit.remarks if each.review == review]
