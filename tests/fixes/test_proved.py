"""What a fix makes holds: a test that some schedule breaks is broken by none of them afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixes.support import fixed

PROGRAMS = {
    "unlocked-read-modify-write": """\
import threading


class Counter:
    def __init__(self):
        self.value = 0

    def work(self):
        self.value += 1

    def run(self):
        threads = [threading.Thread(target=self.work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def test_it():
    counter = Counter()
    counter.run()
    assert counter.value == 2
""",
    "check-then-act": """\
import threading


class Pool:
    def __init__(self):
        self.made = []
        self.connections = {}

    def connect(self):
        if "host" not in self.connections:
            self.connections["host"] = self.connection()

    def connection(self):
        self.made.append(1)
        return len(self.made)

    def run(self):
        threads = [threading.Thread(target=self.connect) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def test_it():
    pool = Pool()
    pool.run()
    assert pool.made == [1]
""",
    "check-before-lock": """\
import threading


class Service:
    def __init__(self):
        self._lock = threading.Lock()
        self._client = None
        self.made = []

    def client(self):
        if self._client is None:
            with self._lock:
                self._client = self.make()
        return self._client

    def make(self):
        self.made.append(1)
        return object()


def test_it():
    service = Service()
    threads = [threading.Thread(target=service.client) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert service.made == [1]
""",
    "wait-outside-loop": """\
import threading


class Box:
    def __init__(self):
        self.filled = threading.Condition()
        self.items = []
        self.taken = []

    def take(self):
        with self.filled:
            if not self.items:
                self.filled.wait()
            self.taken.append(self.items.pop())

    def put(self):
        with self.filled:
            self.items.append(1)
            self.filled.notify_all()


def test_it():
    box = Box()
    threads = [threading.Thread(target=each) for each in (box.take, box.take, box.put, box.put)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert box.taken == [1, 1]
""",
    "self-deadlock": """\
import threading


class Registry:
    def __init__(self):
        self._lock = threading.Lock()
        self._entries = {}

    def get(self, name):
        with self._lock:
            return self._entries.get(name)

    def replace(self, name, entry):
        with self._lock:
            old = self.get(name)
            self._entries[name] = entry
            return old


def test_it():
    registry = Registry()
    thread = threading.Thread(target=registry.get, args=(1,))
    thread.start()
    registry.replace(1, 2)
    thread.join()
    assert registry.get(1) == 2
""",
    "lost-notify": """\
import threading


class Job:
    def __init__(self):
        self.done = threading.Event()
        self.result = None

    def run(self):
        self.done.set()
        self.result = 1

    def wait(self):
        self.done.wait()
        return self.result


def test_it():
    job = Job()
    thread = threading.Thread(target=job.run)
    thread.start()
    found = job.wait()
    thread.join()
    assert found == 1
""",
}


def explored(folder: Path) -> int:
    command = [sys.executable, "-m", "racewright", "explore", "test_it.py::test_it", "--quiet"]
    options = ["--schedules", "300", "--no-corpus", "--no-minimise"]
    inherited = {name: each for name, each in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [*command, *options], cwd=folder, env=inherited, capture_output=True, timeout=120
    )
    return done.returncode


@pytest.mark.parametrize("rule", PROGRAMS)
def test_no_schedule_breaks_what_is_fixed(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "test_it.py"
    file.write_text(PROGRAMS[rule])
    assert explored(tmp_path) == 1
    result = fixed(rule)
    assert len(result.offers) == 1, result.refused
    file.write_bytes(result.contents["test_it.py"])
    assert explored(tmp_path) == 0
