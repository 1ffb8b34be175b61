"""The page of messages has an entry for every error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from racewright.errors import RacewrightError

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "messages.md"


def errors(error: type[RacewrightError]) -> Iterator[type[RacewrightError]]:
    yield error
    for derived in error.__subclasses__():
        yield from errors(derived)


def test_every_slug_has_an_entry_and_every_entry_a_slug() -> None:
    entries = re.findall(r"^## (\S+)$", PAGE.read_text(), re.MULTILINE)
    assert set(entries) == {error.slug for error in errors(RacewrightError)}
