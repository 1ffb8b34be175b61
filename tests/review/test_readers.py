"""Files are read in watched processes: one that never ends, or dies, costs only itself."""

from __future__ import annotations

import multiprocessing.connection
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from racewright.errors import InternalError, UsageError
from racewright.review import ReviewSettings, engine, from_pyproject, review
from racewright.review.readers import Lost, can_fork, each_read

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")


class Watch:
    """A clock that stands still until a reader says that it is stuck; then its time is up."""

    def __init__(self) -> None:
        self.now = 0.0
        self.heard, self.told = os.pipe()
        self.jumps: list[float] = []

    def clock(self) -> float:
        return self.now

    def wait(self, connections: list[Connection], until: float | None) -> list[Any]:
        ready = multiprocessing.connection.wait([*connections, self.heard])
        if ready == [self.heard]:
            assert until is not None
            os.read(self.heard, 1)
            self.jumps.append(until)
            self.now += until
            return []
        return [each for each in ready if each != self.heard]

    def get_stuck(self) -> None:
        os.write(self.told, b"!")
        while True:
            signal.pause()


def read(work: list[int], act: Callable[[int], object], jobs: int = 1, **more: Any) -> list[object]:
    return list(each_read(work, act, jobs=jobs, limit=more.pop("limit", 60), **more))


def test_results_come_in_the_order_of_the_work_from_however_many_readers() -> None:
    for jobs in (1, 2, 5):
        assert read(list(range(40)), lambda n: n * n, jobs) == [n * n for n in range(40)]
    assert read([], lambda n: n) == []


def test_a_file_that_takes_too_long_is_given_up_and_those_behind_it_are_read() -> None:
    watch = Watch()
    mine = os.getpid()

    def act(number: int) -> tuple[int, bool]:
        if number == 2:
            watch.get_stuck()
        return number, os.getpid() != mine

    made = read([0, 1, 2, 3, 4, 5, 6, 7, 8], act, clock=watch.clock, wait=watch.wait)
    assert made.pop(2) == Lost("it takes longer than 60 seconds")
    assert made == [(number, True) for number in (0, 1, 3, 4, 5, 6, 7, 8)]
    assert watch.jumps == [60.0]


def test_each_file_has_its_own_time() -> None:
    watch = Watch()

    def act(number: int) -> int:
        if number in (0, 3):
            watch.get_stuck()
        return number

    made = read([0, 1, 2, 3, 4], act, limit=7, clock=watch.clock, wait=watch.wait)
    lost = Lost("it takes longer than 7 seconds")
    assert made == [lost, 1, 2, lost, 4]
    assert watch.jumps == [7.0, 7.0]


def test_a_reader_that_dies_of_a_file_costs_that_file_alone() -> None:
    def act(number: int) -> int:
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    assert read([0, 1, 2, 3], act, 2) == [0, Lost("the process that read it ended"), 2, 3]


def test_what_takes_more_memory_than_there_is_is_told() -> None:
    def act(number: int) -> int:
        if number == 1:
            raise MemoryError
        return number

    assert read([0, 1, 2], act) == [0, Lost("there is not enough memory for it"), 2]


def test_a_result_that_is_too_deep_to_be_handed_over_is_told() -> None:
    def act(number: int) -> object:
        made: tuple[object, ...] = ()
        for _ in range(100_000 if number == 0 else 10):
            made = (made,)
        return made if number == 0 else number

    assert read([0, 1], act) == [Lost("it is nested too deeply"), 1]


def test_an_error_of_ours_is_not_taken_for_one_of_the_file() -> None:
    def act(number: int) -> int:
        return 1 // number

    with pytest.raises(InternalError, match="ZeroDivisionError"):
        read([1, 0], act)


def test_no_reader_is_left_when_nobody_wants_more() -> None:
    made = each_read(list(range(50)), lambda _: os.getpid(), jobs=2, limit=0)
    reader = next(made)
    assert isinstance(reader, int)
    made.close()
    with pytest.raises(ProcessLookupError):
        os.kill(reader, 0)


def test_a_file_that_takes_too_long_is_named_and_the_rest_is_reviewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()
    monkeypatch.chdir(tmp_path)
    for name in ("good.py", "slow.py", "well.py"):
        (tmp_path / name).write_text("import os\n\nos.umask(0)\n")

    def read_path(work: tuple[str, str, str]) -> engine.Read:
        if work[0].endswith("slow.py"):
            watch.get_stuck()
        return really(work)

    def with_watch(*given: Any, **more: Any) -> Any:
        return each_read(*given, **more, clock=watch.clock, wait=watch.wait)

    really = engine._read_path
    monkeypatch.setattr(engine, "_read_path", read_path)
    monkeypatch.setattr(engine, "each_read", with_watch)
    made = review(ReviewSettings(paths=(str(tmp_path),), ruff=False, time_limit=5))
    assert made.files == 2
    (note,) = made.gaps
    assert (note.file, note.message) == (
        "slow.py",
        "not reviewed: it takes longer than 5 seconds",
    )


def test_the_limit_is_a_key_of_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.racewright.review]\ntime-limit = 5\n")
    assert from_pyproject(str(tmp_path)).time_limit == 5
    file.write_text("[tool.racewright.review]\ntime-limit = -1\n")
    with pytest.raises(UsageError, match=r"time-limit .* is less than 0"):
        from_pyproject(str(tmp_path))
