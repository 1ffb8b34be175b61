"""A lock that only coroutines take, in ``with`` statements, becomes one of asyncio."""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding
from racewright.review.module import Module

__all__ = ["LockOfAsyncio"]


class LockOfAsyncio(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        blocks = [
            each
            for each in module.nodes(ast.With)
            if any(item.context_expr.lineno == finding.place.line for item in each.items)
        ]
        if len(blocks) != 1 or len(blocks[0].items) != 1:
            return None
        lock = blocks[0].items[0].context_expr
        if not isinstance(lock, ast.Attribute):
            return None
        made = _made(module, lock)
        users = _users(module, lock.attr)
        form = document.expression(made) if made is not None else None
        if form is None or users is None:
            return None
        edits = Edits(document)
        if not edits.import_module("asyncio"):
            return None
        edits.replace(form, edits.expression("asyncio.Lock()"))
        for user in users:
            block = document.form(user)
            if not isinstance(block, cst.With):
                return None
            edits.change(block, _asynchronous)
        edits.drop_imports_of(made) if made is not None else None
        return edits


def _asynchronous(node: cst.CSTNode) -> cst.CSTNode:
    return node.with_changes(asynchronous=cst.Asynchronous())


def _made(module: Module, lock: ast.Attribute) -> ast.Call | None:
    """What makes the lock, where that is said once."""
    found = [
        assign.value
        for assign in module.nodes(ast.Assign)
        if any(
            isinstance(each, ast.Attribute) and each.attr == lock.attr for each in assign.targets
        )
    ]
    call = found[0] if len(found) == 1 else None
    is_plain = isinstance(call, ast.Call) and module.dotted(call.func) == "threading.Lock"
    return call if is_plain and isinstance(call, ast.Call) else None


def _users(module: Module, word: str) -> list[ast.With] | None:
    """The blocks that hold the lock; nothing if it is used in another way, or by a function."""
    found = []
    for node in module.nodes(ast.Attribute):
        if node.attr != word or isinstance(node.ctx, ast.Store):
            continue
        item = module.parent(node)
        block = module.parent(item) if isinstance(item, ast.withitem) else None
        function = module.function_of(node)
        if not isinstance(block, ast.With) or len(block.items) != 1:
            return None
        if function is None or not function.is_async:
            return None
        found.append(block)
    return found
