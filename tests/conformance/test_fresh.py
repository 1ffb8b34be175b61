"""What is made anew for every execution is the same, whether C or Python sets its fields."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racewright import hot
from racewright.carriers.greenlets import GreenletCarrier
from racewright.kernel import ledger, task
from racewright.kernel.clock import Clock
from racewright.kernel.scheduler import Kernel
from racewright.model import execution
from racewright.model.execution import Execution, Outcome
from racewright.model.schedule import Schedule
from racewright.strategies import draws
from racewright.strategies.base import Strategy, Summary
from tests.support.uncompiled import in_python

compiled = pytest.mark.skipif(hot.fresh is None, reason="nothing was compiled")


def fields_of(thing: object) -> dict[str, object]:
    """Every slot of ``thing`` with its value; what is unset is an error."""
    slots = (name for cls in type(thing).__mro__ for name in vars(cls).get("__slots__", ()))
    return {name: getattr(thing, name) for name in slots}


def compared(value: object) -> object:
    """Values with their types; of what has slots, those too."""
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, [compared(each) for each in value])
    if type(value).__name__ in ("Task", "TaskHandle"):
        return (type(value).__name__, {k: compared(v) for k, v in fields_of(value).items()})
    return (type(value).__name__, repr(value) if type(value).__name__ == "count" else value)


@compiled
@given(st.integers(0, 10**6), st.text(max_size=20), st.booleans())
def test_a_task_has_the_same_fields(index: int, name: str, daemon: bool) -> None:
    fast = task.Task(index, name, daemon=daemon)
    assert type(vars(task.Task)["__init__"]).__name__ == "method_descriptor"
    slow = in_python_task.Task(index, name, daemon=daemon)
    assert type(vars(in_python_task.Task)["__init__"]).__name__ == "function"
    assert compared(fast) == compared(slow)
    assert compared(task.TaskHandle(name, index)) == compared(fast.handle)
    assert set(fields_of(fast)) == set(task.Task.__slots__)


in_python_task = in_python(task)


@compiled
def test_a_kernel_has_the_same_fields() -> None:
    strategy, carrier, clock = Strategy(), GreenletCarrier(), Clock()
    pure = in_python(ledger)
    options: dict[str, Any] = {"max_steps": 7, "slack": 0.25, "is_focused": False}
    fast = Kernel(strategy, carrier, clock, **options)
    slow = pure.Ledger(strategy, carrier, clock, **options)
    assert type(vars(ledger.Ledger)["begin"]).__name__ == "method_descriptor"
    assert type(vars(pure.Ledger)["begin"]).__name__ == "function"
    fast_fields, slow_fields = fields_of(fast), fields_of(slow)
    assert set(fast_fields) == set(ledger.Ledger.__slots__)
    assert fast_fields.keys() == slow_fields.keys()
    for name, value in fast_fields.items():
        assert compared(value) == compared(slow_fields[name]), name


@compiled
def test_no_two_kernels_share_what_they_fill() -> None:
    first, second = (Kernel(Strategy(), GreenletCarrier(), Clock()) for _ in range(2))
    shared = [
        name
        for name, value in fields_of(first).items()
        if isinstance(value, (list, dict, set)) and value is fields_of(second)[name]
    ]
    assert shared == []
    assert sum(isinstance(value, (list, dict, set)) for value in fields_of(first).values()) > 12


FIELDS: dict[str, Any] = {
    "failure": None,
    "tasks": 3,
    "operations": 17,
    "overlapped": True,
    "notes": ("a note",),
    "strategy": "random",
}


@compiled
@given(st.sets(st.sampled_from(sorted(FIELDS))), st.integers(0, 2))
def test_an_execution_has_the_same_fields(names: set[str], positional: int) -> None:
    schedule = Schedule(target="bank.py", outcome="passed")
    required = {"outcome": Outcome.PASSED, "schedule": schedule}
    given_first = list(required.values())[:positional]
    named = {key: required[key] for key in list(required)[positional:]}
    named |= {name: FIELDS[name] for name in names}
    fast = Execution(*given_first, **named)
    slow = in_python_execution.Execution(*given_first, **named)
    assert fields_of(fast) == fields_of(slow)
    assert dataclasses.replace(fast, number=4).number == 4
    assert repr(fast) == repr(slow)


in_python_execution = in_python(execution)


@compiled
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), {}),
        ((1,), {}),
        ((1, 2, 3, 4, 5), {}),
        ((1, 2, 3), {"decisions": 1}),
        ((1, 2, 3, 4), {"unheard_of": 1}),
    ],
)
def test_wrong_arguments_raise_as_they_do_natively(arguments: Any, named: Any) -> None:
    with pytest.raises(TypeError):
        Summary(*arguments, **named)
    plain = dataclasses.make_dataclass("Plain", ["decisions", "tasks", "failed", "is_new"])
    with pytest.raises(TypeError):
        plain(*arguments, **named)


def test_a_class_with_more_than_plain_fields_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot, "fresh", object())

    @dataclasses.dataclass(frozen=True)
    class Listing:
        items: list[int] = dataclasses.field(default_factory=list)

    with pytest.raises(TypeError, match="Listing has more than plain fields"):
        hot.quicken(Listing)


@compiled
@given(st.one_of(st.none(), st.integers(), st.booleans()))
def test_both_draw_the_same_numbers_from_one_seed(seed: int | None) -> None:
    fast, slow = draws.Draws(seed), in_python_draws.Draws(seed)
    assert [fast.random() for _ in range(3)] == [slow.random() for _ in range(3)]
    fast.seed(seed, version=2)
    slow.seed(seed, version=2)
    assert fast.state == slow.state
    assert fast.sample(range(100), 5) == slow.sample(range(100), 5)


in_python_draws = in_python(draws)
