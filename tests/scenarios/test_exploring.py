"""Whatever the schedule, the order of a scenario comes to the same end."""

from __future__ import annotations

from typing import Any

import pytest

from racewright.interpose import stdlib
from racewright.model.execution import Outcome
from racewright.run import run_once
from racewright.scenarios import Scenario, scenario
from racewright.settings import Settings
from racewright.strategies.base import Strategy
from racewright.strategies.pct import Pct
from racewright.strategies.random_walk import RandomWalk
from tests.scenarios.test_programs import NAMES, load

SCHEDULES = 15


class Program:
    must_finish = False

    def __init__(self, module: Any) -> None:
        self.name = module.__name__
        self.module = module
        self.asked: list[Scenario] = []

    def run(self) -> None:
        asked = scenario(*self.module.points(), within=10.0)
        self.asked.append(asked)
        if hasattr(self.module, "run_with"):
            self.module.run_with(asked)
            return
        with asked:
            self.module.run()


@pytest.fixture(autouse=True)
def _control() -> Any:
    was_installed = stdlib.is_installed()
    stdlib.install()
    yield
    if not was_installed:
        stdlib.uninstall()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [RandomWalk, Pct])
def test_under_any_schedule_the_outcome_is_the_documented_one(
    name: str, kind: type[Strategy]
) -> None:
    module = load(name)
    program, strategy = Program(module), kind(seed=7)
    settings = Settings(runner="callable")
    for _ in range(SCHEDULES):
        strategy.begin()
        result = run_once(program, strategy, settings)
        asked = program.asked[-1]
        expected = module.OUTCOME
        told = f"{result.execution.failure}\n{asked.story}"
        assert asked.outcome == expected, told
        wanted = Outcome.PASSED if expected == "happened" else Outcome.FAILED
        assert result.execution.outcome is wanted, told
