"""Which lines a change touches, so that a review can keep to them.

Asked of git, which is run in the working directory and reads only. A file that git does not know
yet is changed as a whole. To compare with what is in the folder git applies the filters that the
repository's configuration names, so this is not for folders that came from somebody else with a
``.git`` in them; what can be switched off, is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from difflib import SequenceMatcher

from racewright.errors import UsageError
from racewright.model.finding import Finding, Review
from racewright.review.repository import ask_git
from racewright.review.source import shown_path

__all__ = ["changed_lines", "moved_lines", "only_changed"]

_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def changed_lines(revision: str) -> dict[str, list[range]]:
    """The lines that differ from ``revision``, by file; files that are new, whole."""
    if revision.startswith("-"):
        raise UsageError(f"{revision!r} is no revision")
    top = _git("rev-parse", "--show-toplevel").strip()
    found: dict[str, list[range]] = {}
    ours = ["--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/"]
    lines: list[range] = []
    is_head = False
    for line in _git("-c", "core.quotePath=off", "diff", *ours, "-U0", revision, "--").split("\n"):
        if line.startswith("diff --git "):
            lines, is_head = [], True
        elif is_head and line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/").rstrip("\t")
            found[shown_path(os.path.join(top, path))] = lines
        elif hunk := _HUNK.match(line):
            is_head = False
            first, many = int(hunk[1]), int(hunk[2] or 1)
            lines.append(range(first, first + max(many, 1)))
    for path in _git("ls-files", "--others", "--exclude-standard", "-z", "--full-name", top).split(
        "\0"
    ):
        if path:
            found[shown_path(os.path.join(top, path))] = [range(1, 1 << 31)]
    return found


def _git(*arguments: str) -> str:
    answer = ask_git(arguments)
    if answer.problem:
        raise UsageError(f"git does not say what has changed: {answer.problem}")
    return answer.text


def only_changed(review: Review, changes: dict[str, list[range]]) -> Review:
    """``review`` with the findings that have a place in ``changes``; its notes stay."""
    kept = tuple(each for each in review.findings if _is_touched(each, changes))
    return replace(review, findings=kept)


def moved_lines(changed: list[range], before: bytes, after: bytes) -> list[range]:
    """Where the lines that had changed are when the file is changed again, with what replaced
    them."""
    old, new = before.split(b"\n"), after.split(b"\n")
    found = []
    for what, first, last, start, stop in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        for lines in changed:
            begin, end = max(lines.start - 1, first), min(lines.stop - 1, last)
            if what == "equal" and begin < end:
                found.append(range(start + begin - first + 1, start + end - first + 1))
            elif what != "equal" and start < stop and begin <= end:
                found.append(range(start + 1, stop + 1))
    return found


def _is_touched(finding: Finding, changes: dict[str, list[range]]) -> bool:
    return any(
        _overlap(place.line, place.last_line, changes.get(place.file, ()))
        for place in finding.places
    )


def _overlap(first: int, last: int, changed: Iterable[range]) -> bool:
    return any(first < lines.stop and lines.start <= last for lines in changed)
