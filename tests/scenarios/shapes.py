"""Callables of all shapes, for points to be put at."""

from __future__ import annotations

import functools
from typing import Any


class Base:
    @classmethod
    def make(cls, x: int) -> tuple[str, int]:
        return (cls.__name__, x)

    @staticmethod
    def fixed(x: int) -> int:
        return x

    @property
    def level(self) -> int:
        return 7

    @functools.cached_property
    def once(self) -> int:
        return 8

    def method(self, x: int = 1) -> int:
        return x

    @functools.lru_cache  # noqa: B019
    def cached(self) -> int:
        return 9

    @functools.singledispatchmethod
    def dispatched(self, x: object) -> str:
        return "any"

    @dispatched.register
    def _(self, x: int) -> str:
        return "int"

    partial = functools.partialmethod(method, 5)


class Heir(Base):
    pass


def plain(a: Any) -> Any:
    return a


def decorator(function: Any) -> Any:
    @functools.wraps(function)
    def inner(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return inner


@decorator
def decorated(a: int, b: int = 2) -> tuple[int, int]:
    return a, b


@functools.singledispatch
def single(x: object) -> str:
    return "any"


@single.register
def _(x: int) -> str:
    return "int"


class Callable:
    def __call__(self, x: int) -> int:
        return x


partial = functools.partial(plain, 3)
instance = Callable()
base = Base()
