"""What was seen outside of the lock is asked again once it is held."""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import statements_after
from racewright.model.finding import Finding
from racewright.review.module import Module

__all__ = ["SecondLook"]


class SecondLook(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        for test in module.nodes(ast.If):
            place = module.place(test.test)
            if (place.line, place.column) != (finding.place.line, finding.place.column):
                continue
            act = finding.places[-1].line
            inside = [*test.body, *statements_after(module, test)]
            for block in inside:
                is_lock = isinstance(block, (ast.With, ast.AsyncWith))
                if is_lock and block.lineno < act <= (block.end_lineno or 0):
                    return _again(document, test, block, block in test.body)
        return None


def _is_of_local_name(module: Module, test: ast.If) -> bool:
    """Whether what is asked about is a variable of the function, and no parameter of it."""
    scope = module.tree.scope_of(test)
    parts = list(ast.walk(test.test))
    keys = {id(part.left) for part in parts if _is_about_key(part)}  # type: ignore[attr-defined]
    for part in parts:
        found = module.tree.find(scope, part.id) if isinstance(part, ast.Name) else None
        if found is None or id(part) in keys or found[0] is not scope:
            continue
        if any(each.kind != "parameter" for each in found[1]):
            return True
    return False


def _is_about_key(node: ast.AST) -> bool:
    return isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn))


def _again(document: Document, test: ast.If, block: ast.stmt, is_inside: bool) -> Edits | None:
    form, asked = document.form(block), document.expression(test.test)
    look = document.statement(test)
    if not isinstance(form, cst.With) or not isinstance(form.body, cst.IndentedBlock):
        return None
    if asked is None or not isinstance(look, cst.If) or test.orelse:
        return None
    if _is_of_local_name(document.module, test):
        return None  # it says what was there before, whenever it is asked
    edits = Edits(document)
    if is_inside:
        inner = edits.statement("if ASKED:\n    pass", ASKED=asked)
        assert isinstance(inner, cst.If)
        inner = inner.with_changes(
            test=asked, body=form.body.with_changes(header=cst.TrailingWhitespace())
        )
        new = form.body.with_changes(body=[inner], footer=())
    else:
        again = look.with_changes(leading_lines=())
        new = form.body.with_changes(body=[again, *form.body.body])
    edits.replace(form.body, new)
    return edits
