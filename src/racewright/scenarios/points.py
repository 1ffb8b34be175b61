"""A point: a place that a task comes to, and which of all that come there is meant."""

from __future__ import annotations

import fnmatch
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from racewright.errors import UsageError
from racewright.interpose.advice import Advice, Call
from racewright.interpose.targets import Target, find_target
from racewright.interpose.wrapping import Wrapping, wrap_line
from racewright.scenarios.places import LinePlace, find_line

__all__ = ["Found", "Point", "after", "at", "before"]

#: A name, a pattern of names (``"worker-*"``), or a function that is given the name.
TaskFilter = str | Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Point:
    """Just before or just after the calls of a function, or just before a line; see
    :func:`before`."""

    kind: str  #: "before", "after" or "at"
    target: object
    text: str = ""  #: of the line
    task: TaskFilter | None = None
    where: Callable[..., object] | None = None
    nth: int | None = None
    inside: str = ""
    found: Found | None = field(default=None, compare=False)

    def find(self) -> Found:
        """Where it is. Raises ``UsageError`` where it is nowhere."""
        if self.found is not None:
            return self.found
        if self.kind == "at":
            return Found(line=find_line(str(self.target), self.text, self.inside))
        return Found(target=find_target(self.target))

    @property
    def label(self) -> str:
        """As reports call it: ``before(Account.deposit)``."""
        if self.kind == "at":
            name = f"{self.target}, {self.text!r}"
        elif isinstance(self.target, str):
            name = self.target.partition(":")[2] or self.target
        else:
            name = self.find().name
        more = []
        if isinstance(self.task, str):
            more.append(f"task={self.task!r}")
        if self.nth is not None:
            more.append(f"nth={self.nth}")
        return f"{self.kind}({', '.join([name, *more])})"

    def is_for(self, names: tuple[str, ...]) -> bool:
        """Whether a task that is known by ``names``, the first being its own, is meant."""
        if self.task is None:
            return True
        if isinstance(self.task, str):
            return any(fnmatch.fnmatchcase(name, self.task) for name in names)
        return bool(self.task(names[0]))

    def is_where(self, call: Call) -> bool:
        """Whether ``where`` says yes to the arguments of ``call``."""
        where = self.where
        if where is None:
            return True
        arguments = call.arguments()
        wanted = _parameters(where)
        if wanted is not None and arguments is not None:
            names, takes_all = wanted
            given = _spread(call, arguments)
            if names <= given.keys():
                chosen = given if takes_all else {name: given[name] for name in names}
                return bool(where(**chosen))
            if self.kind == "at":
                missing = ", ".join(sorted(names - given.keys()))
                raise UsageError(f"where= asks for {missing}, which is no variable at {self.label}")
        bound = None if self.kind == "at" else call.bound()
        if bound is None:
            return bool(where(*call.args, **call.kwargs))
        return bool(where(*bound.args, **bound.kwargs))


def _parameters(where: Callable[..., object]) -> tuple[set[str], bool] | None:
    """What ``where`` asks for by name, and whether it takes all; ``None``: it takes a call's."""
    try:
        parameters = inspect.signature(where).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(each.kind in (each.VAR_POSITIONAL, each.POSITIONAL_ONLY) for each in parameters):
        return None
    names = {
        each.name
        for each in parameters
        if each.kind is not each.VAR_KEYWORD and each.default is each.empty
    }
    return names, any(each.kind is each.VAR_KEYWORD for each in parameters)


def _spread(call: Call, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with what ``**kwargs`` took beside the others."""
    given = dict(arguments)
    signature = call.wrapped.signature
    for each in signature.parameters.values() if signature is not None else ():
        if each.kind is each.VAR_KEYWORD and isinstance(given.get(each.name), dict):
            for name, value in given[each.name].items():
                given.setdefault(name, value)
    return given


@dataclass(frozen=True, slots=True)
class Found:
    """Where a point is: at a target's calls, or at a line."""

    target: Target | None = None
    line: LinePlace | None = None

    @property
    def name(self) -> str:
        return self.target.name if self.target is not None else ""

    @property
    def key(self) -> object:
        """Equal for points at one place, which one arrival cannot be at twice."""
        if self.target is not None:
            if self.target.function is not None:
                return id(self.target.function)
            return (id(self.target.owner), self.target.attribute)
        assert self.line is not None
        return (self.line.file, self.line.number, id(self.line.line.code))

    def is_meant(self, call: Call) -> bool:
        return self.target is None or self.target.is_meant(call.args)

    def wrap(self, advice: Advice) -> Wrapping:
        if self.target is not None:
            return self.target.wrap(advice)
        assert self.line is not None
        return wrap_line(self.line.functions, self.line.line, advice)


def before(
    target: object,
    *,
    task: TaskFilter | None = None,
    where: Callable[..., object] | None = None,
    nth: int | None = None,
) -> Point:
    """Just before ``target`` is called: its arguments are there, nothing of it has run.

    ``target`` is a function, method, classmethod, staticmethod or property, or the name of one,
    ``"pkg.mod:Class.method"``; of a generator function, what is meant is the start of its body.

    ``task`` narrows it to tasks of a name (or a pattern as ``"worker-*"``, or a function that is
    given the name); ``where`` to calls for which it returns something true, given those of the
    call's arguments that it names; ``nth`` to the nth of the calls that are left (from 1).

    Raises ``UsageError`` for what cannot be wrapped.
    """
    return _point("before", target, task, where, nth)


def after(
    target: object,
    *,
    task: TaskFilter | None = None,
    where: Callable[..., object] | None = None,
    nth: int | None = None,
) -> Point:
    """Just after ``target`` has returned, or raised; see :func:`before` for the rest."""
    return _point("after", target, task, where, nth)


def at(
    file: str,
    text: str,
    *,
    inside: str = "",
    task: TaskFilter | None = None,
    where: Callable[..., object] | None = None,
    nth: int | None = None,
) -> Point:
    """Just before the line runs whose text is ``text``, in the loaded module ``file``.

    ``text`` is the whole line, without the space around it, or a part that no other line has.
    ``inside`` names the function, where several have such a line; ``where`` is given those local
    variables that it names. The rest is as for :func:`before`.
    """
    _check(task, where, nth)
    return Point("at", file, text, task, where, nth, inside)


def _point(
    kind: str,
    target: object,
    task: TaskFilter | None,
    where: Callable[..., object] | None,
    nth: int | None,
) -> Point:
    _check(task, where, nth)
    # A name is looked up when the scenario begins: what it means may change until then.
    found = None if isinstance(target, str) else Found(target=find_target(target))
    return Point(kind, target, "", task, where, nth, "", found)


def _check(task: TaskFilter | None, where: Callable[..., object] | None, nth: int | None) -> None:
    if task is not None and not isinstance(task, str) and not callable(task):
        raise UsageError(f"task={task!r}: a name, a pattern or a function expected")
    if where is not None and not callable(where):
        raise UsageError(f"where={where!r}: a function expected")
    if nth is not None and (not isinstance(nth, int) or isinstance(nth, bool) or nth < 1):
        raise UsageError(f"nth={nth!r}: a whole number from 1 expected")
