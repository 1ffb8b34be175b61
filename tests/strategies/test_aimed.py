"""A suspicion about lines is worth schedules in which two tasks stand at them."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import racewright
from racewright.errors import UsageError
from racewright.model.execution import Exploration
from racewright.model.operation import Site
from racewright.strategies.aimed import Aim, Aimed
from racewright.strategies.portfolio import portfolio

HERE = Path(__file__).resolve()


class Counter:
    def __init__(self) -> None:
        self.noise = 0
        self.value = 0

    def work(self) -> None:
        for _ in range(40):
            self.noise = 1  # written by all, and harmless
        self.value += 1  # aimed at


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(HERE.read_text().splitlines(), 1) if text in line)


def lose_an_update() -> None:
    counter = Counter()
    threads = [threading.Thread(target=counter.work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 2


def lose_none() -> None:
    counter, lock = Counter(), threading.Lock()

    def work() -> None:
        with lock:
            counter.work()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 2


def explored(function: Callable[[], object], schedules: int = 40) -> Exploration:
    return racewright.explore(
        function,
        schedules=schedules,
        strategy="aimed",
        aim=(f"{HERE}:{line_of('# aimed at')}",),
        corpus=False,
        save=False,
        jobs=1,
    )


def test_the_lines_aimed_at_are_met_among_many_accesses_in_the_first_executions() -> None:
    exploration = explored(lose_an_update)
    assert exploration.outcome == "failed"
    assert exploration.executions <= 12
    assert exploration.failures[0].strategy == "aimed"


def test_lines_that_a_lock_guards_are_not_met() -> None:
    exploration = explored(lose_none, schedules=60)
    assert (exploration.outcome, exploration.executions) == ("passed", 60)


def test_a_task_is_held_at_the_lines_until_another_comes() -> None:
    here, elsewhere = Site("a.py", 5, "f", "write", ".x"), Site("a.py", 9, "f", "write", ".y")
    strategy = Aimed(1, [Aim.parse("a.py:4-5")])
    strategy.begin()

    class View:
        def __init__(self, index: int, site: Site, resource: object) -> None:
            self.index, self.site, self.resource = index, site, resource
            self.ops, self.kind, self.is_enabled = 1, site.kind, True

    held, walker = View(1, here, "x"), View(2, elsewhere, "y")
    views = [held, walker]
    assert strategy.choose(views, held, held) is walker
    assert strategy.meetings == set()
    walker.site, walker.resource, walker.ops = here, "x", 2
    assert strategy.choose(views, walker, walker) in views
    (meeting,) = strategy.meetings
    assert [line for _, line in meeting.sites] == [5, 5]
    assert meeting.kinds == ("write", "write")


def test_what_is_held_for_long_is_let_go() -> None:
    here, elsewhere = Site("a.py", 5, "f", "write", ".x"), Site("a.py", 9, "f", "read", ".y")
    strategy = Aimed(1, [Aim.parse("a.py:5")])
    strategy.begin()

    class View:
        def __init__(self, index: int, site: Site) -> None:
            self.index, self.site, self.resource = index, site, site.name
            self.ops, self.kind, self.is_enabled = 1, site.kind, True

    held, poller = View(1, here), View(2, elsewhere)
    chosen = []
    for _ in range(1000):
        poller.ops += 1
        chosen.append(strategy.choose([held, poller], poller, poller))
    assert held in chosen
    assert chosen.index(held) > 100


@pytest.mark.parametrize("text", ["a.py", "a.py:0", "a.py:9-3", "a.py:x"])
def test_lines_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="names no lines"):
        Aim.parse(text)


def test_the_strategy_and_its_lines_come_together() -> None:
    with pytest.raises(UsageError, match="needs lines"):
        racewright.explore(lose_none, strategy="aimed")
    with pytest.raises(UsageError, match="no other takes any"):
        racewright.explore(lose_none, aim=("a.py:3",))


def test_it_goes_to_another_process_and_back() -> None:
    source = portfolio("aimed", 3, slack=None, aim=["a.py:5"])
    source.round[0].is_aimed_at(Site("a.py", 5, "f"))
    copy = pickle.loads(pickle.dumps(source))
    assert copy.round[0].aims == source.round[0].aims
    assert [each.name for each in copy.round] == [each.name for each in source.round]
