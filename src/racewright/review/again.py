"""A review made again, with some files as they could be instead of as they are.

Only the changed files are read anew. What their rules find alone is known at once; what is found
across files is asked of all of them together, and only where somebody wants to know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from racewright.model.finding import Finding, Review
from racewright.review.configuration import ReviewSettings, chosen_rules
from racewright.review.engine import Read, judge, read_all, read_file
from racewright.review.external import ruff_counts
from racewright.review.policy import weighed
from racewright.review.rule import Rule, all_rules
from racewright.review.source import files_in, lines_of, shown_path
from racewright.review.suppressions import apply_suppressions

__all__ = ["Again", "is_across"]

#: States of one file whose findings are remembered: as it is, and as it could be.
_KEPT = 3


class Again:
    """The files of a review, which has been made, and what would be found in others like them."""

    def __init__(self, review: Review, settings: ReviewSettings) -> None:
        self.settings = settings
        self._review = review
        self._rules = chosen_rules(settings)
        self._alone = tuple(rule for rule in self._rules if not is_across(rule))
        self.paths = {shown_path(path): path for path in files_in(settings.paths, settings.exclude)}
        self._reads: dict[str, Read] = {}
        self._changed: dict[str, dict[bytes, Read]] = {}

    def alone(self, file: str, data: bytes) -> list[Finding]:
        """What the rules that look at one file find in this one."""
        return self._accepted([self._read(file, data)], self._alone, {file: data})

    def across(self, contents: Mapping[str, bytes]) -> Review:
        """What all rules find in all files, where ``contents`` are those of some of them."""
        if not self._reads:
            every = read_all(list(self.paths.values()), self.settings)
            self._reads = {read.file: read for read in every}
        changed = {file: self._read(file, data) for file, data in contents.items()}
        reads = list((self._reads | changed).values())
        found = self._accepted(reads, self._rules, contents)
        return replace(self._review, findings=tuple(found))

    def ruff(self, file: str, data: bytes) -> Counter[str]:
        """How often ruff finds what, in this file."""
        return ruff_counts(self.paths[file], data, self.settings)

    def _read(self, file: str, data: bytes) -> Read:
        kept = self._changed.setdefault(file, {})
        if data not in kept:
            if len(kept) >= _KEPT:
                del kept[next(iter(kept))]
            kept[data] = read_file(self.paths[file], data, self._rules)
        return kept[data]

    def _accepted(
        self, reads: list[Read], rules: tuple[Rule, ...], contents: Mapping[str, bytes]
    ) -> list[Finding]:
        found = judge(reads, rules, {file: lines_of(data) for file, data in contents.items()})
        comments = {read.file: read.comments for read in reads if read.comments}
        names = {rule.name for rule in all_rules()}
        kept, _ = apply_suppressions(found, comments, names, ())
        return weighed(kept, self.settings)


def is_across(rule: Rule) -> bool:
    """Whether the rule looks at all files together."""
    return type(rule).check_project is not Rule.check_project
