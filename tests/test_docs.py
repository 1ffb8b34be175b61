"""The documentation does what it says: its commands run, its tables are complete, its links lead
somewhere.

In a page's source a comment stands before each block that is used: ``run: N`` for one that is run
and ends with exit status N, ``file: NAME`` for one that later blocks use. The blocks of a page are
run in their order, in a folder that holds a copy of the examples.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import racewright
import racewright_pytest
from racewright.cli import commands
from racewright.model.execution import Exploration
from racewright.settings import Settings
from racewright.store import text as schedule_text

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


# -- blocks that run -------------------------------------------------------------------------------


class Block(NamedTuple):
    what: str  #: "run" or "file"
    argument: str
    language: str
    body: str


_BLOCK = re.compile(
    r"^<!-- (run|file): ([^\n]+) -->\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


def blocks_of(page: Path) -> list[Block]:
    return [Block(*match.groups()) for match in _BLOCK.finditer(page.read_text())]


RUNNING = [page for page in PAGES if any(block.what == "run" for block in blocks_of(page))]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the examples, and beside it one with the commands that the pages use."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for name, module in (("python", ""), ("racewright", "-m racewright"), ("pytest", "-m pytest")):
        command = binaries / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        command.chmod(0o755)
    folder = tmp_path / "project"
    shutil.copytree(
        ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__")
    )
    return folder


def run(project: Path, command: str) -> tuple[int, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "RACEWRIGHT_", "PYTHONHASHSEED", "COLUMNS"))
    }
    path = f"{project.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=project,
        env={**inherited, "PATH": path, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
    )
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize("page", RUNNING, ids=name_of)
def test_what_a_page_shows_can_be_run(page: Path, project: Path) -> None:
    for number, block in enumerate(blocks_of(page)):
        if block.what == "file":
            file = project / block.argument
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.body)
        elif block.language == "python":
            (project / f"block_{number}.py").write_text(block.body)
            status, output = run(project, f"python block_{number}.py")
            assert status == int(block.argument), output
        else:
            run_console(project, block)


def run_console(project: Path, block: Block) -> None:
    """Run the lines after ``$ ``; the last one has the stated exit status, the others 0."""
    sessions = list(sessions_of(block.body))
    for place, (command, shown) in enumerate(sessions):
        status, output = run(project, command)
        wanted = int(block.argument) if place == len(sessions) - 1 else 0
        assert status == wanted, f"$ {command}\n{output}"
        if shown:
            # Up to its first number, for times and counts differ from machine to machine.
            start = re.split(r"[0-9…]", shown[0], maxsplit=1)[0].rstrip()
            assert start in output, f"$ {command}\n{output}"


def sessions_of(body: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console block, each with the output that is shown below it."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield command, [line for line in shown if line.strip()]


# -- links and words -------------------------------------------------------------------------------


def prose_of(page: Path) -> str:
    """A page without its blocks and what is set as code."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors_of(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "")).strip().lower().replace(" ", "-")
        for heading in headings
    }


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        if not there.exists() or (anchor and anchor not in anchors_of(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_promises_what_nobody_can_know(page: Path) -> None:
    assert re.findall(r"\b(?:safe|no races|race-free)\b", prose_of(page), re.IGNORECASE) == []


def test_the_map_leads_to_every_page() -> None:
    text = (DOCS / "README.md").read_text()
    missing = [
        name_of(page)
        for page in DOCS.rglob("*.md")
        if page.name != "README.md" and f"({page.relative_to(DOCS).as_posix()})" not in text
    ]
    assert missing == []


def test_the_changelog_has_this_version() -> None:
    assert f"## {racewright.__version__}" in (ROOT / "CHANGELOG.md").read_text()


# -- tables that are complete ----------------------------------------------------------------------


def named_in(page: Path, section: str = "") -> set[str]:
    """What the first cells of a page's tables name; of one section, if that is given."""
    text = page.read_text()
    if section:
        start = re.search(rf"^#+ {re.escape(section)}$", text, re.MULTILINE)
        assert start is not None, f"{name_of(page)} has no section {section!r}"
        text = text[start.end() :].partition("\n## ")[0]
    cells = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def options_named_in(page: Path) -> set[str]:
    return {
        option
        for name in named_in(page)
        for option in re.findall(r"(?:^|\s)(--?[a-z][\w-]*)", name.split("=")[0])
    }


def test_every_option_of_the_command_line_is_documented_and_no_other() -> None:
    offered = {
        option
        for command in commands.commands.values()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("-")
    }
    offered |= {"--version", "-h", "--help"}
    assert options_named_in(DOCS / "reference/command-line.md") == offered


def test_every_option_of_the_pytest_plug_in_is_documented_and_no_other() -> None:
    names = [name for name, _, _ in racewright_pytest._OPTIONS] + ["instrument"]
    page = DOCS / "reference/pytest.md"
    offered = {f"--race-{name.replace('_', '-')}" for name in names} | {"--race"}
    assert options_named_in(page) == offered
    text = page.read_text()
    assert [name for name in names if f"`race_{name}`" not in text] == []


def test_every_setting_is_documented_and_no_other() -> None:
    fields = {field.name for field in dataclasses.fields(Settings)}
    assert named_in(DOCS / "reference/python-api.md", "Settings") == fields


def test_every_field_of_an_exploration_is_documented_and_no_other() -> None:
    fields = {field.name for field in dataclasses.fields(Exploration)} | {"failed"}
    assert named_in(DOCS / "reference/python-api.md", "Exploration") == fields


def test_every_field_of_a_schedule_file_is_documented_and_no_other() -> None:
    fields = {*schedule_text._FIELDS, *schedule_text._LISTS}
    assert named_in(DOCS / "reference/schedule-files.md", "Fields") == fields


@pytest.mark.parametrize("target", ["examples/bank.py", "examples/test_philosophers.py"])
def test_a_real_report_has_the_documented_fields_and_no_other(project: Path, target: str) -> None:
    page = DOCS / "reference/json-report.md"
    status, output = run(project, f"racewright explore {target} --format json")
    assert status == 1
    report: dict[str, Any] = json.loads(output)
    (failure,) = report["failures"]
    objects: list[tuple[str, list[dict[str, Any]]]] = [
        ("Report", [report]),
        ("Failure", [failure]),
        ("Deviation", failure["deviations"]),
        ("Task", failure["tasks"]),
        ("Event", failure["timeline"]),
    ]
    for section, found in objects:
        documented = named_in(page, section)
        assert [set(each) for each in found] == [documented] * len(found), section
