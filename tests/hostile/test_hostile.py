"""Targets that misbehave: each has the right outcome, in bounded time, and leaves nothing behind.

The targets lie in ``targets``; each is explored by the real command, in a folder of its own. The
commands are started two at a time as soon as the first result is asked for.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TARGETS = Path(__file__).parent / "targets"
#: Real seconds after which a command counts as hung; most take one or two.
BOUND = 120
SCHEDULES = 40


@dataclass
class Result:
    """What a command came to."""

    status: int
    output: str
    errors: str
    left: list[str]

    @property
    def report(self) -> dict[str, Any]:
        return json.loads(self.output)

    @property
    def failure(self) -> dict[str, Any]:
        (failure,) = self.report["failures"]
        return failure


def environment(folder: Path) -> dict[str, str]:
    # The mark by which processes that are left behind are known.
    return {**os.environ, "RACEWRIGHT_TEST_FOLDER": str(folder), "CI": "1"}


def racewright(folder: Path, *arguments: str) -> Result:
    """Run the command in ``folder``; raises ``TimeoutExpired`` if it hangs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "racewright", *arguments],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    try:
        output, errors = process.communicate(timeout=BOUND)
    finally:
        process.kill()
    return Result(process.returncode, output, errors, left_behind(folder))


def left_behind(folder: Path) -> list[str]:
    """The command lines of processes that were started by a command run in ``folder``."""
    mark = f"RACEWRIGHT_TEST_FOLDER={folder}".encode()
    for _ in range(20):  # one that was just killed may take a moment
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (place / "environ").read_bytes().split(b"\0"):
                    found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        if not found:
            break
        time.sleep(0.1)
    return [line for line in found if line]


