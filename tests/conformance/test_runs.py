"""What holds of every run: a schedule gives one trace, and nothing is left behind."""

from __future__ import annotations

import gc
import queue
import random
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from racewright.kernel.scheduler import STATE
from racewright.model.execution import Outcome
from racewright.strategies.base import Strategy, TaskView
from racewright.strategies.delay_bound import DelayBound
from racewright.strategies.pct import Pct
from racewright.strategies.pos import Pos
from racewright.strategies.random_walk import RandomWalk
from racewright.strategies.replay import Replay
from tests.conformance.conftest import Runner

SMALL = settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

#: What a task does, one after the other. Those that wait give up after a while, so all end.
ACTIONS = st.sampled_from(
    ["lock 0", "lock 1", "try 0", "set", "clear", "wait", "put", "get", "notify", "await", "sleep"]
)
PROGRAMS = st.lists(st.lists(ACTIONS, min_size=1, max_size=4), min_size=2, max_size=3)


class Written:
    """A program over locks, an event, a queue and a condition, written out from a list."""

    def __init__(self, tasks: Sequence[Sequence[str]]) -> None:
        self.tasks = tasks
        self.log: list[Any] = []

    def __call__(self) -> None:
        self.log = []
        self.locks = [threading.Lock(), threading.Lock()]
        self.event = threading.Event()
        self.condition = threading.Condition()
        self.queue: queue.Queue[int] = queue.Queue(1)
        threads = [threading.Thread(target=self.live, args=(actions,)) for actions in self.tasks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def live(self, actions: Sequence[str]) -> None:
        for action in actions:
            self.log.append((threading.current_thread().name, action, self.do(action)))

    def do(self, action: str) -> object:
        verb, _, which = action.partition(" ")
        if verb == "lock":
            with self.locks[int(which)]:
                time.sleep(0.1)
        elif verb == "try":
            taken = self.locks[int(which)].acquire(timeout=0.05)
            if taken:
                self.locks[int(which)].release()
            return taken
        elif verb in ("set", "clear"):
            getattr(self.event, verb)()
        elif verb == "wait":
            return self.event.wait(0.3)
        elif verb == "put":
            try:
                self.queue.put(1, timeout=0.2)
            except queue.Full:
                return "full"
        elif verb == "get":
            try:
                return self.queue.get(timeout=0.2)
            except queue.Empty:
                return "empty"
        elif verb == "notify":
            with self.condition:
                self.condition.notify_all()
        elif verb == "await":
            with self.condition:
                return self.condition.wait(0.3)
        else:
            time.sleep(random.random())
        return None


@SMALL
@given(PROGRAMS, st.integers(0, 99), st.sampled_from([0.0, 0.5]))
def test_following_a_recorded_schedule_gives_the_equal_trace(
    run: Runner, tasks: Any, seed: int, slack: float
) -> None:
    program = Written(tasks)
    recorded = run.once(program, RandomWalk(seed), slack=slack, is_recorded=True)
    log = program.log
    replay = Replay(recorded.schedule.deviations)
    replayed = run.once(program, replay, slack=slack, is_recorded=True)
    assert (recorded.outcome, replay.refused) == (Outcome.PASSED, None)
    assert replayed.schedule.steps == recorded.schedule.steps
    assert replayed.schedule.trace_digest == recorded.schedule.trace_digest
    assert replayed.schedule.deviations == recorded.schedule.deviations
    assert (program.log, replayed.virtual_seconds) == (log, recorded.virtual_seconds)


@SMALL
@given(PROGRAMS, st.integers(0, 99))
def test_both_carriers_give_the_equal_trace_for_one_schedule(tasks: Any, seed: int) -> None:
    program = Written(tasks)
    steps, logs = [], []
    for carrier in ("greenlets", "threads"):
        execution = Runner(carrier).once(program, RandomWalk(seed), is_recorded=True)
        steps.append(execution.schedule.steps)
        logs.append(program.log)
    assert steps[0] == steps[1]
    assert logs[0] == logs[1]


def _checked(kind: type[Strategy], checks: list[int]) -> type[Strategy]:
    """``kind``, with what it is asked and what it answers checked."""

    class Checked(kind):  # type: ignore[misc,valid-type]
        def choose(
            self, enabled: Sequence[TaskView], current: TaskView, default: TaskView
        ) -> TaskView:
            before = list(enabled)
            chosen: TaskView = super().choose(enabled, current, default)
            checks.append(len(before))
            assert list(enabled) == before, "what it was shown is not its own to change"
            assert chosen in before
            assert default in before
            assert [task.index for task in before] == sorted({task.index for task in before})
            return chosen

    return Checked


@pytest.mark.parametrize("kind", [Strategy, RandomWalk, Pct, Pos, DelayBound])
@SMALL
@given(tasks=PROGRAMS, seed=st.integers(0, 99), slack=st.sampled_from([0.0, 0.5]))
def test_every_strategy_chooses_one_of_the_enabled(
    kind: type[Strategy], tasks: Any, seed: int, slack: float
) -> None:
    checks: list[int] = []
    strategy = _checked(kind, checks)(seed)
    for _ in range(2):
        execution = Runner("greenlets").once(Written(tasks), strategy, slack=slack)
        assert execution.outcome is Outcome.PASSED
    assert checks
    assert min(checks) > 1


def _interpreter() -> dict[str, object]:
    """What a program may change and a run must give back."""
    return {
        "threads": threading.enumerate(),
        "main": (threading.current_thread(), threading.get_ident()),
        "excepthooks": (threading.excepthook, sys.excepthook, sys.unraisablehook),
        "random": random.getstate(),
        "collects": gc.isenabled(),
        "kernel": STATE.kernel,
        "signals": [signal.getsignal(each) for each in (signal.SIGALRM, signal.SIGINT)],
        "timer": signal.getitimer(signal.ITIMER_REAL),
        "tracing": (sys.gettrace(), sys.getprofile()),
        "limit": sys.getrecursionlimit(),
    }


def _leaves_a_thread() -> None:
    threading.Thread(target=threading.Event().wait, daemon=True).start()


def _fails_in_a_thread() -> None:
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()


def _fails() -> None:
    _leaves_a_thread()
    raise KeyError("lost")


def _deadlocks() -> None:
    lock = threading.Lock()
    with lock, lock:
        pass


def _changes_a_hook() -> None:
    threading.excepthook = lambda *_: None
    random.seed(4)
    _fails_in_a_thread()


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        (lambda: None, Outcome.PASSED),
        (_leaves_a_thread, Outcome.PASSED),
        (_fails_in_a_thread, Outcome.FAILED),
        (_fails, Outcome.FAILED),
        (_deadlocks, Outcome.DEADLOCKED),
        (_changes_a_hook, Outcome.PASSED),
    ],
)
def test_after_a_run_the_interpreter_is_as_it_was(
    run: Runner, program: Any, outcome: Outcome
) -> None:
    before = _interpreter()
    execution = run.once(program)
    assert _interpreter() == before
    assert execution.outcome is outcome


def test_outside_a_run_everything_is_native() -> None:
    lock, event, items = threading.RLock(), threading.Event(), queue.SimpleQueue[int]()

    def work() -> None:
        with lock:
            items.put(threading.get_ident())
        event.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert event.wait(60)
    thread.join()
    assert (items.get(timeout=60), items.empty()) == (thread.ident, True)
