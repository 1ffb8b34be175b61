"""Which version of the file a review was written for, where there are several.

A review may be older than the code. Its line numbers then point elsewhere, and what it says of them
may have been right. Each version is asked, for each place that a review cites, whether the lines
have to do with what is said of them, as the checker of lines is for the audited one. The version
that most of them fit is the one that the review was written for, if it fits more than the audited
file does; of versions that fit alike, one at which its comments say that they were made, or one
that has names that the review mentions and the file has not; of these, the newest.

What that changes: lines that are wrong here and right there are explained, not refuted. Whatever
else is refuted stays so, for it is said of a file that is not so any more, and the version in which
it was is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from racewright import originals
from racewright.audit.checkers.lines import Lines
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.engine import audit, clauses_in
from racewright.audit.panel import merged
from racewright.audit.texts import Text
from racewright.errors import UsageError
from racewright.model.claim import (
    NOT_CHECKABLE,
    REFUTED,
    SUPPORTED,
    Audit,
    Claim,
    Evidence,
    Fit,
    Remark,
)

__all__ = ["Citation", "Version", "cited_in", "fits_all", "with_versions"]

#: The item that cites, by where it begins, and the lines.
Citation = tuple[int, tuple[int, ...]]
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Version:
    """The file at another time."""

    name: str
    load: Callable[[], Code]  #: raises ``UsageError`` for what is no program
    commit: str = ""  #: of a revision
    age: int = 0  #: the newest is 0
    is_named: bool = False  #: whether a comment says that it was made at it


@dataclass(slots=True)
class _Fitting:
    """What of a review fits a version."""

    version: Version
    cited: dict[Citation, bool]
    names: frozenset[str] = field(default_factory=frozenset)  #: that the audited file has not

    @property
    def fits(self) -> int:
        return sum(self.cited.values())

    @property
    def is_whole(self) -> bool:
        return all(self.cited.values())

    @property
    def score(self) -> tuple[int, bool, int]:
        return self.fits, self.version.is_named, len(self.names)


def cited_in(text: Text, code: Code) -> Iterator[tuple[Citation, Clause]]:
    """Each clause that is about lines, with what cites them."""
    for clause in clauses_in(text, code):
        lines = clause.own_lines or clause.lines
        if lines:
            yield (clause.item.parts[0].start, tuple(lines)), clause


def fits_all(code: Code, texts: Sequence[Text]) -> bool:
    """Whether every line that is cited has to do with what is said of it in ``code``."""
    return all(all(_cited(text, code).values()) for text in texts)


def with_versions(
    made: Audit,
    subject: Code,
    texts: Sequence[Text],
    versions: Iterable[Version],
    *,
    looked_at: str = "",
    is_asked: bool = True,
    seconds: float | None = None,
) -> Audit:
    """The same audit of ``subject``, with what is to be said of each review that was written for
    another of ``versions``, which come in the order in which they are asked.

    After ``seconds`` no further one is. ``looked_at`` says what they are. Unless it was asked for,
    one that all fits ends the search, and it is not told that the audited file is the right one.
    """
    began = originals.monotonic()
    audited = Version(made.revision or made.file, lambda: subject)
    here = {text.name: _Fitting(audited, _cited(text, subject)) for text in texts}
    others: dict[str, list[_Fitting]] = {text.name: [] for text in texts}
    for number, version in enumerate(versions):
        if number and seconds is not None and originals.monotonic() - began > seconds:
            looked_at += f", of which {number} could be asked"
            break
        with suppress(UsageError):
            code = version.load()
            for text in texts:
                names = _names(text, code, subject)
                others[text.name].append(_Fitting(version, _cited(text, code), names))
            if not is_asked and all(each[-1].is_whole for each in others.values()):
                break
    made = replace(made, fits=())
    for text in texts:
        beside = sorted(others[text.name], key=lambda each: each.version.age)
        made = _beside(made, text, here[text.name], beside, looked_at, is_asked=is_asked)
    return replace(made, panel=merged(made.claims))


def _beside(
    made: Audit,
    text: Text,
    here: _Fitting,
    others: list[_Fitting],
    looked_at: str,
    *,
    is_asked: bool,
) -> Audit:
    """The audit, with what other versions say of one review."""
    cited = len({key for each in (here, *others) for key in each.cited})
    best = max((here, *others), key=lambda each: each.score)
    remarks = made.remarks
    # A line or two may fit by chance, where there are hundreds of versions.
    is_likely = best.fits > here.fits and 2 * best.fits > cited
    if is_asked or is_likely:
        remarks += (_remark(text, here, others, best, cited, looked_at),)
    claims = made.claims
    if best.fits > here.fits and (is_asked or is_likely):
        claims = tuple(_explained(claims, text, best.version))
    fits = tuple(_told(text, each, cited, each is here) for each in (here, *others))
    return replace(made, claims=claims, remarks=remarks, fits=(*made.fits, *fits))


def _cited(text: Text, code: Code) -> dict[Citation, bool]:
    found: dict[Citation, bool] = {}
    checker = Lines()
    for key, clause in cited_in(text, code):
        if not found.get(key):
            found[key] = any(each.verdict == SUPPORTED for each in checker.check(clause, code))
    return found


def _names(text: Text, code: Code, subject: Code) -> frozenset[str]:
    """What the review mentions that is in ``code``, and in the audited file no more."""
    mentioned = {
        mention.text.removesuffix("()").rpartition(".")[2]
        for clause in clauses_in(text, code)
        for group in clause.groups
        for mention in group.mentions
    }
    return frozenset(mentioned & code.words - subject.words)


def _told(text: Text, each: _Fitting, cited: int, is_audited: bool) -> Fit:
    version = each.version
    names = tuple(sorted(each.names))
    return Fit(text.name, version.name, version.commit, each.fits, cited, names, is_audited)


def _remark(
    text: Text, here: _Fitting, others: list[_Fitting], best: _Fitting, cited: int, looked_at: str
) -> Remark:
    alike = sum(each.score == best.score for each in (here, *others)) - 1
    kind = "moved-lines"
    if best is here and not cited:
        words = "it cites no lines, and names nothing that this version has not"
    elif best is here and alike == len(others):
        words = f"its cited lines fit every version alike: {here.fits} of {cited}"
    elif best is here:
        words = f"its cited lines fit this version best: {here.fits} of {cited}"
    elif best.fits > here.fits:
        words = f"its cited lines fit {best.version.name}{_alike(alike)}: {best.fits} of {cited}"
        words += f"; {here.version.name} fits {here.fits} of {cited}"
    else:
        kind = "moved-names"
        words = f"it may be about {best.version.name}{_alike(alike)}"
    if best.version.is_named and best.fits > here.fits:
        words += "; its comments were made there"
    if best.names:
        names = sorted(best.names)
        told = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
        words += f"; {told} {'are' if len(names) > 1 else 'is'} there, and not here"
    return Remark(text.name, "", kind, words + (f"; {looked_at}" if looked_at else ""))


def _alike(number: int) -> str:
    if not number:
        return ""
    return f" (and {number} other version{'s' if number > 1 else ''} alike)"


# --- Claims, in the light of it ---


def _explained(claims: Sequence[Claim], text: Text, version: Version) -> list[Claim]:
    theirs = audit(version.load(), [text]).claims
    return [
        _in_light(each, theirs, version) if each.review == text.name else each for each in claims
    ]


def _in_light(claim: Claim, theirs: Sequence[Claim], version: Version) -> Claim:
    near = [each for each in theirs if each.start < claim.end and claim.start < each.end]
    lines = [each for each in near if each.kind == "line-reference"]
    right = next((each for each in lines if each.verdict == SUPPORTED), None)
    which = f"{version.name}, which the cited lines fit"
    if claim.kind == "line-reference" and claim.verdict == REFUTED:
        if right is not None:
            reason = f"not so in this file, and so in {which}: {right.claim}"
        elif any(each.verdict == REFUTED for each in lines):
            return claim
        else:
            reason = f"there are no such lines in this file, and there are in {which}"
        return replace(claim, verdict=NOT_CHECKABLE, reason=reason)
    if claim.verdict == REFUTED:
        before = next(
            (each for each in near if each.claim == claim.claim and each.verdict == SUPPORTED), None
        )
        if before is None:
            return claim
        told = Evidence("", (), f"it was so in {version.name}")
        return replace(claim, evidence=(*claim.evidence, told))
    if not claim.is_decided and not claim.checker and right is not None and _is_line(right):
        return replace(claim, reason=f"{claim.reason}; in {which}, {right.claim}")
    return claim


def _is_line(claim: Claim) -> bool:
    return bool(re.search(r"\blines? \d", claim.claim))
