"""``racewright review --fix`` and ``--suggest``: what is written, what is printed, what is left."""

from __future__ import annotations

import builtins
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from racewright import cli_fix
from racewright.cli import main

#: Two waits without a bound, in one test each, and a thread that nobody joins.
TESTS = """\
import threading


def test_one():
    ready = threading.Event()
    threading.Thread(target=ready.set).start()
    ready.wait()


def test_two():
    ready = threading.Event()
    ready.set()
    ready.wait()
"""
BOX = """\
import threading


class Box:
    def __init__(self):
        self.filled = threading.Condition()
        self.items = [1]

    def take(self):
        with self.filled:
            if not self.items:
                self.filled.wait(1)
            return self.items.pop()
"""
USES = "from box import Box\n\n\ndef test_box():\n    assert Box().take() == 1\n"
BOUND = "ready.wait(timeout=10)"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_it.py").write_text(TESTS)
    return tmp_path


def run(*arguments: str) -> object:
    with pytest.raises(SystemExit) as end:
        main(["review", "--no-ruff", "--no-cache", *arguments])
    return end.value.code


def state(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and ".git" not in path.parts
    }


# -- what is written and what is printed -----------------------------------------------------------


def test_fix_makes_the_certain_changes_and_reports_what_is_left(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--fix", "--format", "json") == 1
    out, err = capsys.readouterr()
    assert [each["rule"] for each in json.loads(out)["improvements"]] == ["unjoined-task"]
    assert err == "Fixed: 2 findings in 1 file\n  test_it.py: unbounded-wait (2 times)\n"
    assert (folder / "test_it.py").read_text() == TESTS.replace(
        "    ready.wait()", f"    assert {BOUND}"
    )


def test_suggest_prints_diffs_alone_and_writes_nothing(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    before = state(folder)
    assert run("--suggest") == 1
    out, _ = capfdbinary.readouterr()
    assert state(folder) == before
    assert out.startswith(
        b"# unjoined-task: A test does not wait for the thread that it starts\n--- a/"
    )
    subprocess.run(["git", "apply", "-"], input=out, check=True)
    text = (folder / "test_it.py").read_text()
    assert (text.count(BOUND), text.count(".join(timeout=10)")) == (2, 1)


def test_both_together_write_the_one_kind_and_print_the_other(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run("--fix", "--suggest") == 1
    out, _ = capfdbinary.readouterr()
    assert (folder / "test_it.py").read_text().count(BOUND) == 2
    assert b"join" in out
    assert b"+    assert ready.wait" not in out
    subprocess.run(["git", "apply", "-"], input=out, check=True)
    assert run() == 0


def test_a_second_run_has_nothing_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--fix")
    before = state(folder)
    capsys.readouterr()
    assert run("--fix") == 1
    assert capsys.readouterr().err == "Fixed: nothing\n"
    assert state(folder) == before


def test_nothing_left_is_status_0(folder: Path) -> None:
    (folder / "test_it.py").write_text(TESTS.replace(".start()", ""))
    assert run("--fix") == 0


def test_diffs_can_be_written_to_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--suggest", "--output", "changes.diff") == 1
    assert capsys.readouterr().out == ""
    assert (folder / "changes.diff").read_bytes().count(b"\n--- a/test_it.py\n") == 3


def test_a_reason_is_told_of_what_has_no_fix(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = TESTS.replace("    threading.Thread", "    if ready:\n        threading.Thread")
    (folder / "test_it.py").write_text(text)
    run("--suggest", "--select", "unjoined-task")
    err = capsys.readouterr().err
    where = "not test_it.py:7 unjoined-task: no change is known for what stands there"
    assert err == f"Suggested: nothing\n  {where}\n"


def test_a_terminal_gets_no_control_characters(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "test_it.py").write_text(TESTS.replace("wait()", "wait()  # \x1b[2J", 1))
    monkeypatch.setattr(cli_fix.sys.stdout, "isatty", lambda: True, raising=False)
    run("--suggest")
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert r"# \x1b[2J" in out


# -- only what is shown is fixed -------------------------------------------------------------------


def fixed_lines(folder: Path) -> list[int]:
    lines = (folder / "test_it.py").read_text().splitlines()
    return [number for number, line in enumerate(lines, 1) if BOUND in line]


def test_a_finding_that_a_comment_accepts_is_left(folder: Path) -> None:
    comment = "wait()  # racewright: ignore[unbounded-wait] it is set above"
    (folder / "test_it.py").write_text(comment.join(TESTS.rsplit("wait()", 1)))
    run("--fix")
    assert fixed_lines(folder) == [7]


def test_a_rule_that_is_not_asked_is_left(folder: Path) -> None:
    for arguments in (["--ignore", "unbounded-wait"], ["--select", "unjoined-task"]):
        run("--fix", *arguments)
    assert fixed_lines(folder) == []


def test_a_finding_of_the_baseline_is_left_and_one_that_is_like_it_is_fixed(
    folder: Path,
) -> None:
    run("--baseline", "known.json", "--write-baseline")
    third = TESTS + "    assert ready\n    ready.clear()\n    ready.wait()\n"
    (folder / "test_it.py").write_text(third)
    assert run("--baseline", "known.json", "--fix") == 0
    assert fixed_lines(folder) == [16]


def test_what_the_settings_leave_out_is_left(folder: Path) -> None:
    settings = '[tool.racewright.review]\nper-file-ignores = { "test_*" = ["unbounded-wait"] }\n'
    (folder / "pyproject.toml").write_text(settings)
    run("--fix")
    assert fixed_lines(folder) == []


def test_only_what_has_changed_is_fixed_with_diff(folder: Path) -> None:
    def git(*arguments: str) -> None:
        name = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *name, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    lines = TESTS.splitlines(keepends=True)
    changed = "".join([*lines[:4], "    import os\n\n", *lines[4:11], "    ready.set()\n"])
    (folder / "test_it.py").write_text(changed + "    ready.wait()  # now\n")
    assert run("--fix", "--diff", "HEAD") == 0
    assert fixed_lines(folder) == [15]
    assert run("--fix", "--suggest", "--diff", "HEAD") == 0
    assert fixed_lines(folder) == [15]


# -- tests -----------------------------------------------------------------------------------------


def test_a_change_with_which_a_test_fails_is_not_offered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "\n\ndef test_names():\n    assert 'assertion' not in str(test_one.__code__.co_consts)\n"
    wants = "\n\ndef test_as_it_was():\n    assert test_two.__code__.co_consts == (None,)\n"
    (folder / "test_it.py").write_text(TESTS + code + wants)
    assert run("--fix", "--select", "unbounded-wait", "--tests", "test_it.py") == 1
    err = capsys.readouterr().err
    assert fixed_lines(folder) == [7]
    assert "not test_it.py:13 unbounded-wait: the tests fail" in err


def test_a_change_in_the_code_is_tested_too_and_never_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "box.py").write_text(BOX)
    (folder / "test_box.py").write_text(USES)
    before = state(folder)
    arguments = ("--suggest", "--select", "wait-outside-loop", "--tests", "test_box.py")
    run(*arguments)
    out, err = capsys.readouterr()
    assert "+            self.filled.wait_for(lambda: self.items, 1)" in out
    assert err.endswith("The tests were run 2 times.\n")
    fails = "    assert 'wait_for' not in Box.take.__code__.co_names\n"
    (folder / "test_box.py").write_text(USES + fails)
    run(*arguments)
    out, err = capsys.readouterr()
    assert out == ""
    assert "not box.py:12 wait-outside-loop: the tests fail" in err
    assert state(folder) == {**before, "test_box.py": (USES + fails).encode()}


def test_tests_that_never_import_a_changed_file_are_said_to_say_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "box.py").write_text(BOX)
    (folder / "test_other.py").write_text("def test_it():\n    assert True\n")
    run("--suggest", "--select", "wait-outside-loop", "--tests", "test_other.py")
    assert "They never import box.py, so they say nothing of it." in capsys.readouterr().err


def test_names_of_unittest_can_be_given(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "import unittest\n" + TESTS.replace(
        "def test_one():", "class T(unittest.TestCase):\n    x = 1\n\n\ndef test_one():"
    )
    case = "\n\nclass Test(unittest.TestCase):\n    def test(self):\n        test_one()\n"
    (folder / "test_it.py").write_text(text + case)
    arguments = (
        "--fix",
        "--select",
        "unbounded-wait",
        "--runner",
        "unittest",
        "--tests",
        "test_it",
    )
    assert run(*arguments) == 0
    assert capsys.readouterr().err.endswith("The tests were run 2 times.\n")


def test_tests_that_fail_anyway_are_an_error_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "test_fails.py").write_text("def test_it():\n    assert 1 == 2\n")
    before = state(folder)
    assert run("--fix", "--tests", "test_fails.py") == 2
    assert "the tests do not pass as the project stands" in capsys.readouterr().err
    assert run("--fix", "--tests", "test_nowhere.py") == 2
    assert state(folder) == before


# -- files that are not as they should be ----------------------------------------------------------


def test_a_read_only_file_is_named_and_the_others_are_fixed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "test_locked.py").write_text(TESTS)
    (folder / "test_locked.py").chmod(0o444)
    assert run("--fix") == 1
    assert "Not written: test_locked.py: it is read-only" in capsys.readouterr().err
    assert (folder / "test_locked.py").read_text() == TESTS
    assert fixed_lines(folder) == [7, 13]


def test_a_file_that_changes_between_reading_and_writing_keeps_the_change(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from racewright import fixes

    real = fixes.fix_project
    theirs = TESTS + "# theirs\n"

    def meanwhile(*arguments: Any, **options: Any) -> fixes.Fixing:
        found = real(*arguments, **options)
        (folder / "test_it.py").write_text(theirs)
        return found

    monkeypatch.setattr(fixes, "fix_project", meanwhile)
    assert run("--fix") == 1
    assert "it has been changed in the meantime" in capsys.readouterr().err
    assert (folder / "test_it.py").read_text() == theirs


def test_a_file_that_does_not_parse_is_left_and_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "test_broken.py").write_text("def test_it(:\n")
    assert run("--fix", "--fail-on", "defect") == 3
    assert "test_broken.py" in capsys.readouterr().out
    assert fixed_lines(folder) == [7, 13]


def test_one_file_by_two_names_is_fixed_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "test_link.py").symlink_to("test_it.py")
    run("--fix")
    assert "Fixed: 2 findings in 1 file" in capsys.readouterr().err
    assert (folder / "test_link.py").is_symlink()
    assert fixed_lines(folder) == [7, 13]


# -- usage -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["--suggest", "--format", "json"],
        ["--fix", "--prove"],
        ["--fix", "--write-baseline", "--baseline", "x"],
        ["--tests", "test_it.py"],
        ["--fix", "--runner", "unittest"],
        ["--suggest", "--output", "no/such/folder"],
    ],
)
def test_what_makes_no_sense_together_is_an_error(arguments: list[str], folder: Path) -> None:
    before = state(folder)
    assert run(*arguments) == 2
    assert state(folder) == before


def test_without_libcst_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "libcst":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert run("--fix") == 2
    assert "pip install 'racewright[review]'" in capsys.readouterr().err
