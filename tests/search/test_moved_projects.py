"""A schedule file from another machine, where the project lay elsewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import threading

counts = {"hits": 0}

def hit():
    counts["hits"] += 1

threads = [threading.Thread(target=hit) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert counts["hits"] == 2
"""


def racewright(folder: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "racewright", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60).returncode


@pytest.mark.parametrize("command", ["replay", "minimise"])
def test_where_the_recorded_root_is_gone_the_working_directory_is_the_project(
    tmp_path: Path, command: str
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "hits.py").write_text(PROGRAM)
    assert racewright(there, "explore", "hits.py", "--no-minimise") == 1
    here = there.rename(tmp_path / "here")
    (file,) = (here / ".racewright").glob("*.schedule")
    assert racewright(here, command, str(file)) == 1
