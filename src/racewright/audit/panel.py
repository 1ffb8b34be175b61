"""Several reviews of one file: what they say together, and where they contradict each other.

Claims are the same if what is tested is the same, or if their words are and their kind is. Only
decided claims can be told to contradict: two that were tested alike and came out differently are a
claim and its denial.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from racewright.audit.consistency import words_of
from racewright.model.claim import NOT_CHECKABLE, REFUTED, SUPPORTED, Claim, Merged

__all__ = ["merged", "opposite"]

_NOT = re.compile(r"\b(?:not|never|no)\b ?")
#: How much alike the words of two undecided claims have to be.
_ALIKE = 0.75
_MOST_COMPARED = 1500


def opposite(claim: str) -> str:
    """The claim without its denial: what both it and its contrary are about."""
    return " ".join(_NOT.sub("", claim).split())


def merged(claims: Sequence[Claim]) -> tuple[Merged, ...]:
    """What more than one review says, or what one says and another denies."""
    if len({each.review for each in claims}) < 2:
        return ()
    groups: dict[tuple[str, str], list[int]] = {}
    loose: list[tuple[frozenset[str], str, tuple[str, str]]] = []
    for place, claim in enumerate(claims[:_MOST_COMPARED]):
        key = (claim.kind, opposite(claim.claim.lower()))
        if key not in groups and not claim.is_decided:
            words = words_of(claim.claim)
            for theirs, kind, other in loose:
                if kind == claim.kind and len(words & theirs) >= _ALIKE * len(words | theirs):
                    key = other
                    break
            else:
                loose.append((words, claim.kind, key))
        groups.setdefault(key, []).append(place)
    found = []
    for places in groups.values():
        members = [claims[place] for place in places]
        if len({each.review for each in members}) > 1:
            found.append(_merge(members, tuple(places)))
    return tuple(found)


def _merge(members: list[Claim], places: tuple[int, ...]) -> Merged:
    first = members[0]
    is_denial = bool(_NOT.search(first.claim))
    same = [each for each in members if bool(_NOT.search(each.claim)) == is_denial]
    others = [each for each in members if each not in same]
    verdicts = {each.verdict for each in same} - {NOT_CHECKABLE}
    verdict = verdicts.pop() if len(verdicts) == 1 else NOT_CHECKABLE
    assert verdict in (SUPPORTED, REFUTED, NOT_CHECKABLE)
    return Merged(
        claim=first.claim,
        kind=first.kind,
        verdict=verdict,
        said_by=tuple(dict.fromkeys(each.review for each in same)),
        denied_by=tuple(dict.fromkeys(each.review for each in others)),
        members=places,
    )
