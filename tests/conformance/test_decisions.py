"""Decisions, enabledness, time, deadlock and determinism: the same on all three carriers.

A program here is abstract: for each task the list of its operations. It is written out for the
standard library, on greenlets and on OS threads, and as a script of generators; every schedule of
it is then tried on each.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racewright.carriers import script
from racewright.carriers.greenlets import GreenletCarrier
from racewright.carriers.os_threads import ThreadCarrier
from racewright.kernel.clock import Clock
from racewright.kernel.scheduler import STATE, Kernel
from racewright.kernel.task import TaskHandle
from racewright.model.operation import Resource, Site
from racewright.primitives.memory import touch
from racewright.strategies.base import Strategy, TaskView
from racewright.strategies.random_walk import RandomWalk

#: (what, on which of its kind): acquire, release, read, write, set, wait, wait-for, sleep.
Action = tuple[str, int]
Program = Sequence[Sequence[Action]]
CARRIERS = ("script", "greenlets", "threads")

#: Natural names for programs that people know.
LOST_UPDATE: Program = [[("read", 0), ("write", 0)]] * 2
LOCKED_UPDATE: Program = [[("acquire", 0), ("read", 0), ("write", 0), ("release", 0)]] * 2
INVERSION: Program = [
    [("acquire", 0), ("acquire", 1), ("release", 1), ("release", 0)],
    [("acquire", 1), ("acquire", 0), ("release", 0), ("release", 1)],
]
SIGNAL: Program = [[("wait", 0), ("read", 0)], [("write", 0), ("set", 0)]]
MISSED: Program = [[("wait", 0)], [("read", 0)]]
TIMED: Program = [[("wait-for", 0), ("write", 0)], [("sleep", 2), ("set", 0), ("read", 0)]]
SLEEPERS: Program = [[("sleep", 2), ("write", 0)], [("sleep", 1), ("write", 0)], [("write", 0)]]
PROGRAMS = {
    "lost update": LOST_UPDATE,
    "locked update": LOCKED_UPDATE,
    "inversion": INVERSION,
    "signal": SIGNAL,
    "missed": MISSED,
    "timed": TIMED,
    "sleepers": SLEEPERS,
}


@dataclass
class World:
    """What a program works on; reads and writes are of a counter that updates get lost of."""

    counters: list[int] = field(default_factory=lambda: [0, 0])
    seen: list[tuple[int, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """What is to be equal on all carriers."""

    stop: str
    counters: tuple[int, ...]
    seen: tuple[tuple[int, Any], ...]
    milliseconds: int
    trace: tuple[tuple[int, str, str], ...]


def spell(world: World, task: int, memory: dict[int, int], action: str, which: int) -> None:
    """The effect on the world of an access."""
    if action == "read":
        memory[which] = world.counters[which]
    else:
        world.counters[which] = memory.get(which, world.counters[which]) + 1


def as_script(program: Program, world: World) -> script.Script:
    mutexes, flags = [script.new_mutex() for _ in range(2)], [script.Flag() for _ in range(2)]

    def body(number: int, actions: Sequence[Action]) -> script.Script:
        memory: dict[int, int] = {}
        for action, which in actions:
            if action == "acquire":
                yield script.acquire(mutexes[which])
            elif action == "release":
                yield script.release(mutexes[which])
            elif action == "set":
                yield script.set_flag(flags[which])
            elif action == "wait":
                yield script.wait(flags[which])
            elif action == "wait-for":
                world.seen.append((number, (yield script.wait(flags[which], timeout=1))))
            elif action == "sleep":
                yield script.sleep(which)
            else:
                yield script.read(f"x{which}") if action == "read" else script.write(f"x{which}")
                spell(world, number, memory, action, which)

    tasks = []
    for number, actions in enumerate(program):
        tasks.append((yield script.spawn(body(number, actions))))
    for task in tasks:
        yield script.join(task)


def as_threads(program: Program, world: World) -> None:
    mutexes, flags = [threading.Lock() for _ in range(2)], [threading.Event() for _ in range(2)]
    places = [object(), object()]

    def body(number: int, actions: Sequence[Action]) -> None:
        memory: dict[int, int] = {}
        for action, which in actions:
            if action == "acquire":
                mutexes[which].acquire()
            elif action == "release":
                mutexes[which].release()
            elif action == "set":
                flags[which].set()
            elif action == "wait":
                flags[which].wait()
            elif action == "wait-for":
                world.seen.append((number, flags[which].wait(1)))
            elif action == "sleep":
                time.sleep(which)
            else:
                touch(SITES[action], places[which])
                spell(world, number, memory, action, which)

    tasks = [
        threading.Thread(target=body, args=(number, actions))
        for number, actions in enumerate(program)
    ]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()


SITES = {kind: Site("abstract", 1, "body", kind, "x") for kind in ("read", "write")}


@pytest.fixture(autouse=True)
def _no_collection() -> Iterator[None]:
    # A run owns garbage collection, but these are bare kernels, and Hypothesis reads the clock when
    # something is collected.
    gc.disable()
    yield
    gc.enable()


def carry(program: Program, carrier: str, strategy: Strategy) -> Result:
    """One execution of ``program``."""
    world = World()
    if carrier == "script":
        kernel, error = script.run_script(as_script(program, world), strategy)
    else:
        rides = {"greenlets": GreenletCarrier, "threads": ThreadCarrier}[carrier]()
        kernel = Kernel(strategy, rides, Clock(), is_focused=False)
        strategy.begin()

        def main() -> BaseException | None:
            as_threads(program, world)
            return None

        error = kernel.run(main)
    assert (error, kernel.failures, STATE.kernel) == (None, [], None)
    return Result(
        kernel.stop.kind if kernel.stop is not None else "",
        tuple(world.counters),
        tuple(world.seen),
        kernel.clock.now // 1_000_000,
        tuple((task, kind, named(resource)) for task, kind, resource, _ in kernel.trace),
    )


def named(resource: Any) -> str:
    """Places in memory have names on one carrier, and addresses on the others; so have tasks."""
    if isinstance(resource, TaskHandle):
        return f"task {resource.index}"
    return resource.kind if isinstance(resource, Resource) else ""


class Enumeration(Strategy):
    """Every schedule in turn: depth first over the choices, the program being run anew for each."""

    name = "enumeration"

    def __init__(self) -> None:
        super().__init__()
        self.path: list[tuple[int, int]] = []  #: (chosen, out of how many)
        self.depth = 0

    def begin(self) -> None:
        super().begin()
        self.depth = 0

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        if self.depth == len(self.path):
            self.path.append((0, len(enabled)))
        chosen, count = self.path[self.depth]
        assert count == len(enabled), "the same choices must lead to the same situation"
        self.depth += 1
        return enabled[chosen]

    def advance(self) -> bool:
        """Go on to the next schedule; whether there is one."""
        del self.path[self.depth :]
        while self.path:
            chosen, count = self.path.pop()
            if chosen + 1 < count:
                self.path.append((chosen + 1, count))
                return True
        return False


def every(program: Program, carrier: str, limit: int = 2000) -> Iterator[Result]:
    strategy = Enumeration()
    for _ in range(limit):
        yield carry(program, carrier, strategy)
        if not strategy.advance():
            return


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_schedule_of_a_program_gives_the_same_on_all_carriers(name: str) -> None:
    program = PROGRAMS[name]
    limit = 300
    first, *others = ([*every(program, carrier, limit)] for carrier in CARRIERS)
    for other in others:
        assert other == first


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("lost update", {("", 1), ("", 2)}),
        ("locked update", {("", 2)}),
        ("inversion", {("", 0), ("deadlock", 0)}),
        ("signal", {("", 1)}),
        ("missed", {("deadlock", 0)}),
        ("timed", {("", 1)}),
        ("sleepers", {("", 3)}),
    ],
)
@pytest.mark.parametrize("carrier", ["script", "greenlets"])
def test_the_schedules_of_a_program_have_these_outcomes(
    name: str, outcomes: set[tuple[str, int]], carrier: str
) -> None:
    results = every(PROGRAMS[name], carrier, 3000)
    assert {(result.stop, result.counters[0]) for result in results} == outcomes


@pytest.mark.parametrize("carrier", CARRIERS)
def test_time_moves_only_to_the_next_deadline(carrier: str) -> None:
    assert carry(SLEEPERS, carrier, Strategy()).milliseconds == 2000
    timed = carry(TIMED, carrier, Strategy())
    assert (timed.milliseconds, timed.seen) == (2000, ((0, False),))


ACTIONS = st.one_of(
    st.tuples(st.sampled_from(["read", "write", "set", "wait-for"]), st.integers(0, 1)),
    st.tuples(st.just("sleep"), st.integers(0, 2)),
)
LOCKED = st.tuples(st.integers(0, 1), st.lists(ACTIONS, max_size=2)).map(
    lambda pair: [("acquire", pair[0]), *pair[1], ("release", pair[0])]
)
BODIES = st.lists(st.one_of(LOCKED, ACTIONS.map(lambda one: [one])), min_size=1, max_size=3).map(
    lambda parts: [action for part in parts for action in part]
)
PROGRAM = st.lists(BODIES, min_size=1, max_size=3)


class Suspicious(RandomWalk):
    """A random walk that checks what it is offered."""

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        assert len(enabled) > 1
        assert all(task.is_enabled for task in enabled)
        assert [task.index for task in enabled] == sorted({task.index for task in enabled})
        assert default in enabled
        return super().choose(enabled, current, default)


@settings(deadline=None, max_examples=40)
@given(PROGRAM, st.integers(0, 1000))
def test_one_seed_gives_one_trace_whatever_carries_the_program(program: Any, seed: int) -> None:
    results = [carry(program, carrier, Suspicious(seed)) for carrier in CARRIERS]
    again = carry(program, "greenlets", Suspicious(seed))
    assert results == [again] * len(CARRIERS)


def test_a_script_is_told_what_its_operations_came_to() -> None:
    told: list[Any] = []

    def holder(mutex: Any) -> script.Script:
        yield script.acquire(mutex)
        yield script.sleep(5)
        yield script.release(mutex)

    def program() -> script.Script:
        mutex = script.new_mutex()
        task = yield script.spawn(holder(mutex), "holder")
        yield script.sleep(1)
        told.append((yield script.acquire(mutex, timeout=1)))
        told.append((yield script.join(task, timeout=1)))
        told.append((yield script.acquire(mutex)))
        try:
            yield script.release(mutex)
            yield script.release(mutex)
        except RuntimeError as error:
            told.append(str(error))

    kernel, error = script.run_script(program(), Strategy())
    assert (kernel.stop, error, kernel.clock.seconds) == (None, None, 5.0)
    assert told == [False, False, True, "release unlocked lock"]


def test_what_a_script_raises_is_reported_for_its_task() -> None:
    def fails() -> script.Script:
        yield script.write("x")
        raise KeyError("lost")

    def program(then: Callable[[], script.Operation]) -> script.Script:
        task = yield script.spawn(fails())
        yield script.join(task)
        yield then()

    def stop() -> script.Operation:
        raise ValueError("main's own")

    kernel, error = script.run_script(program(lambda: script.read("x")), Strategy())
    assert (error, [(task.index, str(each)) for task, each in kernel.failures]) == (
        None,
        [(1, "'lost'")],
    )
    _, error = script.run_script(program(stop), Strategy())
    assert repr(error) == 'ValueError("main\'s own")'


def test_a_script_that_never_ends_is_a_livelock() -> None:
    unwound: list[int] = []

    def turn(number: int) -> script.Script:
        try:
            while True:
                yield script.sleep(0)
        finally:
            unwound.append(number)

    def program() -> script.Script:
        yield script.spawn(turn(1))
        yield script.spawn(turn(2))

    kernel, _ = script.run_script(program(), Strategy(), max_steps=500)
    assert kernel.stop is not None
    assert (kernel.stop.kind, unwound) == ("livelock", [1, 2])
