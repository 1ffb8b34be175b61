"""Whether what a fix made may be offered: it is reviewed as if somebody had written it.

It has to parse, and to compile where the file did; the finding has to be gone; nothing may be found
that was not found before, by us or by ruff. Findings are counted by rule, for a change moves lines
and alters texts.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding
from racewright.review.again import Again

__all__ = ["Attempt", "Offer", "counted"]

#: States of a file that are kept: as it is, and as the last tries would leave it.
_KEPT = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A change of a file that takes a finding away, and held all that was asked of it."""

    finding: Finding
    before: bytes
    after: bytes


@dataclass(slots=True)
class Attempt:
    """One try to take a finding away from a file, in a state of the project."""

    again: Again
    contents: Mapping[str, bytes]  #: of the files that have been changed before
    is_across: bool  #: whether the finding comes from all files together
    why_not: Callable[[Mapping[str, bytes]], str | None] | None = None  #: a last question
    _documents: dict[tuple[str, bytes], Document | str] = field(default_factory=dict)

    def offer(self, finding: Finding, fix: Fix, data: bytes) -> Offer | str:
        """What ``fix`` makes of ``data``, or why that is not offered."""
        file = finding.place.file
        document = self._document(file, data)
        if isinstance(document, str):
            return document
        try:
            edits = fix.change(finding, document)
            if edits is None:
                return "no change is known for what stands there"
            after = edits.to_bytes()
        except UnicodeEncodeError:
            return "its encoding has no bytes for the change"
        except (RecursionError, cst.CSTValidationError, cst.ParserSyntaxError) as error:
            return f"libcst cannot make the change ({type(error).__name__})"
        if after == data:
            return "the change changes nothing"
        reason = self._why_not(finding, data, after)
        return reason or Offer(finding, data, after)

    def _why_not(self, finding: Finding, data: bytes, after: bytes) -> str | None:
        file = finding.place.file
        if _compiles(data) and not _compiles(after):
            return "it would not compile"
        if isinstance(self._document(file, after), str):
            return "it would not be understood"
        now, then = self._counts(file, data), self._counts(file, after)
        if then[file, finding.rule] >= now[file, finding.rule]:
            return "the finding would remain"
        grown = sorted({rule for (_, rule), number in then.items() if number > now[_, rule]})
        if grown:
            return f"it would bring a finding of {', '.join(grown)}"
        was, would_be = self.again.ruff(file, data), self.again.ruff(file, after)
        more = sorted(would_be - was)
        if more:
            return f"ruff would find {', '.join(more)}"
        return self.why_not({**self.contents, file: after}) if self.why_not is not None else None

    def _document(self, file: str, data: bytes) -> Document | str:
        """The file in one of the states that were looked at last."""
        key = (file, data)
        if key not in self._documents:
            if len(self._documents) >= _KEPT:
                del self._documents[next(iter(self._documents))]
            self._documents[key] = Document.of(self.again.paths[file], data)
        return self._documents[key]

    def _counts(self, file: str, data: bytes) -> Counter[tuple[str, str]]:
        if self.is_across:
            return counted(self.again.across({**self.contents, file: data}).findings)
        return counted(self.again.alone(file, data))


def counted(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    """How many findings there are of each rule in each file."""
    return Counter((each.place.file, each.rule) for each in findings)


def _compiles(data: bytes) -> bool:
    """Whether Python takes it; what it would do is not done."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, "<changed>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
