"""What the rules about threads say can be shown: a schedule breaks a program of that shape, and the
corrected one passes under all that are tried.

Only rules that are proved by exploring are here. ``run-instead-of-start``, ``unread-task-result``,
``fork-with-threads`` and ``unlocked-shared-value`` are decided by reading; their pages say why.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import racewright
from racewright.review.rule import all_rules
from tests.review.support import Program, together

# -- acquire-without-finally -----------------------------------------------------------------------


class Journal:
    def __init__(self, is_right: bool) -> None:
        self.lock = threading.Lock()
        self.lines: list[str] = []
        self.append = self.append_right if is_right else self.append_wrong

    def append_wrong(self, line: str) -> None:
        self.lock.acquire()
        self.lines.append(check(line))
        self.lock.release()

    def append_right(self, line: str) -> None:
        with self.lock:
            self.lines.append(check(line))


def check(line: str) -> str:
    if not line:
        raise ValueError("an empty line")
    return line


def acquire_without_finally(is_right: bool) -> None:
    journal = Journal(is_right)

    def append_nothing() -> None:
        with pytest.raises(ValueError, match="empty"):
            journal.append("")

    together(lambda: journal.append("one"), append_nothing)
    assert journal.lines == ["one"]


# -- release-of-unheld-lock ------------------------------------------------------------------------


class Upload:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sent = 0

    def wrong(self) -> None:
        self.lock.acquire(blocking=False)
        try:
            self.sent += 1
        finally:
            self.lock.release()

    def right(self) -> None:
        if self.lock.acquire():
            try:
                self.sent += 1
            finally:
                self.lock.release()


def release_of_unheld_lock(is_right: bool) -> None:
    upload = Upload()
    send = upload.right if is_right else upload.wrong
    together(send, send)
    assert upload.sent == 2


# -- inconsistent-lock -----------------------------------------------------------------------------


class Buffer:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.lines: list[str] = []

    def add_wrong(self, line: str) -> None:
        self.lines.append(line)

    def add_right(self, line: str) -> None:
        with self.lock:
            self.lines.append(line)

    def take(self) -> list[str]:
        with self.lock:
            taken = list(self.lines)
            self.lines = []
            return taken


def inconsistent_lock(is_right: bool) -> None:
    buffer, taken = Buffer(), []
    add = buffer.add_right if is_right else buffer.add_wrong
    together(lambda: add("one"), lambda: taken.extend(buffer.take()))
    assert [*taken, *buffer.lines] == ["one"]


# -- self-deadlock ---------------------------------------------------------------------------------


class Registry:
    def __init__(self, is_right: bool) -> None:
        self.lock = threading.RLock() if is_right else threading.Lock()
        self.entries: dict[str, int] = {}

    def get(self, name: str) -> int | None:
        with self.lock:
            return self.entries.get(name)

    def replace(self, name: str, entry: int) -> int | None:
        with self.lock:
            old = self.get(name)
            self.entries[name] = entry
            return old


def self_deadlock(is_right: bool) -> None:
    registry = Registry(is_right)
    together(lambda: registry.replace("one", 1), lambda: registry.replace("two", 2))
    assert registry.entries == {"one": 1, "two": 2}


# -- check-before-lock -----------------------------------------------------------------------------


class Service:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.client: object = None
        self.made = 0

    def make(self) -> object:
        self.made += 1
        return object()

    def wrong(self) -> object:
        if self.client is None:
            with self.lock:
                self.client = self.make()
        return self.client

    def right(self) -> object:
        if self.client is None:
            with self.lock:
                if self.client is None:
                    self.client = self.make()
        return self.client


def check_before_lock(is_right: bool) -> None:
    service = Service()
    get = service.right if is_right else service.wrong
    together(get, get)
    assert service.made == 1


# -- lost-notify -----------------------------------------------------------------------------------


class Job:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.result: int | None = None

    def wrong(self) -> None:
        self.done.set()
        self.result = 42

    def right(self) -> None:
        self.result = 42
        self.done.set()


def lost_notify(is_right: bool) -> None:
    job, seen = Job(), []

    def wait() -> None:
        job.done.wait()
        seen.append(job.result)

    together(job.right if is_right else job.wrong, wait)
    assert seen == [42]


class Gate:
    """A notification that comes before the change: who is woken in between waits for ever."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.is_open = False

    def wrong(self) -> None:
        with self.changed:
            self.changed.notify_all()
        self.is_open = True

    def right(self) -> None:
        with self.changed:
            self.is_open = True
            self.changed.notify_all()

    def pass_through(self) -> None:
        with self.changed:
            while not self.is_open:
                self.changed.wait()


