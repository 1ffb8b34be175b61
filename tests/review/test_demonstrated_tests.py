"""Rules about tests and signals whose pages name a proof: it is made, of what they find.

``demonstrated/<rule>/wrong.py`` is what the rule finds, and ``right.py`` its corrected shape, in
which it finds nothing.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import racewright
from racewright.review.rule import find_rule
from tests.review.support import found_by
from tests.review.support import path_of as shown_path

PROGRAMS = Path(__file__).parent / "demonstrated"
#: Rules that are proved by exploring, with the kind of the failure.
EXPLORED = {
    "early-assertion": "assertion",
    "ignored-wait-result": "unhandled-exception",
    "patch-while-running": "unhandled-exception",
}


def path_of(rule: str, word: str) -> Path:
    return PROGRAMS / rule.replace("-", "_") / f"{word}.py"


def loaded(path: Path) -> ModuleType:
    name = f"demonstrated_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("rule", [path.name.replace("_", "-") for path in PROGRAMS.iterdir()])
def test_what_is_demonstrated_is_what_the_rule_finds(rule: str) -> None:
    wrong, right = path_of(rule, "wrong").read_text(), path_of(rule, "right").read_text()
    where = shown_path(path_of(rule, "wrong"))
    assert found_by(find_rule(rule), wrong, where)
    assert found_by(find_rule(rule), right, where) == []


def outcomes(rule: str) -> tuple[str, str]:
    """What came of exploring the wrong program and the right one."""
    options = {"schedules": 300, "jobs": 1, "save": False, "minimise": False, "corpus": False}
    wrong = racewright.explore(loaded(path_of(rule, "wrong")).program, **options)
    right = racewright.explore(loaded(path_of(rule, "right")).program, **options)
    kind = wrong.failures[0].failure.kind if wrong.failures else wrong.outcome
    return kind, right.outcome


@pytest.mark.parametrize(("rule", "kind"), EXPLORED.items())
def test_a_schedule_demonstrates_the_finding(rule: str, kind: str) -> None:
    assert find_rule(rule).proof == "explore"
    assert outcomes(rule) == (kind, "passed")


def test_a_signal_in_the_section_shows_the_deadlock_of_its_handler() -> None:
    # With one task there is nothing to interleave, so that is no "passed".
    assert outcomes("unsafe-signal-handler") == ("deadlock", "inconclusive")


def test_a_delay_demonstrates_an_assertion_about_a_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_rule("clock-assertion").proof == "delay"
    wrong = loaded(path_of("clock-assertion", "wrong")).program
    right = loaded(path_of("clock-assertion", "right")).program
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def close_in(seconds: float) -> Callable[[], None]:
        return lambda: now.__setitem__(0, now[0] + seconds)

    wrong(close_in(0.01))
    with pytest.raises(AssertionError):
        wrong(close_in(1))
    right(close_in(1))


class BrokenStore:
    """A store of which a test that checks anything of it would fail."""

    def read(self) -> str:
        raise RuntimeError("the store is broken")

    def write(self, value: str) -> None:
        pass


@pytest.mark.parametrize("rule", ["assertion-off-main-thread", "swallowed-thread-exception"])
def test_a_test_passes_although_what_it_checks_was_taken_away(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_rule(rule).proof == "mutation"
    monkeypatch.setattr("threading.excepthook", lambda _: None)  # as unittest: told, and passed
    loaded(path_of(rule, "wrong")).program(BrokenStore())
    with pytest.raises((RuntimeError, AssertionError)):
        loaded(path_of(rule, "right")).program(BrokenStore())


def test_a_vacuous_race_test_does_not_notice_that_its_lock_is_gone(tmp_path: Path) -> None:
    assert find_rule("vacuous-race-test").proof == "mutation"
    said = {}
    for word in ("wrong", "right"):
        file = f"test_{word}.py"
        shutil.copy(path_of("vacuous-race-test", word), tmp_path / file)
        command = ["mutate", file, "--undo", f"{file}:6", "--schedules=100", "--format=json"]
        done = subprocess.run(
            [sys.executable, "-m", "racewright", *command, "--jobs=1"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        (target,) = json.loads(done.stdout)["targets"]
        said[word] = target["outcome"]
    assert said == {"wrong": "vacuous", "right": "notices"}
