"""Scenarios in the runners: pytest, testtools, `pytest --race`, `racewright explore`, replays."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import threading

from racewright import after, before, controlled, scenario as ask


class Account:
    def __init__(self):
        self.balance = 100
        self.lock = threading.Lock()

    def read(self):
        return self.balance

    def write(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        self.write(self.read() - amount)

    def locked(self, amount):
        with self.lock:
            self.withdraw(amount)


def withdraw(method):
    threads = [
        threading.Thread(target=method, args=(amount,), name=name)
        for name, amount in (("a", 10), ("b", 20))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


ORDER = (
    after(Account.read, task="a"),
    after(Account.read, task="b"),
    before(Account.write, task="a"),
)
"""

PYTEST = """
import pytest


def test_lost(scenario):
    account = Account()
    with scenario(*ORDER):
        withdraw(account.withdraw)
    assert account.balance == 70


def test_guarded(scenario):
    account = Account()
    with scenario(*ORDER, impossible=True, within=0.2):
        withdraw(account.locked)
    assert account.balance == 70


def test_locked(scenario):
    account = Account()
    with scenario(*ORDER, within=0.2):
        withdraw(account.locked)
"""

LEAKING = """
import pytest


@pytest.fixture
def failing():
    yield
    raise KeyError("the tear-down fails")


def test_leaks():
    ask(before(Account.read)).__enter__()


def test_leaks_and_its_tear_down_fails(failing):
    ask(before(Account.read)).__enter__()


def test_skips():
    with ask(before(Account.read)):
        pytest.skip("not today")


def test_expects_a_failure():
    with pytest.raises(AssertionError), ask(before(Account.read)):
        raise AssertionError


def test_is_as_before():
    from racewright.interpose.wrapping import in_place
    assert in_place() == ()
"""

TESTTOOLS = """
import testtools

from racewright.testtools import RunTest, ScenarioFixture


class Tests(testtools.TestCase):
    run_tests_with = RunTest

    def test_leaks(self):
        ask(before(Account.read)).__enter__()

    def test_passes(self):
        account = Account()
        fixture = self.useFixture(ScenarioFixture(*ORDER))
        withdraw(account.withdraw)
        self.assertEqual("happened", fixture.scenario.outcome)

    def test_fails_after_its_scenario(self):
        account = Account()
        with ask(*ORDER):
            withdraw(account.withdraw)
        self.assertEqual(70, account.balance)

    def test_fixture_is_not_reached(self):
        self.useFixture(ScenarioFixture(before(Account.read), within=0.05))

    @controlled
    @ask(*ORDER, impossible=True)
    def test_guarded(self):
        withdraw(Account().locked)
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**environment, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "test_order.py").write_text(PROGRAM + PYTEST)
    (tmp_path / "test_leaks.py").write_text(PROGRAM + LEAKING)
    (tmp_path / "unit_tests.py").write_text(PROGRAM + TESTTOOLS)
    return tmp_path


def test_in_pytest_the_fixture_holds_to_an_order_and_a_failure_tells_its_story(
    project: Path,
) -> None:
    done = run(project, "pytest", "-p", "no:cacheprovider", "-q", "test_order.py")
    assert "2 failed, 1 passed" in done.stdout
    assert "assert 90 == 70" in done.stdout
    assert "is held at 3. before(Account.write, task='a')" in done.stdout
    assert "OrderNotReached: point 2, after(Account.read, task='b')," in done.stdout
    assert "b is at with self.lock:" in done.stdout
    assert re.search(r"probably held by a, which is held inside (Account\.)?locked", done.stdout)


def test_in_pytest_a_leak_is_an_error_that_names_the_test(project: Path) -> None:
    done = run(project, "pytest", "-p", "no:cacheprovider", "-q", "test_leaks.py")
    assert "4 passed, 1 skipped, 2 errors" in done.stdout
    assert "test_leaks.py::test_leaks entered a scenario and did not leave it" in done.stdout
    assert "KeyError: 'the tear-down fails" in done.stdout
    named = "test_leaks.py::test_leaks_and_its_tear_down_fails entered a scenario and did not"
    assert named in done.stdout
    assert "was entered and never left" not in done.stderr


def test_in_testtools_a_leak_is_an_error_and_a_failure_has_the_story_as_a_detail(
    project: Path,
) -> None:
    done = run(project, "testtools.run", "unit_tests")
    output = done.stdout + done.stderr
    assert "Ran 5 tests" in output
    assert "FAILED (failures=3)" in output
    assert "unit_tests.Tests.test_leaks entered a scenario and did not leave it" in output
    assert "scenario: {{{\nThe order happened:" in output
    assert "OrderNotReached: point 1, before(Account.read), was not reached" in output


@pytest.fixture
def explored(project: Path) -> subprocess.CompletedProcess[str]:
    options = ("--race", "--race-schedules", "20", "--race-jobs", "1")
    return run(project, "pytest", "-p", "no:cacheprovider", "-q", *options, "test_order.py")


def test_explored_an_order_holds_in_every_schedule(
    explored: subprocess.CompletedProcess[str],
) -> None:
    assert "2 failed, 1 passed" in explored.stdout
    assert "assert 90 == 70" in explored.stdout
    assert "passes before(Account.write, task='a')" in explored.stdout
    assert "OrderImpossible: point 2, after(Account.read, task='b')," in explored.stdout


def test_an_explored_failure_tells_the_story_and_every_task_with_its_stack(
    explored: subprocess.CompletedProcess[str],
) -> None:
    told = explored.stdout
    assert "The order is impossible:" in told
    assert "The tasks, as they stood then:" in told
    assert "b waits: acquires Lock#1 (test_order.py:10), which a took at test_order.py:22" in told
    assert "a is held at before(Account.write, task='a')" in told


@pytest.mark.parametrize("test", ["test_lost", "test_locked"])
def test_the_schedule_of_a_failed_scenario_replays(project: Path, test: str) -> None:
    target = f"test_order.py::{test}"
    done = run(project, "racewright", "explore", target, "--schedules", "20", "--jobs", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    (schedule,) = (project / ".racewright").glob("*.schedule")
    again = run(project, "racewright", "replay", str(schedule), "--times", "3")
    words = "replayed 3 times: the same failure 3 times, the whole trace identical 3 times"
    assert words in again.stdout, again.stdout + again.stderr


def test_explored_with_testtools_the_failure_is_the_tests_own(project: Path) -> None:
    target = "unit_tests.Tests.test_fails_after_its_scenario"
    options = ("--runner", "unittest", "--schedules", "5", "--jobs", "1")
    done = run(project, "racewright", "explore", target, *options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "70 != 90" in done.stdout


def test_the_plug_in_takes_control_for_a_module_that_imports_controlled(tmp_path: Path) -> None:
    (tmp_path / "test_early.py").write_text(
        PROGRAM
        + """
import queue

QUEUE = queue.Queue()


class Holder:
    pass


HOLDER = Holder()
HOLDER.parts = [threading.Lock()]


@controlled(stall=2.0)
@ask(after(Account.read, task="b"), before(Account.write, task="a"), impossible=True)
def test_with_what_was_made_at_import():
    def work(amount):
        with HOLDER.parts[0]:
            Account().withdraw(amount)

    withdraw(work)
"""
    )
    done = run(tmp_path, "pytest", "-p", "no:cacheprovider", "-q", "test_early.py")
    assert "1 passed" in done.stdout, done.stdout
