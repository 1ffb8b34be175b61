"""``racewright mutate``: what it says, how it ends, what it leaves, how a mutant is replayed."""

from __future__ import annotations

import shutil
import textwrap
from typing import Any

import pytest

from racewright import store

ACCOUNT = """
    import functools
    import threading

    LOCK = threading.RLock()


    def locked(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with LOCK:
                return function(*args, **kwargs)

        return wrapper


    def bare(function):
        def wrapper(*args, **kwargs):
            with LOCK:
                return function(*args, **kwargs)

        return wrapper


    class Account:
        def __init__(self):
            self.balance = 0

        @locked
        def deposit(self, amount):
            self.balance = self.balance + amount

        @classmethod
        @locked
        def opened(cls):
            return cls()

        @bare
        def withdraw(self, amount):
            self.balance = self.balance - amount
    """

DEPOSITS = """
    import threading
    from account import Account

    def test_deposits_add_up():
        account = Account()
        threads = [threading.Thread(target=account.deposit, args=(1,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert account.balance == 2
    """

#: It looks for a race, and its two sides are never there at one time.
APART = """
    import threading
    from account import Account

    def test_deposits_add_up():
        account = Account()
        for _ in range(2):
            thread = threading.Thread(target=account.deposit, args=(1,))
            thread.start()
            thread.join()
        assert account.balance == 2
    """


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, new_project: Any) -> tuple[Any, dict[str, Any]]:
    """A project whose test was mutated, and what the report says."""
    project = new_project(tmp_path_factory.mktemp("once"))
    project.write("account.py", ACCOUNT)
    project.write("test_account.py", DEPOSITS)
    status, (target,) = project.facts("mutate", "test_account.py")
    assert status == 0
    return project, target


@pytest.fixture
def mutated(once: tuple[Any, dict[str, Any]], project: Any) -> tuple[Any, dict[str, Any]]:
    """A copy of it, to be used up."""
    first, target = once
    shutil.copytree(first.folder, project.folder, dirs_exist_ok=True)
    for file in (project.folder / ".racewright").glob("*.schedule"):
        # A replay goes to where the schedule was made.
        store.write_to(file, store.read(file).replace(root=str(project.folder)))
    return project, target


def schedule_of(project: Any, target: dict[str, Any], mutant: str) -> str:
    (found,) = [each for each in target["mutants"] if each["mutant"] == mutant]
    assert found["verdict"] == "noticed"
    return str(found["schedule"])


def test_a_decorator_and_its_lock_are_two_mutants_and_both_are_noticed(mutated: Any) -> None:
    _, target = mutated
    assert {each["mutant"]: each["verdict"] for each in target["mutants"]} == {
        "decorator account:Account.deposit": "noticed",
        "lock account.py:4": "noticed",
        "join test_account.py:10": "noticed",
    }


def test_a_test_whose_sides_never_meet_does_not_notice_that_the_lock_is_gone(
    project: Any,
) -> None:
    project.write("account.py", ACCOUNT)
    project.write("test_account.py", APART)
    status, verdicts = project.mutate(
        "test_account.py", "--undo", "account:Account.deposit", "--schedules", "60"
    )
    assert (status, verdicts) == (1, {"decorator account:Account.deposit": "not noticed"})
    status, output, _ = project.run(
        "mutate", "test_account.py", "--undo", "account:Account.deposit", "--schedules", "60"
    )
    assert status == 1
    assert output.startswith("VACUOUS  test_account.py::test_deposits_add_up: noticed 0 of 1")


def test_a_mutant_is_replayed_with_what_was_neutralised(mutated: Any) -> None:
    project, target = mutated
    for mutant in ("decorator account:Account.deposit", "lock account.py:4"):
        file = schedule_of(project, target, mutant)
        schedule = store.read(project.folder / file)
        assert schedule.mutant == mutant
        status, output, _ = project.run("replay", file, "--times", "5")
        assert status == 1
        assert f"this is a mutant: {mutant} " in output
        assert output.endswith(
            "replayed 5 times: the same failure 5 times, the whole trace identical 5 times\n"
        )


def test_a_mutants_schedule_can_be_made_lighter_and_keeps_the_mutant(project: Any) -> None:
    project.write("account.py", ACCOUNT)
    project.write("test_account.py", DEPOSITS)
    _, (target,) = project.facts("mutate", "test_account.py", "--jobs", "1", "--no-minimise")
    file = schedule_of(project, target, "lock account.py:4")
    before = store.read(project.folder / file)
    status, _, error = project.run("minimise", file)
    assert status == 1, error
    after = store.read(project.folder / file)
    assert (after.mutant, after.fingerprint) == (before.mutant, before.fingerprint)
    assert after.weight <= before.weight
    assert after.preemptions == 1


def test_what_fails_with_a_mutant_is_not_tried_without_it(mutated: Any) -> None:
    project, _ = mutated
    assert list((project.folder / ".racewright").glob("*.schedule"))
    status, output, _ = project.run("explore", "test_account.py", "--schedules", "50")
    assert status == 0
    assert "corpus" not in output


