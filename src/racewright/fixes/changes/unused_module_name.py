"""The line that assigns a name which nobody reads goes, with the import that it alone needed."""

from __future__ import annotations

import ast

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding

__all__ = ["Removal"]


class Removal(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        for assign in document.at(finding.place, ast.Assign):
            line = document.statement(assign)
            if line is None or len(assign.targets) != 1:
                continue
            edits = Edits(document)
            edits.remove(line)
            edits.drop_imports_of(assign)
            return edits
        return None
