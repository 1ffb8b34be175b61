"""What a process does once must be no event of any execution.

The first execution would differ from all others; each would then be given a process of its own, and
cost ten times as much.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import logging
import threading

log = logging.getLogger(__name__)


def test_counting():
    counter = [0]

    def count():
        {once}
        n = counter[0]
        {once}
        counter[0] = n + 1

    tasks = [threading.Thread(target=count) for _ in range(2)]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
    assert counter == [2]
"""


@pytest.mark.parametrize(
    "once",
    [
        pytest.param("log.debug('no')", id="a logger asks for its level and keeps the answer"),
        pytest.param("import this_much", id="a module is imported"),
    ],
)
def test_what_happens_once_does_not_make_executions_influence_one_another(
    tmp_path: Path, once: str
) -> None:
    (tmp_path / "this_much.py").write_text("")
    (tmp_path / "test_case.py").write_text(PROGRAM.format(once=once))
    command = [sys.executable, "-m", "racewright", "explore", "test_case.py", "--format", "json"]
    command += ["--schedules", "300", "--seed", "1", "--jobs", "1"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    report = json.loads(answer.stdout)
    assert [found["kind"] for found in report["failures"]] == ["assertion"]
    assert report["notes"] == []
