"""A test puts a value that tests share into a fixture, without a copy.

What it finds
-------------
In a test or its ``setUp``: ``self.service._things[key] = self.service.thing``, where
``self.service`` is a fixture. The fixture's private container and the fixture's own attribute then
hold one and the same object. Where the value is copied (``copy.deepcopy``), nothing is found.

Why it matters
--------------
What a fixture keeps in its class, or makes once, is shared by every test of the process. A change
that one test makes to "its" entry is seen by all later ones, so the tests pass or fail depending on
their order; and with test runs in threads, on timing.

Example
-------
::

    class TestPorts(base.TestCase):
        def setUp(self):
            super().setUp()
            self.network = self.useFixture(fakes.NetworkFixture(self))
            self.network._ports[self.network.port["id"]] = self.network.port

Instead
-------
::

    import copy

    class TestPorts(base.TestCase):
        def setUp(self):
            super().setUp()
            self.network = self.useFixture(fakes.NetworkFixture(self))
            port = copy.deepcopy(self.network.port)
            self.network._ports[port["id"]] = port

How it is proved
----------------
By counters: the tests are run in two orders, and the shared value compared before and after.

References
----------
CWE-567, unsynchronised access to shared data in a multithreaded context.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule

__all__ = ["SharedFixtureState"]


class SharedFixtureState(Rule):
    title = "A value that tests share is put into a fixture without a copy"
    kind = "improvement"
    cwe = 567
    proof = "counters"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test:
            return
        fixtures = _fixtures(module)
        copied = [
            each for each in module.nodes(ast.Assign) if _is_copy(each.value) and _stores(each)
        ]
        for assign in module.nodes(ast.Assign):
            store = _stores(assign)
            if store is None or not isinstance(assign.value, ast.Attribute):
                continue
            fixture = ast.unparse(store.value.value)  # type: ignore[attr-defined]
            if fixture not in fixtures or not _owner(assign.value, fixture):
                continue
            value = ast.unparse(assign.value)
            container = ast.unparse(store.value)
            facts = [
                f"{fixture} is a fixture (line {fixtures[fixture]}); after the assignment "
                f"{container} holds the very object that {value} names."
            ]
            facts += [
                f"Line {each.lineno} copies what it puts there: {ast.unparse(each.value)}."
                for each in copied
                if module.function_of(each) is module.function_of(assign)
            ][:1]
            yield self.finding(
                module.place(assign),
                defect=(
                    f"{value} belongs to the fixture, and is stored in {container} as it is. A "
                    "change of the entry changes the value for every later test."
                ),
                facts=facts,
                solution="Store a copy; better, let the fixture offer a method that adds one.",
                corrected=f"{ast.unparse(store)} = copy.deepcopy({value})",
            )


def _fixtures(module: Module) -> dict[str, int]:
    """The attributes that hold fixtures, as they are spelt, and where they got there."""
    found = {}
    for assign in module.nodes(ast.Assign):
        value = assign.value
        if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)):
            continue
        for target in assign.targets if value.func.attr == "useFixture" else ():
            if isinstance(target, (ast.Attribute, ast.Name)):
                found[ast.unparse(target)] = assign.lineno
    return found


def _stores(assign: ast.Assign) -> ast.Subscript | None:
    """``fixture._private[key]``, where the assignment is to that."""
    target = assign.targets[0]
    if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Attribute):
        return None
    return target if target.value.attr.startswith("_") else None


def _owner(value: ast.Attribute, fixture: str) -> bool:
    return ast.unparse(value.value) == fixture


def _is_copy(value: ast.expr) -> bool:
    if not isinstance(value, ast.Call):
        return False
    word = getattr(value.func, "attr", getattr(value.func, "id", ""))
    return word in ("deepcopy", "copy", "dict", "list")
