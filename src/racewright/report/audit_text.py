"""An audit for a terminal: each claim with its item, its words, its verdict and the evidence."""

from __future__ import annotations

from collections.abc import Iterator

from racewright.model.claim import Audit, Claim
from racewright.report.audit_words import (
    MARKS,
    audited,
    holding,
    masked_audit,
    place_of,
    remarks_of,
    share_line,
    summary,
)
from racewright.report.model_words import consultation_lines, restated_by
from racewright.report.wording import clean, count, wrap

__all__ = ["to_text"]

_ITEM = 5  #: cells of the column that names the item


def to_text(audit: Audit, width: int = 100) -> str:
    """The whole report, ending with a line end."""
    lines = _lines(masked_audit(audit), max(width, 50))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _lines(audit: Audit, width: int) -> Iterator[str]:
    for number, review in enumerate(audit.reviews):
        if number:
            yield ""
        yield from _paragraph("", f"{review.name}: {summary(audit, review.name)}", width)
        for claim in audit.of(review.name):
            yield from _claim(claim, width)
        for remark in remarks_of(audit, review.name):
            yield from _paragraph(f"  ! {remark.kind}: ", remark.text, width)
    if len(audit.reviews) > 1:
        yield from _panel(audit, width)
    if audit.missed:
        yield ""
        yield "Found by racewright review, and said by no review:"
        for each in audit.missed:
            yield from _paragraph("  * ", f"{place_of(each)}  {each.text}", width)
    yield ""
    supported = len([claim for claim in audit.claims if claim.is_decided])
    told = f"{count(supported, 'verdict')} on {count(len(audit.claims), 'claim')}"
    how = (
        f"the code was read, and {audit.ran} was run" if audit.ran else "the code was read, not run"
    )
    yield from _paragraph("", f"Audited: {audited(audit)}; {told}; {how}.", width)
    for line in consultation_lines(audit.model) if audit.model is not None else ():
        yield from _paragraph("", line, width)


def _claim(claim: Claim, width: int) -> Iterator[str]:
    item = clean(claim.item)[:_ITEM].rjust(_ITEM)
    head = f"{item} {MARKS[claim.verdict]} {claim.verdict:13} "
    yield from _paragraph(head, f"“{' '.join(claim.quote.split())}”", width)
    margin = " " * (_ITEM + 3)
    if not claim.is_decided:
        yield from _paragraph(margin, claim.reason, width)
        return
    if claim.restated:
        yield from _paragraph(margin, restated_by(claim), width)
    words = [f"{claim.claim}"]
    for each in claim.evidence[:3]:
        place = place_of(each)
        words.append(f"{place}  {each.text}" if place else each.text)
    for word in words[1:] or words:
        yield from _paragraph(margin, word, width)


def _panel(audit: Audit, width: int) -> Iterator[str]:
    yield ""
    yield "The reviews together:"
    for review in audit.reviews:
        yield from _paragraph("  ", share_line(audit, review.name), width)
    for each in audit.panel:
        said = f"said by {', '.join(each.said_by)}"
        denied = f"; denied by {', '.join(each.denied_by)}" if each.denied_by else ""
        yield from _paragraph(
            f"  {MARKS[each.verdict]} ", f"{each.claim} ({each.verdict}; {said}{denied})", width
        )
    held = list(holding(audit))
    if held:
        yield ""
        yield "What holds:"
        for claim, names in held:
            where = "; ".join(filter(None, (place_of(each) for each in claim.evidence[:2])))
            yield from _paragraph("  - ", f"{claim.claim}. {where} ({', '.join(names)})", width)


def _paragraph(head: str, text: str, width: int) -> Iterator[str]:
    room = max(width - len(head), 20)
    for number, line in enumerate(wrap(clean(text), room, 6)):
        yield (head if not number else " " * len(head)) + line
