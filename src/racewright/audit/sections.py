"""What a review names, as a section that can be watched in a run."""

from __future__ import annotations

import ast

from racewright.audit.code import Code
from racewright.review.module import Module

__all__ = ["section_named", "section_of", "sleeping_in"]


def section_of(node: ast.AST, code: Code, module: Module | None = None) -> str:
    """The lines of a function's body, as ``racewright overlap`` takes them."""
    body = getattr(node, "body", [node])
    first = body[1] if len(body) > 1 and code.docstring(node) else body[0]
    file = (module or code.module).file
    return f"{file}:{first.lineno}-{getattr(node, 'end_lineno', first.lineno)}"


def section_named(name: str, code: Code) -> str:
    """The one function that ``name`` stands for, here or where it is imported from; or nothing."""
    thing = code.thing(name)
    if len(thing.functions) == 1:
        return section_of(thing.functions[0], code)
    if thing.functions:
        return ""
    dotted = set()
    for read in thing.reads:
        spelt = code.module.dotted(read) if isinstance(read, ast.expr) else ""
        if isinstance(read, ast.Attribute) and (owner := code.module.type_of(read.value)):
            spelt = f"{owner}.{read.attr}"
        dotted.add(spelt)
    places = {
        f"{place.path}:{place.line}": place
        for each in dotted
        if each and (place := code.around.find(each)) and place.kind == "function" and place.module
    }
    if len(places) != 1:
        return ""
    (place,) = places.values()
    assert place.module is not None
    for kind in (ast.FunctionDef, ast.AsyncFunctionDef):
        for node in place.module.nodes(kind):
            if node.lineno == place.line:
                return section_of(node, code, place.module)
    return ""


def sleeping_in(code: Code) -> list[ast.AST]:
    """The functions that are put in the place of others by patches, and sleep."""
    found: list[ast.AST] = []
    for patch in code.patches:
        function = patch.function(code.module)
        if function is None or isinstance(function.node, ast.Lambda):
            continue
        calls = [n for n in ast.walk(function.node) if isinstance(n, ast.Call)]
        if any(code.module.dotted(call.func).endswith(".sleep") for call in calls):
            found.append(function.node)
    return list(dict.fromkeys(found))
