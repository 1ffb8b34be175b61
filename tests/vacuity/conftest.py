"""Commands in a folder of their own, and a check that nothing is left wrapped or neutral here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from racewright.interpose.wrapping import in_place
from racewright.primitives.neutral import NEUTRAL


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    assert in_place() == ()
    assert NEUTRAL.kind == ""


class Project:
    """A folder with modules in it, in which ``racewright`` is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, source: str) -> None:
        (self.folder / name).write_text(textwrap.dedent(source).lstrip())

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        answer = subprocess.run(
            [sys.executable, "-m", "racewright", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        return answer.returncode, answer.stdout, answer.stderr

    def facts(self, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        """Exit status, and what the JSON says of each target."""
        if arguments[0] == "mutate":
            budget = () if "--schedules" in arguments else ("--schedules", "100")
            arguments = (*arguments, *budget, "--jobs", "1")
        status, output, error = self.run(*arguments, "--format", "json")
        assert output, error
        targets: list[dict[str, Any]] = json.loads(output)["targets"]
        return status, targets

    def mutate(self, *arguments: str) -> tuple[int, dict[str, str]]:
        """Exit status, and the verdict on each mutant of the one target."""
        status, (target,) = self.facts("mutate", *arguments)
        return status, {each["mutant"]: each["verdict"] for each in target["mutants"]}


@pytest.fixture(scope="session")
def new_project() -> type[Project]:
    return Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
