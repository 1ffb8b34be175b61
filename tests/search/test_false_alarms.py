"""Correct programs that were once reported: what is reported must be the program's own doing."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest


def explore(folder: Path, source: str, *options: str) -> dict[str, Any]:
    """The report on the one test in ``source``."""
    (folder / "test_case.py").write_text(textwrap.dedent(source))
    command = [sys.executable, "-m", "racewright", "explore", "test_case.py", "--format", "json"]
    command += ["--schedules", "300", "--seed", "1", "--jobs", "1", *options]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert answer.stdout, answer.stderr
    report: dict[str, Any] = json.loads(answer.stdout)
    return report


def test_a_lock_that_another_task_gives_back_is_not_a_deadlock(tmp_path: Path) -> None:
    report = explore(
        tmp_path,
        """
        import threading

        def test_ping_pong():
            ping, pong, turns = threading.Lock(), threading.Lock(), []
            pong.acquire()

            def first():
                for _ in range(3):
                    ping.acquire()
                    turns.append("ping")
                    pong.release()

            def second():
                for _ in range(3):
                    pong.acquire()
                    turns.append("pong")
                    ping.release()

            tasks = [threading.Thread(target=each) for each in (first, second)]
            for task in tasks:
                task.start()
            for task in tasks:
                task.join()
            assert turns == ["ping", "pong"] * 3
        """,
    )
    assert (report["outcome"], report["failures"]) == ("passed", [])


def test_two_tasks_that_give_back_what_the_other_took_are_not_deadlocked(tmp_path: Path) -> None:
    report = explore(
        tmp_path,
        """
        import threading

        def test_third_task_opens_both_gates():
            left, right, started = threading.Lock(), threading.Lock(), threading.Barrier(3)

            def cross(near, far):
                near.acquire()
                started.wait()
                far.acquire()
                far.release()

            def gatekeeper():
                started.wait()
                left.release()
                right.release()

            tasks = [
                threading.Thread(target=cross, args=(left, right)),
                threading.Thread(target=cross, args=(right, left)),
                threading.Thread(target=gatekeeper),
            ]
            for task in tasks:
                task.start()
            for task in tasks:
                task.join()
        """,
    )
    assert (report["outcome"], report["failures"]) == ("passed", [])


def test_importing_one_module_from_two_tasks_is_not_a_deadlock(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import threading\n\nthreading.Event().is_set()\n")
    report = explore(
        tmp_path,
        """
        import importlib
        import sys
        import threading

        def test_imports():
            sys.modules.pop("slow", None)
            tasks = [
                threading.Thread(target=importlib.import_module, args=("slow",)) for _ in range(2)
            ]
            for task in tasks:
                task.start()
            for task in tasks:
                task.join()
        """,
    )
    assert (report["outcome"], report["failures"]) == ("passed", [])


@pytest.mark.parametrize("look", ["is_alive", "join"])
def test_a_thread_may_be_looked_at_while_it_is_started(tmp_path: Path, look: str) -> None:
    report = explore(
        tmp_path,
        f"""
        import threading

        def test_look():
            looked_at = threading.Thread(target=int)

            def look():
                try:
                    looked_at.{look}()
                except RuntimeError:
                    pass  # not started yet

            looker = threading.Thread(target=look)
            looker.start()
            looked_at.start()
            looker.join()
            looked_at.join()
        """,
    )
    assert (report["outcome"], report["failures"]) == ("passed", [])
