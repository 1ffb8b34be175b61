"""The loop goes over a copy, which is made in one step."""

from __future__ import annotations

import ast

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.model.finding import Finding

__all__ = ["OverCopy"]

_VIEWS = ("items", "keys", "values")


class OverCopy(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module = document.module
        loops: list[ast.For | ast.comprehension] = [
            *module.nodes(ast.For),
            *module.nodes(ast.comprehension),
        ]
        word = finding.title.partition(" ")[0]
        for loop in loops:
            at = loop.iter
            form = document.expression(at)
            if at.lineno != finding.place.line or form is None or _word_of(at) != word:
                continue
            if module.tree.find(module.tree.scope_of(at), "list") is not None:
                return None  # the name means something of the file's own
            edits = Edits(document)
            edits.replace(form, edits.expression("list(ITEMS)", ITEMS=form))
            return edits
        return None


def _word_of(node: ast.expr) -> str:
    """The name of the container that is gone over, or of which a view is."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        is_view = node.func.attr in _VIEWS and not node.args
        return _word_of(node.func.value) if is_view else ""
    return getattr(node, "attr", getattr(node, "id", ""))
