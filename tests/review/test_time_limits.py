"""A wait in a test that somebody ends from outside is not told of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from racewright.review import ReviewSettings, review
from racewright.review.time_limits import TimeLimits

WAITING = """\
import threading
import time


def test_ready(service):
    ready = threading.Event()
    service.start(ready)
    ready.wait()
    while not service.is_ready():
        time.sleep(0.1)
"""
TOX = "[tox]\nenvlist = py311\n\n[testenv]\n"

LIMITED = {
    "pytest.ini": "[pytest]\ntimeout = 60\n",
    ".pytest.ini": "[pytest]\ntimeout=0.5\n",
    "setup.cfg": "[metadata]\nname = shop\n\n[tool:pytest]\naddopts = -q --timeout=30\n",
    "pyproject.toml": "[tool.pytest.ini_options]\ntimeout = 60\n",
    "pyproject.toml ": '[tool.pytest.ini_options]\naddopts = ["-q", "--timeout", "60"]\n',
    "pyproject.toml of pytest 9": '[tool.pytest]\ntimeout = "60"\n',
    "pyproject.toml of tox": '[tool.tox.env_run_base]\nset_env = { OS_TEST_TIMEOUT = "90" }\n',
    "tox.ini": "[pytest]\ntimeout = 60\n",
    "tox.ini of tox": TOX + "commands =\n  pytest --timeout 120 {posargs}\n",
    "tox.ini of Nova": TOX + "setenv =\n  LANGUAGE=en_US\n  OS_TEST_TIMEOUT=160\n",
    "tox.toml": '[env_run_base]\nset_env.OS_TEST_TIMEOUT = "160"\n',
    ".testr.conf": "[DEFAULT]\ntest_command=OS_TEST_TIMEOUT=${OS_TEST_TIMEOUT:-60} python\n",
    "conftest.py": "import pytest\n\npytestmark = pytest.mark.timeout(10)\n",
}
UNLIMITED = {
    "pytest.ini": "[pytest]\ntimeout = 0\n",
    "pytest.ini ": "",
    "pytest.ini, where an option goes before": "[pytest]\ntimeout = 60\naddopts = --timeout=0\n",
    "pytest.ini of another meaning": "[pytest]\nfaulthandler_timeout = 60\n",
    "setup.cfg": "[pytest]\ntimeout = 60\n",
    "setup.cfg that is none": "[tool:pytest\ntimeout = 60\n",
    "pyproject.toml": "[tool.other]\ntimeout = 60\n",
    "pyproject.toml that is none": "[tool.pytest.ini_options\ntimeout = 60\n",
    "pyproject.toml of another kind": "tool = 3\n",
    "tox.ini": TOX + "setenv =\n  OS_TEST_TIMEOUT=0\n",
    "tox.ini of a comment": TOX + "# OS_TEST_TIMEOUT=160\n",
    "tox.ini of another program": TOX + "commands =\n  curl --timeout 120\n",
    "tox.ini of words": TOX + "setenv =\n  OS_TEST_TIMEOUT={env:SECONDS}\n",
    "conftest.py": "import pytest\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "tests/unit").mkdir(parents=True)
    (tmp_path / "tests/unit/test_it.py").write_text(WAITING)
    return tmp_path


def found() -> set[str]:
    made = review(ReviewSettings(ruff=False, select=("unbounded-*",)))
    return {finding.rule for finding in made.findings}


@pytest.mark.parametrize("name", LIMITED)
def test_where_tests_have_a_time_limit_no_wait_of_theirs_is_endless(
    name: str, project: Path
) -> None:
    assert found() == {"unbounded-wait", "unbounded-poll"}
    (project / name.split()[0]).write_text(LIMITED[name])
    assert found() == set()  # although what was found in the file came from the cache


@pytest.mark.parametrize("name", UNLIMITED)
def test_what_sets_no_limit_is_none(name: str, project: Path) -> None:
    (project / name.split()[0].rstrip(",")).write_text(UNLIMITED[name])
    assert found() == {"unbounded-wait", "unbounded-poll"}


def test_a_nearer_configuration_of_pytest_goes_before_one_above_it(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\ntimeout = 60\n")
    (project / "tests/pytest.ini").write_text("[pytest]\n")
    assert found() == {"unbounded-wait", "unbounded-poll"}
    (project / "tests/pytest.ini").unlink()
    (project / "tests/setup.cfg").write_text("[metadata]\nname = shop\n")
    assert found() == set()


def test_what_lies_above_the_repository_is_somebody_elses(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\ntimeout = 60\n")
    (project / "tests/.git").mkdir()
    assert found() == {"unbounded-wait", "unbounded-poll"}


def test_a_configuration_that_cannot_be_read_sets_no_limit(project: Path) -> None:
    (project / "pytest.ini").write_bytes(b"[pytest]\n\xff\xfe\x00timeout = 60\n")
    (project / "tox.ini").write_text("[" * 5000)
    (project / "pyproject.toml").write_text("a = " + "[" * 5000)
    os.mkfifo(project / "setup.cfg")
    assert not TimeLimits().is_limited(str(project / "tests/unit/test_it.py"))
