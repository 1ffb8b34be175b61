"""The value's own lock is held around the update."""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding

__all__ = ["OwnLock"]


class OwnLock(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        text = document.source.text
        if not finding.corrected or "Raw" in text or "lock=" in text:
            return None  # it may be one that has no lock
        updates: list[ast.AugAssign | ast.Assign] = [
            *document.at(finding.place, ast.AugAssign),
            *document.at(finding.place, ast.Assign),
        ]
        for update in updates:
            target = update.target if isinstance(update, ast.AugAssign) else update.targets[0]
            line = document.statement(update)
            if line is None or not isinstance(target, (ast.Attribute, ast.Subscript)):
                continue
            value = document.expression(target.value)
            if value is None:
                continue
            edits = Edits(document)
            head = edits.statement("with VALUE.get_lock():\n    pass", VALUE=value)
            assert isinstance(head, cst.With)
            edits.wrap(line, head)
            return edits
        return None
