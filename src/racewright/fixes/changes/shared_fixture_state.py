"""The value that belongs to the fixture is copied when it is stored."""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding

__all__ = ["Copy"]


class Copy(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        for assign in document.at(finding.place, ast.Assign):
            value = document.expression(assign.value)
            if not isinstance(value, cst.Attribute):
                continue
            edits = Edits(document)
            if not edits.import_module("copy"):
                return None
            edits.replace(value, edits.expression("copy.deepcopy(VALUE)", VALUE=value))
            return edits
        return None
