"""A scenario in an ordinary run: real conditions, and a time-out where there can be no proof.

The condition is made of whatever ``threading`` is when the scenario begins: the interpreter's, or
what eventlet or gevent have put there, so that a held greenlet lets the others run.
"""

from __future__ import annotations

import threading
from typing import Any

from racewright import originals
from racewright.kernel.scheduler import here
from racewright.scenarios.ground import Waker, current_coroutine, running_loop, who_runs
from racewright.scenarios.order import LEFT, NOT_REACHED, Hold, Order, Who
from racewright.scenarios.sightings import current_greenlet, look_around
from racewright.scenarios.stuck import Stuck

__all__ = ["FreeGround"]


class FreeGround:
    """One scenario among tasks that nobody controls."""

    def __init__(self, order: Order, within: float) -> None:
        self.order = order
        self.within = within
        self.tasks: tuple[Stuck, ...] = ()
        self.horizon = f"within {within:g} s"
        self.numbers: dict[int, int] = {}
        self.condition = threading.Condition()
        self.since = originals.monotonic()  #: when the order last came on
        self.waiters: list[Waker] = []
        self.is_mixed = False  #: a task of a controlled run came to a point

    def open(self) -> None:
        self.since = originals.monotonic()

    def close(self) -> None:
        self.cancel()

    def cancel(self) -> None:
        with self.condition:
            if not self.order.is_over:
                self.order.give_up(LEFT)
            self.wake_all()

    def who(self) -> Who | None:
        if here() is not None:
            self.is_mixed = True
            return None
        return who_runs(self.numbers)

    def claim(self, fitting: list[int], who: Who, site: Any) -> Hold | None:
        with self.condition:
            hold = self.order.claim(fitting, who, site)
            if hold is not None:
                self.since = originals.monotonic()
                hold.ident = originals.get_ident()
                hold.greenlet = current_greenlet()
            return hold

    # -- holding

    def hold(self, hold: Hold) -> None:
        with self.condition:
            try:
                while not self.is_turn(hold):
                    if not self.has_time():
                        self.give_up()
                        break
                    self.condition.wait(self.left())
            except BaseException:
                self.order.drop(hold)
                raise
            self.pass_by(hold)

    async def hold_awaiting(self, hold: Hold) -> None:
        loop = running_loop()
        future = loop.create_future()
        with self.condition:
            hold.wake = Waker(loop, future)
            hold.coroutine = current_coroutine()
        try:
            while True:
                with self.condition:
                    if self.is_turn(hold):
                        break
                    if not self.has_time():
                        self.give_up()
                        break
                await _wait(future, self.left())
        except BaseException:
            with self.condition:
                self.order.drop(hold)
            raise
        finally:
            hold.wake = hold.coroutine = None
        with self.condition:
            self.pass_by(hold)

    def is_turn(self, hold: Hold) -> bool:
        return self.order.is_over or self.order.turn == hold.index

    def left(self) -> float:
        """Seconds until the order counts as not reached."""
        if self.is_mixed:
            return 0.0  # those who come are not ours to hold
        return max(0.0, self.since + self.within - originals.monotonic())

    def has_time(self) -> bool:
        return self.left() > 0

    def pass_by(self, hold: Hold) -> None:
        following = self.order.pass_by(hold)
        self.since = originals.monotonic()
        if self.order.is_over:
            self.wake_all()
            return
        if following is not None and following.wake is not None:
            following.wake()
        self.condition.notify_all()

    def wake_all(self) -> None:
        for hold in self.order.claims:
            if hold is not None and hold.wake is not None:
                hold.wake()
        for wake in self.waiters:
            wake()
        self.waiters.clear()
        self.condition.notify_all()

    # -- the end

    def wait(self) -> None:
        with self.condition:
            if not self.order.is_over and is_alone():
                self.horizon = "no other thread is left that could"
                self.give_up()
            while not self.order.is_over:
                if not self.has_time():
                    self.give_up()
                    return
                self.condition.wait(self.left())

    async def wait_awaiting(self) -> None:
        loop = running_loop()
        future = loop.create_future()
        with self.condition:
            self.waiters.append(Waker(loop, future))
        while True:
            with self.condition:
                if self.order.is_over:
                    return
                if not self.has_time():
                    self.give_up()
                    return
            await _wait(future, self.left())

    def give_up(self) -> None:
        self.tasks = look_around(self.order, self.numbers)
        self.order.give_up(NOT_REACHED)
        self.wake_all()


def is_alone() -> bool:
    """Whether the caller is all that there is: what it waits for cannot come."""
    return (
        originals.get_ident() == originals.main_thread().ident
        and originals.count() == 0
        and current_greenlet() is None
    )


async def _wait(future: Any, seconds: float) -> None:
    import asyncio

    await asyncio.wait({future}, timeout=seconds)
