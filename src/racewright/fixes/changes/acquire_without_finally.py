"""What stands between ``acquire()`` and ``release()`` becomes the body of a ``with`` statement.

Only where both stand in one block, and nothing between them, or elsewhere in the function, speaks
of the lock.
"""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import call_of, statements_after
from racewright.model.finding import Finding

__all__ = ["WithBlock"]


class WithBlock(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        for call in document.at(finding.place, ast.Call):
            taken = document.module.statement_of(call)
            if taken is not None and call_of(taken, "acquire") is call:
                return _held(document, taken, call)
        return None


def _held(document: Document, taken: ast.stmt, call: ast.Call) -> Edits | None:
    module = document.module
    lock = call.func.value  # type: ignore[attr-defined]
    text, function = ast.dump(lock), module.function_of(call)
    if call.args or call.keywords or function is None:
        return None
    uses = [each for each in ast.walk(function.node) if ast.dump(each) == text]
    inner: list[ast.stmt] = []
    for statement in statements_after(module, taken):
        freed = call_of(statement, "release")
        if freed is not None and ast.dump(freed.func.value) == text:  # type: ignore[attr-defined]
            is_alone = len(uses) == 2 and not (freed.args or freed.keywords)
            return _with_block(document, lock, taken, inner, statement) if is_alone else None
        inner.append(statement)
    return None


def _with_block(
    document: Document, lock: ast.expr, taken: ast.stmt, inner: list[ast.stmt], freed: ast.stmt
) -> Edits | None:
    first, last = document.statement(taken), document.statement(freed)
    form = document.expression(lock)
    if first is None or last is None or form is None or not inner:
        return None
    edits = Edits(document)
    head = edits.statement("with LOCK:\n    pass", LOCK=form)
    is_done = isinstance(head, cst.With) and edits.between_within(head, first, last)
    return edits if is_done else None
