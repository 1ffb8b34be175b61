"""What the rules about objects that several tasks have say can be shown: a schedule breaks a
program of that shape, and the corrected one passes under all that are tried.

Two of these rules are decided by reading, as what fails is in other lines than theirs; that it
does fail is shown here all the same.
"""

from __future__ import annotations

import concurrent.futures
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import racewright
from racewright.review.rule import find_rule
from tests.review.support import Program, together

# -- put-after-stop-check --------------------------------------------------------------------------


class Actor:
    """As an actor of which a caller asks something."""

    def __init__(self, is_right: bool) -> None:
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.inbox: queue.Queue[queue.Queue[str]] = queue.Queue()
        self.put = self.put_right if is_right else self.put_wrong

    def put_wrong(self, answer: queue.Queue[str]) -> None:
        if self.stopped.is_set():
            raise RuntimeError("stopped")
        self.inbox.put(answer)

    def put_right(self, answer: queue.Queue[str]) -> None:
        with self.lock:
            if self.stopped.is_set():
                raise RuntimeError("stopped")
            self.inbox.put(answer)

    def stop(self) -> None:
        with self.lock:
            self.stopped.set()
        while not self.inbox.empty():
            self.inbox.get().put("refused")


def put_after_stop_check(is_right: bool) -> None:
    actor = Actor(is_right)
    answers = []

    def ask() -> None:
        answer: queue.Queue[str] = queue.Queue()
        try:
            actor.put(answer)
        except RuntimeError:
            answers.append("too late")
        else:
            answers.append(answer.get())

    together(ask, actor.stop)
    assert answers in (["too late"], ["refused"])


# -- scope-across-yield ----------------------------------------------------------------------------


class Validator:
    def __init__(self) -> None:
        self.scopes = [""]

    def wrong(self, base: str, parts: list[str]) -> Iterator[str]:
        self.scopes.append(base)
        try:
            for part in parts:
                if not part.startswith(self.scopes[-1]):
                    yield part
        finally:
            self.scopes.pop()

    def right(self, base: str, parts: list[str]) -> Iterator[str]:
        for part in parts:
            if not part.startswith(base):
                yield part


def scope_across_yield(is_right: bool) -> None:
    validator = Validator()
    errors = validator.right if is_right else validator.wrong
    found: list[str] = []
    together(
        lambda: found.extend(errors("a", ["a/one"])), lambda: found.extend(errors("b", ["b/one"]))
    )
    assert found == []


# -- call-state-on-callable ------------------------------------------------------------------------


class Request:
    def __init__(self, position: int) -> None:
        self.position = position
        self.hooks: list[Callable[[Request], int]] = []

    def answer(self) -> list[int]:
        return [hook(self) for hook in self.hooks]


class RetryWrong:
    position = 0

    def __call__(self, request: Request) -> None:
        self.position = request.position
        request.hooks.append(self.again)

    def again(self, request: Request) -> int:
        return self.position


class RetryRight:
    def __call__(self, request: Request) -> None:
        request.hooks.append(self.again)

    def again(self, request: Request) -> int:
        return request.position


def call_state_on_callable(is_right: bool) -> None:
    retry = RetryRight() if is_right else RetryWrong()

    def ask(position: int) -> None:
        request = Request(position)
        retry(request)
        assert request.answer() == [position]

    together(lambda: ask(3), lambda: ask(7))


# -- reentrance-without-owner ----------------------------------------------------------------------


class CountedLock:
    """Over another lock, as a lock of a file is over that of the system."""

    def __init__(self, is_right: bool) -> None:
        self.below = threading.Lock()
        self.guard = threading.Lock()
        self.count = 0
        self.threads = threading.RLock() if is_right else None

    def __enter__(self) -> None:
        if self.threads is not None:
            self.threads.acquire()
        with self.guard:
            if self.count == 0:
                self.below.acquire()
            self.count += 1

    def __exit__(self, *about: object) -> None:
        with self.guard:
            self.count -= 1
            if self.count == 0:
                self.below.release()
        if self.threads is not None:
            self.threads.release()


