"""What is announced is there before it is announced, and a condition is held when it is notified.

``set()`` is moved below the change that it tells of, where both stand in one block. What else can
be lost, by a ``clear()``, is a matter of who clears, and is left to people.
"""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import statements_after
from racewright.model.finding import Finding

__all__ = ["ToldAfterwards"]


class ToldAfterwards(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        for call in document.at(finding.place, ast.Call):
            statement, func = module.statement_of(call), call.func
            if not isinstance(statement, ast.Expr) or not isinstance(func, ast.Attribute):
                continue
            line = document.statement(statement)
            if line is None or statement.value is not call:
                continue
            if func.attr == "set" and len(finding.places) > 1:
                return _moved(document, statement, line, finding.places[1].line)
            lock = document.expression(func.value)
            if func.attr in ("notify", "notify_all") and len(finding.places) == 1 and lock:
                edits = Edits(document)
                head = edits.statement("with LOCK:\n    pass", LOCK=lock)
                assert isinstance(head, cst.With)
                edits.wrap(line, head)
                return edits
        return None


def _moved(
    document: Document, told: ast.Expr, line: cst.BaseStatement, written: int
) -> Edits | None:
    """Put the line below the statement that begins at line ``written``."""
    for statement in statements_after(document.module, told):
        below = document.statement(statement)
        if statement.lineno <= written <= (statement.end_lineno or 0) and below is not None:
            if statement.lineno != written:
                return None  # it is written on one of several ways
            edits = Edits(document)
            edits.remove(line)
            edits.after(below, line.with_changes(leading_lines=_comments(line)))
            return edits
    return None


def _comments(line: cst.BaseStatement) -> list[cst.EmptyLine]:
    lines: list[cst.EmptyLine] = list(getattr(line, "leading_lines", ()))
    return [each for each in lines if each.comment is not None]
