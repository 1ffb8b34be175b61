"""From the text of a review to its items: numbered, in bullets, under headings, in tables.

Only the layout is read here. Each item keeps where its words stand in the text, so that everything
that is said later can be shown beside them. Every step looks at each line once: a text that was
made to be slow to read is read at the speed of any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["MOST_ITEMS", "Item", "Part", "items_of", "lines_cited"]

#: Items of one review above which the rest is not read.
MOST_ITEMS = 2000

_FENCE = re.compile(r"\s{0,8}(```|~~~)")
_HEADING = re.compile(r"\s{0,3}#{1,6}[ \t]+")
_BULLET = re.compile(r"(\s{0,12})(?:([-*+•·])[ \t]+|(\d{1,3})[.)][ \t]*(?=\S|$))")
_RULE = re.compile(r"\s*(?:[-*_=][ \t]*){3,}$")
_ROW = re.compile(r"\s{0,3}\|")
_DIVIDER = re.compile(r"[\s|:\-]+$")
_QUOTE = re.compile(r"\s{0,3}>[ \t]?")
_LABEL = re.compile(r"\*{0,2}([A-Z][A-Za-z /&-]{2,40})\*{0,2}\s{0,2}:\*{0,2}(?=\s|$)")
_BOLD = re.compile(r"\*\*([^*\n]{1,120})\*\*[.:]?\s*(?:[—\u2013:-]+\s)?")
#: A line that is bold from its beginning to its end.
_TITLE = re.compile(r"\s{0,3}\*\*[^*\n]{2,120}\*\*:?\s*$")
_PLACE = re.compile(
    r"`?\*{0,2}([\w./\\-]{1,120}\.py)`?\s{0,2}(?::|#L|, lines? |, L| lines? )\s{0,2}(\d{1,6})"
    r"(?:\s?[-\u2013]\s?L?\d{1,6})?[`*)\]]{0,4}:?"
)
_NUMBERS = r"\d{1,6}(?:\s?(?:[-\u2013—]|to)\s?\d{1,6})?"
_LINES = re.compile(
    rf"\b(?:lines?|L)[ .:#]{{0,2}}({_NUMBERS}(?:(?:,|\s?&|,? and|,? or)\s?L?(?:{_NUMBERS}))*)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,6})(?:\s?(?:[-\u2013—]|to)\s?(\d{1,6}))?")

_ROLES = {
    "solution": "solution solutions fix recommendation recommendations suggestion suggestions "
    "mitigation remediation advice action remedy improvement",
    "defect": "defect issue problem finding impact risk description details observation comment "
    "why explanation note concern",
    "location": "location line lines file place where function",
    "skipped": "severity id # no nr priority cwe category type status confidence statement",
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words.split()}


@dataclass(slots=True)
class Part:
    """A stretch of the text that is one paragraph, one cell, or one labelled entry."""

    start: int
    end: int
    role: str = "text"  #: text, heading, defect, solution, location, or quotation


@dataclass(slots=True)
class Item:
    """What a review says in one place."""

    label: str
    parts: list[Part] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  #: cited in its heading or location
    file: str = ""
    is_numbered: bool = False


def lines_cited(text: str) -> list[int]:
    """The lines that ``text`` cites: ``lines 3, 4 and 7-9`` are six."""
    found: list[int] = []
    for match in _LINES.finditer(text[:2000]):
        for first, last in _RANGE.findall(match[1]):
            low, high = int(first), int(last or first)
            found += range(low, min(high, low + 400) + 1) if high >= low else [low]
    return list(dict.fromkeys(found))


def items_of(text: str, starts: frozenset[int] = frozenset()) -> list[Item]:
    """The items of ``text`` in their order; at ``starts`` a new one begins in any case."""
    reader = _Reader(text, starts)
    reader.read()
    return [item for item in reader.items if item.parts or item.is_numbered]


class _Reader:
    def __init__(self, text: str, starts: frozenset[int]) -> None:
        self.text = text
        self.starts = starts
        self.items: list[Item] = [Item("")]
        self._columns: list[str] = []
        self._fence = ""
        self._last_end = -2  # where the line before ended
        self._under_heading = False
        self._count = 0

    def read(self) -> None:
        place = 0
        for line in self.text.split("\n"):
            if len(self.items) > MOST_ITEMS:
                return
            self._line(line, place)
            place += len(line) + 1

    def _line(self, line: str, place: int) -> None:
        if place in self.starts:
            self._open("", "")
            self._fence, self._columns, self._last_end, self._under_heading = "", [], -2, False
        fence = _FENCE.match(line)
        if fence or self._fence:
            self._fence = (
                "" if fence and self._fence else (self._fence or fence[1] if fence else self._fence)
            )
            self._last_end = -2
            return
        if not line.strip() or _RULE.match(line):
            self._last_end = -2
            self._columns = [] if not line.strip() else self._columns
            return
        if _ROW.match(line):
            self._row(line, place)
            return
        quote = _QUOTE.match(line)
        if quote:
            self._paragraph(place + quote.end(), place + len(line), "quotation")
            return
        heading = _HEADING.match(line)
        if heading:
            self._open_heading(line, place, heading.end())
            return
        bullet = _BULLET.match(line)
        if bullet:
            self._open_bullet(line, place, bullet)
            return
        self._paragraph(place, place + len(line), "text")

    # --- What opens an item ---

    def _open(self, label: str, cited: str) -> Item:
        item = Item(label, lines=lines_cited(cited))
        self.items.append(item)
        return item

    def _open_heading(self, line: str, place: int, start: int, end: int = 0) -> None:
        end = end or len(line)
        words = line[start:end].strip()
        number = re.match(r"(?:\d{1,3}[.):]|Issue \d{1,3}:?)", words)
        item = self._open(number[0].rstrip(".):") if number else _short(words), words)
        item.parts.append(Part(place + start, place + end, "heading"))
        self._under_heading = True
        self._last_end = -2

    def _open_bullet(self, line: str, place: int, bullet: re.Match[str]) -> None:
        rest = line[bullet.end() :]
        start, end = place + bullet.end(), place + len(line)
        label = _LABEL.match(rest)
        role = _ROLE_OF.get(label[1].lower(), "") if label else ""
        is_nested = len(bullet[1]) >= 2 and len(self.items) > 1
        if role and label and (is_nested or self._under_heading):
            self._labelled(start, label.end(), end, role)
            return
        if is_nested and not bullet[3]:
            self.items[-1].parts.append(Part(start, end))
            self._last_end = end
            return
        self._count += 1
        number = bullet[3] or str(self._count)
        self._under_heading = False
        item = self._open(number, rest[:80] if _LINES.match(rest.lstrip("*` (")) else "")
        item.is_numbered = bullet[3] is not None
        self._begin(item, start, end)

    def _labelled(self, start: int, skipped: int, end: int, role: str) -> None:
        item = self.items[-1]
        text = self.text[start:end]
        if role == "location":
            item.lines += list(lines_cited(f"line {text[skipped:].strip()}"))
        if role != "skipped" and text[skipped:].strip():
            item.parts.append(Part(start + skipped, end, role))
            self._last_end = end

    def _begin(self, item: Item, start: int, end: int) -> None:
        """The first words of an item: a bold label before them is its heading."""
        text = self.text[start:end]
        place = _PLACE.match(text)
        if place:
            item.file, item.lines = place[1], [int(place[2])]
        bold = _BOLD.match(text)
        if bold and bold.end() < len(text):
            item.parts.append(Part(start + 2, start + 2 + len(bold[1]), "heading"))
            item.lines += [n for n in lines_cited(bold[1]) if n not in item.lines]
            start += bold.end()
        elif place:
            start += len(place[0])
        if self.text[start:end].strip():
            item.parts.append(Part(start, end))
        self._last_end = end

    # --- What goes on ---

    def _paragraph(self, start: int, end: int, role: str) -> None:
        text = self.text[start:end]
        item = self.items[-1]
        label = _LABEL.match(text.lstrip())
        indent = len(text) - len(text.lstrip())
        if label and _ROLE_OF.get(label[1].lower()):
            self._labelled(start, indent + label.end(), end, _ROLE_OF[label[1].lower()])
            return
        if _TITLE.match(text) and role == "text" and self._last_end == -2:
            self._open_heading(f"{text} ", start, text.index("**") + 2, len(text.rstrip()) - 2)
            return
        if self._last_end == start - 1 and item.parts and item.parts[-1].role == role:
            item.parts[-1].end = end
            self._last_end = end
            return
        if self._last_end == -2 and (_PLACE.match(text) or _BOLD.match(text)) and role == "text":
            self._count += 1
            self._under_heading = False
            self._begin(self._open(str(self._count), ""), start, end)
            return
        if item.is_numbered and indent == 0 and self._last_end == -2:
            item = self._open("", "")
        if _LINES.match(text.lstrip("- *(")):
            item.lines = lines_cited(text[:60])
        item.parts.append(Part(start, end, role))
        self._last_end = end

    # --- Tables ---

    def _row(self, line: str, place: int) -> None:
        cells = list(_cells(line, place))
        if not self._columns:
            self._columns = [self.text[a:b].strip(" *").lower() for a, b in cells]
            return
        if _DIVIDER.match(line):
            return
        self._count += 1
        item = self._open(str(self._count), "")
        item.is_numbered = True
        for name, (start, end) in zip(self._columns, cells, strict=False):
            words = self.text[start:end].strip()
            role = _ROLE_OF.get(name, "text")
            if name in ("#", "no", "nr", "id") and words:
                item.label = words
            if role == "location":
                is_number = re.fullmatch(r"[\d\s,\u2013-]{1,40}", words)
                item.lines += lines_cited(f"line {words}" if is_number else words)
            if role != "skipped" and words.strip(" -\u2013—") and not words[0].isdigit():
                item.parts.append(Part(start, end, role))
        self._last_end = -2


def _cells(line: str, place: int) -> Iterator[tuple[int, int]]:
    """The cells of a row; a bar inside of backticks divides nothing."""
    start, is_code = line.index("|") + 1, False
    for at in range(start, len(line)):
        if line[at] == "`":
            is_code = not is_code
        elif line[at] == "|" and not is_code and line[at - 1] != "\\":
            yield place + start, place + at
            start = at + 1
    if line[start:].strip():
        yield place + start, place + len(line)


def _short(words: str) -> str:
    words = words.strip("*# ")
    return words if len(words) <= 40 else words[:39].rstrip() + "…"
