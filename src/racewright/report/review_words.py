"""What every format of a review says in the same words: secrets masked, equal findings together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from racewright.model.finding import EVIDENCE, Finding, Place, Review

__all__ = ["Group", "evidence_of", "grouped", "lines_of", "mask", "masked", "statuses", "weakness"]

_WORDS = r"(?:password|passwd|secret|token|api_?key|apikey|private_?key|credential|auth(?!or))"
_QUOTES = r"(?:\"{3}|'{3}|[\"'])"
#: A secret's name with a text given to it: ``token = "…"``, ``"token": '…'``, ``token: str = "…"``,
#: ``("token", "…")``. The text may have been cut off before its end.
_ASSIGNED = re.compile(
    rf"""({_WORDS}[\w-]{{0,60}}(?:["']\]?)?\s*(?::[\w\s.\[\]|]+=|[=!]=|=>?|:|(?<=["'])\s*,)\s*\(?\s*
    [rbuf]{{0,2}})({_QUOTES})(?:(?!\2)[^\n\\]|\\.)+(?:\2|\\?$)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
#: The same within a text, as data sources are written: ``host=db password=…``, ``?token=…``.
_WITHIN = re.compile(rf"({_WORDS}\w{{0,60}}=)(?![{{%\"'])[^\s;&\"'\\]{{4,}}", re.IGNORECASE)
_TEXTS = re.compile(r"""(["'])(?:(?!\1)[^\n\\]|\\.)*(?:\1|\\?$)""", re.MULTILINE)
#: Texts that are secrets by their own form, whatever they are called.
_FORMS = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|xox[abprs]-[\w-]{10,}|sk-[A-Za-z0-9_-]{20,}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*"
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)|(?<=\bBearer )[\w.~+/-]{16,}"
)


def mask(text: str) -> str:
    """``text`` without the secrets in it, and with as many lines."""
    named = _ASSIGNED.sub(r"\1\2***\2", text)
    return _FORMS.sub(_starred, _TEXTS.sub(lambda found: _WITHIN.sub(r"\1***", found[0]), named))


def _starred(found: re.Match[str]) -> str:
    """A key may go over several lines, and what comes below it keeps its place."""
    return "***" + "\n" * found[0].count("\n")


def masked(finding: Finding) -> Finding:
    """The same finding, with no secret in any of its texts."""
    return replace(
        finding,
        title=mask(finding.title),
        defect=mask(finding.defect),
        solution=mask(finding.solution),
        corrected=mask(finding.corrected),
        facts=tuple(mask(fact) for fact in finding.facts),
        places=tuple(replace(place, text=mask(place.text)) for place in finding.places),
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule, told together."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def title(self) -> str:
        titles = {finding.title for finding in self.findings}
        return titles.pop() if len(titles) == 1 else self.first.heading


def grouped(findings: tuple[Finding, ...]) -> list[Group]:
    """By rule and evidence: ours before others', what was shown more first, then the fewest."""
    by_rule: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        key = (finding.source, finding.rule, finding.evidence)
        by_rule.setdefault(key, []).append(masked(finding))
    groups = [Group(tuple(each)) for each in by_rule.values()]
    return sorted(groups, key=_importance)


def _importance(group: Group) -> tuple[object, ...]:
    first = group.first
    best = max(EVIDENCE.index(each.evidence) for each in group.findings)
    is_static = first.proof == "static"  # what a run could confirm matters more
    return (first.source != "racewright", -best, is_static, len(group.findings), first.rule)


def lines_of(places: tuple[Place, ...]) -> Iterator[str]:
    """``bank.py:12, 14-16``, a text for each file."""
    by_file: dict[str, list[str]] = {}
    for place in places:
        lines = by_file.setdefault(place.file, [])
        if place.lines not in lines:
            lines.append(place.lines)
    for file, lines in by_file.items():
        yield f"{file}:{', '.join(lines)}"


def weakness(finding: Finding) -> str:
    """``CWE-366``, or nothing."""
    return f"CWE-{finding.cwe}" if finding.cwe else ""


def statuses(review: Review) -> str:
    """How many defects are suspected, observed and demonstrated; empty without any."""
    counts = [
        (sum(finding.evidence == word for finding in review.defects), word) for word in EVIDENCE
    ]
    return ", ".join(f"{number} {word}" for number, word in counts if number)


def evidence_of(finding: Finding) -> str:
    """The sentence of the evidence, with the word for how strong it is."""
    facts = " ".join(finding.facts)
    word = finding.evidence.capitalize()
    told = f"{word}. {facts}".strip() if facts else f"{word}, by reading the lines."
    return f"{told} racewright replay {finding.schedule}" if finding.schedule else told
