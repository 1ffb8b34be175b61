"""Locks at the top of a module that was imported long before ``racewright.explore`` was called."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import racewright
from racewright import originals
from racewright.primitives import locks

# Native, whether or not control was installed when this module was imported.
LOCK = originals.allocate_lock()
OTHER = originals.allocate_lock()
READY = threading.Condition(originals.RLock())  # type: ignore[arg-type]
ENTERED = originals.RLock()


class Counter:
    guard = originals.RLock()

    def __init__(self) -> None:
        self.lock = originals.RLock()
        self.hits = 0

    def hit(self) -> None:
        with self.guard, self.lock:
            self.hits += 1


@dataclass(frozen=True)
class Frozen:
    lock: Any


COUNTER = Counter()
FROZEN = Frozen(originals.allocate_lock())


def run(*bodies: Any) -> None:
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def count_under_locks() -> None:
    before = COUNTER.hits
    run(COUNTER.hit, COUNTER.hit)
    assert COUNTER.hits == before + 2


def wait_for_a_condition() -> None:
    ready: list[int] = []

    def wait() -> None:
        with READY:
            while not ready:
                READY.wait()

    def tell() -> None:
        with READY:
            ready.append(1)
            READY.notify()

    run(wait, tell)


def take_two_locks() -> None:
    def one() -> None:
        with LOCK, OTHER:
            pass

    def other() -> None:
        with OTHER, LOCK:
            pass

    run(one, other)


def take_one_that_is_held() -> None:
    def enter() -> None:
        with ENTERED:
            pass

    run(enter)


def explore(function: Any) -> Any:
    return racewright.explore(function, schedules=150, stall=1.0, save=False, corpus=False)


@pytest.mark.parametrize("function", [count_under_locks, wait_for_a_condition])
def test_they_exclude_as_they_should(function: Any) -> None:
    exploration = explore(function)
    assert [found.failure.message for found in exploration.failures] == []
    assert exploration.outcome == "passed"


def test_a_deadlock_among_them_is_a_deadlock() -> None:
    (found,) = explore(take_two_locks).failures
    assert found.failure.kind == "deadlock"


def test_afterwards_they_are_what_they_were() -> None:
    before = (LOCK, COUNTER.lock, Counter.guard, vars(READY).copy())
    explore(count_under_locks)
    assert (LOCK, COUNTER.lock, Counter.guard, vars(READY)) == before
    assert type(LOCK) is type(FROZEN.lock) is originals.lock_type


def test_one_that_is_held_stays_as_it_is() -> None:
    with ENTERED:
        explore(take_one_that_is_held)
    assert type(ENTERED) is originals.rlock_type


def test_a_lock_that_two_modules_know_stays_one_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = ModuleType("a_bank")
    bank.__file__ = str(tmp_path / "a_bank.py")
    vars(bank).update(LOCK=LOCK, RIGHT=originals.RLock())
    monkeypatch.setitem(sys.modules, "a_bank", bank)
    kept: list[Any] = []

    def look() -> None:
        kept.extend((vars(bank)["LOCK"], LOCK, vars(bank)["RIGHT"]))

    racewright.explore(
        look, schedules=1, isolation="none", save=False, corpus=False, root=str(tmp_path)
    )
    assert kept[0] is kept[1]
    assert type(kept[0]) is locks.Lock
    assert type(kept[2]) is locks.RLock
