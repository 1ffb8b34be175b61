"""What is accepted is not told again; what is new is, however like it is to what was accepted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from racewright.cli import main

WAITS = """\
import threading


def test_one(work):
    ready = threading.Event()
    work.begin(ready)
    ready.wait()
    assert work.one


def test_two(work):
    ready = threading.Event()
    work.start(ready)
    ready.wait()
    work.next(ready)
    ready.wait()
    assert work.two
"""


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "test_waits.py"
    path.write_text(WAITS)
    return path


def run(*arguments: str) -> object:
    with pytest.raises(SystemExit) as end:
        main(["review", "--no-ruff", "--baseline", "accepted.json", *arguments])
    return end.value.code


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[list[int], list[str]]:
    """The lines of the findings, and the notes."""
    capsys.readouterr()
    run("--format", "json", *arguments)
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert not any(note["gap"] for note in report["notes"])
    lines = [each["lines"][0] for each in report["improvements"]]
    return lines, [note["message"] for note in report["notes"]]


def accepted(path: str = "accepted.json") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(path).read_text())["findings"]
    return found


def test_what_is_accepted_is_not_told_and_its_number_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("--write-baseline") == 0
    assert capsys.readouterr().out == "accepted.json: 3 findings accepted\n"
    assert [(each["function"], len(each["contexts"])) for each in accepted()] == [
        ("test_one", 1),
        ("test_two", 2),
    ]
    assert told(capsys) == ([], ["3 findings are in the baseline, and not told"])
    assert run() == 0


def test_a_finding_that_has_moved_is_still_accepted(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--write-baseline")
    first, second = WAITS.split("def test_two")
    file.write_text(f"{first.partition('def')[0]}def test_two{second}\n\n# moved\n\n" + first[19:])
    assert told(capsys)[0] == []


def test_a_third_finding_beside_two_like_it_is_new_and_is_the_one_that_is_told(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--write-baseline")
    third = WAITS.replace("    work.next", "    work.again(ready)\n    ready.wait()\n    work.next")
    file.write_text(third)
    assert told(capsys)[0] == [16]
    assert run() == 1
    # Though its place is above the others.
    file.write_text(
        WAITS.replace("    work.start", "    work.a(ready)\n    ready.wait()\n    work.start")
    )
    assert told(capsys)[0] == [14]


def test_as_many_as_were_accepted_are_accepted_when_all_around_them_has_changed(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--write-baseline")
    file.write_text(WAITS.replace("    work.", "    # a comment\n    work.other."))
    assert told(capsys)[0] == []


def test_an_entry_of_what_is_gone_is_named_with_how_many(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--write-baseline")
    file.write_text(WAITS.replace("    work.next(ready)\n    ready.wait()\n", ""))
    gone = "the baseline has a finding of unbounded-wait in test_two that the code has no longer"
    assert told(capsys) == ([], ["2 findings are in the baseline, and not told", gone])
    assert run() == 0
    file.unlink()
    notes = told(capsys)[1]
    assert [note.split(" that ")[0] for note in notes] == [
        "the baseline has 2 findings of unbounded-wait in test_two",
        "the baseline has a finding of unbounded-wait in test_one",
    ]
    run("--write-baseline")
    assert accepted() == []


def test_what_a_review_could_not_see_is_neither_stale_nor_lost(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--write-baseline")
    before = accepted()
    other = file.with_name("test_other.py")
    other.write_text("x = 1\n")
    assert told(capsys, "test_other.py") == ([], [])
    assert told(capsys, "--select", "unjoined-task") == ([], [])
    assert run("--write-baseline", "test_other.py") == 0
    assert run("--write-baseline", "--select", "unjoined-task") == 0
    assert accepted() == before


def test_paths_are_relative_to_the_baseline(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--write-baseline")
    folder = file.parent / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as end:
        main(["review", "--no-ruff", "--baseline", "../accepted.json", ".."])
    assert end.value.code == 0, capsys.readouterr().out


def test_the_settings_can_name_the_baseline(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = '[tool.racewright.review]\nbaseline = "known.json"\nruff = false\n'
    (file.parent / "pyproject.toml").write_text(text)
    for arguments, status in ((["--write-baseline"], 0), ([], 0)):
        with pytest.raises(SystemExit) as end:
            main(["review", *arguments])
        assert end.value.code == status
    assert len(accepted("known.json")) == 2


def test_a_baseline_holds_no_text_of_the_code() -> None:
    run("--write-baseline")
    assert "ready.wait" not in Path("accepted.json").read_text()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}'],
)
def test_a_baseline_that_is_none_is_an_error_and_is_kept(text: str) -> None:
    Path("accepted.json").write_text(text)
    assert run() == 2
    assert run("--write-baseline") == 2
    assert Path("accepted.json").read_text() == text


def test_a_baseline_of_a_part_of_what_is_found_is_not_written() -> None:
    assert run("--write-baseline", "--diff", "HEAD") == 2
    assert not Path("accepted.json").exists()


def test_a_baseline_that_cannot_be_written_is_an_error() -> None:
    with pytest.raises(SystemExit) as end:
        main(["review", "--no-ruff", "--baseline", "no/folder/a.json", "--write-baseline"])
    assert end.value.code == 2
