"""Somebody's program in a process of its own, whatever it does to that."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable

import pytest

from racewright.audit import apart
from racewright.audit.apart import Outcome, run_apart
from racewright.errors import UsageError
from racewright.search.workers import call_in_child


def test_what_the_work_gives_comes_back() -> None:
    assert run_apart(lambda: [1, 2], 60.0) == Outcome([1, 2])


def test_the_process_is_another() -> None:
    kept: list[int] = []

    def work() -> int:
        kept.append(1)
        return os.getpid()

    assert run_apart(work, 60.0).value != os.getpid()
    assert kept == []


def _refuse() -> None:
    raise UsageError("there is no such test")


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (_refuse, "there is no such test"),
        (lambda: sys.exit(5), "it ended the process with 5"),
        (lambda: os._exit(3), "the process ended itself with exit status 3"),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "killed by signal SIGSEGV"),
    ],
)
def test_what_ends_the_process_is_the_reason(work: Callable[[], object], why: str) -> None:
    found = run_apart(work, 60.0)
    assert found.value is None
    assert found.why_not.endswith(why)


def test_what_never_ends_is_ended() -> None:
    found = run_apart(lambda: threading.Event().wait(), 0.1)
    assert found == Outcome(None, "it took longer than 0.1 s")


def test_what_will_not_be_told_to_end_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_GRACE", 0.1)

    def stubborn() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Event().wait()

    assert run_apart(stubborn, 0.1) == Outcome(None, "it took longer than 0.1 s")


def test_what_it_has_started_ends_with_it() -> None:
    """A run is a process of the process; whoever is left keeps the pipe open."""
    reading, writing = os.pipe()

    def run(_: object) -> None:
        os.write(writing, b"x")
        threading.Event().wait()

    assert run_apart(lambda: call_in_child(run, silence=600.0), 1.0).value is None
    os.close(writing)
    assert os.read(reading, 1) == b"x"  # it was there
    assert select.select([reading], [], [], 60.0)[0]
    assert os.read(reading, 1) == b""
    os.close(reading)
