"""The lock becomes one that its holder can take again.

That is the smaller of the two ways out; the other, a function that expects the lock to be held, is
for whoever knows the class.
"""

from __future__ import annotations

import ast

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding

__all__ = ["Reentrant"]

_MAKERS = ("multiprocessing.Lock", "threading.Lock")


class Reentrant(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        word = finding.title.partition(" ")[0].rpartition(".")[2]
        makers = [
            assign.value
            for assign in module.nodes(ast.Assign)
            if any(_last(each) == word for each in assign.targets)
        ]
        if len(makers) != 1 or not isinstance(makers[0], ast.Call):
            return None
        call = makers[0]
        func = document.form(call.func)
        if module.dotted(call.func) not in _MAKERS or not isinstance(func, cst.Attribute):
            return None
        edits = Edits(document)
        edits.replace(func, func.with_changes(attr=cst.Name("RLock")))
        return edits


def _last(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))
