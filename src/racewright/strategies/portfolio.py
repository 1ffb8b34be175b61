"""Which strategy makes the next execution: one of them, or several in turn.

No strategy is best on all programs (see the comparison in docs/explanation), so the default is a
portfolio. It goes through a fixed round in which systematic delay bounding, which finds most bugs
of one preemption within its first dozens of executions, alternates with the randomised ones; some
members now and then look at every access, not only at those seen to be shared, and some at none,
which leaves them few decisions to get right. After a first stretch without slack, one execution in
six has some.
"""

from __future__ import annotations

from collections.abc import Sequence

from racewright.errors import UsageError
from racewright.strategies.aimed import Aim, Aimed
from racewright.strategies.base import Strategy
from racewright.strategies.delay_bound import DelayBound
from racewright.strategies.exhaustive import Exhaustive
from racewright.strategies.pct import Pct
from racewright.strategies.pos import Pos
from racewright.strategies.random_walk import RandomWalk

__all__ = ["Portfolio", "portfolio"]

#: Virtual seconds by which the portfolio lets a runnable task be kept waiting; 2 s was enough for
#: OpenStack's polling loops and too little for their time-outs.
SLACK = 2.0
#: Executions before the first with slack.
STRICT_FIRST = 30


class Portfolio:
    """A round of strategies. ``take()`` says whose turn it is."""

    def __init__(
        self,
        round_of: Sequence[Strategy],
        *,
        slack_round: Sequence[Strategy] = (),
        unfocused: Sequence[int] = (),
    ) -> None:
        self.round = list(round_of)
        self.slack_round = list(slack_round)
        self.unfocused = frozenset(unfocused)
        self.is_alone = len(self.round) == 1 and not self.slack_round and not self.unfocused
        self.taken = 0
        self.slack_taken = 0

    def take(self) -> tuple[Strategy, bool]:
        """The strategy of the next execution, and whether it looks at shared sites only."""
        number = self.taken
        self.taken += 1
        if self.is_alone:
            return self.round[0], True
        if self.slack_round and number >= STRICT_FIRST and number % 6 == 5:
            self.slack_taken += 1
            strategy = self.slack_round[self.slack_taken % len(self.slack_round)]
            if not strategy.is_exhausted:
                return strategy, True
        place = number % len(self.round)
        for offset in range(len(self.round)):
            strategy = self.round[(place + offset) % len(self.round)]
            if not strategy.is_exhausted and not (is_spent(strategy) and number % 4):
                return strategy, (place + offset) % len(self.round) not in self.unfocused
        return self.round[place], True

    @property
    def is_exhausted(self) -> bool:
        return self.round[0].is_exhausted and all(each.is_exhausted for each in self.round)

    @property
    def bound(self) -> str:
        return next((strategy.bound for strategy in self.round if strategy.bound), "")


def is_spent(strategy: Strategy) -> bool:
    """Whether a member that leaves accesses alone seems to have seen all orders there are.

    In a program without locks these are few, and its turns are better given to the others.
    """
    return not strategy.sees_accesses and strategy.stale >= 3


def portfolio(
    name: str,
    seed: int,
    *,
    slack: float | None,
    part: int = 0,
    share: int = 1,
    aim: Sequence[str] = (),
) -> Portfolio:
    """The portfolio called ``name`` for worker ``part`` of ``share``.

    ``slack`` (virtual seconds) is given to every execution; ``None`` leaves it to the portfolio.
    ``aim`` names the lines that "aimed" is aimed at.
    """
    base = (seed * 64 + part) * 64
    if name == "auto":
        delay = DelayBound(base, part=part, share=share)
        pos, other_pos, random = Pos(base + 1), Pos(base + 2), RandomWalk(base + 3)
        pct2, pct3 = Pct(base + 4, depth=2), Pct(base + 5, depth=3)
        coarse_pos, coarse_pct = Pos(base + 9), Pct(base + 10, depth=2)
        coarse_pos.sees_accesses = coarse_pct.sees_accesses = False
        members: list[Strategy] = [delay, pos, delay, pct2, coarse_pos, delay, pct3, random]
        members += [coarse_pct, delay, pos, other_pos, coarse_pos]
        slack_round: list[Strategy] = []
        if slack is None:
            slack_round = [
                DelayBound(base + 6, part=part, share=share, max_delays=2),
                Pos(base + 7),
                RandomWalk(base + 8),
            ]
            for member in slack_round:
                member.slack = SLACK
        result = Portfolio(members, slack_round=slack_round, unfocused=(7, 11))
    elif name == "aimed":
        result = _aimed(base, [Aim.parse(each) for each in aim], slack, part, share)
    else:
        makers: dict[str, Strategy] = {
            "random": RandomWalk(base),
            "pct": Pct(base),
            "pos": Pos(base),
            "delay": DelayBound(base, part=part, share=share),
            "exhaustive": Exhaustive(base, part=part, share=share),
        }
        if name not in makers:
            raise UsageError(f"there is no strategy {name!r}")
        result = Portfolio([makers[name]])
    if slack:
        for member in result.round:
            member.slack = slack
    return result


def _aimed(base: int, aims: Sequence[Aim], slack: float | None, part: int, share: int) -> Portfolio:
    """Aimed executions, and some that are not: not every failure needs two tasks at the lines."""
    aimed, patient = Aimed(base, aims), Aimed(base + 1, aims)
    if slack is None:
        patient.slack = SLACK
    delay, pos = DelayBound(base + 2, part=part, share=share), Pos(base + 3)
    members: list[Strategy] = [aimed, aimed, delay, aimed, patient, aimed, pos]
    # What is aimed at counts although no conflict was ever seen there.
    return Portfolio(members, unfocused=(0, 1, 3, 4, 5))
