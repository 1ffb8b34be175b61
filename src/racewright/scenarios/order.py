"""The order itself: whose turn it is, who has come to which point, and what became of it.

A point is *claimed* by the first arrival that it means, whenever that comes; who claims a point
before its turn is held there. An arrival claims one point at most, the earliest that it fits; one
that fits none, or comes to a point that has been claimed or has happened, goes on freely. When the
task whose turn it is passes its point, the next point's turn has come.

Nothing here waits, and nothing here locks: who calls sees to it that one call runs at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from racewright.model.operation import Site
from racewright.scenarios.points import Point
from racewright.scenarios.story import Story, StoryEvent

__all__ = ["HAPPENED", "IMPOSSIBLE", "LEFT", "NOT_REACHED", "UNDER_WAY", "Hold", "Order", "Who"]

UNDER_WAY: Final = "under way"
HAPPENED: Final = "happened"
IMPOSSIBLE: Final = "impossible"
NOT_REACHED: Final = "not reached"
LEFT: Final = "left"  #: the block ended with an exception before anything was decided


@dataclass(frozen=True, slots=True)
class Who:
    """A task, as a scenario tells it from others."""

    key: Hashable
    names: tuple[str, ...]  #: all it is known by; a filter is given the first
    name: str  #: what the story calls it


class Hold:
    """One task's stay at a point that it has claimed, from its arrival until it goes on."""

    __slots__ = (
        "coroutine",
        "greenlet",
        "ident",
        "index",
        "is_early",
        "since",
        "site",
        "wake",
        "who",
    )

    def __init__(self, index: int, who: Who, site: Site | None, since: float) -> None:
        self.index = index
        self.who = who
        self.site = site
        self.since = since
        self.is_early = False  #: it came before its turn
        self.wake: Callable[[], None] | None = None  #: for a task that awaits, not waits
        self.coroutine: Any = None  #: of that task
        self.ident = 0  #: the operating system's thread, running free
        self.greenlet: Any = None


class Order:
    """An order of points, as far as it has come."""

    def __init__(self, points: Sequence[Point], now: Callable[[], float], unit: str) -> None:
        self.points = tuple(points)
        self.now = now  #: in events under control, in seconds running free
        self.turn = 0  #: the number of points that have happened
        self.outcome = UNDER_WAY
        self.claims: list[Hold | None] = [None] * len(points)
        self.counts = [0] * len(points)
        self.last: Who | None = None  #: who passed the latest point
        self.version = 0  #: grows with whatever happens here
        self.stopped_somebody = False  #: whether anybody was held for it when it was given up
        self.story = Story(tuple(point.label for point in points), unit)

    @property
    def is_over(self) -> bool:
        return self.outcome is not UNDER_WAY

    @property
    def held(self) -> list[Hold]:
        """Who is held before its turn."""
        return [hold for hold in self.claims[self.turn :] if hold is not None and hold.is_early]

    def claim(self, fitting: Iterable[int], who: Who, site: Site | None) -> Hold | None:
        """``who`` has come to where the points ``fitting`` are; its claim, if it gets one."""
        if self.is_over:
            return None
        free = []
        for index in fitting:
            self.counts[index] += 1
            nth = self.points[index].nth
            is_counted = nth is None or self.counts[index] == nth
            if is_counted and index >= self.turn and self.claims[index] is None:
                free.append(index)
        if not free:
            return None
        hold = self.claims[free[0]] = Hold(free[0], who, site, self.now())
        self.version += 1
        if hold.index != self.turn:
            hold.is_early = True
            self.tell("held", hold)
        return hold

    def pass_by(self, hold: Hold) -> Hold | None:
        """``hold``'s turn has come and its task goes on; who is next, if it is here already."""
        self.version += 1
        if self.is_over:
            self.tell("freed", hold)
            return None
        if hold.is_early:
            self.tell("released", hold, by=self.last)
            hold.is_early = False
        else:
            self.tell("passes", hold)
        self.last = hold.who
        self.turn += 1
        if self.turn == len(self.points):
            self.outcome = self.story.outcome = HAPPENED
            return None
        return self.claims[self.turn]

    def drop(self, hold: Hold) -> None:
        """Its task was ended while it was held: the point waits for another."""
        self.version += 1
        if self.claims[hold.index] is hold:
            self.claims[hold.index] = None
        self.tell("dropped", hold)

    def give_up(self, outcome: str) -> list[Hold]:
        """The order will not happen; who was held for it, and now is not."""
        held = self.held
        self.stopped_somebody = bool(held)
        self.outcome = self.story.outcome = outcome
        self.version += 1
        return held

    def tell(self, what: str, hold: Hold, by: Who | None = None) -> None:
        site = hold.site
        self.story.events.append(
            StoryEvent(
                what=what,
                task=hold.who.name,
                point=hold.index,
                place=site.short if site is not None else "",
                text=site.text if site is not None else "",
                by=by.name if by is not None else "",
                waited=self.now() - hold.since if what in ("released", "freed") else 0,
            )
        )
