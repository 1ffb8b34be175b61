"""A lock around statements that several tasks must not be in at once.

The lock is the one under which the same attribute is written already, if there is one, else a new
one, made where the attribute is: in the constructor, or beside the variable. A new lock is held
around single statements only, so it cannot be taken in two orders with itself; where the statements
call something, it may be entered again by the same task.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.review.module import Module
from racewright.review.tasks import LOCKS

__all__ = ["Shared", "lock_around", "shared_of"]

_SUSPENDING = (ast.Await, ast.Yield, ast.YieldFrom, ast.AsyncFor, ast.AsyncWith)


@dataclass(frozen=True, slots=True)
class Shared:
    """What the tasks share: ``self.word`` of a class, or a variable of the module."""

    word: str
    owner: ast.ClassDef | None
    first: str = "self"  #: what the class calls its object


def shared_of(module: Module, node: ast.expr) -> Shared | None:
    """What ``node`` names, if it is one of these."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = next(
            (each for each in module.ancestors(node) if isinstance(each, ast.ClassDef)), None
        )
        ref = module.ref(node.value)
        if owner is not None and ref is not None and ref[0] == "self":
            return Shared(node.attr, owner, node.value.id)
    if isinstance(node, ast.Name):
        found = module.tree.find(module.tree.scope_of(node), node.id)
        if found is not None and found[0] is module.tree.scopes[module.tree.root]:
            return Shared(node.id, None)
    return None


def lock_around(
    document: Document, edits: Edits, shared: Shared, statements: Iterable[ast.stmt]
) -> bool:
    """Hold one lock around each of ``statements``; whether that can be done."""
    module = document.module
    every = list(statements)
    for statement in every:
        function = module.function_of(statement)
        parts = list(ast.walk(statement))
        if function is None or any(isinstance(each, _SUSPENDING) for each in parts):
            return False
    lock = _lock_in_use(module, shared)
    if not lock:
        has_calls = any(isinstance(each, ast.Call) for one in every for each in ast.walk(one))
        lock = _new_lock(document, edits, shared, "RLock" if has_calls else "Lock")
    if not lock:
        return False
    for statement in every:
        found = document.statement(statement)
        if found is None:
            return False
        head = edits.statement(f"with {lock}:\n    pass")
        assert isinstance(head, cst.With)
        edits.wrap(found, head)
    return True


def _lock_in_use(module: Module, shared: Shared) -> str:
    """The lock under which the class, or the module, writes it elsewhere."""
    for node in module.nodes(ast.With):
        if shared.owner is not None and shared.owner not in module.ancestors(node):
            continue
        if not any(_writes(each, shared) for each in ast.walk(node)):
            continue
        for item in node.items:
            lock = ast.unparse(item.context_expr)
            is_own = lock.startswith("self.") if shared.owner is not None else lock.isidentifier()
            known = module.type_of(item.context_expr)
            if is_own and known in LOCKS and known.startswith("threading."):
                return lock
    return ""


def _writes(node: ast.AST, shared: Shared) -> bool:
    ctx = getattr(node, "ctx", None)
    if not isinstance(ctx, ast.Store):
        return False
    if shared.owner is None:
        return isinstance(node, ast.Name) and node.id == shared.word
    return isinstance(node, ast.Attribute) and node.attr == shared.word


def _new_lock(document: Document, edits: Edits, shared: Shared, kind: str) -> str:
    module = document.module
    if not edits.import_module("threading"):
        return ""
    word = f"_{shared.word.strip('_')}_lock"
    if shared.owner is None:
        return _beside(document, edits, shared, word, kind)
    taken = {each.attr for each in module.nodes(ast.Attribute)}
    has_slots = any("__slots__" in ast.unparse(each) for each in shared.owner.body[:8])
    if word in taken or has_slots or shared.first != "self":
        return ""
    constructor = next(
        (
            each
            for each in shared.owner.body
            if isinstance(each, ast.FunctionDef) and each.name == "__init__"
        ),
        None,
    )
    if constructor is None or (
        constructor.args.args[:1] != [] and (constructor.args.args[0].arg != "self")
    ):
        return ""
    for statement in constructor.body:
        if any(_writes(each, shared) for each in ast.walk(statement)):
            line = document.statement(statement)
            if isinstance(line, cst.SimpleStatementLine):
                edits.after(line, edits.statement(f"self.{word} = threading.{kind}()"))
                return f"self.{word}"
    return ""


def _beside(document: Document, edits: Edits, shared: Shared, word: str, kind: str) -> str:
    """A lock of the module, below the line that makes the variable."""
    module = document.module
    if any(each.id == word for each in module.nodes(ast.Name)):
        return ""
    for statement in module.tree.root.body:
        is_first = isinstance(statement, (ast.Assign, ast.AnnAssign)) and any(
            _writes(each, shared) for each in ast.walk(statement)
        )
        line = document.statement(statement) if is_first else None
        if line is not None:
            edits.after(line, edits.statement(f"{word} = threading.{kind}()"))
            return word
    return ""
