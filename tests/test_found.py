"""What other tools report as safe is found, with the right kind of failure.

Each is a program of ``tests/programs/racy``; its twin in ``safe`` shows that this mistake is what
is found.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path(__file__).parent / "programs"
EXPLORER = Path(__file__).parent / "support" / "explore_programs.py"

#: program: kind of failure, the start of its message, the delay it needs (virtual seconds)
FOUND: dict[str, tuple[str, str, float | None]] = {
    "queue_empty_then_get": ("unhandled-exception", "Empty", None),
    "try_acquire_ignored": ("assertion", "AssertionError", None),
    "lost_interrupt": ("deadlock", "", None),
    "lucene_notify_before_wait": ("deadlock", "", None),
    "notify_before_wait": ("deadlock", "", None),
    "timed_event_wait": ("assertion", "AssertionError", 0.5),
    "timed_queue_get": ("exception", "Empty", 0.5),
    "timed_condition_wait": ("exception", "IndexError", 0.5),
    "timed_lock_acquire": ("unhandled-exception", "RuntimeError", 0.5),
    "shared_generator": ("unhandled-exception", "ValueError: generator already executing", None),
    "check_then_add": ("assertion", "AssertionError", None),
    "exists_then_mkdir": ("", "FileExistsError", None),
    "thread_in_executor": ("assertion", "AssertionError", None),
    "executor_shared_state": ("assertion", "AssertionError", None),
    "timer_lost_update": ("assertion", "AssertionError", None),
    "barrier_too_few": ("deadlock", "", None),
    "semaphore_deadlock": ("deadlock", "", None),
    "queue_cycle_deadlock": ("deadlock", "", None),
}


@pytest.fixture(scope="module")
def failures() -> dict[str, list[dict[str, Any]]]:
    """Every distinct failure of each program, minimised."""
    options = {"jobs": 1, "keep_going": True, "schedules": 400, "save": False}
    names = [f"racy/{name}" for name in FOUND]
    run = subprocess.run(
        [sys.executable, str(EXPLORER), json.dumps(options), *names],
        cwd=PROGRAMS,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr
    reports = [json.loads(line) for line in run.stdout.splitlines()]
    return {report["program"].removeprefix("racy/"): report["failures"] for report in reports}


@pytest.mark.parametrize("name", FOUND)
def test_it_is_found(name: str, failures: dict[str, list[dict[str, Any]]]) -> None:
    kind, message, delay = FOUND[name]
    matching = [
        failure
        for failure in failures[name]
        if kind in ("", failure["kind"]) and failure["message"].startswith(message)
    ]
    assert matching, failures[name]
    assert matching[0]["timeout_dependent"] == delay
