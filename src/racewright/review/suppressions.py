"""``# racewright: ignore[RULE] reason``: a finding that somebody has looked at and accepted.

The comment stands on one of the finding's lines, or alone on the line above. It names the rules,
and says why; without a reason, or where nothing is found any more, it is itself remarked upon, and
so is a comment that begins so and is none of these.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from racewright.model.finding import Finding, Note
from racewright.review.configuration import is_code

__all__ = ["Suppression", "apply_suppressions", "suppressions_in"]

_COMMENT = re.compile(
    r"#\s*racewright:\s*(?P<known>ignore\s*\[(?P<rules>[^\]]*)\])?[\s:—-]*(?P<reason>.*)"
)
#: What may be named: a rule of ours, or a code of ruff's.
_NAME = re.compile(r"[\w-]+")


class Suppression(NamedTuple):
    """One comment."""

    line: int
    rules: tuple[str, ...]
    reason: str
    is_alone: bool  #: on its line; it then speaks of the next one
    is_known: bool = True  #: whether it has the form that we know


def suppressions_in(text: str) -> Iterator[Suppression]:
    """The comments of a file's ``text``, which has been parsed before."""
    if "racewright:" not in text:
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            found = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
            if found:
                names = tuple(_NAME.findall(found["rules"] or ""))
                is_alone = not token.line[: token.start[1]].strip()
                reason = found["reason"].strip()
                is_known = bool(found["known"])
                yield Suppression(token.start[0], names, reason, is_alone, is_known)
    except (tokenize.TokenError, SyntaxError):
        return


def apply_suppressions(
    findings: Iterable[Finding],
    comments: dict[str, list[Suppression]],
    known: Collection[str],
    asked: Collection[str],
) -> tuple[list[Finding], list[Note]]:
    """The findings that no comment speaks of, and what is to be said of the comments.

    ``known`` are the rules that there are, ``asked`` those that could have found something.
    """
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
            missed = {rule for rule in comment.rules if (file, comment.line, rule) not in used}
            notes += [
                Note(file, comment.line, message, False)
                for message in _remarks(comment, missed, known, asked)
            ]
    return kept, notes


def _remarks(
    comment: Suppression, missed: set[str], known: Collection[str], asked: Collection[str]
) -> Iterator[str]:
    if not comment.is_known:
        yield "this comment is not understood; it is: # racewright: ignore[RULE] reason"
        return
    if not comment.rules:
        yield "this comment names no rule"
    elif not comment.reason:
        yield "this comment allows nothing: it gives no reason"
    for rule in comment.rules:
        if rule not in known and not is_code(rule):
            yield f"this comment allows {rule!r}, which is no rule"
        elif comment.reason and rule in missed and rule in asked:
            yield f"this comment allows {rule}; none is found"
