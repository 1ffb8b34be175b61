"""The thread that a test starts is joined where the test ends, and seen to have ended.

The lines are put below the last statement of the block in which the thread is made. If that jumps
away, there is no such place.
"""

from __future__ import annotations

import ast

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import fresh_name, is_method_of_test_case, statements_after
from racewright.model.finding import Finding
from racewright.review.module import Function, Module

__all__ = ["Join"]

_JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Join(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        for call in document.at(finding.place, ast.Call):
            function = module.function_of(call)
            made = module.statement_of(call)
            if function is None or made is None or made not in function.body:
                continue
            found = _named(module, function, call, made)
            if found is not None:
                return _joined(document, made, *found)
        return None


def _named(
    module: Module, function: Function, call: ast.Call, made: ast.stmt
) -> tuple[str, bool] | None:
    """The name of the thread, and whether it has yet to be given one."""
    if isinstance(made, ast.Assign) and made.value is call:
        target = made.targets[0]
        return (target.id, False) if isinstance(target, ast.Name) else None
    above = module.parent(call)
    if isinstance(above, ast.Attribute) and above.attr == "start":
        start = module.parent(above)
        if isinstance(start, ast.Call) and isinstance(made, ast.Expr) and made.value is start:
            return fresh_name(function, "thread"), True
    return None


def _joined(document: Document, made: ast.stmt, name: str, is_new: bool) -> Edits | None:
    module = document.module
    last = [made, *statements_after(module, made)][-1]
    line, first = document.statement(last), document.statement(made)
    if isinstance(last, _JUMPS) or line is None or first is None:
        return None
    edits = Edits(document)
    has_self = is_method_of_test_case(module, made)
    ended = f"self.assertFalse({name}.is_alive())" if has_self else f"assert not {name}.is_alive()"
    end = [edits.statement(text) for text in (f"{name}.join(timeout=10)", ended)]
    if not is_new:
        edits.after(line, *end)
        return edits
    value = document.expression(made.value.func.value)  # type: ignore[attr-defined]
    if value is None:
        return None
    begin = [edits.statement(f"{name} = MADE", MADE=value), edits.statement(f"{name}.start()")]
    if first is line:
        edits.replace_by(first, *begin, *end)
    else:
        edits.replace_by(first, *begin)
        edits.after(line, *end)
    return edits
