"""``threading.Thread``, ``_thread`` and what belongs to a thread."""

from __future__ import annotations

import _thread
import asyncio
import contextvars
import gc
import os
import sys
import threading
import time
import weakref
from typing import Any

import pytest

from racewright.kernel.scheduler import STATE
from racewright.model.execution import Outcome
from tests.conformance.conftest import Runner


def run_all(*bodies: Any) -> None:
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_joined_thread_is_over_and_no_longer_listed(run: Runner) -> None:
    def program() -> None:
        thread = threading.Thread(target=lambda: None, name="worker")
        assert (thread.is_alive(), thread.ident) == (False, None)
        thread.start()
        thread.join()
        assert not thread.is_alive()
        assert thread not in threading.enumerate()
        assert threading.active_count() == 1
        assert thread.ident is not None

    run.passes(program)


def test_a_thread_starts_once_and_is_joined_only_when_started(run: Runner) -> None:
    def program() -> None:
        thread = threading.Thread(target=lambda: None)
        with pytest.raises(RuntimeError, match="before it is started"):
            thread.join()
        thread.start()
        with pytest.raises(RuntimeError, match="only be started once"):
            thread.start()
        thread.join()
        with pytest.raises(RuntimeError, match="current thread"):
            threading.current_thread().join()

    run.passes(program)


def test_names_idents_and_daemons_are_each_threads_own(run: Runner) -> None:
    seen: list[Any] = []

    def look() -> None:
        me = threading.current_thread()
        seen.append((me.name, me.daemon, me.ident == threading.get_ident(), me.is_alive()))

    def program() -> None:
        seen.clear()
        first = threading.Thread(target=look, name="first")
        second = threading.Thread(target=look, daemon=True)
        for thread in (first, second):
            thread.start()
        for thread in (first, second):
            thread.join()
        assert sorted(seen) == [("Thread-1 (look)", True, True, True), ("first", False, True, True)]
        assert len({first.ident, second.ident, threading.get_ident()}) == 3
        assert len({first.native_id, second.native_id, threading.get_native_id()}) == 3

    run.passes(program)


def test_a_join_that_times_out_leaves_the_thread_alive(run: Runner) -> None:
    def program() -> None:
        gate = threading.Event()
        thread = threading.Thread(target=gate.wait)
        thread.start()
        thread.join(2.5)
        assert thread.is_alive()
        gate.set()
        thread.join()

    assert run.passes(program).virtual_seconds == pytest.approx(2.5, abs=0.01)


def test_an_unhandled_exception_in_a_thread_is_a_failure_of_that_thread(run: Runner) -> None:
    def inner() -> None:
        raise KeyError("lost")

    def outer() -> None:
        thread = threading.Thread(target=inner, name="inner")
        thread.start()
        thread.join()

    execution = run.once(lambda: run_all(outer))
    assert execution.outcome is Outcome.FAILED
    assert execution.failure is not None
    assert (execution.failure.kind, execution.failure.task) == ("unhandled-exception", "inner")
    assert execution.failure.message == "KeyError: 'lost'"


