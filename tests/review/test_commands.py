"""The commands ``review`` and ``rule``: what they print, where, and with which status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from racewright.cli import main
from racewright.cli_review import FORMATS
from racewright.review import all_rules
from racewright.review.manual import to_markdown

ROOT = Path(__file__).parent.parent.parent
DEFECT = """\
import threading
condition = threading.Condition()

def take(items):
    with condition:
        if not items:
            condition.wait()
        return items.pop()
"""
IMPROVEMENT = "import settings\n\nLIMIT = settings.LIMIT\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "defect.py").write_text(DEFECT)
    (tmp_path / "test_improvement.py").write_text(IMPROVEMENT)
    (tmp_path / "clean.py").write_text("x = 1\n")
    (tmp_path / "broken.py").write_text("x = (\n")
    return tmp_path


def status_of(*arguments: str) -> object:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return end.value.code


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["clean.py"], 0),
        (["test_improvement.py"], 1),
        (["test_improvement.py", "--fail-on", "defect"], 0),
        (["defect.py", "--fail-on", "defect"], 1),
        (["defect.py"], 1),
        (["defect.py", "--exit-zero"], 0),
        (["defect.py", "--ignore", "wait-outside-loop"], 0),
        (["defect.py", "broken.py"], 1),
        (["broken.py"], 3),
        (["clean.py", "broken.py"], 3),
        (["test_improvement.py", "broken.py", "--fail-on", "defect"], 3),
        (["broken.py", "--exit-zero"], 0),
        (["--output", "no/such/folder/out", "clean.py"], 2),
        (["--write-baseline", "clean.py"], 2),
        (["--baseline", "nowhere.json", "clean.py"], 2),
        (["nowhere.py"], 2),
        (["--select", "no-such-rule", "clean.py"], 2),
        (["--format", "no-such-format", "clean.py"], 2),
        (["."], 1),
        ([], 1),
    ],
)
def test_the_status_says_what_was_found(arguments: list[str], status: int) -> None:
    assert status_of("review", "--no-ruff", "--no-cache", *arguments) == status


@pytest.mark.parametrize("style", FORMATS)
def test_every_format_can_be_written_to_a_file(
    style: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of("review", "--no-ruff", "--format", style, "--output", "out", "defect.py") == 1
    assert capsys.readouterr().out == "1 security defects are detected in the code.\n"
    assert "wait" in (folder / "out").read_text()


def test_json_has_the_documented_fields_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    status_of("review", "--no-ruff", "--format", "json")
    report = json.loads(capsys.readouterr().out)
    assert len(report["defects"]) == len(report["improvements"]) == len(report["notes"]) == 1
    page = (ROOT / "docs/reference/review-json.md").read_text()
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")[1:]}
    for section, found in (
        ("Review", report),
        ("Finding", report["defects"][0]),
        ("Finding", report["improvements"][0]),
        ("Note", report["notes"][0]),
    ):
        cells = [line.split("|")[1] for line in sections[section].splitlines() if "| `" in line]
        documented = {word for cell in cells for word in cell.replace(",", " ").split()}
        assert {f"`{key}`" for key in found} == documented


def test_a_rule_can_be_looked_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("rule", "wait-outside-loop") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("wait-outside-loop (defect, CWE-667)\n")
    assert "How it is proved" in shown
    assert status_of("rule") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.name for rule in all_rules()]


def test_a_rule_that_does_not_exist_is_an_error_with_a_hint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert status_of("rule", "wait-outside-lop") == 2
    assert "Did you mean wait-outside-loop?" in capsys.readouterr().err


def test_the_reference_is_what_the_docstrings_say() -> None:
    assert (ROOT / "docs/reference/rules.md").read_text() == to_markdown()
