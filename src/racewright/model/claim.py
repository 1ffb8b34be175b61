"""A sentence of a review that can be tested, and what was found about it.

A verdict is *supported*, *refuted* or *not checkable*. The first two rest on evidence: lines, and
what they say. Values only: reports see nothing else of an audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from racewright.model.consultation import Consultation

__all__ = [
    "KINDS",
    "NOT_CHECKABLE",
    "REFUTED",
    "SUPPORTED",
    "VERDICTS",
    "Audit",
    "Claim",
    "Evidence",
    "Fit",
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
    extractor: str = ""  #: who put it into the form that was tested; empty where we did
    restated: str = ""  #: that form, if it was not ours

    @property
    def is_decided(self) -> bool:
        return self.verdict != NOT_CHECKABLE


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the review itself: an item cut off, one that says what another said."""

    review: str
    item: str
    #: empty, truncated, duplicate, contradiction, wrong-file, moved-lines, moved-names, or unread
    kind: str
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
class Fit:
    """How much of what a review cites is so in one version of the file."""

    review: str
    version: str  #: the file's name, or "revision 3f9a… (2024-05-31, “subject”)"
    commit: str  #: of a revision, in full
    fits: int  #: places that it cites, whose lines have to do with what is said of them
    cited: int  #: of so many
    names: tuple[str, ...] = ()  #: that it mentions and the audited file has not
    is_audited: bool = False


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that was found about one or more reviews of one file."""

    file: str
    code: str  #: the text of the file
    reviews: tuple[ReviewText, ...]
    claims: tuple[Claim, ...]
    remarks: tuple[Remark, ...]
    panel: tuple[Merged, ...] = ()
    revision: str = ""  #: of the text that was audited; empty where it is what the file holds
    fits: tuple[Fit, ...] = ()  #: where there were several versions
    ran: str = ""  #: the target that was run; empty where the code was only read
    missed: tuple[Evidence, ...] = ()  #: what ``racewright review`` found and no review says
    seconds: float = 0.0
    version: str = ""
    model: Consultation | None = None  #: the language model that was asked as well

    def of(self, review: str) -> tuple[Claim, ...]:
        return tuple(each for each in self.claims if each.review == review)

    def count(self, verdict: str, review: str = "") -> int:
        return sum(
            each.verdict == verdict and (not review or each.review == review)
            for each in self.claims
        )
