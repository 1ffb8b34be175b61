"""Claims that a model finds in the sentences of a review which no checker understood.

Each has to quote the review, to say what the quote says (see
:mod:`racewright.language_model.guard`), and to be understood from end to end by a checker, which
decides it. What was decided without the model stays as it is: claims are only added, behind the
others.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.engine import clauses_in
from racewright.audit.items import Item
from racewright.audit.panel import opposite
from racewright.audit.restated import decided_as
from racewright.audit.sentences import sentences_of
from racewright.audit.texts import Text
from racewright.language_model.answers import object_in
from racewright.language_model.client import Client, Message
from racewright.language_model.failures import ModelFailure
from racewright.language_model.forms import extraction
from racewright.language_model.guard import REASONS, Passage, is_scoped, why_not
from racewright.language_model.masking import Masked
from racewright.model.claim import Audit, Claim

__all__ = ["requests_for", "with_claims"]

#: Characters of passages in one request.
_MOST_SENT: Final = 8_000
#: Requests for one audit.
_MOST_REQUESTS: Final = 20
#: Claims that are read of one answer, and characters of each.
_MOST_CLAIMS: Final = 500
_LONGEST: Final = 300
#: Joints behind which a clause is no statement of its own.
_DEPENDENT: Final = frozenset(["if", "when", "unless", "where", "instead of", "rather than"])

_MALFORMED: Final = "it is not of the form that was asked for"
_NOT_UNDERSTOOD: Final = "no checker understands its form"
_TWICE: Final = "it was there already"
_TORN: Final = "the same words were restated in contrary ways"


@dataclass(slots=True)
class _Asked:
    """A passage with the way back to the review."""

    text: Text
    masked: Masked
    item: str
    start: int  #: of its words, in the masked text
    passage: Passage

    def to_value(self, number: int) -> dict[str, Any]:
        context = f"{self.passage.earlier} {self.passage.sentence}".strip()
        return {"id": number, "words": self.passage.words, "context": context}

    @property
    def size(self) -> int:
        return len(self.passage.earlier) + len(self.passage.sentence) + len(self.passage.words)


@dataclass(slots=True)
class _Tally:
    """What became of the answers."""

    claims: int = 0
    kept: list[Claim] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def requests_for(made: Audit, texts: Sequence[Text], code: Code) -> list[tuple[Message, ...]]:
    """The requests that :func:`with_claims` would send."""
    batches, _ = _batches(_passages(made, texts, code))
    return [_request(batch) for batch in batches]


def with_claims(
    made: Audit,
    texts: Sequence[Text],
    code: Code,
    client: Client,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Audit:
    """The same audit, and behind its claims those that the model extracted."""
    tally = _Tally()
    batches, unsent = _batches(_passages(made, texts, code))
    failure = ""
    for number, batch in enumerate(batches, 1):
        on_progress(f"{client.model} is asked ({number} of {len(batches)})")
        try:
            answer = object_in(client.ask(_request(batch)))
            claims = answer.get("claims")
            if not isinstance(claims, list):
                raise ModelFailure("what the model wrote has no list of claims")
        except ModelFailure as error:
            failure = str(error)
            break
        _read(claims, batch, made, code, f"model {client.model}", tally)
    kept = _uncontradicted(tally)
    consultation = client.consultation(
        claims=tally.claims,
        kept=len(kept),
        dropped=tuple(sorted(tally.dropped.items())),
        unsent=(f"{unsent} passages more, for there were too many",) if unsent else (),
        failure=failure,
    )
    return replace(made, claims=(*made.claims, *kept), model=consultation)


# --- What is asked ---


def _passages(made: Audit, texts: Sequence[Text], code: Code) -> Iterator[_Asked]:
    for text in texts:
        masked = Masked(text.text)
        # Where a checker was in doubt, its doubt stays: no other words may get around it.
        own = made.of(text.name)
        understood = {(c.start, c.end) for c in own if c.is_decided or c.checker}
        open_ = {(c.start, c.end) for c in own} - understood
        item: Item | None = None
        sentences: list[tuple[int, int]] = []
        for clause in clauses_in(text, code):
            if (clause.start, clause.end) not in open_ or not _is_statement(clause):
                continue
            if clause.item is not item:
                item, sentences = clause.item, _sentences(clause.item, text.text)
            passage = _passage(clause, sentences, masked)
            if not is_scoped(passage):
                start = masked.there(clause.start)
                yield _Asked(text, masked, clause.item.label, start, passage)


def _is_statement(clause: Clause) -> bool:
    return (
        clause.force in ("fact", "opinion")
        and clause.role in ("text", "defect")
        and clause.joint not in _DEPENDENT
    )


def _sentences(item: Item, text: str) -> list[tuple[int, int]]:
    return [each for p in item.parts for each in sentences_of(text, p.start, p.end)]


def _passage(clause: Clause, sentences: list[tuple[int, int]], masked: Masked) -> Passage:
    place = bisect_right(sentences, (clause.start, sys.maxsize)) - 1
    start, end = sentences[place] if place >= 0 else (clause.start, clause.end)
    earlier = sentences[place - 1] if place > 0 else (0, 0)

    def shown(a: int, b: int) -> str:
        return masked.text[masked.there(a) : masked.there(b)]

    return Passage(
        words=shown(clause.start, clause.end),
        sentence=shown(start, max(end, clause.end)),
        before=shown(min(start, clause.start), clause.start),
        earlier=shown(*earlier),
    )


def _batches(passages: Iterator[_Asked]) -> tuple[list[list[_Asked]], int]:
    """The passages as requests have them, and how many are left over."""
    batches: list[list[_Asked]] = []
    room = left = 0
    for each in passages:
        if each.size > room:
            if len(batches) == _MOST_REQUESTS:
                left += 1
                continue
            batches.append([])
            room = _MOST_SENT
        batches[-1].append(each)
        room -= each.size
    return batches, left


def _request(batch: Sequence[_Asked]) -> tuple[Message, ...]:
    return extraction([each.to_value(number) for number, each in enumerate(batch, 1)])


# --- What comes back ---


def _read(
    claims: list[Any], batch: list[_Asked], made: Audit, code: Code, source: str, tally: _Tally
) -> None:
    tally.claims += len(claims)
    if len(claims) > _MOST_CLAIMS:
        tally.dropped[_MALFORMED] += len(claims) - _MOST_CLAIMS
    for value in claims[:_MOST_CLAIMS]:
        reason = _why_dropped(value, batch, made, code, source, tally)
        if reason:
            tally.dropped[reason] += 1


def _why_dropped(
    value: Any, batch: list[_Asked], made: Audit, code: Code, source: str, tally: _Tally
) -> str:
    """Keep what the model says, or say why not."""
    if not isinstance(value, dict):
        return _MALFORMED
    number, quote, claim = value.get("id"), value.get("quote"), value.get("claim")
    if type(number) is not int or not isinstance(quote, str) or not isinstance(claim, str):
        return _MALFORMED
    claim = claim.strip()
    is_fit = 0 < len(claim) <= _LONGEST and len(quote) <= 2 * _LONGEST and claim.isprintable()
    if not is_fit:
        return _MALFORMED
    quote = quote.strip().rstrip(".")
    asked = _quoted(quote, number, batch)
    if asked is None:
        return REASONS["not quoted"]
    reason = why_not(asked.passage, quote, claim, code.is_known)
    if reason:
        return REASONS[reason]
    start = asked.start + asked.passage.words.find(quote)
    there = asked.masked.back(start, start + len(quote))
    if there is None:
        return REASONS["not quoted"]  # words that were masked
    bare = Claim(
        review=asked.text.name,
        item=asked.item,
        start=there[0],
        end=there[1],
        quote=quote,
        claim=claim,
        kind="behaviour",
        extractor=source,
        restated=claim,
    )
    decided = decided_as(bare, claim, code)
    if not decided:
        return _NOT_UNDERSTOOD
    new = [each for each in decided if not _is_there(each, made, tally)]
    tally.kept += new
    return "" if new else _TWICE


def _quoted(quote: str, number: int, batch: list[_Asked]) -> _Asked | None:
    """The passage that has the quote: the one of that number, or else the only one."""
    having = [each for each in batch if quote and quote in each.passage.words]
    if 1 <= number <= len(batch) and batch[number - 1] in having:
        return batch[number - 1]
    return having[0] if len(having) == 1 else None


def _is_there(claim: Claim, made: Audit, tally: _Tally) -> bool:
    return any(
        each.claim == claim.claim and each.start < claim.end and claim.start < each.end
        for each in [*made.of(claim.review), *tally.kept]
        if each.review == claim.review and each.is_decided
    )


def _uncontradicted(tally: _Tally) -> list[Claim]:
    """The claims without those of which the same words gave also the contrary."""
    verdicts: dict[tuple[str, int, str], set[str]] = {}
    for each in tally.kept:
        key = (each.review, each.start, opposite(each.claim))
        verdicts.setdefault(key, set()).add(each.verdict)
    kept = [e for e in tally.kept if len(verdicts[e.review, e.start, opposite(e.claim)]) == 1]
    if len(kept) < len(tally.kept):
        tally.dropped[_TORN] += len(tally.kept) - len(kept)
    return kept
