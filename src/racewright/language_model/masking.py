"""A text without the secrets in it, and where its characters were before."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from racewright.report.review_words import mask

__all__ = ["Masked"]


class Masked:
    """A text as it may be sent. It has as many lines as the text that it was made from."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = mask(original)
        self._known: dict[int, tuple[int, int]] = {}
        self._lines = (original.split("\n"), self.text.split("\n"))
        self._starts = tuple(
            [0, *accumulate(len(line) + 1 for line in lines)] for lines in self._lines
        )

    def there(self, place: int) -> int:
        """Where a place of the original is in the masked text; of a secret, its beginning."""
        return self._moved(place, 0, 1)

    def back(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a stretch of the masked text was, if there it says the same."""
        a, b = self._moved(start, 1, 0), self._moved(end, 1, 0)
        return (a, b) if self.original[a:b] == self.text[start:end] else None

    def _moved(self, place: int, source: int, target: int) -> int:
        if self.original == self.text:
            return place
        line = min(bisect_right(self._starts[source], place), len(self._lines[source])) - 1
        column = place - self._starts[source][line]
        alike, rest = self._alike(line)
        if column > alike:
            old, new = len(self._lines[source][line]), len(self._lines[target][line])
            behind = old - column
            column = new - behind if behind <= rest else alike
        return self._starts[target][line] + column

    def _alike(self, line: int) -> tuple[int, int]:
        """How far a line is the same from its beginning, and from its end."""
        if line not in self._known:
            old, new = self._lines[0][line], self._lines[1][line]
            alike = _common(old, new)
            rest = min(_common(old[::-1], new[::-1]), len(old) - alike, len(new) - alike)
            self._known[line] = (alike, rest)
        return self._known[line]


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))
