"""All fixes of a review: file after file, until nothing more can be fixed.

A file is gone over again as long as a pass has fixed something, so that a second run finds nothing
to do. Fixes that were made are kept together only if the whole project, reviewed once more, has no
finding that it had not before, and the tests that are named still pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from racewright.fixes.attempt import Attempt, Offer, counted
from racewright.fixes.fix import all_fixes
from racewright.model.finding import Finding, Review
from racewright.review.again import Again, is_across
from racewright.review.rule import find_rule

__all__ = ["Fixing", "fix_project"]

#: Passes over one file. Each of them takes findings away, so this is never met but by a bug.
_MOST_PASSES = 100

#: Leaves, of a review of these contents, the findings that are to be told, and so to be fixed.
Shown = Callable[[Review, Mapping[str, bytes]], Review]
WhyNot = Callable[[Mapping[str, bytes]], str | None]


@dataclass(slots=True)
class Fixing:
    """What came of the fixes."""

    offers: list[Offer] = field(default_factory=list)
    refused: list[tuple[Finding, str]] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)  #: of the files that would change


def fix_project(
    review: Review,
    again: Again,
    data: Mapping[str, bytes],
    *,
    grades: frozenset[str],
    shown: Shown,
    tests: WhyNot | None = None,
    base: Mapping[str, bytes] | None = None,
) -> Fixing:
    """Fix what ``shown`` leaves of ``review``, by fixes of ``grades``, in files that have ``data``.

    ``tests`` says what is wrong with the project when some files have other contents; ``base`` are
    the contents of files that have been changed already.
    """
    start = dict(base or {})
    work = _Work(review, again, {**data, **start}, grades, shown)
    found = Fixing(contents=dict(start))
    files = work.files()
    for file in files:
        work.fix(file, found, None)
    for file in _with_new_findings(again, start, found):
        _give_up(file, found, start, "it would bring a finding in another file")
    if tests is None or not found.offers or tests(found.contents) is None:
        return found
    return _tested(work, files, start, tests)


def _tested(work: _Work, files: list[str], start: dict[str, bytes], tests: WhyNot) -> Fixing:
    """The same, where the tests fail with all changes at once: those that they pass with."""
    found = Fixing(contents=dict(start))
    for file in files:
        trial = Fixing(contents=dict(found.contents))
        work.fix(file, trial, None)
        if trial.offers and tests(trial.contents) is not None:
            trial = Fixing(contents=dict(found.contents))
            work.fix(file, trial, tests)
        found.offers += trial.offers
        found.refused += trial.refused
        found.contents = trial.contents
    for file in _with_new_findings(work.again, start, found):
        _give_up(file, found, start, "it would bring a finding in another file")
    return found


def _give_up(file: str, found: Fixing, start: Mapping[str, bytes], reason: str) -> None:
    dropped = [each for each in found.offers if each.finding.place.file == file]
    found.offers = [each for each in found.offers if each.finding.place.file != file]
    found.refused += [(each.finding, reason) for each in dropped]
    found.contents.pop(file)
    if file in start:
        found.contents[file] = start[file]


def _with_new_findings(again: Again, start: Mapping[str, bytes], found: Fixing) -> list[str]:
    """The files whose changes bring findings to the project that it had not before.

    Where all changes together bring none, that is one review; else each file is added in turn.
    """
    changed = {file: data for file, data in found.contents.items() if start.get(file) != data}
    before = counted(again.across(start).findings) if changed else Counter[tuple[str, str]]()

    def brings(contents: Mapping[str, bytes]) -> bool:
        return bool(counted(again.across({**start, **contents}).findings) - before)

    if not changed or not brings(changed):
        return []
    kept: dict[str, bytes] = {}
    bad = []
    for file, data in changed.items():
        if brings({**kept, file: data}):
            bad.append(file)
        else:
            kept[file] = data
    return bad


@dataclass(slots=True)
class _Work:
    review: Review
    again: Again
    data: Mapping[str, bytes]
    grades: frozenset[str]
    shown: Shown

    def files(self) -> list[str]:
        """Those that have something that could be fixed."""
        found = {each.place.file for each in self.review.findings if self._is_meant(each)}
        return sorted(found & set(self.again.paths) & set(self.data))

    def fix(self, file: str, found: Fixing, tests: WhyNot | None) -> None:
        """Fix what can be fixed in one file, on top of what was ``found`` for others."""
        base = dict(found.contents)
        data = base.pop(file, self.data[file])
        needs_all = any(
            each.place.file == file and self._is_meant(each) and _is_across(each)
            for each in self.review.findings
        )
        attempt = Attempt(self.again, base, needs_all, tests)
        refused: list[tuple[Finding, str]] = []
        for _ in range(_MOST_PASSES):
            refused.clear()
            before = data
            for offer in self._pass(file, attempt, data, refused):
                found.offers.append(offer)
                data = offer.after
            if data == before:
                break
        found.refused += refused
        if data != self.data[file]:
            found.contents[file] = data

    def _pass(
        self, file: str, attempt: Attempt, data: bytes, refused: list[tuple[Finding, str]]
    ) -> Iterator[Offer]:
        """Go over the findings of a file, each once."""
        tried: set[tuple[str, str, int]] = set()
        while True:
            waiting = [
                (key, finding)
                for key, finding in self._keyed(file, attempt, data)
                if key not in tried
            ]
            if not waiting:
                return
            for key, finding in waiting:
                tried.add(key)
                result = attempt.offer(finding, all_fixes()[finding.rule], data)
                if isinstance(result, Offer):
                    yield result
                    data = result.after
                    break
                refused.append((finding, result))

    def _keyed(
        self, file: str, attempt: Attempt, data: bytes
    ) -> list[tuple[tuple[str, str, int], Finding]]:
        """What is to be fixed in the file as it is now, each by a name that lives through changes
        of other lines."""
        if attempt.is_across:
            every = self.again.across({**attempt.contents, file: data})
        else:
            every = replace(self.review, findings=tuple(self.again.alone(file, data)))
        left = self.shown(every, {**attempt.contents, file: data}).findings
        meant = [each for each in left if each.place.file == file and self._is_meant(each)]
        meant.sort(key=lambda each: (each.place, each.rule))
        seen: dict[tuple[str, str], int] = {}
        keyed = []
        for finding in meant:
            name = (finding.rule, finding.fingerprint)
            seen[name] = seen.get(name, 0) + 1
            keyed.append(((*name, seen[name]), finding))
        return keyed

    def _is_meant(self, finding: Finding) -> bool:
        return (
            finding.source == "racewright"
            and finding.fix in self.grades
            and finding.rule in all_fixes()
        )


def _is_across(finding: Finding) -> bool:
    return is_across(find_rule(finding.rule))
