"""Numbers in words."""

from __future__ import annotations

import re

__all__ = ["NUMBERS", "number_in", "number_of"]

NUMBERS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
} | {"single": 1, "both": 2}
_VALUE_OF = {"once": 1, "twice": 2, "thrice": 3, **NUMBERS}
_NUMBER = re.compile(rf"^(?:exactly |only |just |a |the |all )?(\d{{1,6}}|{'|'.join(NUMBERS)}) ")


def number_of(words: str) -> tuple[int | None, str]:
    """The number that ``words`` begin with, and the rest."""
    match = _NUMBER.match(words + " ")
    if match is None:
        return None, words
    text = match[1]
    return (int(text) if text.isdigit() else NUMBERS[text]), words[match.end() :]


def number_in(text: str) -> int:
    """The number that a word says: ``twice``, ``3 times``, ``four``."""
    text = text.replace(" times", "")
    return int(text) if text.isdigit() else _VALUE_OF[text]