def test_a_hook_of_the_program_gets_unhandled_exceptions(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    hook = lambda args: seen.append((args.exc_type, str(args.exc_value), args.thread.name))  # noqa: E731

    def fail() -> None:
        raise ValueError("told")

    def program() -> None:
        seen.clear()
        monkeypatch.setattr(threading, "excepthook", hook)
        thread = threading.Thread(target=fail, name="teller")
        thread.start()
        thread.join()
        assert seen == [(ValueError, "told", "teller")]

    run.passes(program)


def test_sys_exit_in_a_thread_ends_that_thread_alone(run: Runner) -> None:
    def program() -> None:
        run_all(sys.exit, lambda: sys.exit(3))

    run.passes(program)


def test_tracing_and_profiling_are_each_threads_own(run: Runner) -> None:
    def trace(*_: Any) -> None:
        return None

    def profile(*_: Any) -> None:
        return None

    seen: list[Any] = []

    def look() -> None:
        time.sleep(0.1)
        seen.append((sys.gettrace() is trace, sys.getprofile() is profile))

    def program() -> None:
        seen.clear()
        before = sys.gettrace(), sys.getprofile()
        threading.settrace(trace)
        threading.setprofile(profile)
        try:
            hooked = [threading.Thread(target=look) for _ in range(2)]
            for thread in hooked:
                thread.start()
            for thread in hooked:
                thread.join()
        finally:
            threading.settrace(None)  # type: ignore[arg-type]
            threading.setprofile(None)
        run_all(look)
        assert seen == [(True, True), (True, True), (False, False)]
        assert (sys.gettrace(), sys.getprofile()) == before

    run.passes(program)


def test_a_stack_size_is_kept(run: Runner) -> None:
    def program() -> None:
        assert threading.stack_size(262144) == 0
        assert threading.stack_size() == 262144
        run_all(lambda: None)
        threading.stack_size(0)
        assert threading.stack_size() == 0

    run.passes(program)


def test_a_local_is_empty_in_every_new_thread(run: Runner) -> None:
    class Counter(threading.local):
        made = 0

        def __init__(self, start: int) -> None:
            time.sleep(0.1)  # others have their turn in the middle
            self.value = start

    counter = Counter(10)
    plain = threading.local()

    def count() -> None:
        assert not hasattr(plain, "value")
        for _ in range(3):
            counter.value += 1
            plain.value = counter.value
            time.sleep(0.1)
        assert (counter.value, plain.value, counter.__dict__) == (13, 13, {"value": 13})

    def program() -> None:
        run_all(count, count, count)
        assert (counter.value, hasattr(plain, "value")) == (10, False)

    run.passes(program)


def test_what_a_local_kept_for_a_thread_goes_with_it(run: Runner) -> None:
    class Thing:
        pass

    def program() -> None:
        local, things = threading.local(), []

        def keep() -> None:
            local.thing = Thing()
            things.append(weakref.ref(local.thing))

        for _ in range(3):
            run_all(keep)
        gc.collect()
        assert [thing() for thing in things] == [None, None, None]

    run.passes(program)


def test_a_local_is_each_threads_own_outside_a_run() -> None:
    # Real threads, really beside one another: the interpreter may switch at any instruction.
    local = threading.local()
    wrong: list[int] = []

    def write(mine: int) -> None:
        for _ in range(2000):
            local.value = mine
            if local.value != mine:
                wrong.append(mine)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        run_all(*(lambda mine=mine: write(mine) for mine in range(4)))
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


def test_a_new_thread_has_an_empty_context(run: Runner) -> None:
    variable = contextvars.ContextVar("variable", default="unset")

    def mine(value: str) -> None:
        assert variable.get() == "unset"
        variable.set(value)
        time.sleep(0.1)
        assert variable.get() == value

    def program() -> None:
        variable.set("main")
        run_all(lambda: mine("first"), lambda: mine("second"))
        assert variable.get() == "main"
        contextvars.copy_context().run(run_all, lambda: None)

    run.passes(program)


def test_raw_threads_are_counted_and_leave_nothing_behind(run: Runner) -> None:
    def program() -> None:
        before = _thread._count()
        gate = _thread.allocate_lock()
        gate.acquire()

        def wait() -> None:
            gate.acquire()
            gate.release()

        ident = _thread.start_new_thread(wait, ())
        assert ident != _thread.get_ident()
        assert _thread._count() == before + 1
        gone = weakref.ref(wait)
        del wait
        gate.release()
        while _thread._count() > before:
            time.sleep(0.01)
        gc.collect()
        assert gone() is None

    run.passes(program)


def test_a_starter_that_the_program_put_in_place_is_called(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "_start_joinable_thread"
    name = name if hasattr(threading, name) else "_start_new_thread"

    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("no more threads")

    def program() -> None:
        thread = threading.Thread(target=lambda: None)
        with monkeypatch.context() as patches:
            patches.setattr(threading, name, refuse)
            with pytest.raises(RuntimeError, match="no more threads"):
                thread.start()
        assert threading.active_count() == 1

    run.passes(program)


def test_threads_that_start_threads_do_not_share_a_recursion_limit(run: Runner) -> None:
    depth = 150

    def nest(left: int) -> None:
        if left:
            thread = threading.Thread(target=nest, args=(left - 1,))
            thread.start()
            thread.join()

    execution = run.once(lambda: nest(depth))
    assert (execution.outcome, execution.tasks) == (Outcome.PASSED, depth + 1)


def test_a_timer_calls_once_when_its_time_has_come_and_never_when_cancelled(run: Runner) -> None:
    calls: list[Any] = []

    def program() -> None:
        calls.clear()
        began = time.monotonic()
        kept = threading.Timer(3, lambda: calls.append(round(time.monotonic() - began, 2)))
        cancelled = threading.Timer(2, calls.append, ["never"])
        for timer in (kept, cancelled):
            timer.start()
        cancelled.cancel()
        for timer in (kept, cancelled):
            timer.join()
        assert calls == [3.0]

    run.passes(program)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_forked_in_a_task_behaves_natively(run: Runner) -> None:
    codes: list[int] = []

    def fork() -> None:
        child = os.fork()
        if not child:
            me = threading.current_thread()
            is_native = (
                STATE.kernel is None
                and threading.enumerate() == [me]
                and me is threading.main_thread()
                and me.ident == threading.get_ident()
                and me.is_alive()
                and not other.is_alive()
            )
            os._exit(7 if is_native else 8)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    gate = threading.Event()
    other = threading.Thread(target=gate.wait)

    def program() -> None:
        nonlocal other
        codes.clear()
        gate.clear()
        other = threading.Thread(target=gate.wait)
        other.start()
        run_all(fork)
        gate.set()
        other.join()
        assert codes == [7]

    run.passes(program)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_ends_with_what_forked_it(run: Runner) -> None:
    def program() -> None:
        children: list[int] = []

        def fork() -> None:
            child = os.fork()
            if child:
                children.append(child)

        run_all(fork)
        found, status = os.waitpid(children[0], 0)
        assert (found, os.waitstatus_to_exitcode(status)) == (children[0], 0)

    assert run.once(program).outcome is Outcome.PASSED


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_polling_for_the_end_of_a_child_takes_real_time(run: Runner) -> None:
    def program() -> None:
        child = os.fork()
        if not child:
            sum(range(1_000_000))
            os._exit(0)
        end = time.monotonic() + 300
        while not os.waitpid(child, os.WNOHANG)[0]:
            assert time.monotonic() < end, "virtual time ran ahead of the child"
            time.sleep(10)

    execution = run.once(program)
    assert (execution.outcome, execution.failure) == (Outcome.PASSED, None)
    assert any("another process" in note for note in execution.notes)


def test_a_loop_awaits_what_runs_in_threads(run: Runner) -> None:
    def work(value: int) -> int:
        time.sleep(value)
        return value * value

    async def gather() -> list[int]:
        loop = asyncio.get_running_loop()
        return await asyncio.gather(
            asyncio.to_thread(work, 1),
            asyncio.to_thread(work, 2),
            loop.run_in_executor(None, work, 3),
        )

    def program() -> None:
        assert asyncio.run(gather()) == [1, 4, 9]

    assert run.passes(program).virtual_seconds < 7
