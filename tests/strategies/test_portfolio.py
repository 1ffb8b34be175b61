"""Which decisions the members of the default portfolio are asked to make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from racewright.kernel.clock import Clock
from racewright.kernel.scheduler import Kernel
from racewright.kernel.task import Task
from racewright.model.operation import Resource, Site
from racewright.strategies.base import Strategy, Summary, TaskView
from racewright.strategies.portfolio import portfolio


class Asked(Strategy):
    """Follows the default, and remembers what it was asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[str] = []

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        self.kinds.append(current.kind)
        return default


@pytest.mark.parametrize(
    ("sees_accesses", "expected"), [(True, ["write", "release"]), (False, ["release"])]
)
def test_a_strategy_that_sees_no_accesses_decides_at_synchronisation_alone(
    sees_accesses: bool, expected: list[str]
) -> None:
    strategy = Asked()
    strategy.sees_accesses = sees_accesses
    carrier: Any = None  # nobody is switched to
    kernel = Kernel(strategy, carrier, Clock())
    other = Task(1, "other")
    kernel.tasks.append(other)
    kernel.alive += 1
    kernel.enable(other)
    site = Site("bank.py", 3, "transfer", "write", ".balance")
    site.is_shared = True
    kernel.access(site, (1, ".balance"))
    kernel.point("release", Resource("Lock"), None)
    assert strategy.kinds == expected
    assert [item[1] for item in kernel.trace] == ["write", "release"]


def test_some_members_of_the_default_portfolio_decide_at_synchronisation_alone() -> None:
    coarse = [is_coarse for is_coarse, _ in turns(52, is_new=True)]
    assert coarse.count(True) == 3 * 4


def test_a_coarse_member_that_finds_nothing_new_gives_most_of_its_turns_to_the_others() -> None:
    coarse = [is_coarse for is_coarse, _ in turns(52, is_new=False)]
    assert 0 < coarse.count(True) < 10


def test_two_members_of_the_default_portfolio_look_at_every_access() -> None:
    unfocused = [is_focused for _, is_focused in turns(13, is_new=True)]
    assert unfocused.count(False) == 2


def turns(count: int, *, is_new: bool) -> list[tuple[bool, bool]]:
    """For each of the first turns: whether it leaves accesses alone, and whether it is focused."""
    source = portfolio("auto", 1, slack=0.0)
    taken = []
    for _ in range(count):
        strategy, is_focused = source.take()
        strategy.begin()
        strategy.end(Summary(decisions=5, tasks=2, failed=False, is_new=is_new))
        taken.append((not strategy.sees_accesses, is_focused))
    return taken
