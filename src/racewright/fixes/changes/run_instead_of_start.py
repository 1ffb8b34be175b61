"""``start()`` in the place of ``run()``."""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding

__all__ = ["Start"]


class Start(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        for call in document.at(finding.place, ast.Call):
            form = document.form(call.func)
            if isinstance(form, cst.Attribute) and form.attr.value == "run":
                edits = Edits(document)
                edits.replace(form, form.with_changes(attr=cst.Name("start")))
                return edits
        return None
