"""Which locks are held at each statement of a function.

A ``with`` block holds what it names; ``acquire`` holds from there until a ``release`` on the same
path; a decorator whose name says *synchronized* holds for the whole function. Anything that may be
a lock counts as one: to believe too many locks hides a finding, to believe too few invents one.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from racewright.review import refs
from racewright.review.module import Function, Module
from racewright.review.refs import Ref
from racewright.review.tasks import LOCKS

__all__ = ["Acquisition", "HeldLocks"]

#: Words in a name that say that it excludes others.
_LOCKISH = re.compile(r"lock|mutex|cond|sem(?:aphore)?$|guard|synchron|monitor|critical", re.I)
_DECORATOR = re.compile(r"synchroni[sz]ed|with_?lock|locked$|lock_decorator|exclusive", re.I)
#: Locks that are held at one time, of which more are not kept.
_MOST = 50
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@dataclass(frozen=True, slots=True)
class Acquisition:
    """A lock that is taken at a node while others are held."""

    lock: Ref
    node: ast.AST
    held: tuple[Ref, ...]
    is_blocking: bool = True


class HeldLocks:
    """The locks at the statements of one function."""

    def __init__(self, module: Module, function: Function) -> None:
        self.module = module
        self.function = function
        self.at: dict[ast.AST, tuple[Ref, ...]] = {}  #: statement to locks
        self.acquisitions: list[Acquisition] = []
        self.on_entry = tuple(
            lock for each in function.decorators if (lock := self._of_decorator(each)) is not None
        )
        for lock in self.on_entry:
            self.acquisitions.append(Acquisition(lock, function.node, ()))
        self._block(function.body, self.on_entry)

    def around(self, node: ast.AST) -> tuple[Ref, ...]:
        """What is held where ``node`` is evaluated."""
        here: ast.AST | None = node
        while here is not None:
            if here in self.at:
                return self.at[here]
            here = self.module.parent(here)
        return ()

    def _of_decorator(self, node: ast.expr) -> Ref | None:
        func = node.func if isinstance(node, ast.Call) else node
        word = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if not _DECORATOR.search(word):
            return None
        if isinstance(node, ast.Call) and node.args:
            return self._label(node.args[0])
        return ("label", self.module.dotted(func) or word)

    def _label(self, node: ast.expr) -> Ref | None:
        if isinstance(node, ast.Constant):
            return ("label", str(node.value))
        ref = self.module.ref(node)
        return ("label", ref[1]) if ref is not None and ref[0] == "name" else ref

    def _lock_of(self, node: ast.expr) -> Ref | None:
        """The lock that ``with node:`` holds, if it may be one."""
        if isinstance(node, ast.Call):
            word = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if not _LOCKISH.search(word):
                return self._of_manager(node)
            if node.args and (label := self._label(node.args[0])) is not None:
                return label
            return self.module.ref(node)
        ref = self.module.ref(node)
        if ref is None:
            # Not known, but the same name in one file is taken to be the same lock.
            is_named = isinstance(node, (ast.Name, ast.Attribute))
            return ("maybe", f"{self.module.name}:{ast.unparse(node)}") if is_named else None
        return ref

    def _of_manager(self, node: ast.Call) -> Ref | None:
        """What a call of the project's own gives may hold a lock; what others give is known."""
        ref = self.module.ref(node.func)
        while ref is not None and ref[0] == "local":
            ref = ref[3]
        if ref is not None and ref[0] == "name" and not ref[1].startswith(self.module.name + "."):
            return None
        return ("maybe", f"{self.module.name}:{ast.unparse(node.func)}")

    # --- Statements ---

    def _block(self, body: list[ast.stmt], held: tuple[Ref, ...]) -> tuple[Ref, ...]:
        for statement in body:
            self.at[statement] = held
            held = self._statement(statement, held)
        return held

    def _statement(self, node: ast.stmt, held: tuple[Ref, ...]) -> tuple[Ref, ...]:
        if isinstance(node, (ast.With, ast.AsyncWith)):
            return self._with(node, held)
        if isinstance(node, ast.Expr):
            return self._call(node.value, held)
        if isinstance(node, ast.If):
            return self._if(node, held)
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            after = self._block(node.body, held)
            self._block(node.orelse, held)
            return tuple(lock for lock in after if lock in held)
        if isinstance(node, (ast.Try,)) or type(node).__name__ == "TryStar":
            return self._try(node, held)  # type: ignore[arg-type]
        if isinstance(node, ast.Match):
            for case in node.cases:
                self._block(case.body, held)
            return held
        if isinstance(node, ast.Assign):
            return self._call(node.value, held)
        return held

    def _with(self, node: ast.With | ast.AsyncWith, held: tuple[Ref, ...]) -> tuple[Ref, ...]:
        inner = held
        for item in node.items:
            lock = self._lock_of(item.context_expr)
            if lock is not None:
                self.acquisitions.append(Acquisition(lock, item.context_expr, inner))
                inner = _with(inner, lock)
        after = self._block(node.body, inner)
        return tuple(lock for lock in after if lock in held)

    def _call(self, node: ast.expr, held: tuple[Ref, ...]) -> tuple[Ref, ...]:
        if isinstance(node, ast.Await):
            node = node.value
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return held
        word = node.func.attr
        if word not in ("acquire", "release", "__enter__", "__exit__", "enter_context"):
            return held
        if word == "enter_context":
            lock = self._lock_of(node.args[0]) if node.args else None
        else:
            lock = self._lock_of(node.func.value)
        if lock is None:
            return held
        if word in ("release", "__exit__"):
            return tuple(each for each in held if each != lock)
        is_blocking = not (node.args or node.keywords)
        self.acquisitions.append(Acquisition(lock, node, held, is_blocking))
        return _with(held, lock)

    def _if(self, node: ast.If, held: tuple[Ref, ...]) -> tuple[Ref, ...]:
        test, is_negated = node.test, False
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, is_negated = test.operand, True
        inside = self._call(test, held)
        then, otherwise = (held, inside) if is_negated else (inside, held)
        after_then = self._block(node.body, then)
        after_else = self._block(node.orelse, otherwise)
        if node.body and isinstance(node.body[-1], _ENDS):
            return after_else
        if node.orelse and isinstance(node.orelse[-1], _ENDS):
            return after_then
        return tuple(lock for lock in after_then if lock in after_else)

    def _try(self, node: ast.Try, held: tuple[Ref, ...]) -> tuple[Ref, ...]:
        after = self._block(node.body, held)
        for handler in node.handlers:
            self.at[handler] = held
            self._block(handler.body, tuple(lock for lock in held if lock in after) or held)
        after = self._block(node.orelse, after)
        return self._block(node.finalbody, after)


def _with(held: tuple[Ref, ...], lock: Ref) -> tuple[Ref, ...]:
    """Held once is held, however often it is taken; of very many, the first."""
    return held if lock in held or len(held) >= _MOST else (*held, lock)


def is_lock_type(maker: str) -> bool:
    return maker in LOCKS


def looks_like_lock(ref: Ref) -> bool:
    return bool(_LOCKISH.search(refs.last_word(ref))) or ref[0] == "label"
