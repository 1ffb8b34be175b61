"""What is neutralised in this process is put back, whatever happens."""

from __future__ import annotations

import functools
import math
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import racewright
from racewright.errors import UsageError
from racewright.interpose import stdlib
from racewright.interpose.mutation import applied
from racewright.model.mutant import Mutant
from racewright.primitives.locks import Lock, RLock
from racewright.primitives.neutral import NEUTRAL, Neutral
from racewright.vacuity.sources import asks_again, is_at_the_end, name_given

LOCK = threading.Lock()


def locked(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        with LOCK:
            return function(*args)

    return wrapper


class Counter:
    def __init__(self) -> None:
        self.value = 0

    @locked
    def add(self) -> bool:
        self.value += 1
        return LOCK.locked()


def name(path: str) -> str:
    return f"{Counter.__module__}:{path}"


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, Counter.__module__, sys.modules[Counter.__module__])


def test_a_decorator_is_bypassed_within_the_block_and_not_after_it() -> None:
    code = vars(Counter)["add"].__code__
    counter = Counter()
    alias = counter.add
    with applied(f"decorator {name('Counter.add')}"):
        assert counter.add() is False
        assert alias() is False
    assert counter.add() is True
    assert vars(Counter)["add"].__code__ is code
    assert counter.value == 3


def test_a_decorator_is_put_back_when_the_block_raises() -> None:
    with pytest.raises(KeyboardInterrupt), applied(f"decorator {name('Counter.add')}"):
        raise KeyboardInterrupt
    assert Counter().add() is True


def test_locks_that_are_there_and_locks_that_come_are_neutral_within_the_block() -> None:
    def make() -> tuple[Lock, RLock]:
        return Lock(), RLock()

    line = make.__code__.co_firstlineno + 1
    early = make()
    with applied(f"lock {__file__}:{line}"):
        late = make()
        for lock in (*early, *late):
            assert type(lock._is_quiet) is Neutral
        assert type(Lock()._is_quiet) is bool
    for lock in early:
        assert lock._is_quiet is False
    assert [lock._is_quiet for lock in make()] == [False, False]
    assert NEUTRAL.kind == ""


def test_a_neutral_lock_excludes_threads_outside_a_run_as_ever() -> None:
    line = test_a_neutral_lock_excludes_threads_outside_a_run_as_ever.__code__.co_firstlineno + 3
    with applied(f"lock {__file__}:{line}"):
        lock = Lock()
        assert type(lock._is_quiet) is Neutral
        assert lock.acquire(False)
        assert not lock.acquire(False)
        lock.release()


@pytest.mark.parametrize(
    "text", ["", "lock", "lock bank", "door bank.py:3", "lock bank.py:three", "wait :3"]
)
def test_what_is_no_mutant_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Mutant.parse(text)


@pytest.mark.parametrize("text", ["lock src/bank.py:14", "decorator bank:Account.deposit"])
def test_a_mutant_is_read_back_as_it_was_written(text: str) -> None:
    assert str(Mutant.parse(text)) == text


def lost_update(counter: Counter) -> None:
    value = counter.value
    counter.value = value + 1


def two_updates(update: Callable[[Counter], None]) -> None:
    counter = Counter()
    threads = [threading.Thread(target=update, args=(counter,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 2


def test_the_exhaustive_strategy_ends_when_every_order_has_been_run() -> None:
    def harmless() -> None:
        lock = threading.Lock()
        thread = threading.Thread(target=lock.locked)
        thread.start()
        with lock:
            pass
        thread.join()

    options: dict[str, Any] = {"strategy": "exhaustive", "save": False, "corpus": False}
    result = racewright.explore(harmless, schedules=2000, **options)
    assert (result.outcome, result.is_exhausted) == ("passed", True)
    assert result.bound == "any number of preemptions"
    # The two steps of the other task (it begins; it looks, and ends) among the three of main (it
    # goes on, acquires, gives back), after which it can but wait. The default order comes twice
    # before the search.
    assert result.executions - 2 == math.comb(5, 2)
    assert not stdlib.is_installed()


def test_the_exhaustive_strategy_finds_what_one_order_reveals() -> None:
    options: dict[str, Any] = {"strategy": "exhaustive", "save": False, "corpus": False}
    result = racewright.explore(lambda: two_updates(lost_update), schedules=20_000, **options)
    assert result.outcome == "failed"
    assert result.failures[0].strategy == "exhaustive"


SOURCE = """
import threading
class Box:
    lock: object = threading.Lock()
    def take(self):
        self.full, self.empty = threading.Condition(), None
        while not self.items:
            self.full.wait()
        self.full.wait_for(self.items)
        if True:
            self.full.wait()
        while True:
            self.full.wait()
def join_all(threads):
    for thread in threads:
        thread.join()
def close(threads):
    for thread in threads:
        thread.stop()
        thread.join()
def check(thread):
    thread.join()
    assert not thread.is_alive()
with open("x") as file:
    file.join()
"""


def test_the_source_says_what_a_line_is_for(tmp_path: Any) -> None:
    file = str(tmp_path / "box.py")
    (tmp_path / "box.py").write_text(SOURCE)
    assert name_given(file, 4) == "lock"
    assert name_given(file, 6) == "(self.full, self.empty)"
    assert name_given(file, 8) == ""
    assert [line for line in range(1, 26) if asks_again(file, line)] == [8, 9]
    assert [line for line in (16, 20, 22, 25) if is_at_the_end(file, line)] == [16, 25]
