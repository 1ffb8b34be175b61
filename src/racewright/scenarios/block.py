"""A scenario: the order of points that a test asks for, from where it begins to where it ends."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, TypeVar

from racewright.errors import (
    OrderHappened,
    OrderImpossible,
    OrderNotReached,
    TaskAbandoned,
    UsageError,
)
from racewright.interpose.advice import Advice, Arrival, Call
from racewright.interpose.wrapping import Wrapping
from racewright.kernel.scheduler import here
from racewright.kernel.sites import caller_site, is_plumbing
from racewright.model.operation import Site, site_of
from racewright.originals import getpid, monotonic
from racewright.scenarios import wording
from racewright.scenarios.ground import Ground, running_loop
from racewright.scenarios.notes import attach
from racewright.scenarios.open import entered, left
from racewright.scenarios.order import (
    HAPPENED,
    IMPOSSIBLE,
    NOT_REACHED,
    UNDER_WAY,
    Hold,
    Order,
    Who,
)
from racewright.scenarios.points import Found, Point
from racewright.scenarios.running_free import FreeGround
from racewright.scenarios.story import StoryEvent
from racewright.scenarios.stuck import Stuck
from racewright.scenarios.under_control import KernelGround

__all__ = ["Scenario", "scenario"]

Function = TypeVar("Function", bound=Callable[..., Any])


def scenario(*points: Point, impossible: bool = False, within: float = 10.0) -> Scenario:
    """Hold each task at its point until all earlier points have happened.

    The result is a context manager (``with``, or ``async with`` where the tasks are those of one
    event loop), and a decorator of functions, methods and coroutine functions. Leaving the block
    waits until the order has happened, and raises ``OrderImpossible`` or ``OrderNotReached`` where
    it has not. With ``impossible=True`` it is the other way round: ``OrderHappened`` is raised if
    it has.

    ``within`` bounds the waiting: without control, real seconds since the order last came on;
    under control, virtual seconds, and only where timers go on for ever.

    Raises ``UsageError`` for what is no point.
    """
    return Scenario(points, impossible=impossible, within=within)


class Scenario:
    """What :func:`scenario` makes; it may be used again when it has been left."""

    def __init__(
        self, points: tuple[Point, ...], *, impossible: bool = False, within: float = 10.0
    ) -> None:
        wrong = [point for point in points if not isinstance(point, Point)]
        if wrong:
            raise UsageError(
                f"{wrong[0]!r} is no point of a scenario\nSay before(...), after(...) or at(...)."
            )
        if not points:
            raise UsageError("a scenario needs at least one point")
        if isinstance(within, bool) or not isinstance(within, (int, float)) or not within > 0:
            raise UsageError(f"within={within!r}: a number of seconds above 0 expected")
        self.points = points
        self.impossible = bool(impossible)
        self.within = float(within)
        self._order: Order | None = None
        self._ground: Ground | None = None
        self._wrappings: list[Wrapping] = []
        self._error: BaseException | None = None
        self.is_open = False
        self.opened_by = 0  #: the thread that entered it
        self.process = 0  #: a child that is forked within it has no part in it

    def __repr__(self) -> str:
        return f"<scenario of {', '.join(point.label for point in self.points)}>"

    # -- what it saw

    @property
    def story(self) -> str:
        """What was seen, drawn: the points, then a lane for each task."""
        return "" if self._order is None else self._order.story.draw()

    @property
    def events(self) -> tuple[StoryEvent, ...]:
        """The same as values."""
        return () if self._order is None else tuple(self._order.story.events)

    @property
    def outcome(self) -> str:
        """ "under way", "happened", "impossible", "not reached", or "left" with an exception."""
        return UNDER_WAY if self._order is None else self._order.outcome

    @property
    def tasks(self) -> tuple[Stuck, ...]:
        """How the tasks stood when the order was given up, if it was."""
        return () if self._ground is None else self._ground.tasks

    # -- its ends

    def __enter__(self) -> Scenario:
        if self.is_open:
            raise UsageError(f"{self!r} has been entered already; make another one")
        found = [point.find() for point in self.points]
        kernel = here()
        if kernel is not None:
            trace = kernel.trace
            self._order = Order(self.points, lambda: len(trace), "events")
            self._ground = KernelGround(kernel, self._order, self.within)
        else:
            self._order = Order(self.points, monotonic, "s")
            self._ground = FreeGround(self._order, self.within)
        self._error = None
        self.is_open = True
        self.opened_by = threading.get_ident()
        self.process = getpid()
        entered(self)
        try:
            self._ground.open()
            self._wrap(found)
        except BaseException:
            self.close()
            raise
        return self

    def _wrap(self, found: list[Found]) -> None:
        places: dict[object, _Watch] = {}
        for index, (point, each) in enumerate(zip(self.points, found, strict=True)):
            watch = places.get(each.key)
            if watch is None:
                watch = places[each.key] = _Watch(self)
                self._wrappings.append(each.wrap(watch))
            stands = watch.afters if point.kind == "after" else watch.befores
            stands.append((index, point, each))

    def close(self) -> None:
        """Leave it whatever it has come to: nobody is held, and nothing is wrapped any longer."""
        ground = self._ground
        try:
            while self._wrappings:
                self._wrappings.pop().undo()
        finally:
            self.is_open = False
            left(self)
            if ground is not None:
                ground.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        __tracebackhide__ = True
        self._check_open()
        assert self._ground is not None
        try:
            if error is None:
                who = self._ground.who()
                with _Inside(None if who is None else who.key):
                    self._ground.wait()
        except BaseException as interruption:
            self._leave(interruption)
            raise
        self._leave(error)

    async def __aenter__(self) -> Scenario:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        __tracebackhide__ = True
        self._check_open()
        assert self._ground is not None
        try:
            if error is None:
                if running_loop() is not None:
                    await self._ground.wait_awaiting()
                else:
                    self._ground.wait()
        except BaseException as interruption:
            self._leave(interruption)
            raise
        self._leave(error)

    def _check_open(self) -> None:
        if not self.is_open:
            raise UsageError(f"{self!r} has been left already, or was never entered")

    def _leave(self, error: BaseException | None) -> None:
        """The block is over, with ``error`` or without: say what came of the order."""
        __tracebackhide__ = True
        self.close()
        if error is not None:
            if not isinstance(error, TaskAbandoned):
                attach(error, self.story)
            return
        if self._error is not None:
            raise self._error
        verdict = self._verdict()
        if verdict is not None:
            raise verdict

    def _verdict(self) -> BaseException | None:
        order, ground = self._order, self._ground
        assert order is not None
        assert ground is not None
        if order.outcome == HAPPENED:
            if not self.impossible:
                return None
            return OrderHappened(wording.happened(order), self.story)
        if isinstance(ground, FreeGround) and ground.is_mixed:
            return UsageError(
                "the scenario was entered outside the controlled run that came to its points\n"
                "Enter it inside: put @controlled above @scenario(...)."
            )
        rest = (self.story, ground.tasks)
        if self.impossible:
            if order.stopped_somebody:
                return None
            text = wording.never_held(order, ground.tasks, ground.horizon)
            return OrderNotReached(text, *rest)
        if order.outcome == IMPOSSIBLE:
            text = wording.impossible(order, ground.tasks, ground.horizon)
            return OrderImpossible(text, *rest)
        assert order.outcome == NOT_REACHED
        return OrderNotReached(wording.not_reached(order, ground.tasks, ground.horizon), *rest)

    # -- a decorator

    def __call__(self, function: Function) -> Function:
        """``function``, with the scenario around each of its calls."""
        if isinstance(function, type):
            raise UsageError(f"{function.__name__} is a class: decorate its test methods")
        if not callable(function) or inspect.isgeneratorfunction(inspect.unwrap(function)):
            raise UsageError(f"a scenario decorates functions, not {function!r}")
        renew = getattr(function, "_racewright_renew", None)
        if renew is not None:  # @controlled stands below: its run must hold all of the scenario
            decorated: Function = renew(self)
            return decorated
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaiting(*args: Any, **kwargs: Any) -> Any:
                __tracebackhide__ = True
                async with self._again():
                    return await function(*args, **kwargs)

            return awaiting  # type: ignore[return-value]

        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with self._again():
                return function(*args, **kwargs)

        return inside  # type: ignore[return-value]

    def _again(self) -> Scenario:
        """One of its own for each call, for calls may overlap."""
        return Scenario(self.points, impossible=self.impossible, within=self.within)

    # -- arrivals

    def _claim(self, stands: list[_Stand], call: Call) -> Hold | None:
        """What the task that runs claims by coming here, if anything."""
        order, ground = self._order, self._ground
        if order is None or ground is None or order.is_over or self.process != getpid():
            return None
        who = ground.who()
        if who is None or who.key in _INSIDE:
            return None
        with _Inside(who.key):
            fitting = [
                index for index, point, found in stands if self._fits(point, found, call, who)
            ]
            if self._error is not None:
                ground.cancel()
                return None
            if not fitting:
                return None
            return ground.claim(fitting, who, _site_of(call))

    def _fits(self, point: Point, found: Found, call: Call, who: Who) -> bool:
        try:
            return found.is_meant(call) and point.is_for(who.names) and point.is_where(call)
        except TaskAbandoned:
            raise
        except BaseException as error:
            # The program must not see it: the filter is the test's, and so is its failure.
            if self._error is None:
                self._error = UsageError(f"a filter of {point.label} raised {error!r}")
                self._error.__cause__ = error
            return False

    def arrive(self, stands: list[_Stand], call: Call) -> None:
        hold = self._claim(stands, call)
        if hold is not None:
            assert self._ground is not None
            with _Inside(hold.who.key):
                self._ground.hold(hold)

    async def arrive_awaiting(self, stands: list[_Stand], call: Call) -> None:
        hold = self._claim(stands, call)
        if hold is not None:
            assert self._ground is not None
            if running_loop() is None:  # some other library's: its thread waits
                self._ground.hold(hold)
            else:
                await self._ground.hold_awaiting(hold)


_Stand = tuple[int, Point, Found]


#: The tasks that are in our own code: what they call there is no arrival, at any scenario.
_INSIDE: Final[set[object]] = set()


class _Inside:
    """A task is in our own code for a while."""

    __slots__ = ("key", "was_inside")

    def __init__(self, key: object) -> None:
        self.key = key

    def __enter__(self) -> None:
        self.was_inside = self.key in _INSIDE
        _INSIDE.add(self.key)

    def __exit__(self, *_: object) -> None:
        if not self.was_inside:
            _INSIDE.discard(self.key)


def _site_of(call: Call) -> Site:
    if isinstance(call, Arrival):
        return site_of(call.frame.f_code, call.frame.f_lasti)
    site = caller_site()
    code = getattr(call.wrapped.target, "__code__", None)
    if code is not None and is_plumbing(site.file):
        return site_of(code, 0)  # what a thread was made of: nobody's line calls it
    return site


class _Watch(Advice):
    """Tells a scenario who comes to one of its places."""

    def __init__(self, owner: Scenario) -> None:
        self.owner = owner
        self.befores: list[_Stand] = []
        self.afters: list[_Stand] = []

    def before(self, call: Call) -> None:
        if self.befores:
            self.owner.arrive(self.befores, call)

    def after(self, call: Call, error: BaseException | None) -> None:
        if self.afters and not isinstance(error, TaskAbandoned):
            self.owner.arrive(self.afters, call)

    async def before_awaiting(self, call: Call) -> None:
        if self.befores:
            await self.owner.arrive_awaiting(self.befores, call)

    async def after_awaiting(self, call: Call, error: BaseException | None) -> None:
        if self.afters and not isinstance(error, TaskAbandoned):
            await self.owner.arrive_awaiting(self.afters, call)
