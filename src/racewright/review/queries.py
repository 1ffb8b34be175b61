"""Reads and writes of a database, as Django, SQLAlchemy and plain SQL spell them.

A query is told by its shape: a manager (``Model.objects``), a session (``session.query(Model)``,
``session.get(Model, …)``, ``session.execute(select(Model))``) or the text of a statement. Which
table it is about is told by the name of the model, or by the word behind FROM and INTO; what cannot
be told has no model, and rules say nothing about it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Final

from racewright.review.module import Function, Module
from racewright.review.paths import values_of
from racewright.review.regions import walk_here
from racewright.review.rule import constant

__all__ = [
    "Query",
    "calls_in",
    "is_guarded",
    "made_model",
    "named_query",
    "query_of",
    "speaks_of_queries",
]

_MANAGERS: Final = frozenset({"objects", "_default_manager", "_base_manager"})
_LOCKING: Final = frozenset({"select_for_update", "with_for_update", "with_lockmode"})
_SESSION: Final = re.compile(r"session$|^(?:db|sess|dbsession)$", re.I)
_RUN: Final = frozenset({"execute", "exec_driver_sql", "fetchval", "fetchrow", "fetch"})
_SELECT: Final = re.compile(r"\s*SELECT\b.*?\bFROM\s+[\"`\[]?(\w+)[\"`\]]?(?:\s|;|$)", re.I | re.S)
_INSERT: Final = re.compile(r"\s*INSERT\s+INTO\s+[\"`\[]?(\w+)", re.I)
_TOLERANT: Final = re.compile(r"ON\s+CONFLICT|ON\s+DUPLICATE|NOT\s+EXISTS|\bSELECT\b", re.I)
_ORDERED: Final = re.compile(r"FOR\s+UPDATE|LOCK\s+TABLE|SERIALIZABLE|IMMEDIATE|EXCLUSIVE", re.I)
_MODEL: Final = re.compile(r"[A-Z]\w*$")
#: Names that say, in a function, that somebody has thought of it.
_GUARDS: Final = re.compile(
    r"IntegrityError|Duplicate|select_for_update|with_for_update|with_lockmode|on_conflict"
    r"|advisory|SERIALIZABLE|isolation_level|compare_and_swap|version_id_col",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Query:
    """An expression that asks the database."""

    style: str  #: django, sqlalchemy or sql
    model: str  #: as the source spells it, or the name of the table
    methods: tuple[str, ...]  #: of the chain, the last one first

    @property
    def last(self) -> str:
        return self.methods[0] if self.methods else ""

    @property
    def is_locked(self) -> bool:
        return bool(_LOCKING & set(self.methods))


def speaks_of_queries(text: str) -> bool:
    """Whether a file can hold a query at all; a quick look at its text."""
    return any(
        word in text
        for word in (".objects", "_manager", ".query", "select(", "session", "execute(", "_or_404")
    )


def query_of(module: Module, node: ast.expr) -> Query | None:
    """The query that ``node`` makes, if it is one."""
    methods: list[str] = []
    here: ast.expr = node
    while True:
        if isinstance(here, (ast.Await, ast.Subscript, ast.Starred)):
            here = here.value
        elif isinstance(here, ast.Call):
            found = _of_call(module, here, methods)
            if found is not None:
                return found
            func = here.func
            if not isinstance(func, ast.Attribute):
                return None
            methods.append(func.attr)
            here = func.value
        elif isinstance(here, ast.Attribute):
            model = ast.unparse(here.value)
            if here.attr in _MANAGERS:
                return Query("django", model, tuple(methods))
            is_model = bool(_MODEL.fullmatch(model.rpartition(".")[2]))
            if here.attr == "query" and is_model and methods:
                return Query("sqlalchemy", model, tuple(methods))
            return None
        else:
            return None


def _of_call(module: Module, call: ast.Call, methods: list[str]) -> Query | None:
    """What a call begins that names the model itself."""
    func = call.func
    word = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    first = call.args[0] if call.args else None
    if word in ("fetchone", "fetchall", "fetchval") and isinstance(func, ast.Attribute):
        return _of_cursor(module, call, func.value, (word, *methods))
    if first is None:
        return None
    if word == "model_query":  # as OpenStack's projects name it
        models = [ast.unparse(each) for each in call.args if _is_model(each)]
        return Query("sqlalchemy", models[0], tuple(methods)) if models else None
    if word == "get_object_or_404" and module.dotted(func).startswith("django."):
        inner = query_of(module, first)
        return inner or Query("django", ast.unparse(first), (word,))
    if not isinstance(func, ast.Attribute):
        return None
    owner = _last_word(func.value)
    if word == "query" and _is_model(first):
        return Query("sqlalchemy", ast.unparse(first), tuple(methods))
    if word == "get" and _SESSION.search(owner) and _is_model(first):
        locking = (
            ("with_for_update",) if any("for_update" in str(k.arg) for k in call.keywords) else ()
        )
        return Query("sqlalchemy", ast.unparse(first), ("get", *locking))
    if word in ("execute", "scalar", "scalars") and not isinstance(first, ast.Constant):
        return _of_select(module, first, (*methods, word))
    if word in _RUN:
        text = constant(first)
        found = _SELECT.match(text) if isinstance(text, str) else None
        if found is not None and isinstance(text, str):
            locking = ("with_for_update",) if _ORDERED.search(text) else ()
            return Query("sql", found[1].lower(), (*methods, word, *locking))
    return None


def _of_cursor(
    module: Module, call: ast.Call, cursor: ast.expr, methods: tuple[str, ...]
) -> Query | None:
    """What was executed last before its rows are fetched from ``cursor``."""
    function = module.function_of(call)
    spelt = ast.unparse(cursor)
    found = None
    for each in module.calls():
        func = each.func
        if each.lineno > call.lineno or not isinstance(func, ast.Attribute):
            continue
        is_same = func.attr == "execute" and ast.unparse(func.value) == spelt
        if is_same and module.function_of(each) is function:
            found = each
    query = query_of(module, found) if found is not None else query_of(module, cursor)
    return (
        Query(query.style, query.model, (*methods, *query.methods)) if query is not None else None
    )


def _of_select(module: Module, node: ast.expr, methods: tuple[str, ...]) -> Query | None:
    """``select(Model).where(…)``, also through a name."""
    if isinstance(node, ast.Name):
        values = list(values_of(module, node))
        return _of_select(module, values[0], methods) if len(values) == 1 else None
    chain: list[str] = []
    while isinstance(node, ast.Call):
        func = node.func
        if isinstance(func, ast.Attribute):
            chain.append(func.attr)
        if _last_word(func) == "select":
            is_one = len(node.args) == 1 and _is_model(node.args[0])
            words = (*methods, *chain)
            return Query("sqlalchemy", ast.unparse(node.args[0]), words) if is_one else None
        node = func.value if isinstance(func, ast.Attribute) else func
    return None


def _is_model(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute)) and bool(_MODEL.match(_last_word(node)))


def _last_word(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else str(getattr(node, "id", ""))


def named_query(module: Module, node: ast.expr) -> Query | None:
    """The query whose result ``node`` is, or whose result a name was given."""
    if isinstance(node, ast.Name):
        values = [each for each in values_of(module, node) if each.lineno <= node.lineno]
        return query_of(module, values[-1]) if values else None
    return query_of(module, node)


def made_model(module: Module, node: ast.AST) -> str:
    """The model, or the table, of which ``node`` makes a new row; empty if it makes none."""
    if not isinstance(node, ast.Call):
        return ""
    func, first = node.func, node.args[0] if node.args else None
    word = func.attr if isinstance(func, ast.Attribute) else ""
    if word == "create":
        query = query_of(module, node)
        return query.model if query is not None and query.methods == ("create",) else ""
    if word in _RUN and first is not None:
        text = constant(first)
        found = _INSERT.match(text) if isinstance(text, str) else None
        is_plain = found is not None and not _TOLERANT.search(str(text))
        return found[1].lower() if found is not None and is_plain else ""
    made: ast.expr | None = None
    if word == "save" and isinstance(func, ast.Attribute):
        made = func.value
    elif (
        word == "add"
        and isinstance(func, ast.Attribute)
        and _SESSION.search(_last_word(func.value))
    ):
        made = first
    if isinstance(made, ast.Name):
        values = [value for value in values_of(module, made) if value.lineno <= node.lineno]
        made = values[-1] if values else None
    if isinstance(made, ast.Call) and _is_model(made.func):
        return ast.unparse(made.func)
    return ""


def is_guarded(module: Module, function: Function | None) -> bool:
    """Whether the function speaks of locks, constraints or versions of rows."""
    if function is None:
        return False
    node = function.node
    lines = module.source.lines[node.lineno - 1 : node.end_lineno]
    text = "\n".join(lines)
    return bool(_GUARDS.search(text) or _ORDERED.search(text))


def calls_in(nodes: list[ast.AST]) -> list[ast.Call]:
    """The calls below ``nodes``, in the order of the source, without nested functions."""
    return [each for each in walk_here(nodes) if isinstance(each, ast.Call)]
