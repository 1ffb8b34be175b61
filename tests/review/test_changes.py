"""A review that keeps to what a change touches."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from racewright.cli import main
from racewright.errors import UsageError
from racewright.review.changes import changed_lines

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
TAKE = """\
def take_{name}(items):
    with condition:
        if not items:
            condition.wait()
        return items.pop()
"""
HEAD = "import threading\ncondition = threading.Condition()\n"


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one finding that is committed."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    (tmp_path / "bö x.py").write_text(HEAD + TAKE.format(name="old"))
    git("add", ".")
    git("commit", "-qm", "one")
    return tmp_path


def places(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, int]]:
    with pytest.raises(SystemExit):
        main(["review", "--no-ruff", "--no-cache", "--diff", "HEAD", "--format", "json"])
    defects = json.loads(capsys.readouterr().out)["defects"]
    return [(each["file"], each["lines"][0]) for each in defects]


def test_without_a_change_nothing_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert places(capsys) == []


def test_what_a_change_adds_is_told_and_what_was_there_is_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = HEAD + TAKE.format(name="new") + TAKE.format(name="old")
    (folder / "bö x.py").write_text(text)
    assert places(capsys) == [("bö x.py", 6)]


def test_a_file_that_git_does_not_know_is_told_whole(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "new.py").write_text(HEAD + TAKE.format(name="new"))
    assert places(capsys) == [("new.py", 6)]


def test_paths_are_right_in_a_folder_below_the_top(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "new.py").write_text("x = 1\n")
    monkeypatch.chdir(folder / "sub")
    assert list(changed_lines("HEAD")) == ["new.py"]


@pytest.mark.parametrize("revision", ["no-such-revision", "--output=x", ""])
def test_a_revision_that_is_none_is_an_error(folder: Path, revision: str) -> None:
    with pytest.raises(UsageError):
        changed_lines(revision)
    assert not (folder / "x").exists()
