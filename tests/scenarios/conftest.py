"""What must hold after every test here: nothing is wrapped, nobody is left, all is as it was."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from types import FunctionType

import pytest

from racewright.interpose import stdlib
from racewright.interpose.wrapping import in_place
from racewright.scenarios import open as open_scenarios


def attributes_of(function: FunctionType) -> dict[str, object]:
    return {
        name: value for name, value in vars(function).items() if not name.startswith("_hypothesis")
    }


def functions() -> dict[int, tuple[FunctionType, object, dict[str, object], object]]:
    """Every function of the programs and of ``threading``, and what it is made of."""
    names = ("tests.scenarios", "threading", "test_", "queue")
    return {
        id(function): (
            function,
            function.__code__,
            attributes_of(function),
            function.__dict__.get("__signature__"),
        )
        for function in gc.get_objects()
        if isinstance(function, FunctionType) and (function.__module__ or "").startswith(names)
    }


def standing() -> dict[str, object]:
    return {
        "threading": {name: value for name, value in vars(threading).items() if name[0] != "_"},
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "control": stdlib.is_installed(),
    }


@pytest.fixture(autouse=True)
def _scenarios_leave_nothing(request: pytest.FixtureRequest) -> Iterator[None]:
    before, was = functions(), standing()
    yield
    assert in_place() == ()
    assert open_scenarios._open == {}
    assert standing() == was
    for function, code, attributes, signature in before.values():
        assert function.__code__ is code, f"{function.__qualname__} has other code"
        assert attributes_of(function) == attributes, (
            f"{function.__qualname__} has other attributes"
        )
        assert function.__dict__.get("__signature__") is signature
