"""What `review --prove` makes of programs: it demonstrates those in `demonstrated/`, no others.

Each of these has a finding that reads alike, and most of them fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from racewright.prove.ways import NEVER, PROVABLE
from racewright.review.rule import all_rules

PROGRAMS = Path(__file__).parent / "programs"
#: Each named for its rule; a rule about tests has a test alone.
DEMONSTRATED = sorted(
    path.stem.removeprefix("test_") for path in (PROGRAMS / "demonstrated").glob("test_*.py")
)

#: What one task does to itself.
NEEDS_NO_OTHER = ("self_deadlock",)
RULES = [
    *(stem.replace("_", "-") for stem in DEMONSTRATED),
    "sleep-as-synchronisation",
    "vacuous-race-test",
]


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """By folder: the findings of the programs in it, by the stem of their files; and the notes."""

    @cache
    def review(folder: str) -> tuple[dict[str, list[dict[str, Any]]], list[str], Path]:
        project = tmp_path_factory.mktemp("projects") / folder
        shutil.copytree(PROGRAMS / folder, project)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        # Some plug-ins take a second to load, in every session.
        environment["PYTEST_ADDOPTS"] = "-p no:hypothesispytest -p no:frontrun"
        command = ["review", ".", "--prove", "--no-ruff", "--no-cache", "--format", "json"]
        command += ["--select", ",".join(RULES)]
        done = subprocess.run(
            [sys.executable, "-m", "racewright", *command],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1, done.stderr
        report = json.loads(done.stdout)
        findings: dict[str, list[dict[str, Any]]] = {}
        for each in report["defects"] + report["improvements"]:
            if each["experiment"] is not None:
                findings.setdefault(Path(each["file"]).stem, []).append(each)
        return findings, [each["message"] for each in report["notes"]], project

    return review


@pytest.mark.parametrize("stem", DEMONSTRATED)
def test_a_finding_is_demonstrated_by_a_schedule_that_fails_because_of_it(
    stem: str, reviewed: Any
) -> None:
    findings, _, project = reviewed("demonstrated")
    found = findings.get(stem, []) + findings.get(f"test_{stem}", [])
    (finding,) = [each for each in found if each["rule"] == stem.replace("_", "-")]
    made = finding["experiment"]
    assert (finding["status"], made["result"]) == ("demonstrated", "demonstrated")
    assert made["test"].startswith(f"test_{stem}.py::")
    assert 0 < made["executions"] <= 200
    assert (project / finding["schedule"]).is_file()
    assert made["failure"]["kind"] in ("assertion", "exception", "unhandled-exception", "deadlock")
    if stem in NEEDS_NO_OTHER:
        return
    lines = {(step["file"], step["line"]) for step in made["steps"]}
    first, last = finding["lines"]
    assert any(file == finding["file"] and first <= line <= last for file, line in lines)
    assert len({step["task"] for step in made["steps"]}) > 1


#: Rules that are tried, and of which no program is shown here.
NOT_SHOWN = {
    "cache-stampede": "two tasks of one cache's server",
    "chmod-after-open": "the other is another process",
    "exists-then-create": "two sessions of a database",
    "patch-while-running": "no way is known to tie its failure to the patch",
    "predictable-temporary-name": "the other is another process",
    "reads-without-snapshot": "two sessions of a database",
    "select-then-update": "two sessions of a database",
    "unowned-lock-deletion": "two clients of a server",
}


def test_every_rule_that_a_schedule_can_confirm_is_shown_here_or_says_why_not() -> None:
    tried = {rule.name for rule in all_rules() if rule.proof in PROVABLE} - NEVER
    shown = {stem.replace("_", "-") for stem in DEMONSTRATED}
    assert tried - shown == NOT_SHOWN.keys()
    assert shown <= tried


@pytest.mark.parametrize("stem", ["check_then_act", "self_deadlock"])
def test_the_schedule_of_a_demonstrated_finding_fails_alike_when_it_is_replayed(
    stem: str, reviewed: Any
) -> None:
    findings, _, project = reviewed("demonstrated")
    finding = next(each for each in findings[stem] if each["schedule"])
    command = [
        sys.executable,
        "-m",
        "racewright",
        "replay",
        finding["schedule"],
        "--format",
        "json",
    ]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert finding["experiment"]["failure"]["fingerprint"] in done.stdout


@pytest.mark.parametrize(
    ("stem", "status", "result"),
    [
        ("another_deadlock", "suspected", "not reproduced"),
        ("counted_beside_the_bug", "observed", "observed"),
        ("fails_anyway", "suspected", "not run"),
        ("inner_race", "observed", "observed"),
        ("kept_apart_elsewhere", "suspected", "not reproduced"),
        ("nobody_minds", "observed", "observed"),
    ],
)
def test_what_only_looks_like_a_demonstration_is_none(
    stem: str, status: str, result: str, reviewed: Any
) -> None:
    findings, _, _ = reviewed("lookalikes")
    finding = findings[stem][0]  # inner_race.py has another one, which is demonstrated
    assert (finding["status"], finding["experiment"]["result"]) == (status, result)
    assert finding["schedule"] is None
    assert finding["experiment"]["steps"] == []


def test_a_failure_that_has_another_cause_is_told_with_its_own_schedule(reviewed: Any) -> None:
    _, notes, _ = reviewed("lookalikes")
    told = [note for note in notes if "for another reason" in note]
    assert {note.partition(".py")[0] for note in told} == {
        "test_another_deadlock",
        "test_counted_beside_the_bug",
        "test_inner_race",
    }
    assert all("racewright replay .racewright/" in note for note in told)


# ------------------------------------------------------------------ vacuous tests


def test_patches_that_sleep_and_never_meet_make_a_vacuous_test(reviewed: Any) -> None:
    findings, _, _ = reviewed("vacuous")
    (finding,) = [e for e in findings["test_slow_patches"] if e["rule"] == "vacuous-race-test"]
    made = finding["experiment"]
    assert (finding["title"], finding["status"]) == ("The race test is vacuous", "observed")
    assert made["result"] == "vacuous"
    runs = made["overlap"]["runs"]
    assert sum(not run["controlled"] for run in runs) == 3
    for run in runs:
        stays = {each["section"]: each for each in run["intervals"]}
        assert stays["B"]["last"] < stays["A"]["first"]
    sleeps = [e for e in findings["test_slow_patches"] if e["rule"] == "sleep-as-synchronisation"]
    assert [each["status"] for each in sleeps] == ["observed", "observed"]


def test_threads_that_are_joined_at_once_make_a_vacuous_test(reviewed: Any) -> None:
    findings, _, _ = reviewed("vacuous")
    (finding,) = findings["test_joined"]
    assert finding["title"] == "The race test is vacuous"
    assert "It passes as well without lock test_joined.py:7" in finding["experiment"]["reason"]
    for run in finding["experiment"]["overlap"]["runs"]:
        one, other = run["intervals"]
        assert one["last"] < other["first"]
        assert one["task"] != other["task"]


def test_a_test_whose_sections_meet_is_not_called_vacuous(reviewed: Any) -> None:
    findings, _, _ = reviewed("vacuous")
    (finding,) = [e for e in findings["test_that_meets"] if e["rule"] == "vacuous-race-test"]
    assert finding["title"] != "The race test is vacuous"
    assert finding["status"] == "suspected"
    assert finding["experiment"]["overlap"]["overlapped"] > 0


# ------------------------------------------------------------------ tests that are written


@pytest.mark.parametrize("rule", ["check-then-act", "lock-order-inversion"])
def test_a_test_is_written_where_none_reaches_the_lines(rule: str, reviewed: Any) -> None:
    findings, _, project = reviewed("untested")
    (finding,) = [each for each in findings["pool"] if each["rule"] == rule]
    made = finding["experiment"]
    assert finding["status"] == "demonstrated"
    assert made["test"].startswith(made["candidate"])
    source = (project / made["candidate"]).read_text()
    compile(source, made["candidate"], "exec")
    assert all(len(line) <= 100 for line in source.splitlines())


def test_a_test_that_was_written_passes_one_task_after_the_other(reviewed: Any) -> None:
    findings, _, project = reviewed("untested")
    files = [each["experiment"]["candidate"] for each in findings["pool"]]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", files[0]]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout


@pytest.mark.parametrize("stem", ["turns", "needy"])
def test_a_test_that_demonstrates_nothing_is_not_offered(stem: str, reviewed: Any) -> None:
    findings, _, project = reviewed("untested")
    (finding,) = findings[stem]
    made = finding["experiment"]
    assert (finding["status"], made["result"]) == ("suspected", "not reached")
    assert made["candidate"] is None
    kept = {path.name for path in (project / ".racewright" / "candidates").glob("*")}
    offered = {Path(e["experiment"]["candidate"]).name for e in findings["pool"]}
    assert {name for name in kept if name.endswith(".py")} == offered


def test_what_is_asynchronous_stays_suspected_and_says_why(reviewed: Any) -> None:
    findings, _, _ = reviewed("untested")
    (finding,) = findings["coroutines"]
    assert finding["status"] == "suspected"
    assert "asyncio" in finding["experiment"]["reason"]
