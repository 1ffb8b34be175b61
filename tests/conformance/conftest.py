"""One suite for all carriers: what holds natively holds under control, whatever the schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from racewright.interpose import stdlib
from racewright.model.execution import Execution, Outcome
from racewright.run import run_once
from racewright.search.programs import CallableProgram
from racewright.settings import Settings
from racewright.strategies.base import Strategy
from racewright.strategies.random_walk import RandomWalk

SCHEDULES = 8


@pytest.fixture(autouse=True)
def _control() -> Iterator[None]:
    stdlib.install()
    yield
    stdlib.uninstall()


@pytest.fixture(params=["greenlets", "threads"])
def carrier(request: Any) -> str:
    name: str = request.param
    return name


class Runner:
    """Runs programs on one carrier."""

    def __init__(self, carrier: str) -> None:
        self.carrier = carrier

    def once(
        self, program: Callable[[], object], strategy: Strategy | None = None, **options: Any
    ) -> Execution:
        """One execution, the default one where no strategy is given."""
        strategy = Strategy() if strategy is None else strategy
        strategy.begin()
        name = getattr(program, "__name__", "program")
        settings = Settings(carrier=self.carrier)
        return run_once(CallableProgram(name, program), strategy, settings, **options).execution

    def passes(self, program: Callable[[], object]) -> Execution:
        """The default execution; it, and some random ones, must have passed."""
        executions = [self.once(program)]
        executions += [self.once(program, RandomWalk(seed)) for seed in range(SCHEDULES)]
        for execution in executions:
            failure = execution.failure
            assert execution.outcome is Outcome.PASSED, failure and failure.traceback
        return executions[0]


@pytest.fixture
def run(carrier: str) -> Runner:
    return Runner(carrier)
