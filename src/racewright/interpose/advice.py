"""What is done around the calls of a function, and what a call looks like to that.

The kinds of functions are told apart here and nowhere else: what stands around a coroutine function
may await, and what stands around a generator function stands around its body.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Generator, Mapping
from types import CodeType, FrameType
from typing import Any

__all__ = ["Advice", "Arrival", "Call", "Line", "Wrapped"]


class Call:
    """One call of a wrapped function, as advice sees it."""

    __slots__ = ("args", "kwargs", "wrapped")

    def __init__(self, wrapped: Wrapped, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.wrapped = wrapped
        self.args = args
        self.kwargs = kwargs

    def bound(self) -> inspect.BoundArguments | None:
        """To the parameters, defaults filled in; ``None`` where the names are not to be had."""
        signature = self.wrapped.signature
        if signature is None:
            return None
        try:
            bound = signature.bind(*self.args, **self.kwargs)
        except TypeError:  # a decorator with other parameters than what it decorates
            return None
        bound.apply_defaults()
        return bound

    def arguments(self) -> Mapping[str, Any] | None:
        """By name, as :meth:`bound` has them."""
        bound = self.bound()
        return None if bound is None else bound.arguments


class Advice:
    """What is done around the calls of a function: as it stands, nothing.

    The methods run in the task that calls. What they raise, the caller gets. ``before`` and
    ``after`` of a generator function stand around its body, from the first ``next`` to its end.
    """

    def before(self, call: Call) -> None:
        """The function is about to run."""

    def after(self, call: Call, error: BaseException | None) -> None:
        """The function has returned, or has raised ``error``."""

    async def before_awaiting(self, call: Call) -> None:
        """As :meth:`before`, for coroutine functions and asynchronous generators."""
        self.before(call)

    async def after_awaiting(self, call: Call, error: BaseException | None) -> None:
        """As :meth:`after`, for these."""
        self.after(call, error)

    def instead(self, call: Call) -> Callable[..., Any] | None:
        """What runs in the place of the function, if anything: a callable of the same kind."""
        return None


class Wrapped:
    """A callable around whose calls something is done, as long as it has any advice."""

    def __init__(self, name: str, target: Callable[..., Any]) -> None:
        self.name = name
        self.target = target  #: what does the work: the function's twin, or the callable itself
        self.advice: tuple[Advice, ...] = ()
        self._signature: Any = self

    def renew(self, name: str) -> None:
        """It is used again: its signature may have changed."""
        self.name = name
        self._signature = self

    @property
    def signature(self) -> inspect.Signature | None:
        if self._signature is self:
            try:
                self._signature = inspect.signature(self.target)
            except (TypeError, ValueError):
                self._signature = None
        signature: inspect.Signature | None = self._signature
        return signature

    def _chosen(self, call: Call) -> Callable[..., Any]:
        for each in self.advice:
            other = each.instead(call)
            if other is not None:
                return other
        return self.target

    # One for each kind of function, called by its trampoline.

    def call(self, /, *args: Any, **kwargs: Any) -> Any:
        advice = self.advice
        if not advice:
            return self.target(*args, **kwargs)
        call = Call(self, args, kwargs)
        for each in advice:
            each.before(call)
        try:
            result = self._chosen(call)(*args, **kwargs)
        except BaseException as error:
            for each in reversed(advice):
                each.after(call, error)
            raise
        for each in reversed(advice):
            each.after(call, None)
        return result

    def generate(self, /, *args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        advice = self.advice
        call = Call(self, args, kwargs)
        for each in advice:
            each.before(call)
        try:
            result = yield from self._chosen(call)(*args, **kwargs)
        except BaseException as error:
            for each in reversed(advice):
                each.after(call, error)
            raise
        for each in reversed(advice):
            each.after(call, None)
        return result

    async def run(self, /, *args: Any, **kwargs: Any) -> Any:
        advice = self.advice
        call = Call(self, args, kwargs)
        for each in advice:
            await each.before_awaiting(call)
        try:
            result = await self._chosen(call)(*args, **kwargs)
        except BaseException as error:
            for each in reversed(advice):
                await each.after_awaiting(call, error)
            raise
        for each in reversed(advice):
            await each.after_awaiting(call, None)
        return result

    def open(self, /, *args: Any, **kwargs: Any) -> _Stream:
        return _Stream(self, Call(self, args, kwargs))


class _Stream:
    """What the trampoline of an asynchronous generator passes everything on to."""

    __slots__ = ("advice", "call", "generator", "wrapped")

    def __init__(self, wrapped: Wrapped, call: Call) -> None:
        self.wrapped = wrapped
        self.call = call
        self.advice: tuple[Advice, ...] | None = None  #: none before the first step
        self.generator: Any = None

    async def asend(self, value: Any) -> Any:
        if self.advice is None:
            self.advice = self.wrapped.advice
            for each in self.advice:
                await each.before_awaiting(self.call)
            self.generator = self.wrapped._chosen(self.call)(*self.call.args, **self.call.kwargs)
        return await self._step(self.generator.asend(value))

    async def athrow(self, error: BaseException) -> Any:
        return await self._step(self.generator.athrow(error))

    async def aclose(self) -> None:
        try:
            await self.generator.aclose()
        except BaseException as error:
            await self._end(error)
            raise
        await self._end(GeneratorExit())

    async def _step(self, step: Any) -> Any:
        try:
            return await step
        except StopAsyncIteration:
            await self._end(None)
            raise
        except BaseException as error:
            await self._end(error)
            raise

    async def _end(self, error: BaseException | None) -> None:
        for each in reversed(self.advice or ()):
            await each.after_awaiting(self.call, error)


class Arrival(Call):
    """A task that is about to run a line."""

    __slots__ = ("frame",)

    def __init__(self, line: Line, frame: FrameType) -> None:
        super().__init__(line, (), {})
        self.frame = frame

    def arguments(self) -> Mapping[str, Any]:
        """The local variables, by name."""
        return dict(self.frame.f_locals)


class Line(Wrapped):
    """A line before which something is done."""

    def __init__(self, name: str, code: CodeType, number: int) -> None:
        super().__init__(name, self.reach)
        self.code = code  #: as the compiler made it, or an earlier rewriting
        self.number = number

    def reach(self) -> None:
        """What the instructions put before the line call."""
        advice = self.advice
        if advice:
            arrival = Arrival(self, sys._getframe(1))
            for each in advice:
                each.before(arrival)
