"""``@controlled`` runs the schedule that it is asked for, at the time of day that it is."""

from __future__ import annotations

import threading
import time

from racewright import originals

# Not from `racewright`: for that the plug-in would take control of the whole session.
from racewright.search.controlled import controlled


def order_of_steps(**options: object) -> list[str]:
    """In which order the steps of three threads come, in one controlled run."""
    steps: list[str] = []

    @controlled(**options)  # type: ignore[arg-type]
    def run() -> None:
        lock = threading.Lock()

        def work(name: str) -> None:
            for _ in range(3):
                with lock:
                    steps.append(name)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    run()
    return steps


def test_without_a_strategy_it_is_the_default_schedule() -> None:
    assert order_of_steps() == order_of_steps(seed=7) == list("aaabbbccc")


def test_a_seed_of_the_random_strategy_names_one_schedule() -> None:
    assert order_of_steps(strategy="random", seed=3) == order_of_steps(strategy="random", seed=3)


def test_other_seeds_are_other_schedules() -> None:
    seen = {tuple(order_of_steps(strategy="random", seed=seed)) for seed in range(10)}
    assert len(seen) > 5


def test_the_clock_of_a_controlled_run_begins_at_the_time_of_day() -> None:
    began = originals.wall_time()

    @controlled
    def now() -> float:
        return time.time()

    assert int(began) <= now() <= originals.wall_time() + 1
