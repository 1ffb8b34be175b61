"""What is seen before it is ready can be shown by a schedule."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

import racewright
from racewright.review.rule import find_rule


class Lexer:
    instance: Lexer | None = None

    def __init__(self) -> None:
        self.words: list[str] | None = None

    def load(self) -> None:
        self.words = ["select"]

    @classmethod
    def get_wrong(cls) -> Lexer:
        if cls.instance is None:
            cls.instance = cls()
            cls.instance.load()
        return cls.instance

    @classmethod
    def get_right(cls) -> Lexer:
        found = cls.instance
        if found is None:
            found = cls()
            found.load()
            cls.instance = found
        return found


def first_use(get: Callable[[], Lexer]) -> Callable[[], None]:
    def program() -> None:
        Lexer.instance = None
        seen: list[list[str] | None] = []
        threads = [threading.Thread(target=lambda: seen.append(get().words)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == [["select"], ["select"]]

    return program


@pytest.mark.parametrize("is_right", [False, True])
def test_a_lexer_is_seen_without_words_only_where_it_is_stored_first(is_right: bool) -> None:
    assert find_rule("publish-before-initialised").proof == "explore"
    get = Lexer.get_right if is_right else Lexer.get_wrong
    found = racewright.explore(
        first_use(get), schedules=150, instrument=(__name__,), save=False, corpus=False, jobs=1
    )
    if is_right:
        assert (found.outcome, found.failures) == ("passed", ())
    else:
        (failure,) = found.failures
        assert (found.outcome, failure.failure.kind) == ("failed", "assertion")
