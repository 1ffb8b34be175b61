"""A value is looked for in a shared cache, computed where it is missing, and put there.

What it finds
-------------
``value = cache.get(key)``, and where that gave nothing a call and ``cache.set(key, …)`` with the
same key, on a cache that several processes share: Django's ``cache`` and ``caches``, clients of
Redis and of memcached, Flask-Caching. Nothing is found where the function takes a lock, or asks the
cache to decide (``add``, ``get_or_set``, ``setnx``, ``nx=True``), where the value is computed by
nothing but built-in types, and in tests.

Why it matters
--------------
When the entry runs out, every request that comes before the first has put it back computes it, too.
What the cache was to keep from the database then comes all at once.

Example
-------
::

    # file: shop/prices.py
    from django.core.cache import cache
    from shop.models import compute_prices

    def prices():
        found = cache.get("prices")
        if found is None:
            found = compute_prices()
            cache.set("prices", found, 60)
        return found

Instead
-------
::

    # file: shop/prices.py
    from django.core.cache import cache
    from shop.models import compute_prices

    def prices():
        found = cache.get("prices")
        if found is None and cache.add("computing prices", 1, 10):
            found = compute_prices()
            cache.set("prices", found, 60)
        return found or cache.get("prices before")

How it is proved
----------------
By exploring: a schedule in which two tasks compute one value.

References
----------
CWE-362. Nishtala et al., Scaling Memcache at Facebook, 2013, whose leases are the remedy; Vattani
et al., Optimal probabilistic cache stampede prevention, 2015.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.caches import is_cache, key_of
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.paths import text_of, values_in
from racewright.review.queries import query_of
from racewright.review.regions import regions_of, walk_here
from racewright.review.rule import Rule

__all__ = ["CacheStampede"]

_GUARDS = re.compile(r"\.(?:add|aadd|lock|setnx|get_or_set|aget_or_set)\(|\bnx\s*=|[Ll]ock\b")
_TALK = frozenset({"debug", "error", "exception", "format", "incr", "info", "warning"})
_CHEAP = ("builtins.", "time.", "copy.", "json.dumps")


class CacheStampede(Rule):
    title = "Many compute what is to be cached once"
    kind = "improvement"
    cwe = 362
    confidence = "medium"
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        text = module.source.text
        if module.is_test or (".set(" not in text and ".aset(" not in text):
            return
        for node in module.nodes(ast.If):
            for part in ast.walk(node.test):
                if isinstance(part, ast.Name):
                    yield from self._about(module, node, part)

    def _about(self, module: Module, node: ast.If, name: ast.Name) -> Iterator[Finding]:
        looked = _looked_up(module, name)
        if looked is None:
            return
        question, is_there = _question(module, name)
        if question is None:
            return
        for was_true, nodes in regions_of(module, question):
            if was_true == is_there:
                continue
            put = _put(module, nodes, looked)
            function = module.function_of(node)
            if put is None or function is None or _is_guarded(module, function, put):
                continue
            key = key_of(looked)
            spelt = ast.unparse(key) if key is not None else ""
            yield self.finding(
                [module.place(looked), module.place(put)],
                title=f"{spelt} is computed by everybody who finds it missing",
                defect=(
                    f"The value of {spelt} is looked for, computed where it is missing, and put at "
                    f"line {put.lineno}. All that look before that compute it, too."
                ),
                facts=["No lock is taken, and the cache is not asked who is first."],
                solution="Let one compute it: ask the cache with add(), and give the others the "
                "old value, or let them wait.",
            )
            return


def _looked_up(module: Module, name: ast.Name) -> ast.Call | None:
    """The ``cache.get(key)`` that gave the name its value."""
    found = module.tree.find(module.tree.scope_of(name), name.id)
    looks = module.once(_looks, found[0].node, name.id) if found is not None else []
    first = looks[0] if looks else None
    return first if first is not None and first.lineno <= name.lineno else None


def _looks(module: Module, scope: ast.AST, word: str) -> list[ast.Call]:
    """The requests to a cache that a name of a scope gets its values from, by their lines."""
    found = []
    for value in values_in(module, module.tree.scopes[scope].bindings[word]):
        node = value.value if isinstance(value, ast.Await) else value
        func = node.func if isinstance(node, ast.Call) else None
        if (
            isinstance(node, ast.Call)
            and isinstance(func, ast.Attribute)
            and func.attr in ("get", "aget")
            and is_cache(module, func.value)
        ):
            found.append(node)
    return sorted(found, key=lambda each: each.lineno)


def _question(module: Module, name: ast.Name) -> tuple[ast.expr | None, bool]:
    """The part of a test that asks whether the name has a value, and what it says if it has."""
    above = module.parent(name)
    if isinstance(above, ast.NamedExpr):
        return above, True
    if not isinstance(above, ast.Compare):
        return name, True
    operator = above.ops[0]
    if above.left is not name or len(above.ops) != 1:
        return None, True
    is_same = isinstance(operator, (ast.Is, ast.Eq))
    return (
        (above, not is_same)
        if is_same or isinstance(operator, (ast.IsNot, ast.NotEq))
        else (None, True)
    )


def _put(module: Module, nodes: list[ast.AST], looked: ast.Call) -> ast.Call | None:
    """The ``cache.set`` of the same key, if something is computed before it."""
    key = key_of(looked)
    func = looked.func
    if key is None or not isinstance(func, ast.Attribute):
        return None
    owner, text = text_of(func.value), text_of(key)
    is_computed = False
    for node in walk_here(nodes):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and text_of(node.func.value) == owner:
            given = key_of(node)
            if node.func.attr in ("set", "aset") and given is not None and text_of(given) == text:
                inner = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
                is_computed = is_computed or any(_is_work(module, each) for each in inner[1:])
                return node if is_computed else None
        elif _is_work(module, node):
            is_computed = True
    return None


def _is_work(module: Module, call: ast.Call) -> bool:
    dotted = module.dotted(call.func)
    word = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if word == "get":
        return query_of(module, call) is not None
    return not dotted.startswith(_CHEAP) and word not in _TALK


def _is_guarded(module: Module, function: Function, put: ast.Call) -> bool:
    node = function.node
    text = "\n".join(module.source.lines[node.lineno - 1 : node.end_lineno])
    return bool(_GUARDS.search(text) or held_in(module, function).around(put))
