"""What ``mutate`` makes of the examples and of correct programs: every lock that matters is
noticed, by a schedule that repeats."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SUPPORT = ROOT / "tests" / "support"

#: What excludes tasks from one another and matters; all of it must be noticed.
GUARDED = {
    "ab_ba_deadlock": ["lock safe/ab_ba_deadlock.py:11"],
    "bounded_buffer": ["lock safe/bounded_buffer.py:14"],
    "check_then_append": ["semaphore safe/check_then_append.py:12"],
    "double_init": ["lock safe/double_init.py:12", "lock safe/double_init.py:21"],
    "notify_before_wait": ["lock safe/notify_before_wait.py:11"],
    "pool_over_capacity": ["lock safe/pool_over_capacity.py:12"],
    "timed_lock_acquire": ["lock safe/timed_lock_acquire.py:13"],
    "try_acquire_ignored": ["lock safe/try_acquire_ignored.py:14"],
    "wait_with_if": ["lock safe/wait_with_if.py:12"],
    "work_stealing_queue": ["lock safe/work_stealing_queue.py:16"],
    "wrong_lock": ["lock safe/wrong_lock.py:11"],
}
#: Locks without which these programs are as right as with them, for the reason given.
IDLE = {
    "cs_stack": ("lock safe/cs_stack.py:13", "not noticed"),  # one thread pops, append is atomic
    "double_checked_init": ("lock safe/double_checked_init.py:11", "not noticed"),  # two are made
    "lazy01": ("lock safe/lazy01.py:12", "not noticed"),  # what is lost keeps the level low
    "self_deadlock": ("lock safe/self_deadlock.py:11", "equivalent"),  # all results are allowed
}
#: Waits and joins that matter.
WAITED = {
    "event_pulse_missed": "wait safe/event_pulse_missed.py:14",
    "missing_join": "join safe/missing_join.py:19",
    "result_before_value": "wait safe/result_before_value.py:19",
    "task_done_early": "wait safe/task_done_early.py:22",
    "timed_event_wait": "wait safe/timed_event_wait.py:22",
}

EXAMPLES = {
    "bank.py": {"lock examples/fixed/bank.py:13", "join examples/fixed/bank.py:38"},
    "test_cache.py": {
        "lock examples/fixed/test_cache.py:8",
        "join examples/fixed/test_cache.py:33",
    },
    "test_connection_pool.py": {
        "lock examples/fixed/test_connection_pool.py:12",
        "join examples/fixed/test_connection_pool.py:49",
    },
    # What is done with two forks needs none: the test is one of a deadlock, and notices no lock.
    "test_philosophers.py": {"join examples/fixed/test_philosophers.py:33"},
    "test_producer_consumer.py": {
        "lock examples/fixed/test_producer_consumer.py:9",
        "join examples/fixed/test_producer_consumer.py:37",
    },
}


def run(folder: Path, *command: str) -> str:
    answer = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert answer.returncode in (0, 1), answer.stderr
    return answer.stdout


def replayed(folder: Path, schedules: list[str]) -> list[dict[str, Any]]:
    """What came of following each schedule five times, each in a fresh process."""
    output = run(folder, str(SUPPORT / "replay_programs.py"), "5", *schedules)
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    (folder / "safe").mkdir()
    for name in {*GUARDED, *IDLE, *WAITED}:
        shutil.copy(ROOT / "tests" / "programs" / "safe" / f"{name}.py", folder / "safe")
    return folder


@pytest.fixture(scope="module")
def verdicts(programs: Path) -> dict[str, dict[str, Any]]:
    """What came of each mutant of all the programs."""
    names = [f"safe/{name}" for name in sorted({*GUARDED, *IDLE, *WAITED})]
    options = json.dumps({"jobs": 1, "schedules": 500, "minimise": False})
    output = run(programs, str(SUPPORT / "mutate_programs.py"), options, *names)
    lines = [json.loads(line) for line in output.splitlines()]
    return {line["mutant"]: line for line in lines if "mutant" in line}


@pytest.mark.parametrize("name", GUARDED)
def test_every_lock_whose_removal_matters_is_noticed(
    name: str, verdicts: dict[str, dict[str, Any]]
) -> None:
    kinds = ("lock", "semaphore")
    mine = [
        each for mutant, each in verdicts.items()
        if each["program"] == f"safe/{name}" and mutant.startswith(kinds)
    ]  # fmt: skip
    assert [each["mutant"] for each in mine] == GUARDED[name]
    assert [each["verdict"] for each in mine] == ["noticed"] * len(mine)


@pytest.mark.parametrize("name", IDLE)
def test_a_lock_whose_removal_changes_nothing_is_not_said_to_be_noticed(
    name: str, verdicts: dict[str, dict[str, Any]]
) -> None:
    mutant, verdict = IDLE[name]
    assert verdicts[mutant]["verdict"] == verdict


@pytest.mark.parametrize("name", WAITED)
def test_a_wait_or_a_join_that_matters_is_noticed(
    name: str, verdicts: dict[str, dict[str, Any]]
) -> None:
    assert verdicts[WAITED[name]]["verdict"] == "noticed"


def test_the_schedule_of_every_mutant_that_was_noticed_replays(
    programs: Path, verdicts: dict[str, dict[str, Any]]
) -> None:
    schedules = [each["schedule"] for each in verdicts.values() if each["verdict"] == "noticed"]
    assert len(schedules) >= len(GUARDED) + len(WAITED)
    for facts in replayed(programs, schedules):
        assert (facts["same_failure"], facts["identical_traces"]) == (5, 5), facts


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_matters_in_an_example_is_noticed_and_replays(example: str, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".racewright")
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=ignored)
    command = ["-m", "racewright", "mutate", f"examples/fixed/{example}", "--format", "json"]
    (target,) = json.loads(run(tmp_path, *command, "--jobs", "1"))["targets"]
    noticed = {each["mutant"]: each for each in target["mutants"] if each["verdict"] == "noticed"}
    assert set(noticed) == EXAMPLES[example]
    for facts in replayed(tmp_path, [each["schedule"] for each in noticed.values()]):
        assert (facts["same_failure"], facts["identical_traces"]) == (5, 5), facts
