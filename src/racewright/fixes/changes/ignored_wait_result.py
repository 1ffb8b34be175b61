"""The result of a wait is asked: an assertion in a test, elsewhere ``TimeoutError``."""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import is_method_of_test_case
from racewright.model.finding import Finding

__all__ = ["Asked"]


class Asked(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        for call in document.at(finding.place, ast.Call):
            statement, form = module.statement_of(call), document.form(call)
            if not isinstance(statement, ast.Expr) or not isinstance(form, cst.Call):
                continue
            line, func = document.statement(statement), call.func
            if line is None or statement.value is not call or not isinstance(func, ast.Attribute):
                continue
            name = ast.unparse(func.value)
            edits = Edits(document)
            if func.attr == "join":
                ended = f"{name}.is_alive()"
                text = f"self.assertFalse({ended})" if _is_method(document, call) else ""
                edits.after(line, edits.statement(text or f"assert not {ended}"))
            elif func.attr in ("wait", "wait_for"):
                text = "self.assertTrue(WAITED)" if _is_method(document, call) else "assert WAITED"
                edits.replace_by(line, edits.statement(text, WAITED=form))
            elif "'" not in name and '"' not in name and "\\" not in name:
                text = f'if not WAITED:\n    raise TimeoutError("{name} is taken")'
                edits.replace_by(line, edits.statement(text, WAITED=form))
            else:
                return None
            return edits
        return None


def _is_method(document: Document, call: ast.Call) -> bool:
    return is_method_of_test_case(document.module, call)
