"""A failure counts when a fresh process comes to it, be it by a path that is a little different."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import threading

lock = threading.Lock()
warm = []


def test_counting():
    counter = [0]

    def first():
        n = counter[0]
        counter[0] = n + 1

    def second():
        if not warm:  # once in a process, as a library fills a cache
            warm.append(True)
            with lock:
                pass
        n = counter[0]
        counter[0] = n + 1

    tasks = [threading.Thread(target=each) for each in (first, second)]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
    assert counter == [2]
"""


def test_a_failure_of_a_warm_process_counts_where_its_schedule_fails_in_a_fresh_one_too(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_case.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "racewright", "explore", "test_case.py", "--format", "json"]
    command += ["--schedules", "300", "--seed", "1", "--jobs", "1", "--isolation", "worker"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    report = json.loads(answer.stdout)
    assert [found["kind"] for found in report["failures"]] == ["assertion"]
    replay = [sys.executable, "-m", "racewright", "replay", report["failures"][0]["schedule"]]
    assert subprocess.run(replay, cwd=tmp_path, capture_output=True, timeout=120).returncode == 1
