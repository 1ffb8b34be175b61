"""A cancellation is not caught, or raised again.

``Exception`` in the place of ``BaseException``, or of nothing, leaves a cancellation alone. A
handler that is for a cancellation raises it again when it is done.
"""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding

__all__ = ["RaisedAgain"]

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class RaisedAgain(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        for handler in document.at(finding.place, ast.ExceptHandler):
            form = document.form(handler)
            if not isinstance(form, cst.ExceptHandler):
                continue
            edits = Edits(document)
            dotted = document.module.dotted(handler.type) if handler.type is not None else ""
            if handler.type is None:
                space = cst.SimpleWhitespace(" ")
                made = {"type": cst.Name("Exception"), "whitespace_after_except": space}
                edits.change(form, lambda node, made=made: node.with_changes(**made))  # type: ignore[misc]
            elif dotted == "builtins.BaseException" and form.type is not None:
                edits.replace(form.type, cst.Name("Exception"))
            elif dotted.endswith(("CancelledError", "Cancelled")):
                last = document.statement(handler.body[-1])
                if last is None or any(isinstance(each, _LEAVES) for each in ast.walk(handler)):
                    return None
                edits.after(last, edits.statement("raise"))
            else:
                return None
            return edits
        return None
