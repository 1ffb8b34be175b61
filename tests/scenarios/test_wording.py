"""What an error says of a task that cannot go on reads as a sentence."""

from __future__ import annotations

import pytest

from racewright.scenarios.order import Order
from racewright.scenarios.points import before
from racewright.scenarios.stuck import Stuck
from racewright.scenarios.wording import impossible


def step() -> None:
    """What the order is about."""


@pytest.mark.parametrize(
    ("doing", "words"),
    [
        ("waits for Condition#1 (lock.py:9)", "b, which should reach it, waits for Condition#1"),
        ("acquires Lock#1 (bank.py:3)", "b, which should reach it, waits: acquires Lock#1"),
        ("is in Queue.get", "b, which should reach it, is in Queue.get"),
    ],
)
def test_what_a_task_waits_for_is_said_once(doing: str, words: str) -> None:
    order = Order([before(step)], lambda: 0.0, "events")
    due = Stuck(name="b", state="waits", is_due=True, doing=doing)
    message = impossible(order, [due], "")
    assert words in message.splitlines()[0]
    assert "waits: waits" not in message
