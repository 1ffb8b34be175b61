"""The hook and the action are what their services take, and what they call exists."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from racewright.cli import commands

ROOT = Path(__file__).parent.parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
INSTALL, REVIEW = ACTION["runs"]["steps"]
WAITING = (
    "def test_it(work):\n    import threading\n    ready = threading.Event()\n    ready.wait()\n"
)


def options_of(command: str) -> set[str]:
    return {
        option
        for parameter in commands.commands[command].params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }


# -- the hook --------------------------------------------------------------------------------------


def hook() -> dict[str, Any]:
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert isinstance(found, dict)
    return found


def test_the_hook_has_what_pre_commit_asks_for() -> None:
    found = hook()
    assert {"id", "name", "entry", "language"} <= set(found)
    assert (found["language"], found["types_or"]) == ("python", ["python"])
    assert found["require_serial"] is True


def test_the_hook_calls_a_command_that_exists_and_runs_no_code() -> None:
    program, command, *options = shlex.split(hook()["entry"])
    assert (program, command) == ("racewright", "review")
    assert set(options) <= options_of("review")
    assert "--prove" not in options


def test_the_hook_stops_a_commit_with_a_finding_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(WAITING)
    (tmp_path / "clean.py").write_text("x = 1\n")
    entry = [sys.executable, "-m", *shlex.split(hook()["entry"])]
    for file, status in (("test_it.py", 1), ("clean.py", 0)):
        done = subprocess.run([*entry, file], cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == status, done


# -- the action ------------------------------------------------------------------------------------


def test_the_action_has_what_github_asks_for() -> None:
    assert {"name", "description", "runs"} <= set(ACTION)
    assert ACTION["runs"]["using"] == "composite"
    for step in ACTION["runs"]["steps"]:
        assert {"run", "shell"} <= set(step)
    for given in ACTION["inputs"].values():
        assert given["description"]
        assert isinstance(given["default"], str)
    for output in ACTION["outputs"].values():
        name = re.fullmatch(r"\$\{\{ steps\.review\.outputs\.(\w+) \}\}", output["value"])
        assert name is not None
        assert f"{name[1]}=%s" in REVIEW["run"]


def test_no_expression_stands_in_a_script_and_every_input_is_used() -> None:
    assert [step["run"] for step in ACTION["runs"]["steps"] if "${{" in step["run"]] == []
    given = " ".join(str(each) for step in (INSTALL, REVIEW) for each in step["env"].values())
    assert set(re.findall(r"inputs\.([\w-]+)", given)) == set(ACTION["inputs"])
    for step in (INSTALL, REVIEW):
        for name in step["env"]:
            assert f"${name}" in step["run"] or f"${{{name}" in step["run"], name


def test_the_options_that_the_action_passes_exist() -> None:
    passed = set(re.findall(r"(--[a-z][a-z-]*)", REVIEW["run"]))
    assert passed
    assert passed <= options_of("review")


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A folder for a job: a Python that makes no environment, but where racewright is there."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    python = tmp_path / "a python"
    python.write_text(
        "#!/bin/sh\n"
        'test "$1 $2" = "-m venv" || exit 9\n'
        'mkdir -p "$3/bin"\n'
        f'printf \'#!/bin/sh\\nprintf "%%s\\\\n" "$@" > "{tmp_path}/installed"\\n\''
        ' > "$3/bin/python"\n'
        f'printf \'#!/bin/sh\\nexec "{sys.executable}" -m racewright "$@"\\n\''
        ' > "$3/bin/racewright"\n'
        'chmod +x "$3/bin/python" "$3/bin/racewright"\n'
    )
    python.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    (work / "test_it.py").write_text(WAITING)
    (work / "clean file.py").write_text("x = 1\n")
    return tmp_path


def act(runner: Path, **given: str) -> tuple[int, dict[str, str]]:
    """Run the steps as GitHub does; gives the status of the last and the outputs."""
    values = {name: each["default"] for name, each in ACTION["inputs"].items()}
    values |= {"python": str(runner / "a python"), **given}
    known = {f"inputs.{name}": value for name, value in values.items()}
    known |= {"runner.temp": str(runner / "temp dir"), "github.action_path": "/the action"}
    outputs = runner / "outputs"
    outputs.write_text("")
    status = 0
    for step in (INSTALL, REVIEW):
        environment = {
            name: re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: known[found[1]], str(value))
            for name, value in step["env"].items()
        }
        script = runner / "script.sh"
        script.write_text(step["run"])
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=runner / "work",
            env={**os.environ, **environment, "GITHUB_OUTPUT": str(outputs)},
            capture_output=True,
            check=False,
        )
        status = done.returncode
    lines = outputs.read_text().splitlines()
    return status, dict(line.split("=", 1) for line in lines)


def test_the_action_installs_itself_and_reports_what_it_finds(runner: Path) -> None:
    status, outputs = act(runner)
    assert (status, outputs) == (1, {"status": "1", "report": "racewright.sarif"})
    installed = (runner / "installed").read_text().splitlines()
    assert installed == ["-m", "pip", "install", "--quiet", "/the action[review]"]
    assert "unbounded-wait" in (runner / "work/racewright.sarif").read_text()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"paths": "clean file.py\r\n\n"}, 0),
        ({"paths": "clean file.py\ntest_it.py"}, 1),
        ({"fail-on": "defect"}, 0),
        ({"fail-on": "none"}, 0),
        ({"fail-on": "perhaps"}, 2),
        ({"fail-on": "none", "select": "no-such-rule"}, 2),
        ({"ignore": "unbounded-wait"}, 0),
        ({"select": "unjoined-task"}, 0),
        ({"baseline": "nowhere.json"}, 2),
        ({"format": "markdown", "output": "a report.md"}, 1),
    ],
)
def test_the_inputs_of_the_action_reach_the_review(
    runner: Path, given: dict[str, str], status: int
) -> None:
    assert act(runner, **given)[0] == status


@pytest.mark.parametrize("name", sorted(set(ACTION["inputs"]) - {"python"}))
@pytest.mark.parametrize(
    "text",
    [
        '"; touch pwned; "',
        "$(touch pwned)",
        "`touch pwned`",
        "'; touch pwned; '",
        "x\ntouch pwned",
        "--output=pwned",
        "x; touch pwned #",
    ],
)
def test_no_input_becomes_a_command_or_another_option(runner: Path, name: str, text: str) -> None:
    status, outputs = act(runner, **{name: text})
    assert not (runner / "work/pwned").exists()
    assert set(outputs) == {"status", "report"}
    assert status != 127
