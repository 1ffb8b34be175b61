"""Test cases of unittest and testtools, run again and again by pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: As the test cases of OpenStack Nova do, lest what they hold be kept until the last is over.
CLEARING = """
import threading
import {library}


class Base({library}.TestCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.clear)

    def clear(self):
        for word in [word for word in self.__dict__ if not word.startswith("_")]:
            del self.__dict__[word]


class TestCount(Base):
    def work(self):
        {work}

    def test_count(self):
        self.lock = threading.Lock()
        self.count = 0
        threads = [threading.Thread(target=self.work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(2, self.count)

    def test_missing(self):
        self.missing
"""
LOCKED = "with self.lock: self.count += 1"
UNLOCKED = "self.count += 1"


def run(folder: Path, work: str, library: str) -> str:
    (folder / "test_it.py").write_text(CLEARING.format(library=library, work=work))
    command = ["-m", "pytest", "--race", "--race-schedules=60", "-q", "-rA", "--tb=short"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, *command, "test_it.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("library", ["unittest", "testtools"])
def test_a_test_case_that_clears_its_attributes_passes_or_fails_by_what_it_reports(
    library: str, tmp_path: Path
) -> None:
    passing = run(tmp_path, LOCKED, library)
    assert "PASSED test_it.py::TestCount::test_count" in passing
    assert "FAILED test_it.py::TestCount::test_missing" in passing
    assert "has no attribute 'missing'" in passing
    failing = run(tmp_path, UNLOCKED, library)
    assert "FAILED test_it.py::TestCount::test_count" in failing
    assert "2 != 1" in failing
    assert "has no attribute 'test_count'" not in failing
