"""What ``logging`` remembers from one execution to the next must be no event of any."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import logging
import threading

log = logging.getLogger(__name__)


def test_counting():
    counter = [0]

    def count():
        log.debug("the first call asks whether debugging is on, and keeps the answer")
        n = counter[0]
        log.debug("the second finds it")
        counter[0] = n + 1

    tasks = [threading.Thread(target=count) for _ in range(2)]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
    assert counter == [2]
"""


def test_a_logger_that_asks_for_its_level_once_makes_no_execution_differ(tmp_path: Path) -> None:
    (tmp_path / "test_case.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "racewright", "explore", "test_case.py", "--format", "json"]
    command += ["--schedules", "300", "--seed", "1", "--jobs", "1"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    report = json.loads(answer.stdout)
    assert [found["kind"] for found in report["failures"]] == ["assertion"]
    # Each execution would have a process of its own, and cost ten times as much.
    assert report["notes"] == []
