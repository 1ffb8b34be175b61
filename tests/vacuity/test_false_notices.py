"""Programs that are right without the lock, and that must not fail for our sake when it is gone."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from typing import Any

import pytest

#: Each is a test in which nothing depends on the exclusion, and the bookkeeping shows.
IN_ORDER = {
    "locked() is true where the lock is held, and a release is never too much": """
        lock = threading.Lock()
        def work():
            for _ in range(2):
                with lock:
                    assert lock.locked()
        """,
    "an acquisition that may fail succeeds, and is given back": """
        lock = threading.Lock()
        def work():
            if lock.acquire(False):
                lock.release()
            if lock.acquire(timeout=1):
                lock.release()
        """,
    "a lock that is given back by another task than took it": """
        lock = threading.Lock()
        first = threading.Semaphore(0)
        def work():
            lock.acquire()
            lock.release()
        """,
    "an RLock is entered again, and is known to its owner": """
        lock = threading.RLock()
        def work():
            with lock:
                with lock:
                    assert lock._is_owned()
                assert lock._is_owned()
            assert not lock._is_owned()
        """,
    "to give back an RLock that one does not hold is refused": """
        lock = threading.RLock()
        def work():
            with lock:
                pass
            try:
                lock.release()
            except RuntimeError:
                pass
            else:
                raise AssertionError("it was given back")
        """,
    "a wait with a time-out on a condition": """
        lock = threading.Condition()
        def work():
            with lock:
                lock.wait(0.1)
                lock.notify_all()
        """,
    "a wait on a condition whose lock is a Lock, entered twice": """
        lock = threading.Condition(threading.Lock())
        def work():
            with lock:
                lock.wait(0.1)
                lock.notify()
            with lock:
                assert lock._is_owned()
        """,
    "a wait on a condition whose RLock was entered twice": """
        lock = threading.Condition()
        def work():
            with lock:
                with lock:
                    lock.wait(0.1)
                    assert lock._is_owned()
                assert lock._is_owned()
                lock.notify_all()
        """,
    "a semaphore that must not be given back too often": """
        lock = threading.BoundedSemaphore(1)
        def work():
            for _ in range(2):
                with lock:
                    pass
        """,
    "a dataclass whose lock is a field": """
        @dataclass
        class Box:
            lock: threading.Lock = field(default_factory=threading.Lock)
        box = Box()
        def work():
            with box.lock:
                assert box.lock.locked()
        """,
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The verdicts on the mutants of each case, all of which are tests in one file."""
    source = "import threading\nfrom dataclasses import dataclass, field\n"
    for number, body in enumerate(IN_ORDER.values()):
        source += (
            f"\n\ndef test_{number}():\n"
            + textwrap.indent(textwrap.dedent(body).strip(), "    ")
            + "\n    threads = [threading.Thread(target=work) for _ in range(2)]\n"
            "    for thread in threads:\n        thread.start()\n"
            "    for thread in threads:\n        thread.join()\n"
        )
    folder = tmp_path_factory.mktemp("false_notices")
    (folder / "test_cases.py").write_text(source)
    command = [sys.executable, "-m", "racewright", "mutate", "test_cases.py", "--format", "json"]
    command += ["--schedules", "100", "--jobs", "1"]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert answer.stdout, answer.stderr
    return {
        case: {each["mutant"]: each["verdict"] for each in target["mutants"]}
        for case, target in zip(IN_ORDER, json.loads(answer.stdout)["targets"], strict=True)
    }


@pytest.mark.parametrize("case", IN_ORDER)
def test_nothing_fails_only_because_a_lock_was_neutralised(
    case: str, verdicts: dict[str, dict[str, str]]
) -> None:
    exclusions = {
        name: word for name, word in verdicts[case].items() if not name.startswith("join")
    }
    assert exclusions, "nothing was neutralised"
    assert set(exclusions.values()) <= {"not noticed", "equivalent"}


def test_a_wait_in_a_loop_does_not_spin_for_ever_when_it_returns_at_once(project: Any) -> None:
    project.write(
        "test_case.py",
        """
        import threading

        def test_polls():
            ready, seen = threading.Event(), []

            def work():
                while not ready.is_set():
                    ready.wait()
                seen.append(True)

            thread = threading.Thread(target=work)
            thread.start()
            ready.set()
            thread.join()
            assert seen == [True]
        """,
    )
    _, verdicts = project.mutate("test_case.py", "--schedules", "100", "--undo", "test_case.py:8")
    assert verdicts == {"wait test_case.py:8": "equivalent"}


def test_a_failure_that_comes_without_the_mutant_too_is_not_its_doing(project: Any) -> None:
    # The race is there as it stands, but the budget is too small for the first exploration.
    project.write(
        "test_case.py",
        """
        import threading

        class Counter:
            def __init__(self):
                self.lock = threading.Lock()
                self.value = 0

            def add(self):
                with self.lock:
                    pass
                self.value = self.value + 1

        def test_adds():
            counter = Counter()
            threads = [threading.Thread(target=counter.add) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert counter.value == 2
        """,
    )
    status, (target,) = project.facts(
        "mutate", "test_case.py", "--schedules", "2", "--undo", "test_case.py:5"
    )
    assert status in (1, 3)
    (mutant,) = target["mutants"]
    assert mutant["verdict"] in ("not noticed", "inconclusive")


def test_a_queues_get_and_a_futures_result_are_told_and_not_neutralised(project: Any) -> None:
    project.write(
        "test_case.py",
        """
        import queue
        import threading
        from concurrent.futures import ThreadPoolExecutor

        def test_values():
            jobs, done = queue.Queue(), queue.Queue(maxsize=1)

            def work():
                done.put(jobs.get())
                done.put(jobs.get())

            thread = threading.Thread(target=work)
            thread.start()
            jobs.put(1)
            jobs.put(2)
            assert [done.get(), done.get()] == [1, 2]
            thread.join()
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(int, "3").result() == 3
        """,
    )
    _, (target,) = project.facts("mutate", "test_case.py", "--schedules", "100")
    told = {each["mutant"]: each["reason"] for each in target["not_neutralised"]}
    assert "wait test_case.py:16" in told
    assert told["wait test_case.py:16"].startswith("it waits for a value")
    assert "wait test_case.py:19" in told
    verdicts = {each["mutant"]: each["verdict"] for each in target["mutants"]}
    assert not any(word == "noticed" for word in verdicts.values()), verdicts
    assert any(name.startswith("wait test_case.py:") for name in verdicts)  # the full queue's put
