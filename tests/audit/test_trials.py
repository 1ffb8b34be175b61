"""What reviews say of a test, decided by running it; every program here is run for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from racewright.audit import audit, load_code, text_of
from racewright.audit.runs import Budget, with_runs
from racewright.errors import TargetError
from racewright.settings import Settings

BANK = """\
import functools
import threading
import time

GUARD = threading.Lock()


def guarded(function):
    @functools.wraps(function)
    def inner(*args):
        with GUARD:
            return function(*args)

    return inner


class Account:
    def __init__(self):
        self.balance = 0
        self.lock = threading.Lock()

    def deposit(self, amount):
        with self.lock:
            before = self.balance
            self.balance = before + amount

    def racy(self, amount):
        before = self.balance
        self.balance = before + amount

    @guarded
    def quick(self, amount):
        before = self.balance
        self.balance = before + amount

    @guarded
    def slow(self, amount):
        before = self.balance
        time.sleep(0.1)
        self.balance = before + amount
"""

TEST = """\
import threading

import bank


def run_two(target):
    threads = [threading.Thread(target=target, args=(5,)) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_deposits():
    account = bank.Account()
    run_two(account.deposit)
    assert account.balance == 10


def test_vacuous():
    account = bank.Account()
    run_two(account.deposit)
    assert account.balance > 0


def test_racy():
    account = bank.Account()
    run_two(account.racy)
    assert account.balance == 10


def test_quick():
    account = bank.Account()
    run_two(account.quick)
    assert account.balance == 10


def test_slow():
    account = bank.Account()
    run_two(account.slow)
    assert account.balance == 10
"""

REVIEW = """\
1. The test detects the race condition.
2. The test passes with or without the lock.
3. The test might pass even if the lock is removed.
4. The test reliably detects the race condition.
5. The test is flaky.
6. The test is deterministic.
7. Without `self.lock`, the test fails.
8. Without `self.other`, the test fails.
"""


class Claim(NamedTuple):
    verdict: str
    told: str  #: the reason, or what was seen


class Audited(NamedTuple):
    claims: dict[str, Claim]
    why_not: str
    ran: str


def audited(
    folder: Path,
    review: str,
    target: str,
    *,
    runs: int = 1,
    seconds: float = 120.0,
    undo: tuple[str, ...] = (),
    test: str = TEST,
    bank: str = BANK,
) -> Audited:
    """As the command does it, but for a process of its own: programs are run in others anyway."""
    (folder / "bank.py").write_text(bank)
    (folder / "test_bank.py").write_text(test)
    text = text_of("review", review)
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        code = load_code("test_bank.py")
        budget = Budget(runs=runs, seconds=seconds)
        settings = Settings(root=str(folder))
        ran = with_runs(
            audit(code, [text]), [text], code, target, settings, budget=budget, undo=undo
        )
    claims = {}
    for each in ran.audit.claims:
        seen = "; ".join(evidence.text for evidence in each.evidence)
        claims[each.quote] = Claim(each.verdict, each.reason or seen)
        assert not each.is_decided or each.checker == "runs"
    return Audited(claims, ran.why_not, ran.audit.ran)


def verdicts(made: Audited) -> list[str]:
    return [each.verdict for each in made.claims.values()]


@pytest.fixture(scope="module")
def noticing(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    folder = tmp_path_factory.mktemp("noticing")
    made = audited(folder, REVIEW, "test_bank.py::test_deposits", runs=2)
    assert sorted(path.name for path in folder.iterdir() if path.suffix == ".schedule") == []
    return made


def test_a_test_that_notices_that_its_lock_is_gone_detects_the_race(noticing: Audited) -> None:
    claims = noticing.claims
    assert claims["The test detects the race condition"].verdict == "supported"
    assert claims["The test passes with or without the lock"].verdict == "refuted"
    assert claims["Without `self.lock`, the test fails"].verdict == "supported"
    assert noticing.ran == "test_bank.py::test_deposits"


def test_the_evidence_names_what_was_taken_away_and_the_command(noticing: Audited) -> None:
    told = noticing.claims["The test detects the race condition"].told
    assert told.startswith("without lock bank.py:20 (self.lock in Account.__init__) it fails in ")
    assert told.endswith(
        "Again: racewright mutate test_bank.py::test_deposits --undo bank.py:20 --schedules 100 "
        "--time 120"
    )


def test_that_one_schedule_fails_does_not_make_it_reliable(noticing: Audited) -> None:
    claims = noticing.claims
    assert claims["The test reliably detects the race condition"].verdict == "not checkable"
    assert claims["The test might pass even if the lock is removed"].verdict == "supported"


def test_that_it_has_not_failed_proves_nothing(noticing: Audited) -> None:
    for words in ("The test is flaky", "The test is deterministic"):
        assert noticing.claims[words].verdict == "not checkable"
        assert "which does not prove that it always does" in noticing.claims[words].told


def test_a_lock_that_is_not_used_is_not_taken_away(noticing: Audited) -> None:
    told = noticing.claims["Without `self.other`"]
    assert told == Claim("not checkable", "no lock that two tasks of it use is called self.other")


def test_the_command_that_is_named_does_the_same_again(noticing: Audited, tmp_path: Path) -> None:
    (tmp_path / "bank.py").write_text(BANK)
    (tmp_path / "test_bank.py").write_text(TEST)
    command = noticing.claims["The test detects the race condition"].told.rpartition("Again: ")[2]
    done = subprocess.run(
        [sys.executable, "-m", *command.split(), "--format", "json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    (mutation,) = json.loads(done.stdout)["targets"]
    assert mutation["outcome"] == "notices"


def test_a_test_that_does_not_notice_it_is_vacuous(tmp_path: Path) -> None:
    made = audited(tmp_path, REVIEW, "test_bank.py::test_vacuous", runs=1)
    claims = made.claims
    assert claims["The test detects the race condition"].verdict == "refuted"
    assert claims["The test passes with or without the lock"].verdict == "supported"
    assert claims["The test might pass even if the lock is removed"].verdict == "supported"
    assert claims["The test reliably detects the race condition"].verdict == "refuted"
    assert claims["Without `self.lock`, the test fails"].verdict == "refuted"


def test_a_test_that_fails_as_it_stands_says_nothing_of_locks_and_is_flaky(tmp_path: Path) -> None:
    made = audited(tmp_path, REVIEW, "test_bank.py::test_racy", runs=2)
    claims = made.claims
    assert claims["The test is flaky"].verdict == "supported"
    assert claims["The test is deterministic"].verdict == "refuted"
    assert "racewright explore test_bank.py::test_racy" in claims["The test is flaky"].told
    assert claims["The test detects the race condition"].verdict == "not checkable"
    assert claims["The test detects the race condition"].told.startswith(
        "the test fails as it stands: "
    )


def test_a_decorated_function_is_tried_in_ordinary_runs_too(tmp_path: Path) -> None:
    """Under a schedule that was searched for it fails, and never if it is simply run."""
    words = "1. The test would fail without the fix.\n2. The test may detect the race.\n"
    undo = ("bank:Account.quick",)
    made = audited(tmp_path, words, "test_bank.py::test_quick", runs=2, undo=undo)
    first, second = made.claims.values()
    assert first.verdict == "not checkable"
    assert "and passed in 2 of 2 ordinary runs" in first.told
    assert second.verdict == "supported"


def test_a_decorated_function_whose_loss_always_shows_is_noticed(tmp_path: Path) -> None:
    words = "1. The test would fail without the fix.\n2. The test gives false confidence.\n"
    words += "3. There is a race condition.\n"
    undo = ("bank:Account.slow",)
    made = audited(tmp_path, words, "test_bank.py::test_slow", runs=2, undo=undo)
    first, second, _ = made.claims.values()
    assert (first.verdict, second.verdict) == ("supported", "refuted")
    assert "and passed in 0 of 2 ordinary runs" in first.told


def test_a_fix_that_may_be_anything_is_asked_for(tmp_path: Path) -> None:
    made = audited(tmp_path, "The test passes without the fix.\n", "test_bank.py::test_vacuous")
    assert list(made.claims.values()) == [
        Claim("not checkable", "what the fix is that it may notice is not said (--undo)")
    ]


def test_which_of_several_tests_is_meant_has_to_be_said(tmp_path: Path) -> None:
    words = "1. The test is flaky.\n2. `test_racy` is flaky.\n"
    made = audited(tmp_path, words, "test_bank.py", runs=1)
    first, second = made.claims.values()
    assert first == Claim("not checkable", "which of the 5 tests that were run is not said")
    assert second.verdict == "supported"


def test_the_test_is_in_the_file_that_is_audited(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(TEST)
    made = audited(tmp_path, REVIEW, "test_other.py::test_vacuous", test="import bank\n")
    assert set(verdicts(made)) == {"not checkable"}


def test_a_test_that_is_run_with_several_parameters_is_several(tmp_path: Path) -> None:
    test = TEST.replace("import bank\n", "import pytest\n\nimport bank\n")
    test = test.replace(
        "def test_racy():\n    account = bank.Account()\n    run_two(account.racy)",
        '@pytest.mark.parametrize("name", ["deposit", "racy"])\ndef test_racy(name):\n'
        "    account = bank.Account()\n    run_two(getattr(account, name))",
    )
    made = audited(tmp_path, "`test_racy` is flaky.", "test_bank.py::test_racy", test=test)
    assert list(made.claims.values()) == [
        Claim("not checkable", "which of the 2 tests that were run is not said")
    ]
    made = audited(tmp_path, "`test_racy` is flaky.", "test_bank.py::test_racy[racy]", test=test)
    (claim,) = made.claims.values()
    assert claim.verdict == "supported"
    assert "racewright explore 'test_bank.py::test_racy[racy]'" in claim.told


# --- Sleeps ---

WAITING = """\
import threading
import time

import bank


def test_deposit():
    account = bank.Account()
    thread = threading.Thread(target=account.deposit, args=(5,))
    thread.start()
    {wait}
    assert account.balance == 5
"""
FLAKY = "It calls `time.sleep()` in line 10. This makes the test flaky."


def test_a_sleep_that_may_be_too_short_makes_a_test_flaky(tmp_path: Path) -> None:
    test = WAITING.format(wait="time.sleep(0.05)")
    made = audited(tmp_path, FLAKY, "test_bank.py", test=test)
    claim = made.claims["This makes the test flaky"]
    assert claim.verdict == "supported"
    assert "where a task is kept waiting for 0.05 s" in claim.told


def test_a_failure_that_has_nothing_to_do_with_sleeps_is_not_theirs(tmp_path: Path) -> None:
    test = TEST.replace("import bank\n", "import time\n\nimport bank\n\ntime.sleep(0)\n")
    made = audited(tmp_path, FLAKY, "test_bank.py::test_racy", test=test)
    claim = made.claims["This makes the test flaky"]
    assert claim.verdict == "not checkable"
    assert "however long sleeps take" in claim.told


def test_where_nothing_sleeps_nothing_is_asked_of_sleeps(tmp_path: Path) -> None:
    test = WAITING.format(wait="thread.join()")
    review = FLAKY.replace("calls", "may call")  # that it does, is refuted by reading
    made = audited(tmp_path, review, "test_bank.py", test=test)
    assert made.claims["This makes the test flaky"] == Claim(
        "not checkable", "no checker understands this"
    )


# --- Overlaps ---

OVERLAPPING = """\
import threading

import bank


def test_in_turn():
    for function in (bank.one, bank.two):
        thread = threading.Thread(target=function)
        thread.start()
        thread.join()


def test_at_once():
    barrier = threading.Barrier(2)
    threads = [threading.Thread(target=f, args=(barrier,)) for f in (bank.one, bank.two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""
SECTIONS = """\
def one(barrier=None):
    if barrier:
        barrier.wait()
    return 1


def two(barrier=None):
    if barrier:
        barrier.wait()
    return 2
"""
APART = "1. `one` and `two` never overlap.\n2. `one` and `two` run concurrently.\n"
APART += "3. `one` and `two` can overlap.\n4. `one` and `two` never run at the same time.\n"


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("test_in_turn", ["supported", "refuted", "not checkable", "supported"]),
        ("test_at_once", ["refuted", "supported", "supported", "refuted"]),
    ],
)
def test_whether_two_functions_overlap_is_seen(
    tmp_path: Path, test: str, expected: list[str]
) -> None:
    target = f"test_bank.py::{test}"
    made = audited(tmp_path, APART, target, runs=2, test=OVERLAPPING, bank=SECTIONS)
    assert verdicts(made) == expected
    assert "racewright overlap" in next(iter(made.claims.values())).told


SLEEPING = """\
import threading
import time
from unittest import mock

import bank


def test_overlap():
    def slow_one(*args):
        time.sleep(0.1)

    def slow_two(*args):
        time.sleep(0.1)

    with mock.patch("bank.one", new=slow_one):
        with mock.patch("bank.two", new=slow_two):
            {body}
"""
RACE = "1. The test reproduces the race condition.\n2. The race is never triggered.\n"
RACE += "3. The two sleeping functions never overlap.\n"


def test_a_race_whose_two_sides_never_meet_is_not_reproduced(tmp_path: Path) -> None:
    test = SLEEPING.format(body="bank.one(), bank.two()")
    made = audited(tmp_path, RACE, "test_bank.py", runs=2, test=test, bank=SECTIONS)
    assert verdicts(made) == ["refuted", "supported", "supported"]


def test_that_the_two_sides_meet_is_not_yet_the_race(tmp_path: Path) -> None:
    body = """threads = [threading.Thread(target=f) for f in (bank.one, bank.two)]
            for each in threads:
                each.start()
            for each in threads:
                each.join()"""
    test = SLEEPING.format(body=body)
    made = audited(tmp_path, RACE, "test_bank.py", runs=2, test=test, bank=SECTIONS)
    assert verdicts(made) == ["not checkable", "not checkable", "refuted"]


# --- What cannot be run ---


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("import no_such_package\n\n\ndef test_it():\n    pass\n", "no_such_package"),
        ("import os\nos._exit(3)\n\n\ndef test_it():\n    pass\n", "exit status 3"),
        ("raise SystemExit(5)\n\n\ndef test_it():\n    pass\n", ""),
        ("import os\nos.kill(os.getpid(), 11)\n\n\ndef test_it():\n    pass\n", "SIGSEGV"),
        ("def test_it(:\n", ""),
        ("import threading\nthreading.Event().wait()\n\n\ndef test_it():\n    pass\n", "longer"),
    ],
)
def test_what_cannot_be_imported_is_the_reason_and_no_verdict(
    tmp_path: Path, test: str, why: str
) -> None:
    (tmp_path / "test_run.py").write_text(test)
    seconds = 3.0 if why == "longer" else 120.0
    made = audited(tmp_path, REVIEW, "test_run.py", seconds=seconds)
    assert set(verdicts(made)) == {"not checkable"}
    told = made.claims["The test is flaky"].told
    assert told.startswith("test_run.py could not be run: ")
    assert why in told
    assert made.why_not
    assert made.ran == ""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("os._exit(3)", ""),
        ("pytest.skip('not here')", ""),
        ("raise OSError('no database')", "no database"),
    ],
)
def test_what_cannot_run_to_its_end_is_the_reason_and_no_verdict(
    tmp_path: Path, body: str, why: str
) -> None:
    test = f"import os\n\nimport pytest\n\n\ndef test_it():\n    {body}\n"
    made = audited(tmp_path, REVIEW, "test_bank.py", runs=1, test=test)
    assert set(verdicts(made)) == {"not checkable"}
    assert why in made.claims["The test is flaky"].told


