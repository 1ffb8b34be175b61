"""A scenario under control: gates that the kernel knows, and a proof instead of a time-out.

Each point has a gate, closed until the point's turn has come; coming to a point is an operation, as
any other. When nobody can go on, and somebody is held at a gate, the order cannot happen, and that
is said at once. Where timers lie ahead, time goes on (it costs nothing): the proof then reaches as
far as the horizon, ``within`` virtual seconds in which nothing new has happened.
"""

from __future__ import annotations

from typing import Any

from racewright.kernel.scheduler import Kernel, here
from racewright.kernel.sites import caller_site
from racewright.kernel.task import Task
from racewright.model.operation import Resource
from racewright.scenarios.gates import Gate
from racewright.scenarios.ground import Waker, current_coroutine, running_loop, who_runs
from racewright.scenarios.horizon import Horizon
from racewright.scenarios.order import IMPOSSIBLE, LEFT, NOT_REACHED, Hold, Order, Who
from racewright.scenarios.proof import prove
from racewright.scenarios.stuck import Stuck

__all__ = ["KernelGround"]


class KernelGround:
    """The scenarios of one run that is under way stand on its kernel."""

    def __init__(self, kernel: Kernel, order: Order, within: float) -> None:
        self.kernel = kernel
        self.order = order
        self.within = within
        self.tasks: tuple[Stuck, ...] = ()
        self.horizon = ""
        self.numbers: dict[int, int] = {}
        self.gates = [Gate(point.label) for point in order.points]
        for gate in self.gates[1:]:
            gate.is_closed = True
        self.end = Gate("the end of the scenario", is_end=True)
        self.end.is_closed = True
        self.waiters: list[Any] = []  #: what wakes the tasks that await the end
        self.is_awaited = False
        self.ahead = Horizon(kernel, within)

    def open(self) -> None:
        # The innermost is asked first.
        self.kernel.at_rest.insert(0, self.is_stuck)

    def close(self) -> None:
        if self.is_stuck in self.kernel.at_rest:
            self.kernel.at_rest.remove(self.is_stuck)
        self.cancel()

    def cancel(self) -> None:
        if not self.order.is_over:
            self.order.give_up(LEFT)
        self.open_all()

    def who(self) -> Who | None:
        if here() is not self.kernel:
            return None
        return who_runs(self.numbers, self.kernel.current.name)

    def claim(self, fitting: list[int], who: Who, site: Any) -> Hold | None:
        return self.order.claim(fitting, who, site)

    # -- holding

    def hold(self, hold: Hold) -> None:
        try:
            self.kernel.enter("hold", self.gates[hold.index], hold.site)
        except BaseException:
            if not self.kernel.is_over:
                self.order.drop(hold)
            raise
        self.pass_by(hold)

    async def hold_awaiting(self, hold: Hold) -> None:
        if self.gates[hold.index].is_closed:
            try:
                await self.woken(hold)
            except BaseException:
                if not self.kernel.is_over:
                    self.order.drop(hold)
                raise
        self.kernel.point("hold", self.gates[hold.index], hold.site)
        self.pass_by(hold)

    async def woken(self, hold: Hold) -> None:
        loop = running_loop()
        future = loop.create_future()
        hold.wake = Waker(loop, future)
        hold.coroutine = current_coroutine()
        try:
            await future
        finally:
            hold.wake = hold.coroutine = None

    def pass_by(self, hold: Hold) -> None:
        order, kernel = self.order, self.kernel
        was_over = order.is_over
        following = order.pass_by(hold)
        if was_over or kernel.is_over:
            return
        if order.is_over:
            self.open_all()
            return
        gate = self.gates[order.turn]
        kernel.unlock(gate)
        if following is not None and following.wake is not None:
            following.wake()
        kernel.hand_over(gate, hold.site)

    def open_all(self) -> None:
        for gate in [*self.gates, self.end]:
            self.kernel.unlock(gate)
        for hold in self.order.claims:
            if hold is not None and hold.wake is not None:
                hold.wake()
        for wake in self.waiters:
            wake()
        self.waiters.clear()

    # -- the end

    def wait(self) -> None:
        if self.order.is_over:
            return
        self.is_awaited = True
        try:
            self.kernel.enter("hold", self.end, caller_site())
        finally:
            self.is_awaited = False

    async def wait_awaiting(self) -> None:
        if self.order.is_over:
            return
        self.is_awaited = True
        loop = running_loop()
        future = loop.create_future()
        self.waiters.append(Waker(loop, future))
        try:
            await future
        finally:
            self.is_awaited = False

    def is_stuck(self, task: Task, moment: int | None) -> bool:
        """Nobody is enabled: give the order up, if that is its fault; whether somebody now is."""
        order, kernel = self.order, self.kernel
        held = order.held
        if order.is_over or not (held or self.is_awaited):
            return False
        if not held and any(_holds(ask) for ask in kernel.at_rest):
            return False  # another scenario's fault
        if moment is not None and not self.ahead.is_passed(order, moment):
            return False
        if moment is None and kernel.is_exposed() and kernel.wait_for_real(kernel.stall_seconds):
            return True
        if moment is not None:
            self.horizon = self.ahead.words()
        self.tasks = prove(kernel, order)
        order.give_up(IMPOSSIBLE if held else NOT_REACHED)
        self.open_all_at_rest()
        return bool(kernel.enabled)

    def open_all_at_rest(self) -> None:
        """As :meth:`open_all`, from where no task may make an operation."""
        loops = [hold.wake for hold in self.order.claims if hold is not None and hold.wake]
        for wake in [*loops, *self.waiters]:
            wake.at_rest()
        self.waiters.clear()
        for gate in [*self.gates, self.end]:
            self.kernel.unlock(gate)
        if loops or not self.kernel.enabled:
            # Event loops look at what was put before them when their wait for input is over.
            for poller in self.kernel.pollers:
                resource = getattr(poller, "resource", None)
                if isinstance(resource, Resource):
                    self.kernel.unlock(resource)


def _holds(ask: Any) -> bool:
    ground = getattr(ask, "__self__", None)
    return isinstance(ground, KernelGround) and bool(ground.order.held and not ground.order.is_over)
