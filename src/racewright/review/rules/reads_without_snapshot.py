"""Two tables are read one after the other, and what the second lacks is concluded from both.

What it finds
-------------
Two queries of different models in one function (Django's managers; lists of versioned objects,
``objects.InstanceList.get_…(context)``; SQLAlchemy with a commit between the two), whose rows are
then compared in the program: ``[a for a in rows if a.id not in others]``, ``set(rows) - others``.
Rows are followed through ``list``, ``set``, comprehensions and dictionaries made of them. Nothing
is found where the two reads stand in one transaction (``atomic``, ``begin``) or under a lock, where
the database compares (``exclude(id__in=…)``), and in tests.

Why it matters
--------------
Between the reads a row can come, go, or pass from one table to the other. What moves from the table
that is read second to the one that was read first is in neither result, and what is done to the
missing is done to what is there::

    reader                       writer
    reads instances: none
                                 writes the instance
                                 drops the migration
    reads migrations: none
    frees the resources of both

Example
-------
::

    # file: compute/tracker.py
    from compute.models import Allocation, Instance, Migration

    def remove_what_nobody_uses(host):
        instances = list(Instance.objects.filter(host=host))
        migrations = list(Migration.objects.filter(source=host))
        moving = {each.instance_id for each in migrations}
        for instance in instances:
            if instance.id not in moving:
                Allocation.objects.filter(instance=instance).delete()

Instead
-------
::

    # file: compute/tracker.py
    from django.db import transaction
    from compute.models import Allocation, Instance, Migration

    def remove_what_nobody_uses(host):
        with transaction.atomic():
            instances = list(Instance.objects.select_for_update().filter(host=host))
            migrations = list(Migration.objects.select_for_update().filter(source=host))
        moving = {each.instance_id for each in migrations}
        for instance in instances:
            if instance.id not in moving:
                Allocation.objects.filter(instance=instance).delete()

How it is proved
----------------
By a hand-off: the reader is held between the two reads while a writer moves a row.

References
----------
CWE-362. Berenson et al., A critique of ANSI SQL isolation levels, 1995: read skew (A5A). Bug
1896463 of OpenStack Nova.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.paths import values_of
from racewright.review.queries import Query, is_guarded, query_of
from racewright.review.rule import Rule

__all__ = ["ReadsWithoutSnapshot"]

_OBJECTS = re.compile(r"(?:^|\.)([A-Z]\w*List)\.get_\w+$")
_MADE_OF = frozenset({"dict", "frozenset", "list", "set", "sorted", "tuple"})
_SINGLE = frozenset({"count", "exists", "first", "get", "last", "one", "one_or_none", "scalar"})
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DEEPEST = 4


class ReadsWithoutSnapshot(Rule):
    title = "Two reads are compared that were not made at one moment"
    kind = "defect"
    cwe = 362
    confidence = "medium"
    proof = "hand-off"

    def check(self, module: Module) -> Iterator[Finding]:
        text = module.source.text
        if module.is_test or not (".objects" in text or "List.get_" in text or ".query(" in text):
            return
        told: set[tuple[ast.AST, ast.AST]] = set()
        for left, right, node in _comparisons(module):
            one, other = _rows(module, left), _rows(module, right)
            if one is None or other is None or one[0].model == other[0].model:
                continue
            first, second = sorted((one, other), key=lambda each: each[1].lineno)
            key = (first[1], second[1])
            if key in told or not _are_apart(module, node, first, second):
                continue
            told.add(key)
            yield self._finding(module, first, second, node)

    def _finding(
        self,
        module: Module,
        first: tuple[Query, ast.expr],
        second: tuple[Query, ast.expr],
        node: ast.AST,
    ) -> Finding:
        before, behind = first[0].model, second[0].model
        return self.finding(
            [module.place(second[1]), module.place(first[1]), module.place(node)],
            title=f"{before} and {behind} are compared, but were not read at one moment",
            defect=(
                f"{before} is read at line {first[1].lineno} and {behind} here, without a "
                f"transaction or a lock around both; line {getattr(node, 'lineno', 0)} concludes "
                "from what is missing in one of them. A row that passes from one to the other in "
                "between is in neither."
            ),
            facts=["Nothing in this function orders the two reads against a writer."],
            solution=(
                "Read both in one transaction that gives a snapshot, or under the lock that the "
                "writers hold; or let the database compare, in one statement."
            ),
        )


def _comparisons(module: Module) -> Iterator[tuple[ast.expr, ast.expr, ast.AST]]:
    """Where it is asked what one collection has and the other has not."""
    for node in module.nodes(ast.Compare):
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.NotIn):
            for iterated in _iterated(module, node):
                yield iterated, node.comparators[0], node
    for difference in module.nodes(ast.BinOp):
        if isinstance(difference.op, ast.Sub):
            yield difference.left, difference.right, difference
    for call in module.calls():
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr == "difference" and len(call.args) == 1:
            yield func.value, call.args[0], call


def _iterated(module: Module, node: ast.Compare) -> Iterator[ast.expr]:
    """What the loops around run over, whose items ``node`` asks about."""
    names = {each.id for each in ast.walk(node.left) if isinstance(each, ast.Name)}
    for above in module.ancestors(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return
        if isinstance(above, (ast.For, ast.AsyncFor)) and _targets(above.target) & names:
            yield above.iter
        elif isinstance(above, _COMPREHENSIONS):
            for each in above.generators:
                if _targets(each.target) & names:
                    yield each.iter


def _targets(node: ast.expr) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _rows(module: Module, node: ast.expr, depth: int = 0) -> tuple[Query, ast.expr] | None:
    """The query whose rows, or values made of them, ``node`` holds; and where it is made."""
    if depth > _DEEPEST:
        return None
    if isinstance(node, ast.Name):
        values = list(values_of(module, node))
        found = module.tree.find(module.tree.scope_of(node), node.id)
        is_whole = found is not None and len(found[1]) == len(values) == 1
        return _rows(module, values[0], depth + 1) if is_whole else None
    if isinstance(node, _COMPREHENSIONS):
        is_one = len(node.generators) == 1
        return _rows(module, node.generators[0].iter, depth + 1) if is_one else None
    if isinstance(node, ast.Call):
        word = getattr(node.func, "id", "")
        if word in _MADE_OF and len(node.args) == 1:
            return _rows(module, node.args[0], depth + 1)
        attr = getattr(node.func, "attr", "")
        if attr in ("keys", "values", "items") and not node.args:
            return _rows(module, node.func.value, depth + 1)  # type: ignore[attr-defined]
        matched = _OBJECTS.search(ast.unparse(node.func)) if attr.startswith("get_") else None
        if matched is not None and node.args:
            return Query("objects", matched[1], (attr,)), node
    query = query_of(module, node)
    is_many = query is not None and query.style != "sql" and query.last not in _SINGLE
    return (query, node) if query is not None and is_many else None


def _are_apart(
    module: Module,
    node: ast.AST,
    first: tuple[Query, ast.expr],
    second: tuple[Query, ast.expr],
) -> bool:
    """Whether the two are reads of one function with nothing around both of them."""
    function = module.function_of(node)
    if function is None or is_guarded(module, function):
        return False
    if {module.function_of(first[1]), module.function_of(second[1])} != {function}:
        return False
    if set(_held(module, function, first[1])) & set(_held(module, function, second[1])):
        return False
    if _is_in_transaction(module, function, second[1]):
        return False
    styles = {first[0].style, second[0].style}
    return styles != {"sqlalchemy"} or _is_commit_between(module, function, first[1], second[1])


def _held(module: Module, function: Function, node: ast.AST) -> tuple[object, ...]:
    return held_in(module, function).around(node)


def _is_in_transaction(module: Module, function: Function, node: ast.AST) -> bool:
    words = [ast.unparse(each) for each in function.decorators]
    for above in module.ancestors(node):
        if above is function.node:
            break
        if isinstance(above, (ast.With, ast.AsyncWith)):
            words += [ast.unparse(each.context_expr) for each in above.items]
    return any(re.search(r"atomic|begin|transaction|reader|writer|session", word) for word in words)


def _is_commit_between(
    module: Module, function: Function, first: ast.expr, second: ast.expr
) -> bool:
    return any(
        getattr(call.func, "attr", "") in ("commit", "rollback")
        and first.lineno < call.lineno < second.lineno
        and module.function_of(call) is function
        for call in module.calls()
    )
