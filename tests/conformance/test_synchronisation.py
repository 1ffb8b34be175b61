"""Locks, conditions, events, semaphores, barriers, queues, pools, and waiting in virtual time."""

from __future__ import annotations

import concurrent.futures
import datetime
import multiprocessing.pool
import queue
import sched
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from racewright.model.execution import Outcome
from tests.conformance.conftest import Runner


def run_all(*bodies: Callable[[], object]) -> None:
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("kind", ["Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore"])
def test_what_excludes_lets_one_in_at_a_time(run: Runner, kind: str) -> None:
    def program() -> None:
        guard: Any = getattr(threading, kind)()
        inside: list[int] = []

        def enter() -> None:
            for _ in range(2):
                with guard:
                    inside.append(1)
                    assert len(inside) == 1
                    time.sleep(0.1)
                    inside.pop()

        run_all(enter, enter, enter)

    assert run.passes(program).virtual_seconds == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize("kind", ["Lock", "RLock", "Condition", "Semaphore"])
def test_an_acquire_gives_up_when_told_to(run: Runner, kind: str) -> None:
    def program() -> None:
        guard: Any = getattr(threading, kind)()
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            with guard:
                held.set()
                done.wait()

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        assert not guard.acquire(False)
        began = time.monotonic()
        assert not guard.acquire(timeout=1.5)
        assert time.monotonic() - began == pytest.approx(1.5, abs=0.01)
        done.set()
        assert guard.acquire(timeout=1.5)
        guard.release()
        thread.join()

    run.passes(program)


def test_a_lock_may_be_given_back_by_another_and_an_rlock_only_by_its_holder(run: Runner) -> None:
    def program() -> None:
        lock, rlock = threading.Lock(), threading.RLock()
        lock.acquire()
        rlock.acquire()
        rlock.acquire()

        def give_back() -> None:
            lock.release()
            with pytest.raises(RuntimeError):
                rlock.release()

        run_all(give_back)
        assert not lock.locked()
        with pytest.raises(RuntimeError):
            lock.release()
        rlock.release()
        rlock.release()
        with pytest.raises(RuntimeError):
            rlock.release()

    run.passes(program)


@pytest.mark.filterwarnings("ignore:Passing arguments to RLock:DeprecationWarning")
def test_an_rlock_takes_arguments_that_mean_nothing_and_can_be_derived_from() -> None:
    class Named(type(threading.RLock())):  # type: ignore[misc]
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    made: Any = threading.RLock
    with made(1, fair=True), Named("mine") as taken:
        assert taken
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Derived", (type(threading.Lock()),), {})


def test_a_condition_wakes_as_many_as_it_notifies(run: Runner) -> None:
    def program() -> None:
        condition, woken, waiting = threading.Condition(), [0], [0]

        def wait() -> None:
            with condition:
                waiting[0] += 1
                assert condition.wait(10)
                woken[0] += 1

        def tell() -> None:
            while waiting[0] < 3:
                time.sleep(0.1)
            for count in (1, 2):
                with condition:
                    condition.notify(count)
                time.sleep(1)
                assert woken[0] in (1, 3)

        run_all(wait, wait, wait, tell)
        with pytest.raises(RuntimeError):
            condition.notify()
        with condition:
            assert not condition.wait(0.5)
            assert condition.wait_for(lambda: woken[0] == 3, 0.5)

    run.passes(program)


def test_an_event_that_nobody_sets_times_out(run: Runner) -> None:
    def program() -> None:
        event, seen = threading.Event(), []
        run_all(lambda: seen.append(event.wait(3)), lambda: time.sleep(1))
        assert seen == [False]
        run_all(lambda: seen.append(event.wait(3)), event.set)
        assert (seen, event.is_set()) == ([False, True], True)
        event.clear()
        assert not event.wait(0)

    run.passes(program)


def test_a_bounded_semaphore_is_not_released_too_often(run: Runner) -> None:
    def program() -> None:
        semaphore = threading.BoundedSemaphore(2)
        run_all(*[lambda: (semaphore.acquire(), semaphore.release())] * 3)
        with pytest.raises(ValueError, match="released too many times"):
            semaphore.release()

    run.passes(program)


def test_a_barrier_lets_all_pass_together_or_none(run: Runner) -> None:
    def program() -> None:
        order: list[str] = []
        barrier = threading.Barrier(3, action=lambda: order.append("action"))
        places: list[int] = []

        def cross() -> None:
            order.append("before")
            places.append(barrier.wait())
            order.append("after")

        run_all(cross, cross, cross)
        assert order == ["before"] * 3 + ["action"] + ["after"] * 3
        assert sorted(places) == [0, 1, 2]

        def fail() -> None:
            with pytest.raises(threading.BrokenBarrierError):
                barrier.wait(1)

        run_all(fail, fail)
        assert barrier.broken
        barrier.reset()
        assert not barrier.broken

    run.passes(program)


@pytest.mark.parametrize("kind", ["Queue", "LifoQueue", "PriorityQueue", "SimpleQueue"])
def test_a_queue_gives_out_what_was_put_into_it(run: Runner, kind: str) -> None:
    def program() -> None:
        items: Any = getattr(queue, kind)()
        taken: list[int] = []
        run_all(
            lambda: [items.put(number) for number in range(4)],
            lambda: taken.extend(items.get() for _ in range(2)),
            lambda: taken.extend(items.get(timeout=5) for _ in range(2)),
        )
        assert (sorted(taken), items.empty(), items.qsize()) == ([0, 1, 2, 3], True, 0)
        with pytest.raises(queue.Empty):
            items.get_nowait()
        began = time.monotonic()
        with pytest.raises(queue.Empty):
            items.get(timeout=2)
        assert time.monotonic() - began == pytest.approx(2, abs=0.01)

    run.passes(program)


