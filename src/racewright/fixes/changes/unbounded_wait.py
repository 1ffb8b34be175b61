"""A bound for a wait in a test, and an assertion that it was not what ended the wait.

An event or a condition says by its result whether it was in time; a barrier and a queue raise. The
assertion is that of the test's class, if it has one: ``assert`` alone is left out by ``python -O``,
and the wait with it.
"""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import is_method_of_test_case, with_comma
from racewright.model.finding import Finding

__all__ = ["BoundedWait"]

_TIMEOUT = "timeout=10"


class BoundedWait(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        for call in document.at(finding.place, ast.Call):
            func = call.func
            form = document.form(call)
            if not isinstance(func, ast.Attribute) or not isinstance(form, cst.Call):
                continue
            if func.attr not in ("get", "wait") or call.keywords:
                continue
            return _bounded(document, call, form)
        return None


def _bounded(document: Document, call: ast.Call, form: cst.Call) -> Edits:
    edits = Edits(document)
    bound = cst.ensure_type(edits.expression(f"f({_TIMEOUT})"), cst.Call).args[0]
    waited = form.with_changes(args=[*with_comma(form.args), bound])
    module = document.module
    statement = module.statement_of(call)
    says_so = module.method(call).endswith(("Event.wait", "Condition.wait"))
    small = document.form(statement) if isinstance(statement, ast.Expr) else None
    if says_so and isinstance(small, cst.Expr) and small.value is form:
        if is_method_of_test_case(module, call):
            asserted = edits.expression("self.assertTrue(WAITED)", WAITED=waited)
            edits.replace(small, small.with_changes(value=asserted))
        else:
            edits.replace(small, cst.Assert(test=waited, semicolon=small.semicolon))
    else:
        edits.replace(form, waited)
    return edits
