"""The reviews as they come: plain text, an exported pull request, SARIF, review comments in JSON.

Whatever it is, it becomes one text with places in it. A text is never more than a text: what looks
like markup, a command or an instruction is read as words.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from racewright.errors import UsageError

__all__ = ["LARGEST", "Spot", "Text", "read_text", "text_of"]

#: Characters of a review above which the rest is not read.
LARGEST = 400_000
#: Bytes of a JSON file above which it is refused: half of one cannot be read.
LARGEST_JSON = 20_000_000

#: Marks that change in what order letters are shown, or that show nothing.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of the text that was written at a place of the code."""

    start: int
    end: int
    label: str
    file: str
    lines: tuple[int, ...]
    commit: str = ""  #: at which the lines are counted, if the review says that


@dataclass(frozen=True, slots=True)
class Text:
    """A review, and what is known of its parts."""

    name: str
    text: str
    spots: tuple[Spot, ...] = ()
    note: str = ""


def read_text(path: str) -> Text:
    """The review in the file at ``path``; of ``-``, from standard input."""
    name = "standard input" if path == "-" else os.path.basename(path)
    data = _bytes(path)
    head = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"[") and (is_json := _looks_like_json(path, data)):
        if len(data) > LARGEST_JSON:
            raise UsageError(f"{name}: {len(data):,} bytes of JSON are more than {LARGEST_JSON:,}")
        return _from_json(name, is_json)
    if b"\x00" in data[:4000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UsageError(f"{name}: this is no text")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return text_of(name, data[: LARGEST * 4 + 8].decode(encoding, "replace"), len(data))


def text_of(name: str, words: str, size: int = 0) -> Text:
    """A review given as text."""
    note = ""
    if len(words) > LARGEST:
        note = f"only the first {LARGEST:,} characters were read"
        if size:
            note += f" of {size:,} bytes"
        words = words[:LARGEST]
    if words.count("\ufffd") > max(len(words) // 10, 3):
        raise UsageError(f"{name}: this is no text")
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    return Text(name, _UNSEEN.sub(" ", words), note=note)


def _bytes(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(LARGEST_JSON + 1)
    try:
        about = os.stat(path)
        if not stat.S_ISREG(about.st_mode) and not stat.S_ISFIFO(about.st_mode):
            raise UsageError(f"{path!r} is no file")
        with open(path, "rb") as file:
            return file.read(LARGEST_JSON + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"the review {path!r} cannot be read: {reason}") from None


# --- JSON ---


def _looks_like_json(path: str, data: bytes) -> list[Any] | None:
    """What the JSON says, in a list; nothing if it is none, unless its name promised it."""
    try:
        return [json.loads(data[:LARGEST_JSON].decode("utf-8-sig"))]
    except (ValueError, RecursionError) as error:
        if path.endswith((".json", ".sarif")):
            raise UsageError(
                f"{os.path.basename(path)}: this is no JSON: {str(error)[:120]}"
            ) from None
        return None


def _from_json(name: str, found: list[Any]) -> Text:
    (value,) = found
    entries = list(_entries(value))
    if not entries:
        raise UsageError(
            f"{name}: this JSON is no review that is known: SARIF, a pull request's export or its "
            "review comments"
        )
    parts: list[str] = []
    spots: list[Spot] = []
    length = 0
    for number, (body, file, lines, commit) in enumerate(entries, 1):
        words = _UNSEEN.sub(" ", body.replace("\r\n", "\n").replace("\r", "\n"))
        if length + len(words) > LARGEST:
            note = f"only the first {number - 1} of {len(entries)} comments were read"
            return Text(name, "".join(parts), tuple(spots), note)
        spots.append(Spot(length, length + len(words), str(number), file, lines, commit))
        # A heading of its own keeps one comment from running into the next.
        parts.append(words + "\n\n---\n\n")
        length += len(parts[-1])
    return Text(name, "".join(parts), tuple(spots))


_Entry = tuple[str, str, tuple[int, ...], str]


def _entries(value: Any) -> Iterator[_Entry]:
    if isinstance(value, dict) and isinstance(value.get("runs"), list):
        yield from _sarif(value)
        return
    if isinstance(value, dict):
        for key in ("body", "review", "text"):
            if isinstance(value.get(key), str) and value[key].strip():
                yield value[key], *_place(value)
                break
        for key in ("comments", "reviews", "review_comments", "reviewThreads", "threads", "nodes"):
            if isinstance(value.get(key), (list, dict)):
                yield from _entries(value[key])
        return
    if isinstance(value, list):
        for each in value[:20_000]:
            if isinstance(each, (dict, list)):
                yield from _entries(each)


def _place(value: dict[str, Any]) -> tuple[str, tuple[int, ...], str]:
    file = value.get("path") or value.get("file") or ""
    last = value.get("line") or value.get("original_line") or value.get("originalLine")
    first = value.get("start_line") or value.get("startLine") or last
    if not isinstance(last, int) or not isinstance(first, int):
        return str(file) if isinstance(file, str) else "", (), ""
    first, last = min(first, last), max(first, last)
    lines = tuple(range(first, min(last, first + 400) + 1)) if first > 0 else ()
    return file if isinstance(file, str) else "", lines, _commit(value)


def _commit(value: dict[str, Any]) -> str:
    """Where the lines of a comment are counted: an outdated one has only those that it had."""
    names = (
        ("commit_id", "commit") if value.get("line") else ("original_commit_id", "originalCommit")
    )
    for name in names:
        found = value.get(name)
        found = found.get("oid") if isinstance(found, dict) else found
        if isinstance(found, str):
            return found
    return ""


def _sarif(value: dict[str, Any]) -> Iterator[_Entry]:
    for run in value["runs"][:20]:
        results = run.get("results") if isinstance(run, dict) else None
        for result in results if isinstance(results, list) else ():
            message = result.get("message") if isinstance(result, dict) else None
            words = message.get("text") if isinstance(message, dict) else None
            if isinstance(words, str) and words.strip():
                yield words, *_sarif_place(result)


def _sarif_place(result: dict[str, Any]) -> tuple[str, tuple[int, ...], str]:
    try:
        place = result["locations"][0]["physicalLocation"]
        file = str(place["artifactLocation"]["uri"])
        first = int(place["region"]["startLine"])
        last = int(place["region"].get("endLine", first))
        return file, tuple(range(first, min(last, first + 400) + 1)), ""
    except (KeyError, IndexError, TypeError, ValueError):
        return "", (), ""
