"""The lock that is held elsewhere is held around the change as well."""

from __future__ import annotations

import ast
import re

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding

__all__ = ["SameLock"]

_HEAD = re.compile(r"with ((?:self\.)?[A-Za-z_]\w*):")
_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Expr)


class SameLock(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        head = _HEAD.match(finding.corrected)
        place, module = finding.place, document.module
        if head is None or len({each.file for each in finding.places}) != 1:
            return None
        for kind in _SIMPLE:
            for statement in module.nodes(kind):
                whole = (statement.lineno, statement.end_lineno)
                if whole != (place.line, place.last_line):
                    continue
                line, function = document.statement(statement), module.function_of(statement)
                if line is None or function is None or _suspends(statement):
                    return None
                if head[1].startswith("self.") and not _has_self(function.node.args):
                    return None
                edits = Edits(document)
                block = edits.statement(f"with {head[1]}:\n    pass")
                assert isinstance(block, cst.With)
                edits.wrap(line, block)
                return edits
        return None


def _suspends(statement: ast.stmt) -> bool:
    return any(isinstance(each, (ast.Await, ast.Yield)) for each in ast.walk(statement))


def _has_self(arguments: ast.arguments) -> bool:
    return [each.arg for each in (*arguments.posonlyargs, *arguments.args)][:1] == ["self"]
