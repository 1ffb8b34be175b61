"""The schedule of an execution that passes can be kept, and followed to its last event."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from racewright import store

PROGRAM = """
import threading

lock = threading.Lock()

def work():
    for _ in range({times}):
        with lock:
            pass

threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def racewright(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "racewright", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    (tmp_path / "locked.py").write_text(PROGRAM.format(times=5))
    options = ("--strategy", "random", "--schedules", "4", "--jobs", "1", "--record", "a.schedule")
    explored = racewright(tmp_path, "explore", "locked.py", *options)
    assert explored.returncode == 0, explored.stdout + explored.stderr
    return tmp_path / "a.schedule"


def test_a_recorded_execution_that_passed_is_followed_to_its_last_event(recorded: Path) -> None:
    schedule = store.read(recorded)
    assert (schedule.outcome, schedule.length) == ("passed", len(schedule.steps))
    assert schedule.deviations

    replayed = racewright(recorded.parent, "replay", "a.schedule", "--times", "3")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    assert "identical 3 times" in replayed.stdout


def test_a_program_that_does_more_than_was_recorded_diverges(recorded: Path) -> None:
    (recorded.parent / "locked.py").write_text(PROGRAM.format(times=6))
    assert racewright(recorded.parent, "replay", "a.schedule").returncode == 5


def test_a_difference_beyond_the_steps_that_were_kept_is_told_by_the_digest(
    recorded: Path,
) -> None:
    schedule = store.read(recorded)
    changed = schedule.replace(steps=schedule.steps[:10], trace_digest="0" * 16)
    store.write_to(recorded, changed)

    replayed = racewright(recorded.parent, "replay", "a.schedule")
    assert replayed.returncode == 5
    assert "after step 10" in replayed.stderr
