"""A row is read, its value changed in the program, and written back.

What it finds
-------------
An object that a query has given (``Model.objects.get(…)``, ``session.get(Model, …)``,
``session.query(Model).first()``, a loop over a query), an attribute of it that is changed by
arithmetic (``account.balance -= amount``), and ``save()`` or ``commit()`` behind that in the same
function; also ``self.count += 1; self.save()`` in a method of a Django model. Nothing is found
where the function locks the row (``select_for_update``, ``with_for_update``), lets the database do
the arithmetic (``F("balance")``, ``Model.balance``), compares a version, or holds a lock; nor in
tests and in migrations.

Why it matters
--------------
Two requests read the same value, and what the first has written is overwritten by the second. A
transaction does not prevent that at the isolation that most databases begin with.

Example
-------
::

    # file: shop/views.py
    from shop.models import Account

    def withdraw(request, key, amount):
        account = Account.objects.get(pk=key)
        account.balance -= amount
        account.save()

Instead
-------
::

    # file: shop/views.py
    from django.db.models import F
    from shop.models import Account

    def withdraw(request, key, amount):
        Account.objects.filter(pk=key).update(balance=F("balance") - amount)

How it is proved
----------------
By exploring, with two tasks that each have a session: a schedule that lets both read before either
writes.

References
----------
CWE-362. Berenson et al., A critique of ANSI SQL isolation levels, 1995: lost update (P4). Django's
documentation of ``F()`` and of ``select_for_update``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.paths import text_of
from racewright.review.queries import Query, is_guarded, query_of, speaks_of_queries
from racewright.review.rule import Rule

__all__ = ["SelectThenUpdate"]

_ONE = frozenset(
    {
        "earliest",
        "first",
        "get",
        "get_object_or_404",
        "last",
        "latest",
        "one",
        "one_or_none",
        "scalar",
        "scalar_one",
        "scalar_one_or_none",
        "scalars",
    }
)
_PAIR = frozenset({"get_or_create", "update_or_create"})
_MODELS = frozenset({"django.db.models.Model", "django.db.models.base.Model"})


class SelectThenUpdate(Rule):
    title = "A row is read, changed in the program and written back"
    kind = "defect"
    cwe = 362
    confidence = "medium"
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        text = module.source.text
        if module.is_test or "/migrations/" in module.file:
            return
        if not speaks_of_queries(text) and "models.Model" not in text:
            return
        nodes: list[ast.AugAssign | ast.Assign] = [*module.nodes(ast.AugAssign)]
        for node in nodes + list(module.nodes(ast.Assign)):
            changed = _changed(node)
            if changed is not None:
                yield from self._about(module, node, changed)

    def _about(
        self, module: Module, node: ast.stmt, changed: tuple[ast.Name, str]
    ) -> Iterator[Finding]:
        name, word = changed
        function = module.function_of(node)
        if function is None:
            return
        read = _read_by(module, function, name)
        if read is None or is_guarded(module, function) or held_in(module, function).around(node):
            return
        query, place = read
        written = _written(module, function, node, name.id, query)
        if written is None:
            return
        yield self.finding(
            [module.place(node), *([module.place(place)] if place is not None else [])],
            title=f"An update of {word} in the database can be lost",
            defect=(
                f"{name.id}.{word} is read from the database, changed here, and written at line "
                f"{written.lineno}. What another has written in between is overwritten."
            ),
            facts=[
                f"{name.id} comes from {query.model}, whose row is not locked."
                if query is not None
                else "The object was read before this method was called, and is not locked.",
            ],
            solution="Let the database do the arithmetic, or lock the row when it is read.",
            corrected=_corrected(node, name, word, query),
        )


def _changed(node: ast.AugAssign | ast.Assign) -> tuple[ast.Name, str] | None:
    """The object and the attribute that ``node`` changes by arithmetic on its own value."""
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
    if not (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)):
        return None
    if any(_is_expression(each) for each in ast.walk(node.value)):
        return None
    if isinstance(node, ast.AugAssign):
        return target.value, target.attr
    if not isinstance(node.value, ast.BinOp):
        return None
    sides = (node.value.left, node.value.right)
    is_own = any(text_of(each) == text_of(target) for each in sides)
    return (target.value, target.attr) if is_own and len(node.targets) == 1 else None


def _is_expression(node: ast.AST) -> bool:
    """``F("balance")`` or ``Account.balance``: the database computes it."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", getattr(node.func, "attr", "")) in ("F", "Case", "func")
    is_attribute = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return is_attribute and node.value.id[:1].isupper()  # type: ignore[attr-defined]


def _read_by(
    module: Module, function: Function, name: ast.Name
) -> tuple[Query | None, ast.AST | None] | None:
    """The query that gave the object, and where; without a query, a method of a model's own."""
    ref = module.ref(name)
    if ref is not None and ref[0] == "self":
        is_method = function.class_name == ref[1] and not function.short_name.startswith("__")
        return (None, None) if is_method and _is_django_model(module, function) else None
    found = module.tree.find(module.tree.scope_of(name), name.id)
    bindings = found[1] if found is not None and found[0].is_function else []
    for binding in bindings:
        statement = module.statement_of(binding.node)
        query = None
        if isinstance(statement, (ast.For, ast.AsyncFor)) and statement.target is binding.node:
            query = query_of(module, statement.iter)
            # values() gives dictionaries, which nobody saves
            is_rows = query is not None and query.last not in ("values", "values_list", "get")
            query = query if is_rows else None
        elif isinstance(statement, ast.Assign):
            query = _of_assignment(module, statement, binding.node)
        if query is not None:
            return None if query.is_locked or query.style == "sql" else (query, statement)
    return None


def _of_assignment(module: Module, statement: ast.Assign, target: ast.AST) -> Query | None:
    query = query_of(module, statement.value)
    if query is None:
        return None
    above = module.parent(target)
    if isinstance(above, ast.Tuple):
        is_first = above.elts[0] is target
        return query if is_first and query.last in _PAIR else None
    is_item = isinstance(statement.value, ast.Subscript)
    return query if query.last in _ONE or is_item else None


def _is_django_model(module: Module, function: Function) -> bool:
    for node in module.nodes(ast.ClassDef):
        if module.tree.scopes[node].name == function.class_name:
            return any(module.dotted(base) in _MODELS for base in node.bases)
    return False


def _written(
    module: Module, function: Function, change: ast.stmt, name: str, query: Query | None
) -> ast.Call | None:
    """The call behind ``change`` that writes the object back."""
    for call in module.calls():
        func = call.func
        if call.lineno <= change.lineno or not isinstance(func, ast.Attribute):
            continue
        if module.function_of(call) is not function:
            continue
        is_own = isinstance(func.value, ast.Name) and func.value.id == name
        if is_own and func.attr in ("save", "asave"):
            return call
        is_session = query is not None and query.style == "sqlalchemy"
        if is_session and func.attr == "commit" and not call.args:
            return call
    return None


def _corrected(node: ast.stmt, name: ast.Name, word: str, query: Query | None) -> str:
    value = "…"
    sign = "+"
    if isinstance(node, ast.AugAssign):
        value = ast.unparse(node.value)
        sign = _SIGNS.get(type(node.op), "+")
    if query is not None and query.style == "sqlalchemy":
        return f"{name.id}.{word} = {query.model}.{word} {sign} {value}"
    return f'{name.id}.{word} = F("{word}") {sign} {value}'


_SIGNS: dict[type[ast.operator], str] = {ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
