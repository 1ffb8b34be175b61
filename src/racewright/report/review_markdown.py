"""A review as Markdown, for a comment or a page.

Text from the reviewed code may look like markup. In running text whatever could be is escaped; code
stands in a block whose fence is longer than any run of backticks in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from racewright.model.finding import Finding, Review
from racewright.report.model_words import consultation_lines, said_heading, said_lines
from racewright.report.review_experiment import drawing_of
from racewright.report.review_words import (
    evidence_of,
    grouped,
    lines_of,
    masked,
    statuses,
    weakness,
)
from racewright.report.wording import clean, clean_lines, count

__all__ = ["to_markdown"]

_DRAWN = 100  #: columns of what was run

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|!~@&$])")


def to_markdown(review: Review) -> str:
    """The whole report."""
    return "\n".join(_lines(review)).rstrip() + "\n"


def _lines(review: Review) -> Iterator[str]:
    yield review.verdict
    if review.defects:
        yield f"Of these: {statuses(review)}."
    yield ""
    for number, finding in enumerate(review.defects, 1):
        finding = masked(finding)
        yield f"### {number}. {_plain(finding.title)}"
        yield ""
        yield f"{_plain('; '.join(lines_of(finding.places)))} ({_labels(finding)})"
        yield ""
        yield from _code(finding.place.text)
        yield f"- **Defect**: {_plain(finding.defect)}"
        yield f"- **Evidence**: {_plain(evidence_of(finding))}"
        yield f"- **Solution**: {_plain(finding.solution)}"
        yield ""
        yield from _code(finding.corrected)
        yield from _code("\n".join(drawing_of(finding, _DRAWN)), "text")
    groups = grouped(review.improvements)
    if groups:
        yield f"{count(len(review.improvements), 'thing')} could be improved:"
        yield ""
    for number, group in enumerate(groups, 1):
        first = group.first
        many = f" ({len(group.findings)} times)" if len(group.findings) > 1 else ""
        yield f"{number}. **{_plain(group.title)}**{many}"
        places = tuple(finding.place for finding in group.findings)
        yield f"   {_plain('; '.join(lines_of(places)))} ({_labels(first)})"
        yield f"   {_plain(first.defect)} **Solution**: {_plain(first.solution)}"
        yield ""
        for finding in group.findings:
            yield from _code("\n".join(drawing_of(finding, _DRAWN)), "text")
    if review.model is not None:
        said = said_lines(review)
        if said:
            yield _plain(said_heading(review.model))
            yield ""
            yield from (f"- {_plain(line)}" for line in said)
            yield ""
        yield from map(_plain, consultation_lines(review.model, is_failure_told=False))
        yield ""
    for note in review.notes:
        yield f"Note: {_plain(str(note))}"


def _labels(finding: Finding) -> str:
    words = [finding.source if finding.source != "racewright" else "", finding.rule]
    return ", ".join(_plain(word) for word in (*words, weakness(finding)) if word)


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", clean(text))


def _code(text: str, language: str = "python") -> Iterator[str]:
    if not text:
        return
    runs = re.findall(r"`+", text)
    fence = "`" * max(3, *(len(run) + 1 for run in runs)) if runs else "```"
    yield f"{fence}{language}"
    yield from clean_lines(text)
    yield fence
    yield ""
