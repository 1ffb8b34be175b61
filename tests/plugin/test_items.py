"""A test item is run again and again, with its fixtures, as pytest runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import os
import threading

import pytest


def note(word):
    with open(os.environ["NOTES"], "a") as file:
        file.write(word + "\\n")


@pytest.fixture(scope="module")
def wide():
    note("wide")
    yield


@pytest.fixture
def narrow(request):
    note("up")
    yield request.node.name
    note("down")


class TestClass:
    def setup_method(self):
        self.count = 0

    @pytest.mark.parametrize("word", ["one"])
    def test_it(self, wide, narrow, word, tmp_path):
        assert self.count == 0 and word == "one"
        note("call")
        thread = threading.Thread(target=lambda: setattr(self, "count", 1))
        thread.start()
        thread.join()
        assert self.count == 1
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "test_items.py").write_text(TESTS)
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NOTES": str(project / "notes"), "COLUMNS": "100"}
    environment.pop("RACEWRIGHT_RESTARTED", None)
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def notes(project: Path) -> list[str]:
    return (project / "notes").read_text().split()


def test_every_execution_sets_its_function_fixtures_up_and_tears_them_down(project: Path) -> None:
    done = run(
        project,
        *("racewright", "explore", "test_items.py", "--format", "json"),
        *("--schedules", "10", "--jobs", "1"),
    )
    report = json.loads(done.stdout)
    assert report["outcome"] == "passed", done.stdout
    assert report["executions"] == 10
    assert not report["notes"]
    words = [word for word in notes(project) if word != "wide"]
    assert words == ["up", "call", "down"] * 10
    # Once for the two runs of the default schedule, once in the worker that did the rest.
    assert notes(project).count("wide") == 2


def test_race_runs_the_marked_items_only_and_race_option_all(project: Path) -> None:
    (project / "test_two.py").write_text(
        "import pytest\n"
        "@pytest.mark.race(schedules=5)\n"
        "def test_marked():\n    pass\n"
        "def test_plain():\n    pass\n"
    )
    marked = run(project, "pytest", "-rs", "-p", "no:cacheprovider", "test_two.py")
    assert "1 passed, 1 skipped" in marked.stdout
    assert "inconclusive: no concurrency was seen" in marked.stdout
    everything = run(project, "pytest", "--race", "-p", "no:cacheprovider", "test_two.py")
    assert "2 skipped" in everything.stdout


def test_control_is_not_taken_for_a_marker_that_is_only_spoken_of(project: Path) -> None:
    (project / "test_spoken.py").write_text(
        "import threading\n"
        "TEXT = '@pytest.mark.race'\n"
        "def test_native():\n    assert type(threading.Lock()).__module__ == '_thread'\n"
    )
    done = run(project, "pytest", "-p", "no:cacheprovider", "test_spoken.py")
    assert "1 passed" in done.stdout


def test_a_wrong_option_of_the_marker_fails_the_test_with_its_name(project: Path) -> None:
    (project / "test_wrong.py").write_text(
        "import pytest\n@pytest.mark.race(scedules=5)\ndef test_marked():\n    pass\n"
    )
    done = run(project, "pytest", "-p", "no:cacheprovider", "test_wrong.py")
    assert done.returncode == 1
    assert "unexpected keyword argument 'scedules'" in done.stdout
    assert "Traceback" not in done.stdout
