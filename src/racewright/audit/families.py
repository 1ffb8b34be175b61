"""What a class inherits from, through the files of the project and of libraries."""

from __future__ import annotations

import ast

from racewright.audit.code import Code

__all__ = ["family"]


def family(node: ast.ClassDef, code: Code) -> tuple[set[str], bool]:
    """The dotted names of all that a class inherits from, and whether every base could be read."""
    names: set[str] = set()
    whole = True
    queue = [(code.module, base) for base in node.bases]
    while queue and len(names) < 60:
        module, base = queue.pop(0)
        dotted = module.dotted(base.value if isinstance(base, ast.Subscript) else base)
        if not dotted or dotted in names:
            whole = whole and bool(dotted)
            continue
        names.add(dotted)
        if dotted.startswith("builtins."):
            continue
        if module is code.module and dotted.startswith(code.module.name + "."):
            local = [c for c in code.classes if code.module.tree.scopes[c].name == dotted]
            queue += [(module, each) for c in local for each in c.bases]
            continue
        place = code.around.class_node(dotted)
        if place is None:
            whole = False
            continue
        queue += [(place[0], each) for each in place[1].bases]
    return names, whole
