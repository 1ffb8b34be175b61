"""What ``racewright review`` finds in the audited file, and no review says.

A finding was said if a review cites its lines, or speaks in its words of what stands there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from racewright.audit.consistency import words_of
from racewright.audit.texts import Text
from racewright.model.claim import Audit, Evidence
from racewright.model.finding import Finding
from racewright.review import ReviewSettings, review
from racewright.review.configuration import chosen_rules
from racewright.review.engine import review_source
from racewright.review.suppressions import apply_suppressions, suppressions_in

__all__ = ["missed_by", "named_apart"]

#: What part of a finding's title a claim about the same lines has to share.
_SHARE = 0.25


def missed_by(audit: Audit, path: str, data: bytes | None = None) -> Audit:
    """The same audit, with what no review says of the file at ``path``; or of ``data``, where that
    is what the file held once."""
    settings = ReviewSettings(paths=(path,), ruff=False, cache=False, jobs=1)
    if data is None:
        findings = review(settings).findings
    else:
        rules = chosen_rules(settings)
        every = review_source(path, data, rules)
        comments = {audit.file: list(suppressions_in(audit.code))}
        names = {rule.name for rule in rules}
        findings = tuple(apply_suppressions(every, comments, names, names)[0])
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if not _is_said(finding, audit):
            groups.setdefault(finding.rule, []).append(finding)
    found = []
    for same in groups.values():
        lines = {n for f in same for n in range(f.place.line, f.place.last_line + 1)}
        found.append(Evidence(same[0].place.file, tuple(sorted(lines)), _told(same)))
    return replace(audit, missed=tuple(found))


def _told(same: list[Finding]) -> str:
    first = same[0]
    return f"{first.title if len(same) == 1 else first.heading}: {first.defect}"


def _is_said(finding: Finding, audit: Audit) -> bool:
    lines = set(range(finding.place.line, finding.place.last_line + 1))
    titles = [words_of(finding.title), words_of(finding.heading)]
    for claim in audit.claims:
        near = {n for e in claim.evidence if e.file == audit.file for n in e.lines}
        spoken = words_of(claim.quote) if lines & near else frozenset()
        if any(spoken and len(title & spoken) >= _SHARE * len(title) for title in titles):
            return True
    return False


def named_apart(texts: Sequence[Text]) -> list[Text]:
    """The same reviews, with no two of one name."""
    found: list[Text] = []
    for text in texts:
        name, number = text.name, 2
        while any(each.name == name for each in found):
            stem, mark = os.path.splitext(text.name)
            name = f"{stem} ({number}){mark}"
            number += 1
        found.append(replace(text, name=name))
    return found
