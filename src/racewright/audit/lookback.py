"""The former versions of a file that a review may have been written for.

To ask a version exactly it has to be parsed and its names resolved, which takes a second for a
long file. So all versions are looked at roughly first: whether words of what is said stand near the
lines that are cited. The most promising are then asked, as long as there is time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from racewright import originals
from racewright.audit.code import Code
from racewright.audit.engine import code_of
from racewright.audit.explained import content
from racewright.audit.history import History, Limits, Revision, history_of, revisions_named
from racewright.audit.texts import Text
from racewright.audit.versions import Citation, Version, cited_in

__all__ = ["Former", "former_versions"]

#: Versions that are asked exactly, at most.
_MOST = 40
#: Commits that comments name, at most; and what puts their versions before all others.
_MOST_NAMED = 5
_FIRST = 1_000_000
#: Lines by which what is cited may be missed, so that it is still near.
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Former:
    """The versions to be asked, the most promising first, and what is to be said of that."""

    versions: tuple[Version, ...] = ()
    seconds: float = 0.0  #: that are left to ask them
    why_not: str = ""
    looked_at: str = ""


def former_versions(path: str, subject: Code, texts: Sequence[Text], limits: Limits) -> Former:
    """What the history of the file at ``path`` holds that ``texts`` may be about."""
    end = originals.monotonic() + limits.seconds
    history = history_of(path, replace(limits, seconds=limits.seconds / 2))
    if history.why_not:
        return Former(why_not=history.why_not)
    commits = list(dict.fromkeys(spot.commit for text in texts for spot in text.spots))
    named = revisions_named(path, commits[:_MOST_NAMED], limits)
    blobs = {each.blob for each in named}
    known = {each.blob for each in history.revisions}
    unmerged = tuple(each for each in named if each.blob not in known)
    history = replace(history, revisions=(*unmerged, *history.revisions))
    ranked, looked = _ranked(history, subject, texts, blobs, end - limits.seconds / 4)

    def version(place: int, revision: Revision, data: bytes) -> Version:
        return Version(
            str(revision),
            lambda: code_of(path, data, subject.around),
            revision.commit,
            place,
            revision.blob in blobs,
        )

    many = len(history.revisions)
    told = f"{many} version{'s' if many != 1 else ''} in git's history"
    if looked < many:
        told += f", of which {looked} could be looked at"
    versions = tuple(version(place, revision, data) for _, place, revision, data in ranked)
    left = max(end - originals.monotonic(), 0.0)
    return Former(versions, left, looked_at="; ".join([told, *history.notes]))


def _ranked(
    history: History, subject: Code, texts: Sequence[Text], named: set[str], end: float
) -> tuple[list[tuple[int, int, Revision, bytes]], int]:
    """The versions that most may fit, these first, and how many were looked at."""
    wanted = [_wanted(text, subject) for text in texts]
    audited = subject.module.source.text
    ranked: list[tuple[int, int, Revision, bytes]] = []
    looked = 0
    for revision, data in history.texts(end - originals.monotonic()):
        looked += 1
        text = data.decode(errors="replace")
        if text != audited:
            lines = text.splitlines()
            score = sum(_rough(each, lines) for each in wanted)
            first = -score if revision.blob not in named else -_FIRST
            ranked.append((first, looked, revision, data))
            ranked = sorted(ranked, key=lambda each: each[:2])[:_MOST]
        if originals.monotonic() > end:
            break
    return ranked, looked


#: What is cited, and the names or, where there are none, the stems of words that are said of it.
_Wanted = dict[Citation, tuple[frozenset[str], frozenset[str]]]


def _wanted(text: Text, code: Code) -> _Wanted:
    found: _Wanted = {}
    for key, clause in cited_in(text, code):
        names, words = found.get(key, (frozenset(), frozenset()))
        for group in clause.groups:
            names |= {name for each in group.texts for name in re.findall(r"\w+", each)[-1:]}
        words |= set(content(re.sub(r"@\d+|\d+", " ", clause.words)))
        found[key] = (names, words)
    return found


def _rough(wanted: _Wanted, lines: list[str]) -> int:
    """How many of the citations a version may fit; what is only near counts for half."""
    score = 0
    for (_, cited), (names, words) in wanted.items():
        first, last = min(cited) - 1, min(max(cited), len(lines))
        at = "\n".join(lines[first:last]).lower()
        near = "\n".join(lines[max(first - _NEAR, 0) : last + _NEAR]).lower()
        for parts in (names, words):
            if parts:
                score += 2 * any(part.lower() in at for part in parts)
                score += any(part.lower() in near for part in parts)
                break
    return score
