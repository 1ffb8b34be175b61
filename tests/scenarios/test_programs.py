"""Programs of all shapes come to what they document, under control and in an ordinary run."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from racewright import scenario
from racewright.errors import OrderHappened, OrderImpossible, OrderNotReached
from racewright.scenarios import Scenario, Stuck
from racewright.search.controlled import controlled

NAMES = sorted(path.stem for path in Path(__file__).with_name("programs").glob("[a-z]*.py"))
#: Seconds after which an order that cannot happen is given up where nothing can be proved.
SHORT = 0.2
MODES = ("controlled", "free")


def load(name: str) -> ModuleType:
    return importlib.import_module(f"tests.scenarios.programs.{name}")


def run_in(mode: str, program: ModuleType, asked: Scenario) -> Any:
    def body() -> Any:
        if hasattr(program, "run_with"):
            return program.run_with(asked)
        with asked:
            result.append(program.run())
        return result[-1]

    result: list[Any] = []
    try:
        return controlled(body)() if mode == "controlled" else body()
    finally:
        # What holds whatever the outcome: the program itself is not harmed.
        assert result in ([], [program.RESULT])


def ask(program: ModuleType, **options: Any) -> Scenario:
    return scenario(*program.points(), within=options.pop("within", SHORT), **options)


def those_that(asked: Scenario, *what: str) -> list[str]:
    return [event.task for event in asked.events if event.what in what]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", NAMES)
def test_a_program_comes_to_what_it_documents(name: str, mode: str) -> None:
    program = load(name)
    asked = ask(program, within=10.0 if program.OUTCOME == "happened" else SHORT)
    if program.OUTCOME == "happened":
        assert run_in(mode, program, asked) == program.RESULT
        assert asked.outcome == "happened"
        passed = [event.point for event in asked.events if event.what in ("passes", "released")]
        assert passed == list(range(len(asked.points)))
        if hasattr(program, "PASSED"):
            assert those_that(asked, "passes", "released") == program.PASSED
        assert those_that(asked, "dropped") == getattr(program, "DROPPED", [])
        return
    impossible = program.OUTCOME == "impossible" and mode == "controlled"
    expected = OrderImpossible if impossible else OrderNotReached
    with pytest.raises(expected) as caught:
        run_in(mode, program, asked)
    assert asked.outcome == ("impossible" if impossible else "not reached")
    assert f"point {program.NEXT}, " in str(caught.value).splitlines()[0]
    assert caught.value.story == asked.story
    check_tasks(program, mode, asked.tasks)


def check_tasks(program: ModuleType, mode: str, tasks: tuple[Stuck, ...]) -> None:
    held = [task for task in tasks if task.state == "held"]
    assert sorted(task.name for task in held) == program.HELD
    for task in held:
        assert task.stack
        assert task.point
    named = {task.name: task for task in tasks}
    if hasattr(program, "HOLDER"):
        waiting, holder = program.HOLDER
        assert named[waiting].stack[-1].text.startswith("with self.lock")
        assert named[waiting].is_due
        if mode == "controlled":
            assert named[waiting].holder == holder
            assert named[waiting].taken_at.endswith(named[waiting].line.rpartition("/")[2])
    if hasattr(program, "SUSPECT"):
        waiting, suspect = program.SUSPECT
        assert [each.partition(",")[0] for each in named[waiting].suspects] == [suspect]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", NAMES)
def test_saying_that_an_order_is_impossible_turns_the_verdict_round(name: str, mode: str) -> None:
    program = load(name)
    happens = program.OUTCOME == "happened"
    asked = ask(program, within=10.0 if happens else SHORT, impossible=True)
    if happens:
        with pytest.raises(OrderHappened) as caught:
            run_in(mode, program, asked)
        assert asked.story in str(caught.value)
    elif program.OUTCOME == "impossible":
        assert run_in(mode, program, asked) == program.RESULT
    else:
        with pytest.raises(OrderNotReached, match="nobody was held for it"):
            run_in(mode, program, asked)


def test_there_are_twenty_programs_and_more() -> None:
    assert len(NAMES) >= 25
