"""The task is kept in a set of the module until it is done."""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import fresh_name
from racewright.model.finding import Finding

__all__ = ["Kept"]

_WORD = "_running_tasks"


class Kept(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        for call in document.at(finding.place, ast.Call):
            statement, function = module.statement_of(call), module.function_of(call)
            form = document.expression(call)
            line = document.statement(statement) if statement is not None else None
            if function is None or form is None or not isinstance(line, cst.SimpleStatementLine):
                continue
            edits = Edits(document)
            if not edits.variable(_WORD, "set()", call):
                return None
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                name = statement.targets[0].id
                edits.after(line, *_keep(edits, name))
            elif isinstance(statement, ast.Expr) and statement.value is call:
                name = fresh_name(function, "task")
                made = edits.statement(f"{name} = MADE", MADE=form)
                edits.replace_by(line, made, *_keep(edits, name))
            else:
                return None
            return edits
        return None


def _keep(edits: Edits, name: str) -> list[cst.BaseStatement]:
    return [
        edits.statement(f"{_WORD}.add({name})"),
        edits.statement(f"{name}.add_done_callback({_WORD}.discard)"),
    ]
