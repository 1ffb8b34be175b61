"""One synchronisation of the program neutralised for a while, and put back.

What is neutralised when it is made is told by where that is, and locks that are there already are
looked for: those of a module's top level are made once in a process, when it is imported.
"""

from __future__ import annotations

import contextlib
import gc
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from racewright.errors import InternalError, UsageError
from racewright.interpose.advice import Advice, Call
from racewright.interpose.targets import Target, find_target
from racewright.model.mutant import Mutant
from racewright.primitives.locks import Lock, RLock
from racewright.primitives.neutral import NEUTRAL, Neutral

__all__ = ["applied", "undecorated"]


@contextlib.contextmanager
def applied(mutant: str) -> Iterator[None]:
    """Neutralise ``mutant``, as :class:`Mutant` spells it; nothing where it is empty.

    Raises ``UsageError`` for what cannot be neutralised.
    """
    if not mutant:
        yield
        return
    what = Mutant.parse(mutant)
    if what.kind == "decorator":
        target = find_target(what.place)
        wrapping = target.wrap(_Bypass(target, undecorated(target)))
        try:
            yield
        finally:
            wrapping.undo()
        return
    if NEUTRAL.kind:
        raise InternalError(f"{mutant} was to be neutralised while a {NEUTRAL.kind} is")
    NEUTRAL.set(what.kind, what.file, what.line or 0)
    locks = _locks_there_are() if what.kind == "lock" else []
    before = [lock._is_quiet for lock in locks]
    try:
        for lock in locks:
            lock._is_quiet = Neutral(lock._mutex)
        yield
    finally:
        NEUTRAL.set()
        for lock, quiet in zip(locks, before, strict=True):
            lock._is_quiet = quiet


def _locks_there_are() -> list[Lock | RLock]:
    return [
        each
        for each in gc.get_objects()
        if type(each) in (Lock, RLock) and NEUTRAL.is_at(each._mutex.made_at)
    ]


class _Bypass(Advice):
    """A decorated function behaves as what was decorated."""

    def __init__(self, target: Target, function: Callable[..., Any]) -> None:
        self.target = target
        self.function = function

    def instead(self, call: Call) -> Callable[..., Any] | None:
        return self.function if self.target.is_meant(call.args) else None


def undecorated(target: Target) -> Callable[..., Any]:
    """What ``target`` was before it was decorated. Raises ``UsageError`` where that is not known.

    Decorators made with ``functools.wraps`` leave it in ``__wrapped__``.
    """
    function = target.function
    inner: Callable[..., Any] | None = getattr(function, "__wrapped__", None)
    if function is None or not callable(inner):
        raise UsageError(
            f"{target.name} has no __wrapped__: it is not decorated, or its decorator does not use "
            "functools.wraps\nName the lock instead, by the line that makes it: "
            "--undo file.py:14."
        )
    if _kind_of(function) not in ("plain", _kind_of(inner)):
        raise UsageError(
            f"{target.name} is a {_kind_of(function)} function, and what it decorates is a "
            f"{_kind_of(inner)} one: it cannot be bypassed\nName the lock instead, by the line "
            "that makes it: --undo file.py:14."
        )
    return inner


def _kind_of(function: Any) -> str:
    if inspect.iscoroutinefunction(function):
        return "coroutine"
    if inspect.isasyncgenfunction(function):
        return "asynchronous generator"
    return "generator" if inspect.isgeneratorfunction(function) else "plain"
