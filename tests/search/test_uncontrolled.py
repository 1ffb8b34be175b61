"""What we do not govern is said, not passed over."""

from __future__ import annotations

import sys
import threading

import pytest

import racewright
from racewright import originals


def two_threads() -> None:
    threads = [threading.Thread(target=int) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def explore() -> racewright.Exploration:
    return racewright.explore(two_threads, schedules=20, isolation="none", save=False)


def test_hashing_that_is_not_fixed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    assert any("PYTHONHASHSEED" in line for line in explore().uncontrolled)


def test_threads_of_others_are_counted() -> None:
    gate = originals.allocate_lock()
    gate.acquire()
    began = originals.allocate_lock()
    began.acquire()

    def wait() -> None:
        began.release()
        gate.acquire()
        gate.release()

    originals.start_new_thread(wait, ())
    began.acquire()
    try:
        # Whatever runs beside this test, a test runner's own threads among it.
        others = len(sys._current_frames()) - 1
        assert f"{others} threads that were started outside our control" in explore().uncontrolled
    finally:
        gate.release()
