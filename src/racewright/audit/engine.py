"""An audit: read the reviews, take them apart, ask the checkers, and put the answers together."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from racewright import __version__, originals
from racewright.audit.checker import Answer, all_checkers
from racewright.audit.clauses import Clause, clauses_of
from racewright.audit.code import Code
from racewright.audit.consistency import remarks_on
from racewright.audit.items import MOST_ITEMS, Item, items_of
from racewright.audit.neighbours import Neighbours, project_root
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
    Remark,
    ReviewText,
)
from racewright.model.finding import Note
from racewright.review.module import Module
from racewright.review.source import parse, read_bytes

__all__ = ["Given", "answers_to", "audit", "clauses_in", "code_of", "load_code"]

#: Claims of one review above which the rest is not checked.
MOST_CLAIMS = 5000

_KIND_OF_FORCE = {
    "advice": "advice",
    "opinion": "opinion",
    "verdict": "verdict",
    "possibility": "behaviour",
    "fact": "behaviour",
    "question": "opinion",
}
_REASONS = {
    "advice": "advice: whether it is good is not for a reader of the code to decide",
    "opinion": "a matter of judgement",
    "verdict": "that there are no defects cannot be shown by reading",
    "possibility": "a possibility: nothing in the code says that it happens, or that it cannot",
    "fact": "no checker understands this",
    "question": "a question",
}


def load_code(path: str, project: str = "") -> Code:
    """The file at ``path``, with the files around it below ``project``."""
    if not os.path.lexists(path):
        raise UsageError(f"there is no file {path!r}")
    if os.path.isdir(path):
        raise UsageError(f"{path!r} is a folder: an audit is of one file")
    data = read_bytes(path)
    around = Neighbours(project or project_root(path))
    return code_of(path, data, around)


def code_of(path: str, data: bytes | Note, around: Neighbours) -> Code:
    """What the file at ``path`` holds, or held once: ``data``."""
    source = data if isinstance(data, Note) else parse(path, data)
    if isinstance(source, Note):
        raise UsageError(f"{source}".replace("not reviewed", "it cannot be audited"))
    try:
        module = Module(source)
    except RecursionError:
        raise UsageError(f"{path!r} is nested too deeply to be audited") from None
    return Code(module, around)


def audit(code: Code, texts: Iterable[Text], *, missed: tuple[Evidence, ...] = ()) -> Audit:
    """What is true of what ``texts`` say about ``code``."""
    began = originals.monotonic()
    reviews: list[ReviewText] = []
    claims: list[Claim] = []
    remarks: list[Remark] = []
    for text in texts:
        items = list(_items(text))
        own = list(_claims_of(text, items, code))
        claims += own
        remarks += remarks_on(text, items, own, code)
        reviews.append(ReviewText(text.name, text.text, len(items), text.note))
    return Audit(
        file=code.file,
        code=code.module.source.text,
        reviews=tuple(reviews),
        claims=tuple(claims),
        remarks=tuple(remarks),
        panel=merged(claims),
        missed=missed,
        seconds=originals.monotonic() - began,
        version=__version__,
    )


def _items(text: Text) -> Iterator[Item]:
    """The items; a comment that was made at a line is about that line."""
    starts = frozenset(spot.start for spot in text.spots)
    for item in items_of(text.text, starts)[:MOST_ITEMS]:
        for spot in text.spots:
            if item.parts and spot.start <= item.parts[0].start < spot.end:
                item.label = item.label or spot.label
                item.file = item.file or spot.file
                item.lines = item.lines or list(spot.lines)
        yield item


def clauses_in(text: Text, code: Code) -> Iterator[Clause]:
    """All that a review says of this file, clause by clause."""
    for item in _items(text):
        if not item.file or _is_same_file(item.file, code.file):
            yield from clauses_of(text.text, item, code.is_known)


#: What is granted before a *but*: that it is so, is not what is said where the rest is not decided.
_CONCEDED = re.compile(
    r"^@\d+ (?:is|are) (?:defined|declared|assigned|imported|set|created|accepted|taken|there"
    r"|present|stored|passed|started)$"
)


def _claims_of(text: Text, items: list[Item], code: Code) -> Iterator[Claim]:
    number = 0
    for item in items:
        if item.file and not _is_same_file(item.file, code.file):
            continue
        clauses = list(clauses_of(text.text, item, code.is_known))
        made = [list(_claims(text, clause, code)) for clause in clauses]
        for place in range(len(clauses) - 1):
            is_conceded = clauses[place + 1].joint == "but" and _CONCEDED.match(
                clauses[place].words
            )
            if is_conceded and not any(claim.is_decided for claim in made[place + 1]):
                made[place] = [_undecided(text, clauses[place])]
        for claim in (claim for claims in made for claim in claims):
            number += 1
            if number > MOST_CLAIMS:
                return
            yield claim


def _is_same_file(cited: str, file: str) -> bool:
    name = os.path.basename
    return name(cited.replace("\\", "/")) == name(file)


@dataclass(frozen=True, slots=True)
class Given:
    """What a checker says about a clause."""

    answer: Answer
    checker: str
    kind: str


#: Places of one statement at which its end is tried to be left out.
MOST_CUTS = 8
#: What begins the part of a statement that may be left out without changing what is said before.
_TAIL = re.compile(
    r" (?:to|for|with|without|when|before|after|by|while|during|such as|like|in order to|on|at|via"
    r"|from|,|as|(?:that|which) (?:explains?|describes?|documents?)) "
)
#: Of these the rest says why; the first words are a claim of their own. Where and when something is
#: done may be what is wrong, and so is not left out.
_WHY = re.compile(r" (?:to|for|that|in order to|,) ")
_NOT_THERE = re.compile(r"^@\d+ (?:is|are|was|were) (?:not|never) .{0,60}\b(?:on|at|in) lines? \d")
_DENIED = re.compile(
    r"\b(?:not|no|never|without|only|neither|none|nothing|lacks?|missing|any|all)\b"
)
#: Words that a shortened statement must have, so that it still says something.
_FEWEST = 3


def answers_to(clause: Clause, code: Code) -> list[Given]:
    """What the checkers say about a clause, where they do not contradict each other.

    A condition (``if X is unused``) says nothing by itself, and that something is not done at one
    line says nothing of the rest of the file.
    """
    if clause.joint in ("if", "when", "unless") or _NOT_THERE.match(clause.words):
        return []
    return _agreed(
        [
            Given(answer, checker.name, answer.kind or checker.kind)
            for checker in all_checkers()
            for answer in checker.check(clause, code)
        ]
    )


def _shortened(clause: Clause, code: Code) -> list[Given]:
    """What is said of the first words of a statement whose whole nobody understands.

    ``X is called to stop the service``: that it is called can be checked. Of a denial nothing can
    be left out: ``X is not called with a timeout`` says less than ``X is not called``. What is left
    out may be what matters (``X is called with a timeout``): that is not so if X is never called;
    that X is called says nothing of it.
    """
    if clause.force not in ("fact", "opinion"):
        return []
    cuts = [*_TAIL.finditer(clause.words)]
    if len(cuts) > MOST_CUTS:
        cuts = [*cuts[: MOST_CUTS // 2], *cuts[-MOST_CUTS // 2 :]]
    for cut in cuts[::-1]:
        words = clause.words[: cut.start()]
        if len(words.split()) < _FEWEST or _DENIED.search(words):
            continue
        after = clause.words[cut.start() :].split()
        cut_at = clause.start_of(after[0], after[1] if len(after) > 1 else "")
        end = max((spot[2] for spot in clause.spots if spot[1] < cut_at), default=0)
        if end <= clause.start:
            continue
        short = replace(clause, words=words, end=end, spots=())
        is_reason = bool(_WHY.match(clause.words[cut.start() :]))
        given = [
            each
            for each in answers_to(short, code)
            if each.checker != "lines"
            and each.answer.verdict in ((SUPPORTED, REFUTED) if is_reason else (REFUTED,))
        ]
        if given:
            return [
                replace(
                    g,
                    answer=replace(
                        g.answer, start=g.answer.start or clause.start, end=g.answer.end or end
                    ),
                )
                for g in given
            ]
    return []


def _claims(text: Text, clause: Clause, code: Code) -> Iterator[Claim]:
    given = answers_to(clause, code)
    is_open = all(
        e.answer.verdict == NOT_CHECKABLE
        or (e.checker == "lines" and e.answer.verdict == SUPPORTED)
        for e in given
    )
    if is_open and (short := _shortened(clause, code)):
        given = [*(e for e in given if e.answer.verdict != NOT_CHECKABLE), *short]
        end = max(each.answer.end for each in short)
        rest = text.text[end : clause.end]
        yield _undecided(text, replace(clause, start=clause.end - len(rest.lstrip(" ,;:\n"))))
    if given and clause.force == "advice" and all(each.answer.end for each in given):
        # What it takes for granted is decided, not whether it is good advice.
        yield _undecided(text, clause)
    if not given:
        says_something = len(clause.spots) > 1 or clause.force == "verdict"
        if clause.role not in ("heading", "quotation") and says_something:
            yield _undecided(text, clause)
        return
    for each in given:
        answer = each.answer
        start, end = (answer.start or clause.start), (answer.end or clause.end)
        yield Claim(
            review=text.name,
            item=clause.item.label,
            start=start,
            end=end,
            quote=text.text[start:end],
            claim=answer.claim,
            kind=each.kind,
            verdict=answer.verdict,
            reason=answer.reason,
            evidence=answer.evidence,
            checker=each.checker,
        )


def _agreed(given: list[Given]) -> list[Given]:
    """One answer to one claim; those that contradict each other are none."""
    by_claim: dict[tuple[str, int, int], Given] = {}
    for each in given:
        key = (each.answer.claim, each.answer.start, each.answer.end)
        before = by_claim.get(key)
        if before is None or before.answer.verdict == NOT_CHECKABLE:
            by_claim[key] = each
        elif each.answer.verdict not in (before.answer.verdict, NOT_CHECKABLE):
            reason = f"{before.checker} and {each.checker} do not agree"
            answer = replace(before.answer, verdict=NOT_CHECKABLE, reason=reason, evidence=())
            by_claim[key] = replace(before, answer=answer)
    every = list(by_claim.values())
    nowhere = [e for e in every if e.checker == "lines" and e.answer.verdict == REFUTED]
    if nowhere:
        return nowhere  # what is said of lines that are not there is not said of others
    whole = [e for e in every if not e.answer.end]
    if any(e.answer.verdict in (SUPPORTED, REFUTED) for e in whole):
        # What somebody could decide need not be called undecided by another.
        every = [e for e in every if e.answer.end or e.answer.verdict != NOT_CHECKABLE]
    return every


def _undecided(text: Text, clause: Clause) -> Claim:
    quote = text.text[clause.start : clause.end]
    return Claim(
        review=text.name,
        item=clause.item.label,
        start=clause.start,
        end=clause.end,
        quote=quote,
        claim=" ".join(quote.split()),
        kind=_KIND_OF_FORCE[clause.force],
        reason=_REASONS[clause.force],
    )
