"""What is decided by running the code, and only if that was asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BANK = """\
import threading


class Account:
    def load(self):
        return 1

    def save(self):
        return 1


def one():
    Account().load()


def two():
    Account().save()


def in_turn():
    for function in (one, two):
        thread = threading.Thread(target=function)
        thread.start()
        thread.join()


def at_once():
    threads = [threading.Thread(target=function) for function in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""

TEST = '''\
import time
from unittest import mock

import bank


def test_overlap():
    """Two transfers that overlap."""
    load, save = bank.Account.load, bank.Account.save

    def slow_load(*args):
        time.sleep({load})
        return load(*args)

    def slow_save(*args):
        time.sleep({save})
        return save(*args)

    with mock.patch("bank.Account.load", new=slow_load):
        with mock.patch("bank.Account.save", new=slow_save):
            bank.{how}()
'''

REVIEW = """\
1. The code uses `time.sleep()` to introduce delays. This can make the test unreliable.
2. The `slow_load` function is never called.
3. The delays could be inefficient.
"""


def audited(folder: Path, how: str, *options: str, seconds: float = 0.3) -> dict[str, str]:
    """The verdicts by their words, and by whom."""
    (folder / "bank.py").write_text(BANK)
    (folder / "test_bank.py").write_text(TEST.format(how=how, load=seconds, save=seconds))
    (folder / "review.md").write_text(REVIEW)
    command = [sys.executable, "-m", "racewright", "audit", "test_bank.py", "--review", "review.md"]
    done = subprocess.run(
        [*command, "--no-missed", "--format", "json", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    report = json.loads(done.stdout)
    return {
        claim["quote"]: f"{claim['verdict']} by {claim['checker']}" for claim in report["claims"]
    }


@pytest.fixture(scope="module")
def in_turn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("in_turn")
    return audited(folder, "in_turn", "--run", "test_bank.py", "--runs", "1")


def test_sleeps_that_do_not_bring_an_overlap_about_are_unreliable(in_turn: dict[str, str]) -> None:
    assert in_turn["This can make the test unreliable"] == "supported by runs"


def test_sleeps_that_cost_time_are_seen_to(in_turn: dict[str, str]) -> None:
    assert in_turn["The delays could be inefficient"] == "supported by runs"


def test_what_reading_decides_stays_decided(in_turn: dict[str, str]) -> None:
    assert in_turn["The `slow_load` function is never called"] == "refuted by names"


def test_sleeps_that_bring_it_about_are_not_called_unreliable(tmp_path: Path) -> None:
    found = audited(tmp_path, "at_once", "--run", "test_bank.py", "--runs", "1")
    assert found["This can make the test unreliable"] == "not checkable by None"


def test_nothing_is_run_unless_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("open('was-run', 'w').close()\n")
    found = audited(tmp_path, "in_turn")
    assert found["This can make the test unreliable"] == "not checkable by None"
    assert not (tmp_path / "was-run").exists()
