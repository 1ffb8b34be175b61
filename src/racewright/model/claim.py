"""A sentence of a review that can be tested, and what was found about it.

A verdict is *supported*, *refuted* or *not checkable*. The first two rest on evidence: lines, and
what they say. Values only: reports see nothing else of an audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "KINDS",
    "NOT_CHECKABLE",
    "REFUTED",
    "SUPPORTED",
    "VERDICTS",
    "Audit",
    "Claim",
    "Evidence",
    "Merged",
    "Remark",
    "ReviewText",
]

SUPPORTED: Final = "supported"
REFUTED: Final = "refuted"
NOT_CHECKABLE: Final = "not checkable"
VERDICTS: Final = (SUPPORTED, REFUTED, NOT_CHECKABLE)

#: What a claim is about.
KINDS: Final[dict[str, str]] = {
    "advice": "what should be done",
    "api-existence": "whether a module, a function or a library exists",
    "behaviour": "what the code does when it runs",
    "clarity": "whether something is explained, or where it is defined",
    "file-kind": "what kind of file this is",
    "identifier-usage": "how a name is defined, used, called or passed on",
    "language-construct": "which constructs the code has or has not",
    "language-fact": "what is so in the language, whatever the code",
    "line-reference": "what stands at a cited line",
    "opinion": "a matter of judgement",
    "style-metric": "counts, names, annotations, documentation",
    "verdict": "the whole: defects or none",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict rests on."""

    file: str  #: relative where that is possible; empty for what is no file
    lines: tuple[int, ...]
    text: str  #: a sentence


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a review says."""

    review: str
    item: str  #: as the review numbers or names it
    start: int  #: where the words stand in the text of the review
    end: int
    quote: str  #: exactly these words
    claim: str  #: what is tested, in few words
    kind: str  #: of :data:`KINDS`
    verdict: str = NOT_CHECKABLE
    reason: str = ""  #: of a verdict that is none: why
    evidence: tuple[Evidence, ...] = ()
    checker: str = ""  #: who gave the verdict

    @property
    def is_decided(self) -> bool:
        return self.verdict != NOT_CHECKABLE


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the review itself: an item cut off, one that says what another said."""

    review: str
    item: str
    kind: str  #: empty, truncated, duplicate, contradiction, wrong-file, moved-lines, or unread
    text: str


@dataclass(frozen=True, slots=True)
class ReviewText:
    """A review as it was read."""

    name: str
    text: str
    items: int
    note: str = ""  #: what of it was not read, and why


@dataclass(frozen=True, slots=True)
class Merged:
    """Claims of several reviews that say the same."""

    claim: str
    kind: str
    verdict: str
    said_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    members: tuple[int, ...]  #: places in :attr:`Audit.claims`


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that was found about one or more reviews of one file."""

    file: str
    code: str  #: the text of the file
    reviews: tuple[ReviewText, ...]
    claims: tuple[Claim, ...]
    remarks: tuple[Remark, ...]
    panel: tuple[Merged, ...] = ()
    ran: str = ""  #: the target that was run; empty where the code was only read
    missed: tuple[Evidence, ...] = ()  #: what ``racewright review`` found and no review says
    seconds: float = 0.0
    version: str = ""

    def of(self, review: str) -> tuple[Claim, ...]:
        return tuple(each for each in self.claims if each.review == review)

    def count(self, verdict: str, review: str = "") -> int:
        return sum(
            each.verdict == verdict and (not review or each.review == review)
            for each in self.claims
        )
