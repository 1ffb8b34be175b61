"""Time goes on while timers lie ahead, as far as the horizon and no further, in every run alike."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from racewright import after, before, scenario
from racewright.errors import OrderImpossible
from racewright.search.controlled import controlled


class Door:
    def open(self) -> None:
        pass

    def enter(self) -> None:
        pass


def start(*bodies: tuple[str, Any]) -> list[threading.Thread]:
    threads = [threading.Thread(target=body, name=name, daemon=True) for name, body in bodies]
    for thread in threads:
        thread.start()
    return threads


@controlled
def opened_after(seconds: float, within: float = 10.0) -> tuple[str, float]:
    """A porter opens the door so late; the visitor is held until then."""
    door = Door()

    def porter() -> None:
        time.sleep(seconds)
        door.open()

    begun = time.monotonic()
    with scenario(after(Door.open), before(Door.enter), within=within) as asked:
        start(("visitor", door.enter), ("porter", porter))
    return asked.outcome, time.monotonic() - begun


@pytest.mark.parametrize("seconds", [0.001, 5, 30, 99])
def test_who_sleeps_once_is_waited_for_although_it_sleeps_long(seconds: float) -> None:
    outcome, passed = opened_after(seconds)
    assert outcome == "happened"
    assert passed == pytest.approx(seconds, abs=0.01)


def test_who_sleeps_longer_than_ten_times_within_is_not_waited_for() -> None:
    with pytest.raises(OrderImpossible) as caught:
        opened_after(101)
    first, second, *_ = str(caught.value).splitlines()
    assert first.startswith("point 1, after(Door.open), cannot be reached")
    assert second.startswith("within 10 virtual seconds, in which only timers went off: porter at")
    assert opened_after(101, within=11)[0] == "happened"


@controlled
def with_clocks(period: float, within: float = 10.0) -> tuple[float, str]:
    """Three clocks tick for ever, and nobody opens the door."""
    door = Door()
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(period):
            pass

    begun = time.monotonic()
    asked = scenario(after(Door.open), before(Door.enter), within=within)
    with pytest.raises(OrderImpossible) as caught, asked:
        start(("visitor", door.enter), *((f"clock-{n}", tick) for n in range(3)))
    passed = time.monotonic() - begun
    stop.set()
    return passed, str(caught.value)


@pytest.mark.parametrize(("period", "within"), [(0.5, 10.0), (1.0, 3.0), (4.0, 10.0)])
def test_timers_that_go_off_for_ever_are_seen_to(period: float, within: float) -> None:
    passed, text = with_clocks(period, within)
    assert within - period - 0.01 <= passed <= within + period + 0.01
    assert f"within {within:g} virtual seconds" in text
    assert "clock-0 at test_horizon.py" in text


def test_a_clock_that_is_slower_than_within_is_seen_to_tick_twice() -> None:
    passed, _ = with_clocks(25.0)
    assert passed == pytest.approx(25.0, abs=0.01)


def test_the_verdict_comes_out_alike_every_time() -> None:
    assert with_clocks(0.5) == with_clocks(0.5)


@controlled
def with_a_new_thread_each_second() -> float:
    door = Door()
    stopped: list[int] = []

    def again() -> None:
        if not stopped:
            timer = threading.Timer(1.0, again)
            timer.daemon = True
            timer.start()

    begun = time.monotonic()
    again()
    with pytest.raises(OrderImpossible), scenario(after(Door.open), before(Door.enter)):
        start(("visitor", door.enter))
    passed = time.monotonic() - begun
    stopped.append(1)
    return passed


def test_timers_that_start_one_another_do_not_go_on_for_ever() -> None:
    assert with_a_new_thread_each_second() <= 101


def test_without_timers_no_time_passes_at_all() -> None:
    @controlled
    def body() -> float:
        door = Door()
        begun = time.monotonic()
        with (
            pytest.raises(OrderImpossible) as caught,
            scenario(after(Door.open), before(Door.enter)),
        ):
            start(("visitor", door.enter))
        assert "within" not in str(caught.value).splitlines()[1]
        return time.monotonic() - begun

    assert body() < 0.001


def test_a_consumer_that_is_woken_for_ever_is_no_progress() -> None:
    import queue

    @controlled
    def body() -> float:
        door = Door()
        items: queue.Queue[int | None] = queue.Queue()
        stop = threading.Event()

        def produce() -> None:
            while not stop.wait(0.5):
                items.put(1)
            items.put(None)

        def consume() -> None:
            while items.get() is not None:
                pass

        begun = time.monotonic()
        with pytest.raises(OrderImpossible), scenario(after(Door.open), before(Door.enter)):
            start(("visitor", door.enter), ("producer", produce), ("consumer", consume))
        passed = time.monotonic() - begun
        stop.set()
        return passed

    assert 9 <= body() <= 12
