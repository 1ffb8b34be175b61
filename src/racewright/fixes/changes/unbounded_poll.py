"""A deadline for the loop, which is an assertion of the test."""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.shapes import fresh_name, is_method_of_test_case
from racewright.model.finding import Finding

__all__ = ["Deadline"]


class Deadline(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        for loop in module.nodes(ast.While):
            if (loop.lineno, loop.col_offset + 1) != (finding.place.line, finding.place.column):
                continue
            form, function = document.statement(loop), module.function_of(loop)
            if not isinstance(form, cst.While) or function is None:
                return None
            first = document.statement(loop.body[0])
            edits = Edits(document)
            if first is None or not edits.import_module("time"):
                return None
            name = fresh_name(function, "deadline")
            edits.before(first, edits.statement(_asserted(document, loop, name)))
            begin = edits.statement(f"{name} = time.monotonic() + 30")
            edits.before(form, begin.with_changes(leading_lines=form.leading_lines))
            edits.without_comments_above(form)
            return edits
        return None


def _asserted(document: Document, loop: ast.While, name: str) -> str:
    if is_method_of_test_case(document.module, loop):
        return f"self.assertLess(time.monotonic(), {name})"
    return f"assert time.monotonic() < {name}"