def reentrance_without_owner(is_right: bool) -> None:
    lock = CountedLock(is_right)
    inside: list[str] = []

    def work(name: str) -> None:
        with lock, lock:
            inside.append(name)
            assert inside == [name]
            inside.remove(name)

    together(lambda: work("one"), lambda: work("two"))


# -- bound-method-past-lock ------------------------------------------------------------------------


class Archive:
    position = 0

    def seek(self, position: int) -> None:
        self.position = position

    def tell(self) -> int:
        return self.position


class Member:
    def __init__(self, archive: Archive, lock: threading.Lock, is_right: bool) -> None:
        self.archive = archive
        self.lock = lock
        self.position = 0
        self.tell = self.told if is_right else archive.tell

    def told(self) -> int:
        return self.position

    def read(self, size: int) -> None:
        with self.lock:
            self.archive.seek(self.position)
            self.archive.seek(self.archive.tell() + size)
            self.position = self.archive.tell()


def bound_method_past_lock(is_right: bool) -> None:
    archive, lock = Archive(), threading.Lock()
    one, two = (Member(archive, lock, is_right) for _ in range(2))

    def read(member: Member, size: int) -> None:
        member.read(size)
        assert member.tell() == size

    together(lambda: read(one, 3), lambda: read(two, 7))


# -- cancel-without-notice -------------------------------------------------------------------------


class Pool:
    def __init__(self, is_right: bool) -> None:
        self.is_right = is_right
        self.jobs: queue.Queue[concurrent.futures.Future[int] | None] = queue.Queue()

    def submit(self) -> concurrent.futures.Future[int]:
        future: concurrent.futures.Future[int] = concurrent.futures.Future()
        self.jobs.put(future)
        return future

    def run(self) -> None:
        while (future := self.jobs.get()) is not None:
            if future.set_running_or_notify_cancel():
                future.set_result(1)

    def stop(self) -> None:
        while not self.jobs.empty():
            try:
                future = self.jobs.get_nowait()
            except queue.Empty:
                break
            if future is not None and future.cancel() and self.is_right:
                future.set_running_or_notify_cancel()
        self.jobs.put(None)


def cancel_without_notice(is_right: bool) -> None:
    pool = Pool(is_right)
    future = pool.submit()
    together(pool.run, pool.stop, lambda: concurrent.futures.wait([future]))
    assert future.done()


PROGRAMS: dict[str, Program] = {
    "put-after-stop-check": put_after_stop_check,
    "scope-across-yield": scope_across_yield,
    "call-state-on-callable": call_state_on_callable,
    "reentrance-without-owner": reentrance_without_owner,
    "bound-method-past-lock": bound_method_past_lock,
    "cancel-without-notice": cancel_without_notice,
}
#: How each shows itself, and how its rule says that it is confirmed.
EXPECTED = {
    "put-after-stop-check": ("deadlock", "explore"),
    "scope-across-yield": ("assertion", "explore"),
    "call-state-on-callable": ("assertion", "explore"),
    "reentrance-without-owner": ("assertion", "explore"),
    "bound-method-past-lock": ("assertion", "static"),
    "cancel-without-notice": ("deadlock", "static"),
}


def explored(program: Program, is_right: bool) -> Any:
    return racewright.explore(
        lambda: program(is_right),
        schedules=200,
        stall=1.0,
        instrument=(__name__,),
        save=False,
        corpus=False,
        jobs=1,
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_schedule_shows_what_the_rule_says(name: str) -> None:
    kind, proof = EXPECTED[name]
    assert find_rule(name).proof == proof
    exploration = explored(PROGRAMS[name], is_right=False)
    (found,) = exploration.failures
    assert (exploration.outcome, found.failure.kind) == ("failed", kind)


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_schedule_breaks_what_is_corrected(name: str) -> None:
    exploration = explored(PROGRAMS[name], is_right=True)
    assert (exploration.outcome, exploration.failures) == ("passed", ())
