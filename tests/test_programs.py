"""Every program of ``tests/programs`` comes to what the folder that it lies in says.

All of them are explored in one process each folder (see ``support/explore_programs.py``), on one
core, with seeds fixed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
EXPLORER = HERE / "support" / "explore_programs.py"
Facts = dict[str, list[dict[str, Any]]]


def names(folder: str) -> list[str]:
    return sorted(f"{folder}/{file.stem}" for file in PROGRAMS.glob(f"{folder}/[!_]*.py"))


def explored(names: list[str], **options: Any) -> Facts:
    """What came of exploring each of the programs, and of each of its parameters."""
    options = {"jobs": 1, "minimise": False, "save": False, **options}
    run = subprocess.run(
        [sys.executable, str(EXPLORER), json.dumps(options), *names],
        cwd=PROGRAMS,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert run.returncode == 0, run.stderr
    facts: Facts = {}
    for line in run.stdout.splitlines():
        each = json.loads(line)
        facts.setdefault(each["program"], []).append(each)
    return facts


@pytest.fixture(scope="module")
def racy() -> Facts:
    return explored(names("racy"), schedules=2000)


@pytest.fixture(scope="module")
def safe() -> Facts:
    return explored(names("safe"), schedules=300)


@pytest.fixture(scope="module")
def always() -> Facts:
    return explored(names("always"), schedules=300)


@pytest.mark.parametrize("name", names("racy"))
def test_a_racy_program_fails_under_some_schedule(name: str, racy: Facts) -> None:
    for facts in racy[name]:
        assert facts["outcome"] == "failed", facts
        assert facts["executions"] <= 2000
        assert not facts["uncontrolled"]


@pytest.mark.parametrize("name", names("racy"))
def test_only_what_needs_slack_is_said_to_depend_on_a_time_out(name: str, racy: Facts) -> None:
    needs_slack = "needs: slack" in (PROGRAMS / f"{name}.py").read_text()
    for facts in racy[name]:
        assert (facts["timeout_dependent"] is not None) == needs_slack, facts


@pytest.mark.parametrize("name", names("safe"))
def test_nothing_is_found_in_a_safe_program(name: str, safe: Facts) -> None:
    for facts in safe[name]:
        assert facts["outcome"] == "passed", facts
        assert not facts["uncontrolled"]
        assert not facts["notes"]


@pytest.mark.parametrize("name", names("always"))
def test_what_fails_under_every_schedule_is_no_race(name: str, always: Facts) -> None:
    for facts in always[name]:
        assert facts["outcome"] == "fails-without-race", facts


@pytest.mark.slow
def test_nothing_is_found_in_any_safe_program_however_long_one_looks() -> None:
    facts = explored(names("safe"), schedules=3000, seed=1)
    found = [each for several in facts.values() for each in several if each["outcome"] != "passed"]
    assert found == []