def test_the_command_prints_a_report_and_nothing_that_the_program_prints(tmp_path: Path) -> None:
    noise = "import os\n\nos.write(1, b'noise')\nos.write(2, b'noise')\nprint('noise')\n"
    (tmp_path / "test_bank.py").write_text(noise + "\n\ndef test_it():\n    print('noise')\n")
    (tmp_path / "review.md").write_text("The test is flaky.\n")
    command = [sys.executable, "-m", "racewright", "audit", "test_bank.py", "--review", "review.md"]
    options = ["--no-missed", "--format", "json", "--run", "test_bank.py", "--runs", "1"]
    done = subprocess.run(
        [*command, *options], cwd=tmp_path, capture_output=True, text=True, timeout=240
    )
    assert "noise" not in done.stdout + done.stderr
    (claim,) = json.loads(done.stdout)["claims"]
    assert claim["verdict"] == "not checkable"
    assert claim["reason"].startswith("nothing can be said by runs of it: ")


def test_the_command_tells_why_nothing_was_run(tmp_path: Path) -> None:
    (tmp_path / "test_bank.py").write_text("import no_such_package\n")
    (tmp_path / "review.md").write_text("The test is flaky.\n")
    command = [sys.executable, "-m", "racewright", "audit", "test_bank.py", "--review", "review.md"]
    done = subprocess.run(
        [*command, "--no-missed", "--run", "test_bank.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 3
    assert done.stderr.startswith("test_bank.py was not run: test_bank.py could not be collected")
    assert "No module named 'no_such_package'" in " ".join(done.stdout.split())


def test_no_run_is_begun_when_the_time_is_over(tmp_path: Path) -> None:
    slow = "import time\n\n\ndef test_it():\n    time.sleep(1.5)\n"
    words = "1. The test is flaky.\n2. The test is vacuous.\n"
    made = audited(tmp_path, words, "test_bank.py", seconds=1.0, test=slow)
    assert set(verdicts(made)) == {"not checkable"}


@pytest.mark.parametrize(
    ("target", "why"),
    [("nonesuch.py", "there is no file or folder 'nonesuch.py'"), ("nonesuch", "is no target")],
)
def test_a_target_that_is_not_there_is_wrong_usage(tmp_path: Path, target: str, why: str) -> None:
    with pytest.raises(TargetError, match=why):
        audited(tmp_path, REVIEW, target)
