"""Where a scenario begins and where it ends: blocks, decorators, nesting, errors, interruptions."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import threading
import unittest
from collections.abc import Callable
from typing import Any

import pytest

import racewright
from racewright import after, before, scenario
from racewright.errors import (
    ControlledRunFailed,
    OrderImpossible,
    OrderNotReached,
    UsageError,
)
from racewright.interpose import stdlib
from racewright.interpose.wrapping import in_place
from racewright.scenarios import Scenario
from racewright.search.controlled import controlled

SHORT = 0.2


class Door:
    def __init__(self) -> None:
        self.log: list[str] = []
        self.lock = threading.Lock()

    def enter(self) -> None:
        self.log.append(threading.current_thread().name)

    def open(self) -> None:
        self.log.append("opened")

    def locked(self) -> None:
        with self.lock:
            self.enter()


def visits(door: Door, *names: str, method: str = "enter") -> None:
    threads = [threading.Thread(target=getattr(door, method), name=name) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run(mode: str, body: Callable[[], Any]) -> Any:
    return controlled(body)() if mode == "controlled" else body()


both = pytest.mark.parametrize("mode", ["controlled", "free"])


@both
def test_an_exception_of_the_body_goes_on_with_the_story_and_nothing_is_awaited(mode: str) -> None:
    door = Door()
    thread = threading.Thread(target=door.enter, name="visitor")

    def body() -> None:
        with scenario(after(Door.open), before(Door.enter)) as asked:
            thread.start()
            while not asked.events:
                threading.Event().wait(0.001)
            raise KeyError("the body's own")

    with pytest.raises(KeyError) as caught:
        run(mode, body)
    thread.join()
    assert door.log == ["visitor"]
    told = "\n".join([*getattr(caught.value, "__notes__", []), *map(str, caught.value.args)])
    assert "under way when the block was left" in told
    assert "is held at 2. before(Door.enter)" in told


@both
def test_a_keyboard_interrupt_while_the_end_is_awaited_undoes_everything(mode: str) -> None:
    door = Door()

    class Interrupting(Scenario):
        def close(self) -> None:
            closed.append(in_place())
            super().close()
            closed.append(in_place())

    closed: list[tuple[str, ...]] = []

    def body() -> None:
        asked = Interrupting((before(Door.open),))
        with asked:
            ground: Any = asked._ground

            def interrupted() -> None:
                raise KeyboardInterrupt

            ground.wait = interrupted
            door.enter()

    with pytest.raises(KeyboardInterrupt):
        run(mode, body)
    assert closed == [("Door.open",), ()]


@both
@pytest.mark.parametrize("error", [unittest.SkipTest("later"), SystemExit(3), GeneratorExit()])
def test_what_ends_a_test_unharmed_goes_through_as_it_was(mode: str, error: BaseException) -> None:
    args = error.args

    def body() -> None:
        with scenario(before(Door.open)):
            raise error

    with pytest.raises(type(error)):
        run(mode, body)
    assert error.args == args
    assert getattr(error, "__notes__", []) == []


def test_it_cannot_be_entered_twice_nor_left_twice_but_used_again() -> None:
    asked = scenario(before(Door.open))
    for _ in range(2):
        with asked:
            with pytest.raises(UsageError, match="entered already"):
                asked.__enter__()
            Door().open()
        assert asked.outcome == "happened"
        with pytest.raises(UsageError, match="left already"):
            asked.__exit__(None, None, None)


@both
def test_scenarios_on_one_function_are_left_in_any_order(mode: str) -> None:
    def body() -> list[str]:
        door = Door()
        code = Door.enter.__code__
        first = scenario(before(Door.enter))
        second = scenario(after(Door.enter))
        first.__enter__()
        second.__enter__()
        door.enter()
        first.__exit__(None, None, None)
        assert Door.enter.__code__ is not code
        door.enter()
        second.__exit__(None, None, None)
        assert Door.enter.__code__ is code
        return [first.outcome, second.outcome]

    assert run(mode, body) == ["happened", "happened"]


def test_scenarios_of_tests_that_run_in_parallel_hold_their_own_tasks_only() -> None:
    results: dict[int, list[str]] = {}
    start = threading.Barrier(4)

    def one(number: int) -> None:
        door = Door()
        names = (f"{number}-late", f"{number}-early")
        start.wait()
        for _ in range(5):
            with scenario(
                after(Door.enter, task=names[1]),
                before(Door.enter, task=names[0]),
            ):
                visits(door, *names)
        results[number] = door.log

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: [f"{n}-early", f"{n}-late"] * 5 for n in range(4)}


@both
def test_of_two_nested_scenarios_the_one_that_holds_somebody_is_given_up(mode: str) -> None:
    def body() -> tuple[str, str, list[str]]:
        door = Door()
        outer = scenario(after(Door.open), before(Door.enter, task="a"), within=SHORT)
        inner = scenario(after(Door.enter, task="a"), within=10)
        with pytest.raises((OrderImpossible, OrderNotReached)), outer, inner:
            visits(door, "a")
        return inner.outcome, outer.outcome, door.log

    inner, outer, log = run(mode, body)
    assert (inner, log) == ("happened", ["a"])
    assert outer == ("impossible" if mode == "controlled" else "not reached")


# -- decorators ------------------------------------------------------------------------------------


def test_a_decorated_function_keeps_its_name_its_signature_and_its_result() -> None:
    @scenario(before(Door.enter))
    def function(a: int, *, b: str = "x") -> tuple[int, str]:
        """What it does."""
        Door().enter()
        return a, b

    @controlled
    def other(a: int, *, b: str = "x") -> tuple[int, str]:
        """What it does."""
        return a, b

    for each in (function, other):
        assert str(inspect.signature(each)) == "(a: 'int', *, b: 'str' = 'x') -> 'tuple[int, str]'"
        assert each.__doc__ == "What it does."
        assert each(1) == (1, "x")
        assert each(1, b="y") == (1, "y")


@pytest.mark.parametrize("is_above", [True, False])
def test_the_two_decorators_stand_in_either_order(is_above: bool) -> None:
    def function(door: Door) -> bool:
        visits(door, "a", "b", method="locked")
        return stdlib.is_installed()

    asked = scenario(after(Door.enter, task="b"), before(Door.enter, task="a"), impossible=True)
    decorated = asked(controlled(function)) if is_above else controlled(asked(function))
    door = Door()
    assert decorated(door) is True
    assert door.log == ["a", "b"]


def test_a_method_of_a_test_case_is_decorated_as_a_function_is() -> None:
    class Case(unittest.TestCase):
        @controlled(max_steps=5000)
        @scenario(after(Door.enter, task="b"), before(Door.enter, task="a"))
        def test_passes(self) -> None:
            door = Door()
            visits(door, "a", "b")
            self.assertEqual(door.log, ["b", "a"])  # noqa: PT009

        @scenario(before(Door.open), within=0.01)
        def test_fails(self) -> None:
            pass

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert (result.testsRun, result.errors) == (2, [])
    ((case, text),) = result.failures
    assert case.id().endswith("test_fails")
    assert "point 1, before(Door.open), was not reached" in text
    assert "nobody came to it" in text


def test_a_coroutine_function_is_decorated_and_its_loop_goes_on_while_tasks_are_held() -> None:
    log: list[str] = []

    async def early() -> None:
        log.append("early")

    async def late() -> None:
        log.append("late")

    @scenario(after(early), before(late))
    async def test() -> str:
        await asyncio.gather(late(), early())
        return "done"

    assert inspect.iscoroutinefunction(test)
    assert asyncio.run(test()) == "done"
    assert log == ["early", "late"]


def test_calls_of_a_decorated_function_may_overlap() -> None:
    depth = []

    @scenario(before(Door.enter))
    def function(left: int) -> None:
        depth.append(left)
        if left:
            function(left - 1)
        Door().enter()

    function(2)
    assert depth == [2, 1, 0]


def test_what_cannot_be_decorated_is_refused() -> None:
    def generator() -> Any:
        yield 1

    async def coroutine() -> None:
        pass

    asked = scenario(before(Door.open))
    for decorator in (asked, controlled):
        for wrong in (Door, generator, 5):
            with pytest.raises(UsageError):
                decorator(wrong)  # type: ignore[call-overload, operator]
    with pytest.raises(UsageError, match=r"asyncio\.run"):
        controlled(coroutine)
    with pytest.raises(UsageError, match="no_such_option"):
        controlled(no_such_option=1)


# -- @controlled -----------------------------------------------------------------------------------


def test_what_a_controlled_function_raises_is_that_very_exception() -> None:
    error = KeyError("mine")
    was_installed = stdlib.is_installed()

    @controlled
    def fail() -> None:
        raise error

    with pytest.raises(KeyError) as caught:
        fail()
    assert caught.value is error
    assert stdlib.is_installed() is was_installed


def take(lock: Any) -> None:
    lock.acquire()


def take_both(first: Any, second: Any) -> None:
    take(first)
    take(second)
    second.release()
    first.release()


def test_a_deadlock_under_control_says_who_waits_for_what() -> None:
    @controlled
    @scenario(after(take, task="a"), after(take, task="b"), before(take, task="a", nth=2))
    def test() -> None:
        locks = threading.Lock(), threading.Lock()
        threads = [
            threading.Thread(target=take_both, args=pair, name=name)
            for name, pair in (("a", locks), ("b", locks[::-1]))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with pytest.raises(ControlledRunFailed, match=r"(?s)deadlock.*a \(blocked\).*b \(blocked\)"):
        test()


def test_an_exception_in_a_thread_fails_a_controlled_run() -> None:
    def fail() -> None:
        raise ValueError("in the thread")

    @controlled
    def test() -> None:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()

    with pytest.raises(ControlledRunFailed, match="in the thread"):
        test()


def test_no_real_time_passes_while_tasks_are_held_under_control() -> None:
    from racewright.originals import monotonic

    begun = monotonic()
    door = Door()

    @controlled
    def test() -> None:
        asked = scenario(after(Door.enter, task="b"), before(Door.enter, task="a"), within=1000)
        with pytest.raises(OrderImpossible), asked:
            visits(door, "a", "b", method="locked")

    test()
    assert monotonic() - begun < 5
    assert door.log == ["a", "b"]


def test_a_scenario_that_was_entered_outside_the_controlled_run_is_an_error() -> None:
    door = Door()
    with (
        pytest.raises(UsageError, match="outside the controlled run"),
        scenario(before(Door.enter), before(Door.open)),
    ):
        controlled(door.enter)()
    assert len(door.log) == 1


def test_locks_that_a_fixture_or_set_up_has_made_are_controlled_and_given_back() -> None:
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.door = Door()
            self.lock = self.door.lock

        @controlled(stall=1.0)
        @scenario(
            after(Door.enter, task="b"), before(Door.enter, task="a"), impossible=True, within=SHORT
        )
        def test_passes(self) -> None:
            visits(self.door, "a", "b", method="locked")

        def tearDown(self) -> None:
            same.append(self.door.lock is self.lock)

    same: list[bool] = []
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert (result.testsRun, result.errors, result.failures) == (1, [], [])
    assert same == [True]


def test_a_thread_outside_control_is_not_held() -> None:
    door = Door()

    def body() -> str:
        from racewright import originals

        with scenario(after(Door.open), before(Door.enter)) as asked:
            done = originals.allocate_lock()
            done.acquire()

            def outside() -> None:
                door.enter()
                done.release()

            originals.start_new_thread(outside, ())
            done.acquire()
            assert asked.events == ()
            door.open()
            door.enter()
        return asked.outcome

    assert controlled(body)() == "happened"
    assert len(door.log) == 3


@pytest.mark.parametrize("carrier", ["greenlets", "threads"])
def test_the_carrier_makes_no_difference(carrier: str) -> None:
    door = Door()

    @controlled(carrier=carrier)
    @scenario(after(Door.enter, task="b"), before(Door.enter, task="a"))
    def test() -> None:
        visits(door, "a", "b")

    @controlled(carrier=carrier)
    def impossible() -> None:
        asked = scenario(after(Door.enter, task="b"), before(Door.enter, task="a"))
        with pytest.raises(OrderImpossible) as caught, asked:
            visits(door, "a", "b", method="locked")
        found.extend(caught.value.tasks)

    found: list[Any] = []
    test()
    impossible()
    assert door.log == ["b", "a", "a", "b"]
    named = {task.name: task for task in found}
    assert named["b"].holder == "a"
    assert named["b"].stack[-1].text == "with self.lock:"
    assert named["a"].state == "held"
    assert [frame.text for frame in named["a"].stack] == ["self.enter()"]


# -- leaks -----------------------------------------------------------------------------------------


def test_what_is_never_left_is_told_at_the_end_of_the_process() -> None:
    program = (
        "from racewright import scenario, before\ndef f(): pass\nscenario(before(f)).__enter__()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "<scenario of before(f)> was entered and never left" in done.stderr


def test_importing_the_package_imports_nothing_else() -> None:
    program = (
        "import sys, racewright; "
        "print([name for name in sys.modules if name.startswith('racewright.')], "
        "'asyncio' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[] False"
    assert {"after", "at", "before", "controlled", "scenario"} <= set(racewright.__all__)


# -- what a hostile program does -------------------------------------------------------------------


@both
def test_points_at_what_our_own_waiting_is_made_of_are_the_programs_calls_alone(mode: str) -> None:
    def body() -> list[str]:
        event = threading.Event()
        log: list[str] = []

        def wait() -> None:
            event.wait()
            log.append("woken")

        with scenario(
            before(threading.Condition.wait, task="waiter"),
            before(threading.Condition.notify_all, task="main"),
            within=5,
        ) as asked:
            thread = threading.Thread(target=wait, name="waiter")
            thread.start()
            event.set()
            thread.join()
        assert [each.task for each in asked.events if each.what != "held"] == ["waiter", "main"]
        return log

    if mode == "free":  # under control `Event` is no Condition
        assert run(mode, body) == ["woken"]


@both
def test_a_scenario_of_a_thread_is_that_threads_own(mode: str) -> None:
    def body() -> list[str]:
        door = Door()
        outcomes = []

        def test() -> None:
            with scenario(after(Door.enter, task="b"), before(Door.enter, task="a")) as asked:
                visits(door, "a", "b")
            outcomes.append(asked.outcome)

        thread = threading.Thread(target=test, name="tester")
        thread.start()
        thread.join()
        return [*outcomes, *door.log]

    assert run(mode, body) == ["happened", "b", "a"]


def test_a_forked_child_has_no_part_in_a_scenario() -> None:
    program = (
        "import os\n"
        "from racewright import scenario, before, after\n"
        "def f(): pass\n"
        "def g(): pass\n"
        "with scenario(after(f), before(g), within=30) as asked:\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        g()\n"
        "        os._exit(7)\n"
        "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "    f()\n"
        "    g()\n"
        "print(asked.outcome)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20
    )
    assert done.stdout == "7\nhappened\n", done.stderr


def test_an_interrupt_reaches_a_main_thread_that_is_held() -> None:
    program = (
        "import os, signal, threading\n"
        "from racewright import scenario, before, after\n"
        "from racewright.interpose.wrapping import in_place\n"
        "def f(): pass\n"
        "def g(): pass\n"
        "def interrupt():\n"
        "    while not asked.events:\n"
        "        threading.Event().wait(0.01)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        # A shell lets what it runs in the background ignore it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "asked = scenario(after(f), before(g), within=60)\n"
        "try:\n"
        "    with asked:\n"
        "        threading.Thread(target=interrupt).start()\n"
        "        g()\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', in_place(), [event.what for event in asked.events])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20
    )
    assert done.stdout == "interrupted () ['held', 'dropped']\n", done.stderr


def test_without_control_a_point_that_nobody_is_left_to_reach_is_not_waited_for() -> None:
    program = (
        "import time\n"
        "from racewright import scenario, before\n"
        "from racewright.errors import OrderNotReached\n"
        "def f(): pass\n"
        "begun = time.monotonic()\n"
        "try:\n"
        "    with scenario(before(f), within=60):\n"
        "        pass\n"
        "except OrderNotReached as error:\n"
        "    print(time.monotonic() - begun < 10, str(error).splitlines()[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "True no other thread is left that could\n", done.stderr


@pytest.mark.parametrize("missing", ["testtools", "fixtures"])
def test_without_testtools_the_module_for_it_says_what_to_install(missing: str) -> None:
    program = (
        "import sys\n"
        f"sys.modules[{missing!r}] = None\n"
        "from racewright.errors import UsageError\n"
        "try:\n"
        "    import racewright.testtools\n"
        "except UsageError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "pip install testtools fixtures" in done.stdout, done.stderr


@both
def test_who_is_held_for_another_scenario_is_no_proof_for_this_one(mode: str) -> None:
    def body() -> tuple[str, str]:
        door = Door()
        outer = scenario(after(Door.open), before(Door.enter, task="a"), within=2 * SHORT)
        inner = scenario(before(Door.locked), within=SHORT, impossible=True)
        visitor = threading.Thread(target=door.enter, name="a")
        with pytest.raises(OrderNotReached, match="nobody was held for it"), outer, inner:
            visitor.start()
        visitor.join()
        return inner.outcome, outer.outcome

    inner, outer = run(mode, body)
    assert inner == "not reached"
    assert outer in ("left", "impossible")
