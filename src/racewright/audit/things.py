"""What a mention in a review stands for: where it is bound, where it is read and called."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from racewright.review.scopes import Scope

__all__ = ["Definition", "Thing"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Definition:
    """One place where a name gets its meaning."""

    kind: str  #: function, method, class, variable, attribute, parameter, local, import
    node: ast.AST
    scope: Scope | None  #: that the name is bound in; nothing for attributes of objects

    @property
    def line(self) -> int:
        return int(getattr(self.node, "lineno", 0))


@dataclass(frozen=True, slots=True)
class Thing:
    """What a mention stands for in the code."""

    text: str
    word: str  #: its last name
    definitions: tuple[Definition, ...]
    reads: tuple[ast.AST, ...]
    calls: tuple[ast.Call, ...]

    @property
    def is_here(self) -> bool:
        return bool(self.definitions or self.reads)

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(each.kind for each in self.definitions)

    @property
    def functions(self) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
        return tuple(d.node for d in self.definitions if isinstance(d.node, _FUNCTIONS))

    @property
    def classes(self) -> tuple[ast.ClassDef, ...]:
        return tuple(d.node for d in self.definitions if isinstance(d.node, ast.ClassDef))
