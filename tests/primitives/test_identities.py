"""The order of threads and futures is that in which a run asks for it, not of their addresses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from racewright.interpose import stdlib
from racewright.run import run_once
from racewright.search.programs import CallableProgram
from racewright.settings import Settings
from racewright.strategies.base import Strategy


@pytest.fixture
def control() -> Iterator[None]:
    stdlib.install()
    try:
        yield
    finally:
        stdlib.uninstall()


@pytest.mark.usefixtures("control")
@pytest.mark.parametrize("kind", [Future, threading.Thread])
def test_sorting_by_identity_gives_one_order_wherever_the_objects_lie(kind: type) -> None:
    orders = []

    def body() -> None:
        made = [kind() for _ in range(20)]
        backwards = made[::-1]
        for things in (sorted(made, key=id), sorted(backwards, key=id), set(made)):
            orders.append([made.index(thing) for thing in things])

    strategy = Strategy()
    strategy.begin()
    run_once(CallableProgram("orders", body), strategy, Settings())
    assert orders == [list(range(20))] * 3


@pytest.mark.usefixtures("control")
def test_an_identity_never_changes() -> None:
    before = Future[int]()
    known = id(before)
    seen = []

    def body() -> None:
        future = Future[int]()
        seen.append((id(before), id(future), hash(future), id(future), future))

    strategy = Strategy()
    strategy.begin()
    run_once(CallableProgram("identity", body), strategy, Settings())
    ((kept, first, hashed, second, future),) = seen
    assert (kept, first, id(future)) == (known, second, first)
    assert hash(future) == hashed


def test_without_control_an_identity_is_the_interpreters() -> None:
    assert id.__module__ == "builtins"
