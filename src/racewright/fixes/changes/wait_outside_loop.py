"""A wait for a condition looks again: ``while`` for ``if``, or ``wait_for``, which loops by itself.

Where the wait has a timeout, a ``while`` could go on for ever, so it becomes ``wait_for`` with the
same timeout. What the question awaits or binds cannot be put into a lambda, and is left alone then.
"""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import with_comma
from racewright.model.finding import Finding

__all__ = ["LookAgain"]

_NOT_IN_LAMBDA = (ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)


class LookAgain(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        for call in document.at(finding.place, ast.Call):
            test = module.within(call, ast.If)
            if not isinstance(test, ast.If) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr != "wait" or test.orelse:
                continue
            form = document.form(test)
            if not isinstance(form, cst.If) or document.statement(test) is None:
                continue
            if call.args or call.keywords:
                return _wait_for(document, call, test)
            return _while(document, form)
        return None


def _while(document: Document, test: cst.If) -> Edits:
    edits = Edits(document)
    loop = cst.While(
        test=test.test,
        body=test.body,
        leading_lines=test.leading_lines,
        whitespace_after_while=test.whitespace_before_test,
        whitespace_before_colon=test.whitespace_after_test,
    )
    edits.replace(test, loop)
    return edits


def _wait_for(document: Document, call: ast.Call, test: ast.If) -> Edits | None:
    """``if not items: cond.wait(5)`` becomes ``cond.wait_for(lambda: items, 5)``."""
    module = document.module
    form, outer = document.form(call), document.statement(test)
    asked = document.expression(test.test)
    is_whole = len(test.body) == 1 and test.body[0] is module.statement_of(call)
    if not is_whole or any(isinstance(each, _NOT_IN_LAMBDA) for each in ast.walk(test.test)):
        return None
    if not isinstance(form, cst.Call) or not isinstance(form.func, cst.Attribute):
        return None
    if outer is None or asked is None or _has_comments(outer):
        return None
    edits = Edits(document)
    if isinstance(asked, cst.UnaryOperation) and isinstance(asked.operator, cst.Not):
        wanted = edits.expression("lambda: WANTED", WANTED=asked.expression)
    else:
        wanted = edits.expression("lambda: not WANTED", WANTED=asked)
    arguments = [*with_comma([cst.Arg(wanted)]), *form.args]
    func = form.func.with_changes(attr=cst.Name("wait_for"))
    made: cst.BaseExpression = form.with_changes(func=func, args=arguments)
    if isinstance(module.parent(call), ast.Await):
        made = cst.Await(expression=made)
    edits.replace_by(outer, edits.statement("MADE", MADE=made))
    return edits


def _has_comments(statement: cst.BaseStatement) -> bool:
    """Whether something within ``statement`` would be lost with its lines."""
    code = cst.Module([]).code_for_node(statement.with_changes(leading_lines=()))
    return "#" in code
