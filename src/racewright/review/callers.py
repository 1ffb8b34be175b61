"""Who calls a function of a file, where that is certain: what is private or stands inside."""

from __future__ import annotations

import ast

from racewright.review.extract import held_in
from racewright.review.module import Function, Module

__all__ = ["calls_of", "is_under_callers_lock"]


def calls_of(module: Module, function: Function) -> list[ast.Call]:
    """The calls of a private function in its file; none where it may be called from elsewhere."""
    word = function.short_name
    if not function.outer and (not word.startswith("_") or word.endswith("__")):
        return []
    return module.calls_of(word)


def is_under_callers_lock(module: Module, function: Function) -> bool:
    """Whether every call of it, of which there is one, is made with a lock held."""
    calls = calls_of(module, function)
    return bool(calls) and all(_is_locked(module, call) for call in calls)


def _is_locked(module: Module, call: ast.Call) -> bool:
    inside = module.function_of(call)
    return inside is not None and bool(held_in(module, inside).around(call))
