"""A synchronisation of the program that is put out of action, named so that any process finds it.

``lock bank.py:14`` are all locks that this line makes: they are taken at once, whoever holds
them. ``semaphore bank.py:20`` likewise. ``wait bank.py:31`` and ``join bank.py:40`` are what waits
at that line: it goes on at once. ``decorator bank:Account.deposit`` is a function that behaves as
what it was before it was decorated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from racewright.errors import UsageError

__all__ = ["KINDS_OF_MUTANTS", "Mutant"]

#: The kinds, with what is said to be gone.
KINDS_OF_MUTANTS: Final[dict[str, str]] = {
    "lock": "excludes nobody",
    "semaphore": "lets everybody in",
    "wait": "returns at once",
    "join": "returns at once",
    "decorator": "is bypassed",
}


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """One of :data:`KINDS_OF_MUTANTS` at a place: ``file.py:14`` or ``pkg.mod:Class.method``."""

    kind: str
    place: str

    @classmethod
    def parse(cls, text: str) -> Mutant:
        """The mutant that ``text``, its ``str``, names."""
        kind, _, place = text.partition(" ")
        if kind not in KINDS_OF_MUTANTS or not place:
            kinds = ", ".join(KINDS_OF_MUTANTS)
            raise UsageError(
                f"{text!r} is no mutant\nSay its kind ({kinds}) and its place: 'lock bank.py:14'."
            )
        mutant = cls(kind, place)
        if kind != "decorator" and mutant.line is None:
            raise UsageError(f"{text!r} is no mutant: {place!r} is not a file and a line")
        return mutant

    @property
    def file(self) -> str:
        """Relative to the project, or whole."""
        return self.place.rpartition(":")[0]

    @property
    def line(self) -> int | None:
        number = self.place.rpartition(":")[2]
        return int(number) if self.file and number.isdecimal() else None

    @property
    def effect(self) -> str:
        """What is gone, in words."""
        return KINDS_OF_MUTANTS[self.kind]

    def __str__(self) -> str:
        return f"{self.kind} {self.place}"
