"""Greenlets of a library that has patched ``threading`` are tasks like any other, with one name."""

from __future__ import annotations

import threading

import greenlet
import pytest

from racewright import after, before, scenario
from racewright.errors import OrderNotReached


class Steps:
    """Two that follow one another, of which the first gives the turn away."""

    def first(self) -> None:
        greenlet.getcurrent().parent.switch()

    def second(self) -> None:
        pass


def test_a_greenlet_is_called_in_the_report_what_the_story_calls_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As eventlet and gevent do: each greenlet is a thread of its own.
    monkeypatch.setattr(threading, "get_ident", lambda: id(greenlet.getcurrent()))
    steps = Steps()
    task = greenlet.greenlet(steps.first)
    order = scenario(before(Steps.first), after(Steps.first), before(Steps.second), within=0.05)

    def run() -> None:
        with order:
            task.switch()
            steps.second()

    with pytest.raises(OrderNotReached):
        run()
    monkeypatch.undo()
    task.switch()

    passed = next(event.task for event in order.events if event.what == "passes")
    due = [each.name for each in order.tasks if each.is_due]
    held = [each.name for each in order.tasks if each.state == "held"]
    assert due == [passed]
    assert held == [next(event.task for event in order.events if event.what == "held")]
    assert passed != held[0]
