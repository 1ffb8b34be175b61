"""Something done around the calls of a function, whoever holds the function, and undone at any
time.

A Python function is wrapped *in place*: it is given other code, a trampoline with the same
parameters and of the same kind (plain, generator, coroutine, asynchronous generator), while a twin
made of its own code, globals and closure does its work. So every reference that anybody holds is
covered (aliases, bound methods, what decorators keep, what a mock put on top later calls), defaults
and ``inspect.signature`` stay what they were, and undoing touches nothing that somebody else has
set. The other way, an attribute with a stand-in, is for callables that are not functions: mocks,
``functools.partial`` objects, callable instances, descriptors.

A function is wrapped once, however many pieces of :class:`Advice` there are: each can be taken away
at any time, in any order, and the last one leaves the function as it was found.
"""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable, Sequence
from types import CodeType, FunctionType
from typing import Any

from racewright import originals
from racewright.interpose.advice import Advice, Line, Wrapped
from racewright.interpose.patching import Patches, give_code, set_attribute
from racewright.interpose.trampolines import trampoline, with_lines

__all__ = [
    "StandIn",
    "Wrapping",
    "code_of",
    "in_place",
    "owner_of",
    "wrap",
    "wrap_attribute",
    "wrap_line",
]


class _Place:
    """A function whose code is ours for a while. ``before`` is what it had, ``code`` what we
    gave."""

    def __init__(self, function: FunctionType) -> None:
        self.function = function
        self.before = self.code = function.__code__
        self.lines: list[Line] = []
        self.wrapped: Wrapped | None = None
        self.trampoline = self.before

    def wrap(self, name: str) -> Wrapped:
        if self.wrapped is None:
            function = self.function
            before, wrapped, code = _kept.get(function, (None, None, self.before))
            if wrapped is None or before is not self.before or wrapped.advice:
                wrapped = Wrapped(name, _twin_of(function))
                code = trampoline(self.before, wrapped)
                if "<locals>" not in function.__qualname__:
                    _kept[function] = (self.before, wrapped, code)
            twin: Any = wrapped.target
            # For its signature: `__wrapped__`, `__signature__`.
            twin.__dict__.clear()
            twin.__dict__.update(function.__dict__)
            twin.__defaults__, twin.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
            wrapped.renew(name)
            self.wrapped, self.trampoline = wrapped, code
        return self.wrapped

    @property
    def is_used(self) -> bool:
        return bool(self.lines or (self.wrapped is not None and self.wrapped.advice))

    @property
    def is_covered(self) -> bool:
        """Whether somebody else has given the function other code since."""
        return self.function.__code__ is not self.code

    def refresh(self) -> None:
        """Give the function the code that its present use wants."""
        if self.is_covered:
            return  # what they put on top may call ours, which then does what it wrapped
        inner = with_lines(self.before, self.lines)
        wrapped = self.wrapped
        if wrapped is not None and wrapped.advice:
            give_code(wrapped.target, inner)
            self.code = self.trampoline
        else:
            self.code = inner
        give_code(self.function, self.code)


def _twin_of(function: FunctionType) -> FunctionType:
    code, names, closure = function.__code__, function.__globals__, function.__closure__
    twin = FunctionType(code, names, function.__name__, None, closure)
    twin.__qualname__ = function.__qualname__
    twin.__module__ = function.__module__
    return twin


#: What functions were last wrapped with: their code then, and the trampoline. A program that is
#: explored is wrapped again and again, and whoever keeps the sites of code keeps the code for ever.
_kept: weakref.WeakKeyDictionary[FunctionType, tuple[CodeType, Wrapped, CodeType]] = (
    weakref.WeakKeyDictionary()
)
_lock = originals.RLock()
_places: dict[int, _Place] = {}
_attributes: dict[tuple[int, str], _Attribute] = {}


def _place_of(function: FunctionType) -> _Place:
    place = _places.get(id(function))
    if place is None or place.is_covered:
        place = _places[id(function)] = _Place(function)
    return place


class Wrapping:
    """One piece of advice at one place; :meth:`undo` takes it away, and may be called again."""

    def __init__(self, wrapped: Wrapped, advice: Advice, undo: Callable[[], None]) -> None:
        self.wrapped = wrapped
        self.advice = advice
        self._undo: Callable[[], None] | None = undo

    def undo(self) -> None:
        with _lock:
            undo, self._undo = self._undo, None
            if undo is not None:
                advice = list(self.wrapped.advice)
                advice.remove(self.advice)
                self.wrapped.advice = tuple(advice)
                undo()


