"""A saved schedule is followed to the last event in any process, or the step that differs is named.

``benchmarks/replays.py`` does the same for every racy program, a thousand times each.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
EXPLORER = HERE / "support" / "explore_programs.py"
#: One of each sort.
NAMES = (
    "ab_ba_deadlock",
    "executor_shared_state",
    "exists_then_mkdir",
    "lost_update",
    "pool_map_accumulator",
    "timed_queue_get",
    "timer_lost_update",
)
TIMES = 10


def run(folder: Path, *command: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the programs, in which schedules may be saved."""
    place = tmp_path_factory.mktemp("replay") / "programs"
    shutil.copytree(PROGRAMS, place, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return place


@pytest.fixture(scope="module")
def files(folder: Path) -> dict[str, str]:
    """The file of the minimal schedule of each program."""
    options = json.dumps({"schedules": 1000, "jobs": 1})
    result = run(folder, str(EXPLORER), options, *(f"racy/{name}" for name in NAMES))
    assert result.returncode == 0, result.stderr
    found: list[dict[str, Any]] = [json.loads(line) for line in result.stdout.splitlines()]
    return {each["program"].removeprefix("racy/"): each["schedule"] for each in found}


@pytest.mark.parametrize(
    ("name", "hash_seed"), list(zip(NAMES, itertools.cycle(["random", "77"]), strict=False))
)
def test_replaying_a_schedule_gives_the_recorded_trace_in_any_process(
    name: str, hash_seed: str, folder: Path, files: dict[str, str]
) -> None:
    command = ["-m", "racewright", "replay", files[name], "--times", str(TIMES)]
    result = run(folder, *command, "--format", "json", hash_seed=hash_seed)
    assert result.returncode == 1, result.stderr
    report = json.loads(result.stdout)
    assert report["diverged"] is None
    assert (report["times"], report["same_failure"], report["identical_traces"]) == (TIMES,) * 3


def test_a_program_that_was_changed_is_said_to_diverge_at_a_step(
    folder: Path, files: dict[str, str]
) -> None:
    program = folder / "racy" / "lost_update.py"
    before = program.read_text()
    start = "        thread.start()\n"
    program.write_text(before.replace(start, start + "        thread.is_alive()\n"))
    try:
        result = run(folder, "-m", "racewright", "replay", files["lost_update"])
    finally:
        program.write_text(before)
    assert result.returncode == 5, result.stdout + result.stderr
    assert "ScheduleDiverged" in result.stderr
    assert "step " in result.stderr
    assert "recorded" in result.stderr
    assert "looks at" in result.stderr or "peek" in result.stderr
