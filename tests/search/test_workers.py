"""Children leave nothing behind in the process that made them."""

from __future__ import annotations

import gc
import os
import warnings

import pytest

from racewright import originals
from racewright.search.budget import Budget
from racewright.search.executions import Executions
from racewright.search.finds import Finds
from racewright.search.lanes import Lane, Lanes
from racewright.search.programs import CallableProgram
from racewright.search.tally import Tally
from racewright.search.workers import Child, call_in_child
from racewright.settings import Settings


def test_a_child_that_is_gone_holds_no_file() -> None:
    # Where a test suite makes warnings errors, an unclosed file fails whatever is running when the
    # garbage is collected: the test that is explored, or pytest at its end.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value, death, _ = call_in_child(lambda child: 6 * 7, silence=5.0)
        gc.collect()
    assert (value, death) == (42, "")
    assert [str(each.message) for each in caught] == []


def test_what_a_child_of_a_child_has_opened_stays_open_in_its_own_children() -> None:
    opened: list[int] = []

    def third(_: Child) -> list[bytes]:
        return [os.read(each, 4) for each in opened]

    def second(_: Child) -> object:
        for _ in range(8):
            reading, writing = os.pipe()
            os.write(writing, b"kept")
            os.close(writing)
            opened.append(reading)
        return call_in_child(third, silence=30.0)[0]

    def first(_: Child) -> object:
        return call_in_child(second, silence=30.0)[0]

    value, death, _ = call_in_child(first, silence=30.0)
    assert (value, death) == ([b"kept"] * 8, "")


def test_the_stacks_of_a_child_are_waited_for_until_they_are_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # On a busy machine a child gets the processor late, and may lose it while it writes.
    child = Child(lambda child: None)
    looks = iter(range(1000))

    def sleep(seconds: float) -> None:
        words = {40: b"the first half", 41: b" and the second"}.get(next(looks), b"")
        child.stacks.seek(0, os.SEEK_END)
        child.stacks.write(words)
        child.stacks.flush()

    monkeypatch.setattr(originals, "sleep", sleep)
    monkeypatch.setattr(os, "kill", lambda *_: None)
    try:
        assert child.ask_for_stacks() == "main\nthe first half and the second"
        assert next(looks) == 43
    finally:
        monkeypatch.undo()
        child.kill()


class Leaving:
    """A child that asks for a successor, and is seen to be gone only later."""

    def __init__(self, message: object) -> None:
        self.messages = [("go on", message)]
        self.is_open = True

    def receive(self) -> list[tuple[str, object]]:
        messages, self.messages = self.messages, []
        if not messages:
            self.is_open = False
        return messages

    def silence(self) -> float:
        return 0.0

    def death(self) -> str:
        return ""


def test_a_worker_that_has_grown_is_followed_by_another_whenever_its_end_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings, tally = Settings(), Tally()
    executions = Executions(CallableProgram("program", lambda: None), settings, 0.0)
    finds, budget = Finds(executions, tally, []), Budget(settings, tally)
    lanes = Lanes(executions, finds, budget, lambda: None)
    source = executions.portfolio(0, 1)
    lane = Lane(0, 1, source, 10)
    lane.child = Leaving((source, 4))  # type: ignore[assignment]
    started: list[int] = []
    monkeypatch.setattr(lanes, "start", lambda lane: started.append(lane.quota))
    assert not lanes.listen(lane)  # it has asked
    assert started == []
    assert not lanes.listen(lane)  # it is gone
    assert started == [4]
