"""What the settings make of findings: which are left out in which files, and how much each weighs.

A rule is switched on or off before the files are read (:mod:`racewright.review.configuration`);
here is what depends on the file, and what is the same for our findings and for ruff's.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatch, fnmatchcase

from racewright.model.finding import Finding
from racewright.review.configuration import ReviewSettings, is_code

__all__ = ["weighed"]


def weighed(findings: Iterable[Finding], settings: ReviewSettings) -> list[Finding]:
    """The findings that the settings leave, each of the kind that they say."""
    found = []
    for finding in findings:
        if _is_named(finding, settings.ignore) or _is_ignored_there(finding, settings):
            continue
        words = [word for name, word in settings.severity if _is_named(finding, (name,))]
        if not words:
            found.append(finding)
        elif words[-1] != "off":
            found.append(replace(finding, kind=words[-1]))
    return found


def _is_ignored_there(finding: Finding, settings: ReviewSettings) -> bool:
    if not settings.per_file_ignores:
        return False
    path = os.path.relpath(os.path.abspath(finding.place.file), settings.root or os.getcwd())
    path = path.replace(os.sep, "/")
    return any(
        _is_named(finding, rules) and _is_below(path, pattern)
        for pattern, rules in settings.per_file_ignores
    )


def _is_named(finding: Finding, words: Iterable[str]) -> bool:
    """Whether one of ``words`` means its rule: a name or pattern, of ruff's codes a beginning."""
    if finding.source == "racewright":
        return any(fnmatch(finding.rule, word) for word in words)
    return any(is_code(word) and finding.rule.startswith(word) for word in words)


def _is_below(path: str, pattern: str) -> bool:
    """Whether ``pattern`` matches the path, a folder that it is in, or, without /, its name."""
    pattern = pattern.removeprefix("./").rstrip("/")
    parts = path.split("/")
    wholes = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return any(fnmatchcase(each, pattern) for each in wholes) or (
        "/" not in pattern and fnmatchcase(parts[-1], pattern)
    )