def test_a_full_queue_makes_its_producers_wait(run: Runner) -> None:
    def program() -> None:
        items: queue.Queue[int] = queue.Queue(maxsize=1)
        items.put(0)
        with pytest.raises(queue.Full):
            items.put(1, timeout=1)

        def consume() -> None:
            for _ in range(3):
                items.get()
                items.task_done()

        run_all(lambda: [items.put(number) for number in (1, 2)], consume, items.join)

    run.passes(program)


def test_what_a_pool_maps_comes_back_in_order(run: Runner) -> None:
    def square(number: int) -> int:
        time.sleep(3 - number)
        return number * number

    def program() -> None:
        with concurrent.futures.ThreadPoolExecutor(2) as executor:
            assert list(executor.map(square, range(4))) == [0, 1, 4, 9]
            future = executor.submit(lambda: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                future.result()
            slow = executor.submit(time.sleep, 5)
            with pytest.raises(concurrent.futures.TimeoutError):
                slow.result(timeout=1)
            done, pending = concurrent.futures.wait([slow, future])
            assert (len(done), len(pending)) == (2, 0)

    run.passes(program)


def test_a_multiprocessing_thread_pool_maps_and_ends(run: Runner) -> None:
    def program() -> None:
        with multiprocessing.pool.ThreadPool(2) as pool:
            assert pool.map(abs, [-1, 2, -3]) == [1, 2, 3]
            assert pool.apply_async(abs, [-4]).get(timeout=60) == 4

    execution = run.once(program)
    assert (execution.outcome, execution.failure) == (Outcome.PASSED, None)


def test_clocks_and_dates_tell_the_same_virtual_time(run: Runner) -> None:
    def program() -> None:
        readers = (time.time, time.monotonic, time.perf_counter)
        readers_ns = (time.time_ns, time.monotonic_ns, time.perf_counter_ns)
        before = [reader() for reader in readers], [reader() for reader in readers_ns]
        date = datetime.datetime.now()
        time.sleep(3600)
        for reader, value in zip(readers, before[0], strict=True):
            assert reader() - value == pytest.approx(3600, abs=0.01)
        for reader_ns, value_ns in zip(readers_ns, before[1], strict=True):
            assert (reader_ns() - value_ns) / 1e9 == pytest.approx(3600, abs=0.01)
        assert (datetime.datetime.now() - date).total_seconds() == pytest.approx(3600, abs=0.01)
        assert datetime.datetime.now().timestamp() == pytest.approx(time.time(), abs=0.01)
        with pytest.raises(ValueError, match="non-negative"):
            time.sleep(-1)

    run.passes(program)


def test_sleepers_wake_in_the_order_of_their_deadlines(run: Runner) -> None:
    def program() -> None:
        woken: list[int] = []

        def sleep(seconds: int) -> None:
            time.sleep(seconds)
            woken.append(seconds)

        run_all(*(lambda seconds=seconds: sleep(seconds) for seconds in (3, 1, 2)))  # type: ignore[misc]
        assert woken == [1, 2, 3]

    assert run.passes(program).virtual_seconds == pytest.approx(3, abs=0.01)


def test_a_scheduler_runs_its_events_in_time_and_can_be_told_from_elsewhere(run: Runner) -> None:
    def program() -> None:
        seen: list[Any] = []
        scheduler = sched.scheduler(time.monotonic, time.sleep)
        began = time.monotonic()

        def note(name: str) -> None:
            seen.append((name, round(time.monotonic() - began)))

        scheduler.enter(4, 1, note, ("late",))
        doomed = scheduler.enter(3, 1, note, ("never",))
        scheduler.enter(1, 1, note, ("early",))

        def meddle() -> None:
            time.sleep(2)
            scheduler.cancel(doomed)

        run_all(scheduler.run, meddle)
        assert seen == [("early", 1), ("late", 4)]

    run.passes(program)


def test_a_program_whose_tasks_wait_for_one_another_is_deadlocked(run: Runner) -> None:
    def program() -> None:
        first, second = threading.Lock(), threading.Lock()
        both = threading.Barrier(2)

        def take(mine: Any, other: Any) -> None:
            with mine:
                both.wait()
                with other:
                    pass

        run_all(lambda: take(first, second), lambda: take(second, first))

    execution = run.once(program)
    assert execution.outcome is Outcome.DEADLOCKED
    assert execution.failure is not None
    blocked = [state.name for state in execution.failure.tasks if state.state == "blocked"]
    assert len(blocked) == 3


@pytest.mark.parametrize("make", [lambda: threading.Lock(), lambda: threading.RLock()])
def test_a_lock_made_without_its_constructor_raises_and_does_not_crash(
    make: Callable[[], Any], run: Runner
) -> None:
    def program() -> None:
        kind: Any = type(make())
        bare = kind.__new__(kind)

        def use() -> None:
            for method in (bare.acquire, bare.release, bare.__enter__):
                with pytest.raises(AttributeError, match="has no attribute"):
                    method()

        run_all(use, use)

    run.passes(program)
