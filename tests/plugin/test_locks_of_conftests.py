"""With a marker alone, control comes when the project's modules may have been imported already."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LIBRARY = """
import threading
import time


class Counter:
    def __init__(self):
        self.lock = threading.RLock()
        self.hits = 0

    def hit(self):
        with self.lock:
            before = self.hits
            time.sleep(0.001)
            self.hits = before + 1


COUNTER = Counter()
"""

TEST = """
import threading

import pytest
from library import COUNTER


@pytest.mark.{race}(schedules=100)
def test_hits_are_counted():
    events = [threading.Event() for _ in range(2)]

    def hit(event):
        COUNTER.hit()
        event.set()

    before = COUNTER.hits
    threads = [threading.Thread(target=hit, args=(event,)) for event in events]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert COUNTER.hits == before + 2
"""


def test_the_locks_of_a_module_that_a_conftest_imports_exclude_as_they_should(
    tmp_path: Path,
) -> None:
    (tmp_path / "library.py").write_text(LIBRARY)
    (tmp_path / "conftest.py").write_text("import library\n")
    # Spelt here in full, the marker would make pytest take control of this very session.
    (tmp_path / "test_hits.py").write_text(TEST.replace("{race}", "race"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "test_hits.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert "1 passed" in done.stdout, done.stdout
    # That it is passed because both orders of the lock's holders were tried, not for want of them.
    assert ", 1 distinct traces" not in done.stdout
