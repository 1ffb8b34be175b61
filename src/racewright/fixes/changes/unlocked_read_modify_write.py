"""A lock around every write of the value in its class, or its module, but in the constructor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.fixes.fix import Fix
from racewright.fixes.locking import Shared, lock_around, shared_of
from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Module

__all__ = ["Locked"]


class Locked(Fix):
    def change(self, finding: Finding, document: Document) -> Edits | None:
        module, line = document.module, finding.place.line
        if {place.file for place in finding.places} != {finding.place.file}:
            return None
        for statement, target in _writes(module):
            if statement.lineno == line and statement.end_lineno == finding.place.last_line:
                shared = shared_of(module, target)
                if shared is None:
                    continue
                every = [
                    each
                    for each, other in _writes(module)
                    if shared_of(module, other) == shared and _is_open(module, each, shared)
                ]
                edits = Edits(document)
                return edits if lock_around(document, edits, shared, every) else None
        return None


def _writes(module: Module) -> Iterator[tuple[ast.stmt, ast.expr]]:
    """The statements that write something, each with what it writes."""
    for augmented in module.nodes(ast.AugAssign):
        yield augmented, _whole(augmented.target)
    for assign in module.nodes(ast.Assign):
        if len(assign.targets) == 1:
            yield assign, _whole(assign.targets[0])


def _whole(target: ast.expr) -> ast.expr:
    return target.value if isinstance(target, ast.Subscript) else target


def _is_open(module: Module, statement: ast.stmt, shared: Shared) -> bool:
    """Whether it is neither in the constructor, or the module's own code, nor under a lock."""
    function = module.function_of(statement)
    if function is None or (shared.owner is not None and function.short_name == "__init__"):
        return False
    return not held_in(module, function).around(statement)
