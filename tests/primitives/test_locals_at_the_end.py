"""What a thread's locals hold goes with the thread, and may do as it likes on its way out."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from racewright.interpose import stdlib
from racewright.model.execution import Outcome
from racewright.run import run_once
from racewright.search.programs import CallableProgram
from racewright.settings import Settings
from racewright.strategies.random_walk import RandomWalk


@pytest.fixture(autouse=True)
def _control() -> Iterator[None]:
    stdlib.install()
    try:
        yield
    finally:
        stdlib.uninstall()


class Closes:
    """Kept in one local, owns another, and takes a lock when it goes."""

    def __init__(self, lock: threading.Lock, gone: list[str]) -> None:
        self.lock = lock
        self.gone = gone
        self.own = threading.local()
        self.own.value = 1

    def __del__(self) -> None:
        self.own.other = 2
        with self.lock:
            self.gone.append(threading.current_thread().name)


@pytest.mark.parametrize("seed", range(20))
def test_a_finaliser_may_use_locals_and_locks_when_a_thread_ends(seed: int) -> None:
    gone: list[str] = []

    def body() -> None:
        lock = threading.Lock()
        shelf, second = threading.local(), threading.local()

        def work() -> None:
            shelf.thing = Closes(lock, gone)
            second.thing = Closes(lock, gone)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    strategy = RandomWalk(seed)
    strategy.begin()
    run = run_once(CallableProgram("locals", body), strategy, Settings())
    assert run.execution.outcome is Outcome.PASSED
    assert len(gone) == 6
