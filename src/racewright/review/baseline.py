"""Findings that are accepted as they are, so that only new ones are told.

An entry holds what its lines say, not where they stand, so a finding that has moved is still the
same. It holds as many contexts as there were findings alike: a third one beside two that were
accepted is new, and it is the one whose neighbouring lines are new. Paths are relative to the
baseline's own folder. An entry that a review should have found again, and did not, is named.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from racewright.errors import UsageError
from racewright.model.finding import Finding, Note, Review
from racewright.review.configuration import ReviewSettings
from racewright.review.rule import all_rules
from racewright.review.source import files_in, read_bytes, shown_path

__all__ = ["apply_baseline", "write_baseline"]

_VERSION = 1


class _Key(NamedTuple):
    """What findings that are alike have in common."""

    file: str
    rule: str
    function: str
    digest: str


_Entries = dict[_Key, list[str]]


def apply_baseline(
    review: Review,
    path: str,
    settings: ReviewSettings,
    contents: Mapping[str, bytes] | None = None,
) -> Review:
    """``review`` without what the baseline at ``path`` has; with notes on what was not found.

    ``contents`` are those of files that the review saw other than they are.
    """
    entries = _read(path)
    here = _Contexts(path, contents)
    groups: dict[_Key, list[Finding]] = {}
    for finding in review.findings:
        groups.setdefault(here.key(finding), []).append(finding)
    new: set[int] = set()
    stale: Counter[_Key] = Counter()
    for key, alike in groups.items():
        new.update(id(each) for each in here.unknown(alike, entries.get(key, [])))
    could_see = _Scope(review, settings, path)
    for key, contexts in entries.items():
        missing = len(contexts) - len(groups.get(key, ()))
        if missing > 0 and could_see.has(key):
            stale[key] = missing
    kept = tuple(each for each in review.findings if id(each) in new)
    notes = [_stale(key, missing, path) for key, missing in sorted(stale.items())]
    many = len(review.findings) - len(kept)
    if many:
        told = "1 finding is" if many == 1 else f"{many} findings are"
        notes.append(Note(shown_path(path), 0, f"{told} in the baseline, and not told", False))
    return replace(review, findings=kept, notes=tuple(sorted([*review.notes, *notes])))


def write_baseline(review: Review, path: str, settings: ReviewSettings) -> int:
    """Accept all findings of ``review``; entries that it could not see stay. Gives their number."""
    entries = _read(path) if os.path.exists(path) else {}
    could_see = _Scope(review, settings, path)
    kept = {key: each for key, each in entries.items() if not could_see.has(key)}
    here = _Contexts(path)
    for finding in review.findings:
        kept.setdefault(here.key(finding), []).append(here.context(finding))
    values = [
        {**key._asdict(), "contexts": sorted(contexts)} for key, contexts in sorted(kept.items())
    ]
    _write(path, json.dumps({"version": _VERSION, "findings": values}, indent=1) + "\n")
    return sum(map(len, kept.values()))


class _Contexts:
    """Keys of findings, and what stands around them in their files."""

    def __init__(self, path: str, contents: Mapping[str, bytes] | None = None) -> None:
        self._folder = os.path.dirname(os.path.abspath(path))
        self._contents = contents or {}
        self._files: dict[str, list[str]] = {}

    def key(self, finding: Finding) -> _Key:
        place = finding.place
        file = os.path.relpath(os.path.abspath(place.file), self._folder).replace(os.sep, "/")
        texts = [" ".join(each.text.split()) for each in finding.places]
        return _Key(file, finding.rule, place.function, _digest(texts))

    def context(self, finding: Finding) -> str:
        """What the nearest lines above and below say."""
        place = finding.place
        lines = self._lines(place.file)
        above = next((each for each in reversed(lines[: place.line - 1]) if each), "")
        below = next((each for each in lines[place.last_line :] if each), "")
        return _digest([above, below])[:8]

    def unknown(self, alike: list[Finding], accepted: list[str]) -> list[Finding]:
        """Those of ``alike`` that are more than were accepted: of unknown context, and the last."""
        if len(alike) <= len(accepted):
            return []
        left = Counter(accepted)
        others = []
        for finding in alike if accepted else ():
            context = self.context(finding)
            if left[context] > 0:
                left[context] -= 1
            else:
                others.append(finding)
        return others[left.total() :] if accepted else alike

    def _lines(self, file: str) -> list[str]:
        if file not in self._files:
            data = self._contents.get(file) or read_bytes(file)
            text = "" if isinstance(data, Note) else data.decode("utf-8", "replace")
            self._files[file] = [" ".join(line.split()) for line in text.split("\n")]
        return self._files[file]


class _Scope:
    """What a review could have found: it read these files, and asked these rules."""

    def __init__(self, review: Review, settings: ReviewSettings, path: str) -> None:
        unread = {note.file for note in review.gaps}
        self._files = {shown_path(each) for each in files_in(settings.paths, settings.exclude)}
        self._files -= unread
        self._rules = set(review.rules)
        self._known = {rule.name for rule in all_rules()}
        self._has_ruff = any(source.startswith("ruff") for source in review.sources)
        self._folder = os.path.dirname(os.path.abspath(path))

    def has(self, key: _Key) -> bool:
        path = os.path.join(self._folder, key.file)
        is_read = shown_path(path) in self._files or not os.path.lexists(path)
        is_ours = key.rule in self._known
        return is_read and (key.rule in self._rules if is_ours else self._has_ruff)


def _stale(key: _Key, missing: int, path: str) -> Note:
    file = shown_path(os.path.join(os.path.dirname(os.path.abspath(path)), key.file))
    where = f" in {key.function}" if key.function else ""
    number = "a finding" if missing == 1 else f"{missing} findings"
    message = f"the baseline has {number} of {key.rule}{where} that the code has no longer"
    return Note(file, 0, message, is_gap=False)


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()[:16]


def _read(path: str) -> _Entries:
    try:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
    except FileNotFoundError as error:
        raise UsageError(f"there is no baseline {path}; --write-baseline makes it") from error
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"the baseline {path} cannot be read: {error}") from error
    try:
        if values["version"] != _VERSION:
            raise UsageError(f"the baseline {path} is of another version: {values['version']!r}")
        return {_key(each): [str(word) for word in each["contexts"]] for each in values["findings"]}
    except (TypeError, KeyError, AttributeError) as error:
        raise UsageError(f"the baseline {path} is none: {error!r}") from error


def _key(value: dict[str, Any]) -> _Key:
    return _Key(*(str(value[name]) for name in _Key._fields))


def _write(path: str, text: str) -> None:
    """All of it or nothing: a baseline that is cut off would accept what nobody has."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        number, partial = tempfile.mkstemp(dir=folder, prefix=".baseline-")
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(partial, 0o644)
            os.replace(partial, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(partial)
            raise
    except OSError as error:
        raise UsageError(f"the baseline {path} cannot be written: {error}") from error
