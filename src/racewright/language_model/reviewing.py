"""A review that a model writes, of which only what holds is told.

Each file is sent by itself. What comes back is audited as any review is: what a checker refutes is
counted and not shown, and what none can decide is kept apart. What a checker supports is a fact
about the code and no defect for that, so it is told beside the findings, and never as one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from racewright.audit import audit, load_code, text_of
from racewright.errors import UsageError
from racewright.language_model.client import Client, Message
from racewright.language_model.failures import ModelFailure
from racewright.language_model.forms import review_of
from racewright.model.claim import REFUTED, SUPPORTED, Claim
from racewright.model.finding import Note, Review
from racewright.report.review_words import mask
from racewright.review.source import parse, read_bytes, shown_path

__all__ = ["review_requests", "with_review"]

#: Characters of a file above which it is not sent.
_LARGEST: Final = 60_000
#: Files that are sent.
_MOST_FILES: Final = 50
#: Characters that are read of a model's review of one file.
_LONGEST: Final = 60_000


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    shown: str
    request: tuple[Message, ...]


def review_requests(paths: Iterable[str]) -> list[tuple[Message, ...]]:
    """The requests that :func:`with_review` would send."""
    return [each.request for each in _files(paths)[0]]


def with_review(
    made: Review,
    paths: Iterable[str],
    client: Client,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Review:
    """The same review, and beside it what of the model's holds."""
    files, unsent = _files(paths)
    said: list[Claim] = []
    refuted = total = 0
    failure = ""
    for number, each in enumerate(files, 1):
        on_progress(f"{client.model} reads {each.shown} ({number} of {len(files)})")
        try:
            answer = client.ask(each.request)
            claims = _checked(each, answer, f"model {client.model}")
        except ModelFailure as error:
            failure = str(error)
            unsent += [f"{file.shown}, after the failure" for file in files[number - 1 :]]
            break
        total += len(claims)
        refuted += sum(claim.verdict == REFUTED for claim in claims)
        said += [claim for claim in claims if claim.verdict != REFUTED]
    supported = sum(claim.verdict == SUPPORTED for claim in said)
    dropped = (("a checker refuted it", refuted), ("nobody can check it", len(said) - supported))
    consultation = client.consultation(
        claims=total,
        kept=supported,
        dropped=tuple(each for each in dropped if each[1]),
        unsent=tuple(unsent),
        failure=failure,
    )
    notes = made.notes
    if failure:
        notes = (*notes, Note("", 0, f"{consultation.source} was not heard to the end: {failure}"))
    return replace(made, model=consultation, said=tuple(said), notes=notes)


def _files(paths: Iterable[str]) -> tuple[list[_File], list[str]]:
    """The files that can be sent, and why the others are not."""
    found: list[_File] = []
    unsent: list[str] = []
    left = 0
    for path in paths:
        shown = shown_path(path)
        data = read_bytes(path)
        source = data if isinstance(data, Note) else parse(path, data)
        if isinstance(source, Note):
            continue  # the review says so itself
        text = mask(source.text)
        if not text.strip():
            continue
        if len(text) > _LARGEST:
            unsent.append(f"{shown}, of more than {_LARGEST:,} characters")
        elif len(found) == _MOST_FILES:
            left += 1
        else:
            found.append(_File(path, shown, review_of(shown, text)))
    if left:
        unsent.append(f"{left} files more, for {_MOST_FILES} are sent at the most")
    return found, unsent


def _checked(file: _File, answer: str, source: str) -> tuple[Claim, ...]:
    """What the model's text says of the file, with verdicts."""
    try:
        text = text_of(file.shown, answer[:_LONGEST])
        code = load_code(file.path)
    except UsageError as error:
        raise ModelFailure(f"its answer could not be checked: {error}") from error
    claims = audit(code, [text]).claims
    return tuple(replace(each, extractor=source) for each in claims)
