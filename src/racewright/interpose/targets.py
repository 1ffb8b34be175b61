"""What a user names, an object or ``"pkg.mod:Class.method"``, and where it can be wrapped."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any, Final

from racewright.errors import TargetError, UsageError
from racewright.interpose.advice import Advice
from racewright.interpose.wrapping import StandIn, Wrapping, code_of, wrap, wrap_attribute
from racewright.kernel.sites import is_ours

__all__ = ["Target", "as_loaded", "find_target"]

_IN_C: Final = (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodWrapperType,
    WrapperDescriptorType,
)
_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class Target:
    """Something whose calls can be wrapped: a function, or what an attribute holds."""

    name: str  #: as reports say it: "Account.deposit"
    function: Any = None  #: a function, for which an attribute of a class would be a method
    owner: Any = None
    attribute: str = ""
    bound: Any = _NOTHING  #: the object or the class whose calls alone are meant

    @property
    def called(self) -> Callable[..., Any]:
        """What is called, for its signature and its code."""
        found: Callable[..., Any] = (
            self.function
            if self.function is not None
            else inspect.getattr_static(self.owner, self.attribute)
        )
        return found

    def wrap(self, advice: Advice) -> Wrapping:
        """Have ``advice`` around its calls, until the result is undone."""
        if self.function is not None:
            return wrap(self.function, self.name, advice)
        return wrap_attribute(self.owner, self.attribute, self.name, advice)

    def is_meant(self, args: tuple[Any, ...]) -> bool:
        """Whether a call with ``args`` is one of the object or the class that was named."""
        if self.bound is _NOTHING:
            return True
        if not args:
            return False
        if isinstance(self.bound, type):
            given = args[0] if isinstance(args[0], type) else type(args[0])
            return issubclass(given, self.bound)
        return args[0] is self.bound


def find_target(named: object) -> Target:
    """The target that ``named`` means. Raises ``UsageError``, which says what to name instead."""
    if isinstance(named, str):
        return _from_string(named)
    target = _from_object(named, _name_of(named))
    if target is not None:
        return target
    place = _place_of(named)
    if place is not None:
        return Target(_name_of(named), owner=place[0], attribute=place[1])
    raise UsageError(
        f"{named!r} is no function, and where it is kept cannot be seen from it\n"
        'Name the place: "package.module:name" or "package.module:Class.name".'
    )


def as_loaded(named: str) -> str:
    """``named``, with the name under which the program has loaded the module's file.

    A test runner that puts a folder into ``sys.path`` loads a module by another name than its path
    suggests, and importing it by that would make a second copy, which nobody uses.
    """
    module, colon, path = named.partition(":")
    if not colon or module in sys.modules:
        return named
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return named
    if spec is None or not spec.has_location or spec.origin is None:
        return named
    origin = os.path.realpath(spec.origin)
    for name, loaded in list(sys.modules.items()):
        file = getattr(loaded, "__file__", None)
        if isinstance(file, str) and os.path.realpath(file) == origin:
            return f"{name}:{path}"
    return named


def _name_of(named: object) -> str:
    if isinstance(named, property):  # its own name, from 3.13 on, is but the last part
        named = named.fget
    elif isinstance(named, functools.cached_property):
        named = named.func
    name = getattr(named, "__qualname__", None) or getattr(named, "__name__", None)
    if not isinstance(name, str):
        name = type(named).__name__
    return str(name).rpartition("<locals>.")[2]


def _from_object(named: Any, name: str) -> Target | None:
    """The target, where it is seen from the object; ``None``: only its place can be wrapped."""
    if type(named) is StandIn:
        return None
    _refuse(named, name)
    if isinstance(named, FunctionType):
        return Target(name, function=named)
    if isinstance(named, MethodType):
        inner = _from_object(named.__func__, name)
        if inner is None or inner.function is None:
            return None
        return Target(name, function=inner.function, bound=named.__self__)
    for kind, behind in (
        (classmethod, "__func__"),
        (staticmethod, "__func__"),
        (property, "fget"),
        (functools.cached_property, "func"),
    ):
        if isinstance(named, kind) and getattr(named, behind) is not None:
            return _from_object(getattr(named, behind), name)
    return None


def _refuse(named: Any, name: str) -> None:
    if isinstance(named, type):
        what = f"{named.__module__}.{named.__qualname__} is a class"
        if isinstance(vars(named).get("__init__"), FunctionType):
            raise UsageError(f"{what}\nName what making one calls: {named.__qualname__}.__init__")
        raise UsageError(f"{what}\nName one of its methods, or the line that makes one, with at().")
    is_c = isinstance(named, _IN_C)
    if isinstance(named, FunctionType) and is_ours(code_of(named).co_filename):
        is_c = not hasattr(named, "__wrapped__")  # it stands for one that is written in C
    if is_c:
        raise UsageError(
            f"{name} is written in C: nothing can be put before or after its calls\n"
            "Name the Python function that calls it, or the line that does: "
            'at("file.py", "text of the line").'
        )
    if not callable(named) and not hasattr(type(named), "__get__"):
        raise UsageError(f"{named!r} can neither be called nor make something that can")


def _place_of(named: object) -> tuple[Any, str] | None:
    """The module or class that says of itself that it holds ``named``, and under which name."""
    module = sys.modules.get(getattr(named, "__module__", None) or "")
    path = getattr(named, "__qualname__", None)
    if module is None or not isinstance(path, str) or "<locals>" in path:
        return None
    *outer, last = path.split(".")
    owner: Any = module
    for part in outer:
        owner = getattr(owner, part, None)
    held = inspect.getattr_static(owner, last, None) if owner is not None else None
    return (owner, last) if held is named else None


def _from_string(named: str) -> Target:
    module_name, colon, path = named.partition(":")
    parts = path.split(".")
    if not colon or not all(part.isidentifier() for part in parts):
        raise UsageError(
            f'{named!r} names no function\nSay "package.module:function" or '
            '"package.module:Class.method".'
        )
    try:
        owner: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise TargetError(f"{named}: {error}") from None
    for place, part in enumerate(parts[:-1]):
        owner = _member(owner, part, named, ".".join(parts[:place]) or module_name)
    last = parts[-1]
    value = _member(owner, last, named, ".".join(parts[:-1]) or module_name)
    raw = inspect.getattr_static(owner, last, value)
    if type(raw) in (GetSetDescriptorType, MemberDescriptorType) and value is not raw:
        raw = value  # `prop.fget`, `method.__func__`
    target = _from_object(raw, path)
    if target is None:
        return Target(path, owner=_holder(owner, last), attribute=last)
    if isinstance(owner, type) and not isinstance(raw, staticmethod) and last not in vars(owner):
        return dataclasses.replace(target, bound=owner)  # inherited: not the other heirs' calls
    return target


def _member(owner: Any, part: str, named: str, where: str) -> Any:
    try:
        return getattr(owner, part)
    except AttributeError:
        near = difflib.get_close_matches(part, dir(owner), 3)
        hint = f"\nDid you mean {' or '.join(near)}?" if near else ""
        raise TargetError(f"{named}: {where} has no {part!r}{hint}") from None


def _holder(owner: Any, name: str) -> Any:
    """The class in whose own namespace an inherited attribute is found."""
    if isinstance(owner, type):
        return next(each for each in owner.__mro__ if name in vars(each))
    if not isinstance(owner, ModuleType) and name not in getattr(owner, "__dict__", {}):
        return _holder(type(owner), name)
    return owner