def lost_notify_of_a_condition(is_right: bool) -> None:
    gate = Gate()
    together(gate.right if is_right else gate.wrong, gate.pass_through)


class Writer:
    """An event that is cleared after the look: what comes in between is forgotten."""

    def __init__(self) -> None:
        self.wake = threading.Event()
        self.pending: list[str] = []
        self.written: list[str] = []

    def put(self, line: str) -> None:
        self.pending.append(line)
        self.wake.set()

    def write(self, is_right: bool) -> None:
        while len(self.written) < 2:
            self.wake.wait()
            if is_right:
                self.wake.clear()
            while self.pending:
                self.written.append(self.pending.pop(0))
            if not is_right:
                self.wake.clear()


def lost_notify_by_clearing(is_right: bool) -> None:
    writer = Writer()
    together(lambda: writer.write(is_right), lambda: writer.put("one"), lambda: writer.put("two"))


# -- throwaway-lock --------------------------------------------------------------------------------


class Connection:
    opened = 0
    all_lock = threading.Lock()

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def wrong(self) -> None:
        with self.lock:
            Connection.opened += 1

    def right(self) -> None:
        with Connection.all_lock:
            Connection.opened += 1


def throwaway_lock(is_right: bool) -> None:
    Connection.opened = 0
    one, two = Connection(), Connection()
    if is_right:
        together(one.right, two.right)
    else:
        together(one.wrong, two.wrong)
    assert Connection.opened == 2


# -- loop-over-shared-container --------------------------------------------------------------------


class Clients:
    def __init__(self) -> None:
        self.clients = {"one": 1, "two": 2}

    def add(self) -> None:
        self.clients["three"] = 3

    def wrong(self) -> int:
        total = 0
        for number in self.clients.values():
            total += number
        return total

    def right(self) -> int:
        total = 0
        for number in list(self.clients.values()):
            total += number
        return total


def loop_over_shared_container(is_right: bool) -> None:
    clients = Clients()
    together(clients.add, clients.right if is_right else clients.wrong)


# -- nested-submit ---------------------------------------------------------------------------------


def nested_submit(is_right: bool) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool, ThreadPoolExecutor(max_workers=2) as other:
        inner = other if is_right else pool

        def size_of(folder: int) -> int:
            return 1 if not folder else 1 + inner.submit(size_of, 0).result()

        def ask() -> None:
            assert pool.submit(size_of, 1).result() == 2

        together(ask, ask)


PROGRAMS: dict[str, Program] = {
    "acquire-without-finally": acquire_without_finally,
    "release-of-unheld-lock": release_of_unheld_lock,
    "inconsistent-lock": inconsistent_lock,
    "self-deadlock": self_deadlock,
    "check-before-lock": check_before_lock,
    "lost-notify": lost_notify,
    "lost-notify (a condition)": lost_notify_of_a_condition,
    "lost-notify (cleared)": lost_notify_by_clearing,
    "throwaway-lock": throwaway_lock,
    "loop-over-shared-container": loop_over_shared_container,
    "nested-submit": nested_submit,
}


def explored(program: Program, is_right: bool) -> Any:
    return racewright.explore(
        lambda: program(is_right), schedules=150, stall=1.0, save=False, corpus=False, jobs=1
    )


#: How each shows itself; a lock that its holder takes again needs no race.
FAILURES = {
    "acquire-without-finally": ("failed", "deadlock"),
    "release-of-unheld-lock": ("failed", "exception"),
    "inconsistent-lock": ("failed", "assertion"),
    "self-deadlock": ("fails-without-race", "deadlock"),
    "check-before-lock": ("failed", "assertion"),
    "lost-notify": ("failed", "assertion"),
    "lost-notify (a condition)": ("failed", "deadlock"),
    "lost-notify (cleared)": ("failed", "deadlock"),
    "throwaway-lock": ("failed", "assertion"),
    "loop-over-shared-container": ("failed", "exception"),
    "nested-submit": ("failed", "deadlock"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_schedule_shows_what_the_rule_says(name: str) -> None:
    exploration = explored(PROGRAMS[name], is_right=False)
    (found,) = exploration.failures
    assert (exploration.outcome, found.failure.kind) == FAILURES[name]


def test_what_is_shown_here_are_rules_that_say_they_are_explored() -> None:
    shown = {name.partition(" (")[0] for name in PROGRAMS}
    assert shown <= {rule.name for rule in all_rules() if rule.proof == "explore"}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_no_schedule_breaks_what_is_corrected(program: Program) -> None:
    exploration = explored(program, is_right=True)
    assert (exploration.outcome, exploration.failures) == ("passed", ())
