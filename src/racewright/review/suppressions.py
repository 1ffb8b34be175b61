"""``# racewright: allow RULE reason``: a finding that somebody has looked at and accepted.

The comment stands on one of the finding's lines, or alone on the line above. It names the rules,
and says why; without a reason, or where nothing is found any more, it is itself remarked upon.
``# racewright: ignore[RULE] reason`` means the same.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from racewright.model.finding import Finding, Note

__all__ = ["Suppression", "apply_suppressions", "suppressions_in"]

_COMMENT = re.compile(
    r"#\s*racewright:\s*(?:allow\s+(?P<names>[\w-]+(?:\s*,\s*[\w-]+)*)"
    r"|ignore\[(?P<list>[\w\s,-]*)\])[\s:—-]*(?P<reason>.*)"
)


class Suppression(NamedTuple):
    """One comment."""

    line: int
    rules: tuple[str, ...]
    reason: str
    is_alone: bool  #: on its line; it then speaks of the next one


def suppressions_in(text: str) -> Iterator[Suppression]:
    """The comments of a file's ``text``, which has been parsed before."""
    if "racewright:" not in text:
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            found = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
            if found:
                words = (found["names"] or found["list"] or "").split(",")
                is_alone = not token.line[: token.start[1]].strip()
                names = tuple(word.strip() for word in words if word.strip())
                yield Suppression(token.start[0], names, found["reason"].strip(), is_alone)
    except (tokenize.TokenError, SyntaxError):
        return


def apply_suppressions(
    findings: Iterable[Finding], comments: dict[str, list[Suppression]], known: Iterable[str]
) -> tuple[list[Finding], list[Note]]:
    """The findings that no comment speaks of, and what is to be said of the comments."""
    names = set(known)
    used: set[tuple[str, int, str]] = set()
    kept = []
    for finding in findings:
        hits = [
            (place.file, comment.line, finding.rule)
            for place in finding.places
            for comment in comments.get(place.file, ())
            if finding.rule in comment.rules
            and comment.reason
            and place.line - comment.is_alone <= comment.line <= place.last_line
        ]
        used.update(hits)
        if not hits:
            kept.append(finding)
    notes = []
    for file, each in sorted(comments.items()):
        for comment in each:
            notes += list(_notes_on(file, comment, names, used))
    return kept, notes


def _notes_on(
    file: str, comment: Suppression, known: set[str], used: set[tuple[str, int, str]]
) -> Iterator[Note]:
    if not comment.rules:
        yield Note(file, comment.line, "this comment names no rule", False)
    elif not comment.reason:
        yield Note(file, comment.line, "this comment allows nothing: it gives no reason", False)
    for rule in comment.rules:
        if rule not in known:
            yield Note(file, comment.line, f"this comment allows {rule!r}, which is no rule", False)
        elif comment.reason and (file, comment.line, rule) not in used:
            yield Note(file, comment.line, f"this comment allows {rule}; none is found", False)
