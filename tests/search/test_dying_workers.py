"""What a worker's death costs is one execution, and no count is lost or made twice."""

from __future__ import annotations

import os
import threading

import racewright


def dies_or_fails() -> None:
    """In one order the process dies, in another an assertion fails, in most nothing happens."""
    seen: list[str] = []

    def note(name: str) -> None:
        seen.append(name)

    threads = [threading.Thread(target=note, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if seen == ["d", "c", "b", "a"]:
        os.abort()
    assert seen != ["b", "c", "d", "a"]


def test_a_search_goes_on_after_a_worker_died() -> None:
    exploration = racewright.explore(
        dies_or_fails, schedules=800, jobs=1, keep_going=True, save=False, corpus=False
    )
    kinds = sorted(found.failure.kind for found in exploration.failures)
    assert kinds == ["assertion", "crash"]
    assert exploration.executions == 800


_RUNS = [0]


def fails_the_fifth_time_only() -> None:
    """What fails here comes of what an earlier execution left, so it does not count."""
    thread = threading.Thread(target=_RUNS.__setitem__, args=(0, _RUNS[0] + 1))
    thread.start()
    thread.join()
    assert _RUNS[0] != 5


def test_a_failure_that_does_not_count_does_not_end_the_search() -> None:
    exploration = racewright.explore(
        fails_the_fifth_time_only,
        schedules=60,
        jobs=1,
        isolation="worker",
        save=False,
        corpus=False,
    )
    assert exploration.outcome == "passed"
    assert exploration.executions == 60
    assert any("not counted" in note for note in exploration.notes)
