"""An audit as Markdown, to be pasted as an answer to the review.

What comes from the review or the code may look like markup, a link or a mention of somebody;
whatever could be is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from racewright.model.claim import NOT_CHECKABLE, REFUTED, SUPPORTED, Audit, Claim
from racewright.report.audit_words import (
    audited,
    holding,
    masked_audit,
    place_of,
    remarks_of,
    share_line,
    summary,
)
from racewright.report.model_words import consultation_lines, restated_by
from racewright.report.wording import clean, count

__all__ = ["to_markdown"]

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|!~@&$])")
_HEADINGS = {
    REFUTED: "What the code does not bear out",
    SUPPORTED: "What holds",
    NOT_CHECKABLE: "What cannot be checked",
}


def to_markdown(audit: Audit) -> str:
    """The whole report."""
    return "\n".join(_lines(masked_audit(audit))).rstrip() + "\n"


def _lines(audit: Audit) -> Iterator[str]:
    for review in audit.reviews:
        yield f"## {_plain(review.name)}"
        yield ""
        yield f"{summary(audit, review.name)}. Audited: {_plain(audited(audit))}."
        yield ""
        for verdict in (REFUTED, SUPPORTED):
            own = [each for each in audit.of(review.name) if each.verdict == verdict]
            if own:
                yield f"### {_HEADINGS[verdict]}"
                yield ""
                yield from _table(own)
                yield ""
        open_ = [each for each in audit.of(review.name) if not each.is_decided]
        if open_:
            yield "<details>"
            yield f"<summary>{_HEADINGS[NOT_CHECKABLE]}: {count(len(open_), 'claim')}</summary>"
            yield ""
            yield from (f"- “{_words(each)}”: {_plain(each.reason)}" for each in open_)
            yield ""
            yield "</details>"
            yield ""
        remarks = remarks_of(audit, review.name)
        if remarks:
            yield "### About the review itself"
            yield ""
            yield from (f"- {each.kind}: {_plain(each.text)}" for each in remarks)
            yield ""
    yield from _together(audit)


def _table(claims: list[Claim]) -> Iterator[str]:
    yield "| item | words | evidence |"
    yield "|---|---|---|"
    for each in claims:
        evidence = "; ".join(
            f"{_plain(place_of(e))} {_plain(e.text)}".strip() for e in each.evidence[:3]
        )
        form = f" ({_plain(restated_by(each))})" if each.restated else ""
        yield f"| {_plain(each.item)} | “{_words(each)}”{form} | {evidence} |"


def _together(audit: Audit) -> Iterator[str]:
    if len(audit.reviews) > 1:
        yield "## The reviews together"
        yield ""
        yield from (f"- {_plain(share_line(audit, review.name))}" for review in audit.reviews)
        for each in audit.panel:
            denied = f", denied by {_plain(', '.join(each.denied_by))}" if each.denied_by else ""
            names = _plain(", ".join(each.said_by))
            yield f"- {_plain(each.claim)}: {each.verdict}; said by {names}{denied}"
        yield ""
        yield "### One review that holds"
        yield ""
        for claim, names_ in holding(audit):
            where = "; ".join(filter(None, (place_of(each) for each in claim.evidence[:2])))
            yield f"- {_plain(claim.claim)} ({_plain(where)}; {_plain(', '.join(names_))})"
        yield ""
    if audit.missed:
        yield "### What no review says"
        yield ""
        yield from (f"- {_plain(place_of(each))} {_plain(each.text)}" for each in audit.missed)
        yield ""
    for line in consultation_lines(audit.model) if audit.model is not None else ():
        yield _plain(line)
        yield ""


def _words(claim: Claim) -> str:
    return _plain(" ".join(claim.quote.split()))


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", clean(text))
