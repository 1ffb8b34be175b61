"""A time-out of nothing is a look, not a wait: it must not let everybody else run first."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import pytest

from racewright.interpose import stdlib
from racewright.run import run_once
from racewright.settings import Settings
from racewright.strategies.base import Strategy


def looks_without_waiting(look: Callable[[], object]) -> list[str]:
    """What happens, in order, on the default schedule, when main looks while another could run."""
    happened: list[str] = []

    class Program:
        name = "look"
        must_finish = True

        def run(self) -> None:
            other = threading.Thread(target=happened.append, args=("other",))
            other.start()
            look()
            happened.append("looked")
            other.join()

    stdlib.install()
    try:
        strategy = Strategy()
        strategy.begin()
        execution = run_once(Program(), strategy, Settings()).execution
    finally:
        stdlib.uninstall()
    assert execution.failure is None
    return happened


def condition_wait() -> None:
    condition = threading.Condition()
    with condition:
        assert not condition.wait(0)


def queue_get() -> None:
    with pytest.raises(queue.Empty):
        queue.SimpleQueue().get(timeout=0)


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(lambda: threading.Semaphore(0).acquire(timeout=0), id="semaphore"),
        pytest.param(lambda: threading.Event().wait(0), id="event"),
        pytest.param(queue_get, id="simple queue"),
        pytest.param(condition_wait, id="condition"),
    ],
)
def test_a_time_out_of_nothing_does_not_let_others_run_first(look: Callable[[], object]) -> None:
    assert looks_without_waiting(look) == ["looked", "other"]
