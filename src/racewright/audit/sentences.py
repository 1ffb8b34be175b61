"""Where the sentences of a text begin and end: a point in a name or in brackets ends none."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["sentences_of"]

_ABBREVIATIONS = frozenset(
    ["e.g", "i.e", "etc", "vs", "cf", "approx", "resp", "incl", "fig", "no", "pp", "al"]
)


def sentences_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the sentences between ``start`` and ``end`` begin and end."""
    first, at, is_code = start, start, False
    depth = 0
    while at < end:
        char = text[at]
        if char == "`":
            is_code = not is_code
        elif not is_code and char in "([":
            depth += 1
        elif not is_code and char in ")]":
            depth = max(depth - 1, 0)
        elif not is_code and not depth and char in ".!?" and _ends(text, first, at, end):
            while at + 1 < end and text[at + 1] in ".!?\"'”\u2019*)":
                at += 1
            yield from _sentence(text, first, at + 1)
            first = at + 1
        at += 1
        if is_code and text[at : at + 2] == "\n\n":
            is_code = False
    yield from _sentence(text, first, end)


def _sentence(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    while first < last and (text[first].isspace() or text[first] in "*"):
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    if last > first:
        yield first, last


def _ends(text: str, first: int, at: int, end: int) -> bool:
    after = text[at + 1 : min(at + 3, end)]
    if after and not after[0].isspace() and after[0] not in "\"'”\u2019*)":
        return False
    if text[at] != ".":
        return True
    word = text[max(first, at - 12) : at].split()
    last = word[-1].lower().lstrip("(*") if word else ""
    if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and last not in "ia"):
        return False
    if text[max(first, at - 2) : at] == "..":
        return False
    rest = text[at + 1 : min(at + 8, end)].lstrip()
    return not rest or not rest[0].islower() or last not in ("no", "fig")
