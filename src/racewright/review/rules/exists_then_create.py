"""A row is looked for, and made where it was not found.

What it finds
-------------
``if not Model.objects.filter(…).exists(): Model.objects.create(…)``; ``first()``, ``get()`` or
``one_or_none()`` and, where that gave nothing, a new object of the same model that is saved or
added to the session; ``except Model.DoesNotExist: Model.objects.create(…)``; and the same with
``SELECT`` and ``INSERT`` of one table. Nothing is found where the function speaks of
``IntegrityError``, where it locks, where the statement says what to do
about a conflict, in tests and in migrations.

Why it matters
--------------
Two requests look before either makes the row. Without a constraint there are then two of what
should be one, and every ``get()`` fails from there on; with one, the second request fails.

Example
-------
::

    # file: shop/carts.py
    from shop.models import Cart

    def cart_of(user):
        cart = Cart.objects.filter(user=user).first()
        if cart is None:
            cart = Cart.objects.create(user=user)
        return cart

Instead
-------
::

    # file: shop/carts.py
    from shop.models import Cart

    def cart_of(user):
        cart, _ = Cart.objects.get_or_create(user=user)
        return cart

How it is proved
----------------
By exploring, with two tasks that each have a session: a schedule that lets both look before either
makes the row.

References
----------
CWE-367, time-of-check time-of-use race condition. Django's documentation of ``get_or_create``,
which needs a unique constraint as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Module
from racewright.review.queries import (
    Query,
    calls_in,
    is_guarded,
    made_model,
    named_query,
    query_of,
    speaks_of_queries,
)
from racewright.review.regions import regions_of
from racewright.review.rule import Rule, constant

__all__ = ["ExistsThenCreate"]

#: Methods that give nothing, or say no, where there is no row.
_MAYBE = frozenset(
    {
        "aexists",
        "afirst",
        "all",
        "count",
        "exists",
        "fetchone",
        "fetchrow",
        "fetchval",
        "filter",
        "first",
        "get",
        "last",
        "latest",
        "one_or_none",
        "scalar",
        "scalar_one_or_none",
    }
)
_MISSING = ("DoesNotExist", "NoResultFound", "ObjectDoesNotExist")


class ExistsThenCreate(Rule):
    title = "A row is looked for, and made where it was not found"
    kind = "defect"
    cwe = 367
    confidence = "medium"
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test or "/migrations/" in module.file:
            return
        if not speaks_of_queries(module.source.text):
            return
        told: set[ast.AST] = set()
        for look, query, nodes in _looks(module):
            made = next(
                (
                    each
                    for each in calls_in(nodes)
                    if made_model(module, each) == query.model and each not in told
                ),
                None,
            )
            if made is None or is_guarded(module, module.function_of(made)):
                continue
            function = module.function_of(made)
            if function is not None and held_in(module, function).around(made):
                continue
            told.add(made)
            yield self._finding(module, look, query, made)

    def _finding(self, module: Module, look: ast.AST, query: Query, made: ast.Call) -> Finding:
        return self.finding(
            [module.place(look), module.place(made)],
            title=f"{query.model} can be made by another between the look and the act",
            defect=(
                f"A row of {query.model} is looked for, and made at line {made.lineno} if there is "
                "none. Two that look at the same time both make one."
            ),
            facts=[f"The function catches no violated constraint, and locks no {query.model}."],
            solution=(
                "Let a unique constraint decide: make the row, and read it where that fails; "
                "Django's get_or_create does so."
            ),
            corrected=(
                f"row, is_new = {query.model}.objects.get_or_create(…)"
                if query.style == "django"
                else ""
            ),
        )


def _looks(module: Module) -> Iterator[tuple[ast.AST, Query, list[ast.AST]]]:
    """Each look at the database, and what runs if it found nothing."""
    tests: list[ast.If | ast.IfExp] = [*module.nodes(ast.If)]
    tests += module.nodes(ast.IfExp)
    for test, question in [(each, each.test) for each in tests]:
        for part, is_there in _parts(question):
            query = named_query(module, part)
            if query is None or query.is_locked or query.last not in _MAYBE:
                continue
            for was_true, nodes in regions_of(module, _whole(module, part)):
                if was_true != is_there:
                    yield test, query, nodes
    for attempt in module.nodes(ast.Try):
        looked = _only_look(module, attempt)
        for handler in attempt.handlers if looked is not None else ():
            word = ast.unparse(handler.type) if handler.type is not None else ""
            if looked is not None and word.endswith(_MISSING):
                yield attempt, looked, list(handler.body)


def _parts(test: ast.expr) -> Iterator[tuple[ast.expr, bool]]:
    """What a test asks about, and what the test's part is if it is there."""
    if isinstance(test, ast.BoolOp):
        for each in test.values:
            yield from _parts(each)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _parts(test.operand)
    elif isinstance(test, ast.Compare) and len(test.ops) == 1:
        right, operator = constant(test.comparators[0]), test.ops[0]
        if isinstance(test.comparators[0], ast.Constant) and right in (None, 0):
            yield test.left, not isinstance(operator, (ast.Is, ast.Eq))
    elif isinstance(test, ast.NamedExpr):
        yield test.value, True
    elif isinstance(test, (ast.Name, ast.Call, ast.Await)):
        yield test, True


def _whole(module: Module, part: ast.expr) -> ast.expr:
    """The comparison that ``part`` stands in, or itself."""
    above = module.parent(part)
    return above if isinstance(above, (ast.Compare, ast.NamedExpr)) else part


def _only_look(module: Module, attempt: ast.Try) -> Query | None:
    """The query of ``try: row = Model.objects.get(…)``."""
    if len(attempt.body) > 2:
        return None
    first = attempt.body[0]
    value = first.value if isinstance(first, (ast.Assign, ast.Expr, ast.Return)) else None
    query = query_of(module, value) if value is not None else None
    is_one = query is not None and query.last in ("get", "one", "scalar_one", "aget")
    return query if is_one and query is not None and not query.is_locked else None
