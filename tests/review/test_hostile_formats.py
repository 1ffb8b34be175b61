"""A hostile tree in every format: names that look like markup or commands, secrets, endless lines.

The tree is reviewed as any other; then each format is read back by what reads it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from racewright.model.finding import Review
from racewright.report import review_json, review_markdown, review_sarif, review_services
from racewright.report.review_text import to_text
from racewright.review import ReviewSettings, review

CODE = """\
import threading
condition = threading.Condition()

def take(items):
    with condition:
        if not items:
            condition.wait()  # token = "hunter2hunter2" <script>x()</script> ]]> ``` ::error::x
        return items.pop()
"""
NAMES = (
    "::error::owned.py",
    "<script>alert(1)<|script>.py",
    "a\nb::warning::x.py",
    "colour\x1b[31m.py",
    "]]>.py",
    "[x](http:..evil).py",
    "--format=text.py",
    "`$(touch ran)`.py",
    "\"quoted\" & 'it'.py",
    "turned\u202eyp.py",
    "%0A.py",
    "|pipe|.py",
    "tab\t.py",
    "l" * 200 + ".py",
    os.fsdecode(b"bytes\xff\xfe.py"),
)
BROKEN = ("bad\n::error::syntax.py", "<b>.py")
FORMS: dict[str, Callable[[Review], str]] = {
    "text": to_text,
    "markdown": review_markdown.to_markdown,
    "json": review_json.to_json,
    "sarif": review_sarif.to_sarif,
    "github": review_services.to_github,
    "gitlab": review_services.to_gitlab,
    "rdjson": review_services.to_rdjson,
    "junit": review_services.to_junit,
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name in NAMES:
        (folder / name).write_text(CODE)
    for name in BROKEN:
        (folder / name).write_text("def f(:\n")
    (folder / "binary.py").write_bytes(b"\xff\xfe\x00\x01")
    (folder / "wide.py").write_text("x = '" + "<b>" * 1_000_000 + "'\n")
    (folder / "huge.py").write_bytes(b"x" * 10_000_000)
    (folder / "deep.py").write_bytes(b"x = " + b"(" * 100_000)
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "self.py").symlink_to(folder / "self.py")
    os.mkfifo(folder / "pipe.py")
    return folder


@pytest.fixture(scope="module")
def made(hostile: Path) -> Review:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(hostile)
        return review(ReviewSettings(ruff=False, cache=False, jobs=1))


def test_each_file_of_the_tree_is_reviewed_or_named_with_its_reason(made: Review) -> None:
    assert len({finding.place.file for finding in made.defects}) == len(NAMES)
    gaps = {note.file for note in made.gaps}
    assert gaps == {*BROKEN, "binary.py", "huge.py", "deep.py", "self.py", "pipe.py"}


@pytest.mark.parametrize("form", FORMS)
def test_no_format_has_a_secret_or_a_character_that_steers(form: str, made: Review) -> None:
    shown = FORMS[form](made)
    assert "hunter2" not in shown
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\ud800-\udfff]", shown)
    assert len(shown) < 200_000
    shown.encode("utf-8")


def test_the_formats_for_programs_name_each_file_as_it_is(made: Review) -> None:
    names = {finding.place.file for finding in made.defects}
    assert {each["file"] for each in json.loads(FORMS["json"](made))["defects"]} == names
    unread = {note.file for note in made.gaps}
    assert {
        each["location"]["path"] for each in json.loads(FORMS["gitlab"](made))
    } == names | unread
    diagnostics = json.loads(FORMS["rdjson"](made))["diagnostics"]
    assert {each["location"]["path"] for each in diagnostics} == names | unread


def test_a_format_for_programs_does_not_tell_what_was_not_read_as_a_finding(made: Review) -> None:
    unread = {note.file for note in made.gaps}
    issues = json.loads(FORMS["gitlab"](made))
    assert {
        each["location"]["path"] for each in issues if each["check_name"] == "not-reviewed"
    } == unread
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    diagnostics = json.loads(FORMS["rdjson"](made))["diagnostics"]
    assert {
        each["location"]["path"] for each in diagnostics if each["severity"] == "WARNING"
    } == unread
    (suite,) = ElementTree.fromstring(FORMS["junit"](made).encode())
    errors = [case for case in suite if case.find("error") is not None]
    assert len(errors) == int(suite.get("errors", "")) == len(unread)
    assert int(suite.get("tests", "")) == len(suite)


def test_no_name_in_sarif_is_taken_for_a_scheme_or_another_folder(made: Review) -> None:
    (run,) = json.loads(FORMS["sarif"](made))["runs"]
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
    }
    assert len(uris) == len(NAMES)
    assert not any(re.search(r"[^\w.~%/-]", uri) for uri in uris)


def test_junit_can_be_read_and_has_no_markup_of_the_names(made: Review) -> None:
    root = ElementTree.fromstring(FORMS["junit"](made).encode())
    assert len([case for case in root.iter("testcase") if case.find("failure") is not None]) == len(
        NAMES
    )
    assert {each.tag for each in root.iter()} <= {
        *("testsuites", "testsuite", "testcase", "failure", "error", "properties", "property"),
        *("system-out", "system-err"),
    }


def test_github_takes_one_command_for_each_finding_and_note(made: Review) -> None:
    lines = FORMS["github"](made).splitlines()
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) == len(made.findings) + len(made.notes)
    assert not any(line.startswith(("::error::", "::warning::")) for line in lines)
    told = [line for line in commands if line.startswith("::warning file=")]
    assert len(told) == len([note for note in made.notes if note.file])


def test_markdown_shows_names_and_code_as_text(made: Review) -> None:
    shown = FORMS["markdown"](made)
    outside = re.sub(r"^(`{3,})python\n.*?^\1$", "", shown, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"(?<!\\)<(?=[a-z/])", outside)
    assert not re.search(r"(?<!\\)\]\(", outside)
    assert "`$(" not in re.sub(r"\\`", "", outside)


def test_a_sentence_about_an_endless_line_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    question = " or ".join(f"server.is_ready_{number}" for number in range(2000))
    (tmp_path / "test_it.py").write_text(
        f"import time\n\ndef test_it(server):\n    while {question}:\n        time.sleep(1)\n"
    )
    result = review(ReviewSettings(ruff=False, cache=False, jobs=1))
    (found,) = result.findings
    assert found.rule == "unbounded-poll"
    assert len(found.defect) < 2000
    assert all(len(form(result)) < 20_000 for form in FORMS.values())


def test_ruff_is_not_made_to_wait_for_a_pipe(hostile: Path) -> None:
    command = [sys.executable, "-m", "racewright", "review", "--no-cache", "--format=json"]
    done = subprocess.run(command, cwd=hostile, capture_output=True, timeout=120)
    said = json.loads(done.stdout)
    assert len(said["defects"]) == len(NAMES)
    assert b"Traceback" not in done.stderr
    assert not (hostile / "ran").exists()
