"""Changes as unified diffs, which ``git apply`` and ``patch`` take.

What is changed is made up of bytes, and the diff has these as they are, so that it can be applied;
on a terminal what that would obey is shown as escapes.
"""

from __future__ import annotations

import difflib
import re

from racewright.fixes.attempt import Offer
from racewright.report.wording import clean

__all__ = ["to_diff", "to_diffs"]

_STRANGE = re.compile(rb'[\x00-\x1f\x7f"\\]')


def to_diffs(offers: list[Offer]) -> bytes:
    """One diff after another, each for a file as the ones before have left it."""
    return b"".join(
        f"# {clean(each.finding.rule)}: {clean(each.finding.title)}\n".encode()
        + to_diff(each.finding.place.file, each.before, each.after)
        for each in offers
    )


def to_diff(file: str, before: bytes, after: bytes) -> bytes:
    """The change of one file."""
    name = file.encode("utf-8", "surrogateescape")
    pair = (name, name) if name.startswith(b"/") else (b"a/" + name, b"b/" + name)
    old, new = map(_quoted, pair)
    lines = difflib.diff_bytes(
        difflib.unified_diff, _lines(before), _lines(after), old, new, lineterm=b"\n"
    )
    return b"".join(
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in lines
    )


def _quoted(name: bytes) -> bytes:
    """A name with line ends or the like in it as git writes it; any other, as it is."""
    if not _STRANGE.search(name):
        return name
    return b'"' + _STRANGE.sub(lambda found: b"\\%03o" % found[0][0], name) + b'"'


def _lines(data: bytes) -> list[bytes]:
    """The lines as git counts them: nothing but a line feed ends one."""
    parts = data.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines
