"""A process that gets little of the processor is slow, and not stalled."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from racewright import originals
from racewright.carriers.greenlets import GreenletCarrier
from racewright.errors import TaskAbandoned
from racewright.kernel.clock import Clock
from racewright.kernel.scheduler import STATE, Kernel
from racewright.run.watchdog import Watchdog
from racewright.strategies.base import Strategy

STALL = 5.0
#: Seconds between two looks.
INTERVAL = 0.25


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], tuple[float, int]]:
    """Looks until the watchdog bites, or for so many seconds: when it bit, and its heartbeats."""

    def look(share: float, seconds: float) -> tuple[float, int]:
        wall = 100.0
        monkeypatch.setattr(originals, "monotonic", lambda: wall)
        monkeypatch.setattr(originals, "process_time", lambda: wall * share)
        kernel = Kernel(Strategy(), GreenletCarrier(), Clock())
        monkeypatch.setattr(STATE, "kernel", kernel)
        beats: list[float] = []
        watchdog = Watchdog(kernel, STALL, lambda: beats.append(wall))
        frame = sys._getframe()
        try:
            while wall < 100.0 + seconds:
                watchdog.look(frame)
                wall += INTERVAL
        except TaskAbandoned:
            assert kernel.stop is not None
            assert kernel.stop.kind == "stall"
            return wall - 100.0, len(beats)
        return 0.0, len(beats)

    return look


def test_what_blocks_is_stalled_after_so_many_real_seconds(
    looks: Callable[[float, float], tuple[float, int]],
) -> None:
    assert looks(0.0, 60.0) == (STALL, 1)
    assert looks(0.01, 60.0) == (STALL, 1)


def test_what_computes_is_stalled_after_so_many_real_seconds(
    looks: Callable[[float, float], tuple[float, int]],
) -> None:
    assert looks(1.0, 60.0) == (STALL, 1)
    assert looks(0.6, 60.0) == (STALL, 1)


def test_what_is_starved_has_longer_and_is_known_to_be_alive(
    looks: Callable[[float, float], tuple[float, int]],
) -> None:
    """At a tenth of a processor half of five seconds' work takes twenty-five."""
    bitten, beats = looks(0.1, 60.0)
    assert bitten == 25.0
    assert beats > 50  # it is not killed from outside, either


def test_nothing_is_waited_for_for_ever(
    looks: Callable[[float, float], tuple[float, int]],
) -> None:
    assert looks(0.03, 600.0)[0] == 10 * STALL