def prepared(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for each in (name, "uncontrolled"):
        shutil.copy(TARGETS / f"{each}.py", folder)
    return folder


def explored(folder: Path, name: str, *options: str) -> Result:
    arguments = ("--format", "json", "--stall", "0.5", "--schedules", str(SCHEDULES), "-j", "1")
    target = f"{name}.py::test_ends"
    return racewright(prepared(folder, name), "explore", target, *arguments, *options)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the targets are explored, each in a folder of its name."""
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def results(base: Path) -> Iterator[dict[str, Future[Result]]]:
    """What exploring each target comes to."""
    with ThreadPoolExecutor(2) as pool:
        names = [*RACY, *FAILING_ALWAYS, *PASSING, *INCONCLUSIVE, *BROKEN]
        yield {name: pool.submit(explored, base / name, name) for name in names}
        pool.shutdown(cancel_futures=True)  # where only some of the tests were asked for


#: target: kind of failure, task, the start of its site, a part of its message
FAILING_ALWAYS = {
    "always_fails": ("assertion", "main", "always_fails.py:10", "1 + 1"),
    "blocking_recv": ("stall", "receiving", "blocking_recv.py:11", "no scheduling point"),
    "catches_everything": ("stall", "stubborn", "catches_everything.py:", "nothing moved"),
    "endless_loop": ("stall", "computing", "endless_loop.py:8", "no scheduling point"),
    "interrupt_in_thread": (
        "unhandled-exception",
        "interrupting",
        "interrupt_in_thread.py:8",
        "KeyboardInterrupt",
    ),
    "lock_made_before": ("stall", "taking", "lock_made_before.py:", "outside our control"),
    "nested_exception": (
        "unhandled-exception",
        "inner",
        "nested_exception.py:8",
        "LookupError: nothing there",
    ),
    "os_exit_0": ("crash", "Thread-1 (leave)", "os_exit_0.py:9", "os._exit(0)"),
    "os_exit_1": ("crash", "Thread-1 (leave)", "os_exit_1.py:9", "os._exit(1)"),
    "os_exit_7": ("crash", "Thread-1 (leave)", "os_exit_7.py:9", "os._exit(7)"),
    "os_exit_255": ("crash", "Thread-1 (leave)", "os_exit_255.py:9", "os._exit(255)"),
    "own_alarm_and_endless_loop": (
        "stall",
        "computing",
        "own_alarm_and_endless_loop.py:",
        "nothing moved",
    ),
    "recursion": ("unhandled-exception", "falling", "recursion.py:7", "RecursionError"),
    "segmentation_fault": ("crash", "Thread-1 (string_at)", "", "SIGSEGV"),
    "spin_for_ever": ("livelock", "waiting-", "spin_for_ever.py:14", "still running"),
    "spin_uninstrumented": ("stall", "main", "<string>:1", "no scheduling point"),
}
PASSING = (
    "daemon_never_ends",
    "five_hundred_threads",
    "forks",
    "mocked_sleep",
    "multiprocessing_fork",
    "multiprocessing_spawn",
    "never_fails",
    "own_alarm",
    "own_excepthook",
    "prints_megabytes",
    "spin_on_sleeper",
    "spin_with_sleep",
    "spin_without_sleep",
    "sys_exit_in_thread",
    "thread_never_ends",
)
INCONCLUSIVE = {"no_threads": "no concurrency was seen", "skips": "skipped"}
BROKEN = {"import_error": "there_is_no_such_module", "syntax_error": "SyntaxError"}
RACY = {
    "changes_directory": ("assertion", "main", "changes_directory.py:24"),
    "lost_update": ("assertion", "main", "lost_update.py:21"),
    "os_exit_in_a_race": ("crash", "Thread-1 (look)", "os_exit_in_a_race.py:12"),
}


@pytest.mark.parametrize("name", FAILING_ALWAYS)
def test_what_fails_under_every_schedule_is_told_from_a_race(
    name: str, results: dict[str, Future[Result]]
) -> None:
    result = results[name].result()
    kind, task, site, message = FAILING_ALWAYS[name]
    assert (result.status, result.report["outcome"]) == (1, "fails-without-race")
    failure = result.failure
    assert failure["kind"] == kind
    assert failure["task"].startswith(task)
    assert failure["site"].startswith(site)
    assert message in failure["message"]
    assert Path(failure["schedule"]).suffix == ".schedule"
    assert not result.left


@pytest.mark.parametrize("name", PASSING)
def test_what_is_unusual_but_right_passes(name: str, results: dict[str, Future[Result]]) -> None:
    result = results[name].result()
    assert result.report["failures"] == []
    assert (result.status, result.report["outcome"]) == (0, "passed")
    assert not result.left


@pytest.mark.parametrize("name", INCONCLUSIVE)
def test_where_nothing_can_be_interleaved_the_reason_is_given(
    name: str, results: dict[str, Future[Result]]
) -> None:
    result = results[name].result()
    assert (result.status, result.report["outcome"]) == (3, "inconclusive")
    assert INCONCLUSIVE[name] in result.report["reason"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_target_that_cannot_be_loaded_is_an_error_of_the_user(
    name: str, results: dict[str, Future[Result]]
) -> None:
    result = results[name].result()
    assert (result.status, result.report["outcome"]) == (2, "error")
    assert BROKEN[name] in result.report["reason"]
    assert "[target]" in result.errors


@pytest.mark.parametrize("name", RACY)
def test_a_race_is_found_and_its_place_is_named(
    name: str, results: dict[str, Future[Result]]
) -> None:
    result = results[name].result()
    kind, task, site = RACY[name]
    assert (result.status, result.report["outcome"]) == (1, "failed")
    failure = result.failure
    assert (failure["kind"], failure["task"], failure["site"].split()[0]) == (kind, task, site)
    assert failure["preemptions"] == 1
    assert not result.left


def test_a_thread_that_is_left_behind_is_noted(results: dict[str, Future[Result]]) -> None:
    notes = results["thread_never_ends"].result().report["notes"]
    assert any("1 tasks were left behind: waiting" in note for note in notes)


def test_a_program_that_would_never_end_is_a_deadlock(tmp_path: Path) -> None:
    folder = prepared(tmp_path, "thread_never_ends")
    result = racewright(folder, "explore", "thread_never_ends:main", "--format", "json")
    assert (result.status, result.report["outcome"]) == (1, "fails-without-race")
    assert (result.failure["kind"], result.failure["task"]) == ("deadlock", "waiting")


def test_a_later_misfortune_does_not_lose_an_earlier_find(tmp_path: Path) -> None:
    result = explored(tmp_path, "two_failures", "--keep-going", "--strategy", "pos")
    kinds = {failure["kind"] for failure in result.report["failures"]}
    assert kinds == {"assertion", "stall"}
    assert len(list((tmp_path / ".racewright").glob("*.schedule"))) == 2
    assert result.status == 1
    assert not result.left


def test_a_target_that_does_not_exist_is_an_error_of_the_user(tmp_path: Path) -> None:
    for target in ("nothing.py", "nothing.py::test_x", "nothing:here", "nothing"):
        result = racewright(tmp_path, "explore", target, "--format", "json")
        assert (result.status, result.report["outcome"]) == (2, "error"), target
        assert "Traceback" not in result.errors


@pytest.mark.parametrize(
    "arguments",
    [
        ["explore"],
        ["explore", "x.py", "--schedules", "none"],
        ["explore", "x.py", "--schedules", "0"],
        ["explore", "x.py", "--strategy", "luck"],
        ["explore", "x.py", "--no-such-option"],
        ["explore", "x.py", "--stall", "-1"],
        ["replay"],
        ["replay", "x.schedule", "--times", "0"],
        ["no-such-command"],
    ],
)
def test_an_option_that_makes_no_sense_is_an_error_of_the_user(
    tmp_path: Path, arguments: list[str]
) -> None:
    result = racewright(tmp_path, *arguments)
    assert result.status == 2
    assert "Traceback" not in result.errors


# ---------------------------------------------------------------------- schedule files


def damaged(kind: str, file: Path) -> None:
    """Spoil a schedule file in one of several ways."""
    text = file.read_text()
    if kind == "truncated":
        file.write_text(text[: len(text) // 2])
    elif kind == "empty":
        file.write_text("")
    elif kind == "corrupted":
        data = bytearray(text.encode())
        data[len(data) // 2] ^= 0x55
        file.write_bytes(bytes(data))
    elif kind == "foreign":
        file.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8)
    elif kind == "huge":
        file.write_bytes(b"x" * (50 << 20))
    elif kind == "other format":
        file.write_text(text.replace("1", "99", 1))
    else:
        raise ValueError(kind)


@pytest.mark.parametrize(
    "kind", ["truncated", "empty", "corrupted", "foreign", "huge", "other format"]
)
def test_a_schedule_file_that_cannot_be_read_is_refused_by_name(
    kind: str, tmp_path: Path, base: Path, results: dict[str, Future[Result]]
) -> None:
    saved = base / "lost_update" / results["lost_update"].result().failure["schedule"]
    folder = prepared(tmp_path, "lost_update")
    file = Path(shutil.copy(saved, folder))
    damaged(kind, file)
    began = time.monotonic()
    result = racewright(folder, "replay", file.name)
    assert time.monotonic() - began < BOUND / 4
    assert result.status == 2
    assert file.name in result.errors
    assert "[schedule-file]" in result.errors
    assert "Traceback" not in result.errors


def test_a_schedule_file_that_cannot_be_read_does_not_stop_an_exploration(tmp_path: Path) -> None:
    first = explored(tmp_path, "lost_update")
    (saved,) = (tmp_path / ".racewright").glob("*.schedule")
    damaged("corrupted", saved)
    again = explored(tmp_path, "lost_update")
    assert (first.report["outcome"], again.report["outcome"]) == ("failed", "failed")
    assert any(saved.name in note for note in again.report["notes"])


# ---------------------------------------------------------------------- surroundings


def test_two_explorations_at_once_in_one_folder_both_find(tmp_path: Path) -> None:
    prepared(tmp_path, "lost_update")
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(explored, tmp_path, "lost_update") for _ in range(2)]
    for future in both:
        assert future.result().report["outcome"] == "failed"
    for file in (tmp_path / ".racewright").glob("*.schedule"):
        assert racewright(tmp_path, "replay", str(file)).status == 1


def test_a_folder_that_cannot_be_written_to_costs_the_file_and_nothing_else(
    tmp_path: Path,
) -> None:
    folder = prepared(tmp_path, "lost_update")
    (folder / ".racewright").write_text("a file where a folder should be")
    result = explored(folder, "lost_update")
    assert (result.status, result.report["outcome"]) == (1, "failed")
    assert result.failure["kind"] == "assertion"


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    folder = prepared(tmp_path, "lost_update")
    command = f"{sys.executable} -m racewright explore lost_update.py::test_ends | head -1"
    run = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=BOUND,
    )
    assert run.stdout.count("\n") == 1
    assert "Traceback" not in run.stderr
    assert "Exception" not in run.stderr
    assert not left_behind(folder)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_an_exploration_with_what_was_found(name: str, tmp_path: Path) -> None:
    folder = prepared(tmp_path, "never_fails")
    shutil.copy(TARGETS / "lost_update.py", folder)
    command = [sys.executable, "-m", "racewright", "explore", "--format", "json"]
    command += [
        "--schedules",
        "100000000",
        "lost_update.py::test_ends",
        "never_fails.py::test_ends",
    ]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that starts us in the background has us ignore it, and so would the command.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + BOUND
    while not list(folder.glob(".racewright/*.schedule")) and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(3)  # real: the second target is under way by then, or not yet, and both are right
    process.send_signal(getattr(signal, name))
    output, errors = process.communicate(timeout=BOUND)
    assert process.returncode == 1
    assert "Traceback" not in errors
    report = json.loads(output)
    assert report["outcome"] == "failed"
    assert report.get("targets", [report])[0]["failures"]
    assert not left_behind(folder)
