"""A claim about source code that has a place, and how well it is supported.

A finding begins as *suspected*: somebody read the lines. It becomes *observed* when a controlled
run met what it speaks of, and *demonstrated* when a schedule made it fail and the replay failed
again. ``proof`` names the means by which it could be raised; ``places`` holds the sites an
experiment would aim at, the first being where a reader should look.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any, Final

from racewright.model.claim import Claim
from racewright.model.consultation import Consultation
from racewright.model.experiment import Experiment

__all__ = [
    "CONFIDENCES",
    "EVIDENCE",
    "FIXES",
    "PROOFS",
    "Finding",
    "Note",
    "Place",
    "Review",
]

#: How well a finding is supported, weakest first.
EVIDENCE: Final = ("suspected", "observed", "demonstrated")

#: The means by which a finding can be confirmed.
PROOFS: Final[dict[str, str]] = {
    "explore": "a schedule that makes a test fail",
    "hand-off": "one task held at a line while another passes",
    "mutation": "a test that passes although what it checks was taken away",
    "delay": "an outcome that changes with the length of a delay",
    "counters": "tasks, files or patches that are left over at the end",
    "static": "reading alone",
}

#: How sure the reading is: ``high`` needs nothing that the source does not say.
CONFIDENCES: Final = ("high", "medium")

#: What can be done about a finding by a program: nothing, a suggestion to be read, a change.
FIXES: Final = ("none", "suggested", "safe")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Lines of a file, by its path relative to where the review was made, and what they say."""

    file: str
    line: int
    end_line: int = 0
    column: int = 1
    function: str = ""
    text: str = ""

    @property
    def last_line(self) -> int:
        return max(self.line, self.end_line)

    @property
    def lines(self) -> str:
        """``12`` or ``12-14``."""
        return f"{self.line}-{self.last_line}" if self.last_line > self.line else str(self.line)

    def __str__(self) -> str:
        return f"{self.file}:{self.lines}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of a review. All text is plain; reports escape what their format needs."""

    rule: str
    kind: str  #: "defect" or "improvement"
    title: str
    heading: str  #: the title for several of the same rule
    places: tuple[Place, ...]  #: never empty
    defect: str
    solution: str
    facts: tuple[str, ...] = ()  #: what the claim rests on, a sentence each
    corrected: str = ""  #: the lines as they could be
    cwe: int | None = None
    confidence: str = "high"
    evidence: str = "suspected"
    proof: str = "static"
    fix: str = "none"
    source: str = "racewright"  #: the program that said it
    schedule: str = ""  #: the file that replays it, of a demonstrated finding
    experiment: Experiment | None = None  #: what came of trying to confirm it

    @property
    def place(self) -> Place:
        return self.places[0]

    @property
    def is_defect(self) -> bool:
        return self.kind == "defect"

    @property
    def fingerprint(self) -> str:
        """The same while the lines say the same, wherever in the file they come to stand."""
        words = [self.rule, self.place.file, self.place.function]
        words += [" ".join(place.text.split()) for place in self.places if place.text]
        return hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()[:16]

    def to_values(self) -> dict[str, Any]:
        """What :meth:`from_values` makes this finding from again; values that JSON can hold."""
        values: dict[str, Any] = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("places", "experiment")  # which is not of the reading
        }
        values["facts"] = list(self.facts)
        values["places"] = [
            [place.file, place.line, place.end_line, place.column, place.function, place.text]
            for place in self.places
        ]
        return values

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> Finding:
        """The finding that ``values`` describe; raises ``TypeError`` or ``KeyError`` if none."""
        rest = {**values, "facts": tuple(values["facts"])}
        rest["places"] = tuple(Place(*place) for place in values["places"])
        return cls(**rest)

    def moved_to(self, file: str) -> Finding:
        """The same finding in a copy of its file that lies elsewhere."""
        old = self.place.file
        places = tuple(replace(p, file=file) if p.file == old else p for p in self.places)
        return replace(self, places=places)


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """What the reader of a review has to know beside its findings: a file that was not read."""

    file: str
    line: int
    message: str
    is_gap: bool = True  #: whether something was not reviewed

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" if place else self.message


@dataclass(frozen=True, slots=True)
class Review:
    """All that a review found, and how much it read."""

    findings: tuple[Finding, ...]
    notes: tuple[Note, ...] = ()
    files: int = 0
    lines: int = 0
    seconds: float = 0.0
    from_cache: int = 0
    rules: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("racewright",)
    version: str = ""  #: of Racewright
    executions: int = 0  #: of tests, to confirm findings
    model: Consultation | None = None  #: the language model that wrote a review as well
    said: tuple[Claim, ...] = ()  #: what that says and no checker refuted; no findings

    @property
    def defects(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.is_defect)

    @property
    def improvements(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if not each.is_defect)

    @property
    def gaps(self) -> tuple[Note, ...]:
        """What was not reviewed, and why."""
        return tuple(each for each in self.notes if each.is_gap)

    @property
    def verdict(self) -> str:
        """The sentence that a review begins with."""
        number = len(self.defects)
        return f"{number or 'No'} security defects are detected in the code."