def wrap(function: FunctionType, name: str, advice: Advice) -> Wrapping:
    """Have ``advice`` around all calls of ``function``."""
    with _lock:
        place = _place_of(function)
        wrapped = place.wrap(name)
        wrapped.advice = (*wrapped.advice, advice)
        if len(wrapped.advice) == 1:
            place.refresh()

    def undo() -> None:
        if not wrapped.advice:
            place.refresh()
        _forget(place)

    return Wrapping(wrapped, advice, undo)


def wrap_line(functions: Sequence[FunctionType], line: Line, advice: Advice) -> Wrapping:
    """Have ``advice`` before ``line``, in whose code, or in a part of it, each function runs."""
    line.advice = (*line.advice, advice)
    places = []
    with _lock:
        for function in functions:
            place = _place_of(function)
            place.lines.append(line)
            place.refresh()
            places.append(place)

    def undo() -> None:
        for place in places:
            place.lines.remove(line)
            place.refresh()
            _forget(place)

    return Wrapping(line, advice, undo)


def _forget(place: _Place) -> None:
    if not place.is_used and _places.get(id(place.function)) is place:
        del _places[id(place.function)]


def code_of(function: FunctionType) -> CodeType:
    """The code that ``function`` had before we gave it ours."""
    place = _places.get(id(function))
    return function.__code__ if place is None or place.is_covered else place.before


def owner_of(function: FunctionType) -> FunctionType:
    """The function whose twin ``function`` is; itself, where it is none."""
    for place in _places.values():
        if place.wrapped is not None and place.wrapped.target is function:
            return place.function
    return function


# -- attributes ------------------------------------------------------------------------------------


class StandIn:
    """What an attribute holds in the place of a callable that is not a function.

    It passes for it: its class, its attributes, and what it becomes as an attribute of a class.
    """

    def __init__(self, wrapped: Wrapped) -> None:
        object.__setattr__(self, "_racewright_wrapped", wrapped)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        wrapped: Wrapped = object.__getattribute__(self, "_racewright_wrapped")
        if inspect.iscoroutinefunction(wrapped.target):
            return wrapped.run(*args, **kwargs)
        return wrapped.call(*args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        wrapped: Wrapped = object.__getattribute__(self, "_racewright_wrapped")
        target: Any = wrapped.target
        bind = getattr(type(target), "__get__", None)
        if bind is None:
            return self
        bound = bind(target, instance, owner)
        if bound is target:
            return self
        if not callable(bound):
            return bound
        own = Wrapped(wrapped.name, bound)
        own.advice = wrapped.advice
        return StandIn(own)

    def __getattribute__(self, name: str) -> Any:
        if name in ("__call__", "__get__"):
            return object.__getattribute__(self, name)
        wrapped = object.__getattribute__(self, "_racewright_wrapped")
        return wrapped if name == "_racewright_wrapped" else getattr(wrapped.target, name)

    def __setattr__(self, name: str, value: Any) -> None:
        set_attribute(self._racewright_wrapped.target, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._racewright_wrapped.target, name)


class _Attribute:
    """An attribute that holds a stand-in for a while."""

    def __init__(self, owner: Any, name: str, value: Any, known_as: str) -> None:
        self.owner = owner
        self.name = name
        self.wrapped = Wrapped(known_as, value)
        self.stand_in = StandIn(self.wrapped)
        self.patches = Patches()
        self.patches.replace(owner, name, self.stand_in)


def wrap_attribute(owner: Any, name: str, known_as: str, advice: Advice) -> Wrapping:
    """Have ``advice`` around the calls of what ``owner.name`` holds, by whoever looks there."""
    key = (id(owner), name)
    with _lock:
        value = inspect.getattr_static(owner, name)
        attribute = _attributes.get(key)
        if attribute is None or attribute.stand_in is not value:
            attribute = _attributes[key] = _Attribute(owner, name, value, known_as)
        wrapped = attribute.wrapped
        wrapped.advice = (*wrapped.advice, advice)
    mine = attribute

    def undo() -> None:
        if not wrapped.advice:
            mine.patches.undo()
            if _attributes.get(key) is mine:
                del _attributes[key]

    return Wrapping(wrapped, advice, undo)


def in_place() -> tuple[str, ...]:
    """The names of all that is wrapped at present."""
    with _lock:
        found = [place.wrapped.name for place in _places.values() if place.wrapped is not None]
        found += [line.name for place in _places.values() for line in place.lines]
        found += [attribute.wrapped.name for attribute in _attributes.values()]
    return tuple(sorted(set(found)))
