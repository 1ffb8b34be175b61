"""What functions give back, as far as their return statements say it."""

from __future__ import annotations

import ast

from racewright.audit.code import Code
from racewright.audit.uses import last_name

__all__ = ["gives_none", "kinds_of", "returns_of"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef
#: Calls that never come back.
_RAISING = frozenset(["fail", "skipTest", "exit", "_exit", "abort", "skip", "xfail"])
_MADE = {
    ast.List: "list",
    ast.ListComp: "list",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.Tuple: "tuple",
    ast.JoinedStr: "str",
    ast.Compare: "bool",
    ast.GeneratorExp: "generator",
    ast.Lambda: "function",
}
_BUILTINS = ("list", "dict", "set", "tuple", "str", "int", "bool", "float", "bytes", "frozenset")
_CALLS = {"len": "int", "sorted": "list", "isinstance": "bool", "hasattr": "bool", "any": "bool"}


def returns_of(function: _Function, code: Code) -> list[ast.Return]:
    """The return statements of the function itself."""
    return [
        n for n in ast.walk(function) if isinstance(n, ast.Return) and code.container(n) is function
    ]


def gives_none(function: _Function, code: Code) -> bool:
    """Whether it may return ``None``: by a statement that says so, or at its end."""
    for each in returns_of(function, code):
        is_none = isinstance(each.value, ast.Constant) and each.value.value is None
        if each.value is None or is_none:
            return True
    return _falls_through(function.body)


def _falls_through(body: list[ast.stmt]) -> bool:
    """Whether the end of a block may be reached."""
    if not body:
        return True
    last = body[-1]
    if isinstance(last, (ast.Return, ast.Raise)):
        return False
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        return last_name(last.value.func) not in _RAISING
    if isinstance(last, ast.If):
        return _falls_through(last.body) or _falls_through(last.orelse)
    if isinstance(last, (ast.With, ast.AsyncWith)):
        return _falls_through(last.body)
    if isinstance(last, ast.Try):
        if last.finalbody and not _falls_through(last.finalbody):
            return False
        whole = _falls_through([*last.body, *last.orelse])
        return whole or any(_falls_through(h.body) for h in last.handlers)
    if isinstance(last, ast.While):
        is_endless = isinstance(last.test, ast.Constant) and bool(last.test.value)
        return not is_endless or any(isinstance(n, ast.Break) for n in ast.walk(last))
    return True


def kinds_of(value: ast.expr | None, function: _Function, code: Code, depth: int = 0) -> set[str]:
    """The types that an expression may have; ``?`` is one that is not seen."""
    if value is None:
        return {"None"}
    if isinstance(value, ast.Constant):
        return {type(value.value).__name__ if value.value is not None else "None"}
    for kind, name in _MADE.items():
        if isinstance(value, kind):
            return {name}
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
        return {"bool"}
    if isinstance(value, ast.IfExp):
        return kinds_of(value.body, function, code) | kinds_of(value.orelse, function, code)
    if isinstance(value, ast.Call):
        return _kinds_of_call(value, code, depth)
    if isinstance(value, ast.Name) and depth < 3:
        return _kinds_of_name(value, function, code, depth)
    return {"?"}


def _kinds_of_call(value: ast.Call, code: Code, depth: int) -> set[str]:
    dotted = code.module.dotted(value.func)
    word = dotted.removeprefix("builtins.")
    if dotted.startswith("builtins.") and word in _BUILTINS:
        return {word}
    if dotted.startswith("builtins.") and word in _CALLS:
        return {_CALLS[word]}
    if isinstance(value.func, ast.Attribute) and depth < 2:
        own = [
            f
            for f in code.functions
            if f.name == value.func.attr and ast.unparse(value.func.value) in ("self", "cls")
        ]
        if len(own) == 1:
            return _kinds_of_function(own[0], code, depth + 1)
    return {"?"}


def _kinds_of_function(function: _Function, code: Code, depth: int) -> set[str]:
    every = returns_of(function, code)
    found = set().union(*(kinds_of(each.value, function, code, depth) for each in every), set())
    return found | ({"None"} if gives_none(function, code) else set())


def _kinds_of_name(value: ast.Name, function: _Function, code: Code, depth: int) -> set[str]:
    """Of a local variable: what is assigned to it, if that is all that binds it."""
    found: set[str] = set()
    scope = code.module.tree.scopes[function]
    for binding in scope.bindings.get(value.id, ()):
        statement = code.module.statement_of(binding.node)
        is_plain = isinstance(statement, (ast.Assign, ast.AnnAssign)) and binding.kind == "assign"
        given = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if not is_plain or given is None or any(not isinstance(t, ast.Name) for t in targets):
            return {"?"}
        found |= kinds_of(given, function, code, depth + 1)
    return found or {"?"}
