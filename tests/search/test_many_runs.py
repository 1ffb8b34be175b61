"""What runs that follow one another share, and what each must find as if it were the first."""

from __future__ import annotations

import contextvars
import random
import threading
from collections.abc import Iterator

import pytest

from racewright.interpose import stdlib
from racewright.run import many_runs, run_once
from racewright.search.programs import CallableProgram
from racewright.settings import Settings
from racewright.strategies.base import Strategy


@pytest.fixture(autouse=True)
def control() -> Iterator[None]:
    was_installed = stdlib.is_installed()
    stdlib.install()
    yield
    if not was_installed:
        stdlib.uninstall()


NUMBER: contextvars.ContextVar[int] = contextvars.ContextVar("number", default=0)


def execute(function, **options):
    strategy = Strategy()
    strategy.begin()
    return run_once(CallableProgram("program", function), strategy, Settings(), **options).execution


def in_thread(function) -> None:
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def test_every_run_draws_the_same_numbers_and_the_generator_is_given_back() -> None:
    drawn: list[float] = []
    before = random.getstate()
    with many_runs():
        for _ in range(3):
            execute(lambda: drawn.append(random.random()))
    assert drawn == [drawn[0]] * 3
    assert random.getstate() == before


def test_a_task_on_a_greenlet_that_carried_another_has_an_empty_context() -> None:
    seen: list[int] = []

    def look_and_set() -> None:
        seen.append(NUMBER.get())
        NUMBER.set(7)

    for _ in range(3):
        execute(lambda: in_thread(look_and_set))
    assert seen == [0, 0, 0]


def test_the_schedule_of_a_failure_that_is_known_is_not_kept() -> None:
    def fail() -> None:
        in_thread(lambda: None)
        raise AssertionError("always")

    first = execute(fail)
    assert first.failure is not None
    assert first.schedule.steps
    again = execute(fail, known={first.failure.fingerprint})
    assert again.failure == first.failure
    assert not again.schedule.steps
