"""A review for a terminal: the verdict, the defects one by one, then improvements by rule."""

from __future__ import annotations

from collections.abc import Iterator

from racewright.model.finding import Finding, Review
from racewright.report.model_words import consultation_lines, said_heading, said_lines
from racewright.report.review_experiment import drawing_of
from racewright.report.review_words import (
    Group,
    evidence_of,
    grouped,
    lines_of,
    masked,
    statuses,
    weakness,
)
from racewright.report.wording import clean, clean_lines, count, wrap

__all__ = ["to_text"]

_INDENT = "   "
_MOST_LINES = 12  #: places that a group names one by one


def to_text(review: Review, width: int = 100) -> str:
    """The whole report, ending with a line end."""
    lines = list(_lines(review, max(width, 40)))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _lines(review: Review, width: int) -> Iterator[str]:
    yield review.verdict
    if review.defects:
        yield f"Of these: {statuses(review)}."
    for number, finding in enumerate(review.defects, 1):
        yield ""
        yield from _defect(number, masked(finding), width)
    groups = grouped(review.improvements)
    if groups:
        yield ""
        number = len(review.improvements)
        yield f"{count(number, 'thing')} could be improved:"
    for place, group in enumerate(groups, 1):
        yield ""
        yield from _improvement(place, group, width)
    if review.model is not None and (said := said_lines(review)):
        yield ""
        yield from _paragraph("", said_heading(review.model), width, indent="")
        for line in said:
            yield from _paragraph("* ", line, width)
    yield ""
    yield from _end(review, width)


def _defect(number: int, finding: Finding, width: int) -> Iterator[str]:
    yield from _heading(number, finding.title, width)
    where = "; ".join(lines_of(finding.places))
    yield from _paragraph("", f"{where}  {_labels(finding)}", width)
    for line in clean_lines(finding.place.text)[:6]:
        yield f"{_INDENT}    {line}"[:width]
    yield from _paragraph("Defect: ", finding.defect, width)
    yield from _paragraph("Evidence: ", evidence_of(finding), width)
    yield from _drawing(finding, width)
    yield from _paragraph("Solution: ", finding.solution, width)
    yield from _code(finding.corrected)


def _drawing(finding: Finding, width: int) -> Iterator[str]:
    """What was run, between two empty lines."""
    lines = drawing_of(finding, width - len(_INDENT))
    if lines:
        yield ""
        yield from ((_INDENT + line)[:width].rstrip() for line in lines)
        yield ""


def _improvement(number: int, group: Group, width: int) -> Iterator[str]:
    first = group.first
    many = len(group.findings)
    yield from _heading(number, group.title + (f" ({many} times)" if many > 1 else ""), width)
    places = tuple(finding.place for finding in group.findings)
    texts = list(lines_of(places))
    where = "; ".join(texts[:_MOST_LINES])
    if len(texts) > _MOST_LINES:
        where += f"; and in {len(texts) - _MOST_LINES} files more"
    yield from _paragraph("", f"{where}  {_labels(first)}", width)
    titles = dict.fromkeys(finding.defect for finding in group.findings)
    if 1 < many <= 4 and len(titles) == many and first.source == "racewright":
        for finding in group.findings:
            yield from _paragraph(f"{finding.place.lines}: ", finding.defect, width)
    elif first.defect.rstrip(".") != group.title:
        yield from _paragraph("", first.defect, width)
    if first.facts and first.source == "racewright":
        facts = dict.fromkeys(fact for each in group.findings[:2] for fact in each.facts)
        words = {each.evidence for each in group.findings} - {"suspected"}
        told = " ".join([*(f"{word.capitalize()}." for word in sorted(words)), *facts])
        yield from _paragraph("Evidence: ", told, width)
    for finding in group.findings:
        yield from _drawing(finding, width)
    yield from _paragraph("Solution: ", first.solution, width)
    yield from _code(first.corrected)


def _end(review: Review, width: int) -> Iterator[str]:
    read = f"{count(review.files, 'file')}, {count(review.lines, 'line')}"
    by = " and ".join(review.sources)
    is_read = all(finding.evidence == "suspected" for finding in review.findings)
    ran = "; nothing was run" if is_read and not review.executions else ""
    if review.executions:
        ran = f"; {count(review.executions, 'execution')} of tests were run"
    yield f"Read: {read}, with {count(len(review.rules), 'rule')} of {by}{ran}."
    if review.model is not None:
        for line in consultation_lines(review.model, is_failure_told=False):
            yield from _paragraph("", line, width, indent="")
    gaps = review.gaps
    others = [note for note in review.notes if not note.is_gap]
    for note in [*gaps, *others]:
        yield from _paragraph("Note: ", str(note), width, indent="")


def _labels(finding: Finding) -> str:
    words = [finding.rule, weakness(finding)]
    if finding.source != "racewright":
        words.insert(0, finding.source)
    return f"[{' '.join(word for word in words if word)}]"


def _heading(number: int, title: str, width: int) -> Iterator[str]:
    first, *rest = wrap(clean(title), width - 4)
    yield f"{number}. {first}"
    for line in rest:
        yield f"{_INDENT}{line}"


def _paragraph(label: str, text: str, width: int, indent: str = _INDENT) -> Iterator[str]:
    if text:
        for line in wrap(clean(label + text), width - len(indent)):
            yield indent + line


def _code(text: str) -> Iterator[str]:
    for line in clean_lines(text) if text else ():
        yield f"{_INDENT}    {line}"
