"""Copies of standard modules that a program imports anew."""

from __future__ import annotations

import importlib
import queue
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from racewright.interpose import stdlib
from racewright.model.execution import Outcome
from racewright.run import run_once
from racewright.search.programs import CallableProgram
from racewright.settings import Settings
from racewright.strategies.base import Strategy


@pytest.fixture(autouse=True)
def _control() -> Iterator[None]:
    stdlib.install()
    yield
    stdlib.uninstall()


def fresh(*names: str) -> Any:
    """The last of ``names`` imported anew, on fresh copies of the others."""
    before = {name: sys.modules.pop(name) for name in names}
    try:
        for name in names:
            importlib.import_module(name)
        return sys.modules[names[-1]]
    finally:
        sys.modules.update(before)


@pytest.mark.parametrize("names", [("queue",), ("_queue", "queue")])
def test_a_fresh_queue_waits_under_control(names: tuple[str, ...]) -> None:
    module = fresh(*names)
    assert module is not queue

    def program() -> None:
        for kind in ("SimpleQueue", "Queue"):
            items = getattr(module, kind)()
            consumer = threading.Thread(target=items.get)
            consumer.start()
            items.put(1)
            consumer.join()
            with pytest.raises(module.Empty):
                items.get(timeout=10)

    assert executed(program).outcome is Outcome.PASSED


def test_threads_of_a_fresh_threading_are_tasks_and_can_be_joined() -> None:
    copy = fresh("threading")
    assert copy is not threading

    def program() -> None:
        event, seen = copy.Event(), []
        thread = copy.Thread(target=lambda: seen.append(event.wait(60)))
        thread.start()
        event.set()
        thread.join()
        assert (seen, thread.is_alive()) == ([True], False)

    execution = executed(program)
    assert (execution.outcome, execution.tasks, execution.failure) == (Outcome.PASSED, 2, None)


def executed(program: Any) -> Any:
    strategy = Strategy()
    strategy.begin()
    return run_once(CallableProgram("program", program), strategy, Settings()).execution