def test_a_second_time_the_saved_schedules_are_tried_first(mutated: Any) -> None:
    project, _ = mutated
    _, (target,) = project.facts("mutate", "test_account.py")
    assert [each["executions"] for each in target["mutants"]] == [1, 1, 1]


def test_a_lock_can_be_named_by_the_line_that_makes_it(project: Any) -> None:
    project.write("account.py", ACCOUNT)
    project.write("test_account.py", DEPOSITS)
    status, verdicts = project.mutate("test_account.py", "--undo", "account.py:4")
    assert (status, verdicts) == (0, {"lock account.py:4": "noticed"})


def test_a_line_at_which_nothing_is_made_is_refused_with_what_there_is(project: Any) -> None:
    project.write("account.py", ACCOUNT)
    project.write("test_account.py", DEPOSITS)
    status, _, error = project.run("mutate", "test_account.py", "--undo", "account.py:5")
    assert status == 2
    assert "account.py:5: no lock is made there" in error
    assert "lock account.py:4 (LOCK in <module>)" in error


def test_a_decorator_without_wraps_is_refused(project: Any) -> None:
    project.write("account.py", ACCOUNT)
    project.write("test_account.py", DEPOSITS)
    status, _, error = project.run(
        "mutate", "test_account.py", "--undo", "account:Account.withdraw"
    )
    assert status == 2
    assert "has no __wrapped__" in error
    assert "--undo file.py:14" in error


def test_the_decorator_below_a_classmethod_is_bypassed(project: Any) -> None:
    project.write("account.py", ACCOUNT)
    project.write(
        "test_account.py",
        """
        import threading
        import account

        def test_opening_is_locked():
            held = []
            account.Account.__init__ = lambda self: held.append(account.LOCK._is_owned())
            threads = [threading.Thread(target=account.Account.opened) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert held == [True, True]
        """,
    )
    status, verdicts = project.mutate("test_account.py", "--undo", "account:Account.opened")
    assert (status, verdicts) == (0, {"decorator account:Account.opened": "noticed"})


def test_a_target_that_fails_as_it_is_is_an_error_and_is_shown(project: Any) -> None:
    project.write("account.py", ACCOUNT.replace("            with LOCK:\n", "            if 1:\n"))
    project.write("test_account.py", DEPOSITS)
    status, output, _ = project.run("mutate", "test_account.py")
    assert status == 2
    assert "FAILS ALREADY  test_account.py::test_deposits_add_up" in output
    assert "preempted" in output


def test_a_test_without_threads_is_inconclusive(project: Any) -> None:
    project.write("test_plain.py", "def test_plain():\n    assert True\n")
    status, output, _ = project.run("mutate", "test_plain.py")
    assert status == 3
    assert output.startswith("INCONCLUSIVE  test_plain.py::test_plain: no concurrency was seen")


def test_a_name_that_means_nothing_is_refused(project: Any) -> None:
    project.write("account.py", ACCOUNT)
    project.write("test_account.py", DEPOSITS)
    for name in ("account:Account.depositt", "nowhere:f", "account"):
        status, _, error = project.run("mutate", "test_account.py", "--undo", name)
        assert (status, name in error) == (2, True), error


def test_a_saved_mutant_that_is_none_is_refused(mutated: Any) -> None:
    project, target = mutated
    file = project.folder / schedule_of(project, target, "lock account.py:4")
    store.write_to(file, store.read(file).replace(mutant="lock of the door"))
    status, _, error = project.run("replay", str(file))
    assert status == 2
    assert "'lock of the door' is no mutant" in error


def test_code_that_has_changed_is_told_from_a_mutant_that_is_gone(mutated: Any) -> None:
    project, target = mutated
    file = schedule_of(project, target, "lock account.py:4")
    longer = ACCOUNT.replace("self.balance = 0", "self.balance = 0\n            self.owner = None")
    project.write("account.py", longer)
    status, _, error = project.run("replay", file)
    assert status == 5
    assert "racewright mutate --undo account.py:4 test_account.py::test_deposits_add_up" in error


def test_every_test_of_a_file_is_a_target_and_the_worst_decides(project: Any) -> None:
    project.write("account.py", ACCOUNT)
    project.write("test_account.py", DEPOSITS)
    both = textwrap.dedent(DEPOSITS) + textwrap.dedent(APART).replace("add_up", "add_up_again")
    (project.folder / "test_account.py").write_text(both)
    undo = ("--undo", "account.py:4")
    status, targets = project.facts("mutate", "test_account.py", *undo, "--schedules", "100")
    assert [each["target"].partition("::")[2] for each in targets] == [
        "test_deposits_add_up",
        "test_deposits_add_up_again",
    ]
    assert [each["outcome"] for each in targets] == ["notices", "vacuous"]
    assert status == 1
