"""How much work a file is. Counted in lines of ours that are executed, so that no clock decides."""

from __future__ import annotations

import gc
import sys
import weakref
from types import FrameType
from typing import Any

import pytest

from racewright.model.finding import Finding, Note
from racewright.review import engine
from racewright.review.engine import judge, read_file
from racewright.review.module import Module
from racewright.review.rule import all_rules
from racewright.review.source import Source, parse
from tests.review.generated import DEEP, LONG, Maker


def _reviewed(text: str) -> tuple[list[Finding], str]:
    """What is found in a file, and why it could not be read."""
    read = read_file("test_generated.py" if "test" in text else "generated.py", text.encode())
    found = judge([read], all_rules(), {"generated.py": (), "test_generated.py": ()})
    return found, read.note.message if read.note is not None else ""


def _work(text: str) -> int:
    """The lines of ours that reviewing the file executes."""
    lines = 0

    def count(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if event == "line":
            lines += 1
        return count if "racewright" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(count)
    try:
        _, note = _reviewed(text)
    finally:
        sys.settrace(before)
    assert not note
    return lines


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_work_grows_with_the_length_of_a_file_and_not_with_its_square(
    make: Maker,
) -> None:
    _reviewed(make(2))  # what is done once for all files is done
    one, four = _work(make(60)), _work(make(240))
    assert one > 60
    assert four < 5 * one


@pytest.mark.parametrize("make", DEEP.values(), ids=DEEP)
def test_a_file_that_is_thousands_of_levels_deep_is_read_or_said_to_be_too_deep(
    make: Maker,
) -> None:
    _, note = _reviewed(make(3000))
    assert note in ("", "not reviewed: it is nested too deeply") or (
        note.startswith("not reviewed: ")
        and note.endswith(("to be parsed", "too many nested parentheses", "indentation"))
    )


def test_what_cannot_be_too_deep_is_read_whatever_its_length() -> None:
    for name in ("bases", "bases in a circle", "returned values"):
        assert _reviewed(DEEP[name](3000))[1] == ""


def test_nothing_of_a_file_is_left_when_it_has_been_read(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[weakref.ref[Module]] = []

    def module(source: Source) -> Module:
        made = Module(source)
        kept.append(weakref.ref(made))
        return made

    monkeypatch.setattr(engine, "Module", module)
    monkeypatch.setattr(engine, "parse", lambda *given: trees.append(parse(*given)) or trees[-1])
    trees: list[Source | Note] = []
    gc.disable()  # as in a review, which would else look for circles most of its time
    try:
        assert _reviewed(LONG["locks of an object"](20))[1] == ""
        tree = weakref.ref(trees.pop().tree)  # type: ignore[union-attr]
        assert [each() for each in kept] == [None]
        assert tree() is None
    finally:
        gc.enable()
