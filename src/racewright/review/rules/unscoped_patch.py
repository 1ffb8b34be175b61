"""A patch that is put in place in a test, and that nothing takes back.

What it finds
-------------
``patch(…).start()``, whose patcher has no name that could stop it, in a test file without
``patch.stopall``, and in no class with a base of the project's own, which may do that; and, in a
test function, an assignment to an attribute of an imported module or class, with no assignment back
and no cleanup that could restore it.

Why it matters
--------------
The replacement outlives the test. Later tests run against it, and pass or fail depending on the
order; tasks that still run change from one function to the other in the middle of their work.

Example
-------
::

    from unittest import mock

    def test_the_clock_is_asked(service):
        mock.patch("service.clock.now", return_value=5).start()
        assert service.time() == 5

Instead
-------
::

    from unittest import mock

    def test_the_clock_is_asked(service):
        with mock.patch("service.clock.now", return_value=5):
            assert service.time() == 5

How it is proved
----------------
By counters: after the test the attribute is not what it was before.

References
----------
CWE-459, incomplete cleanup. ``unittest.mock``, "patch methods: start and stop".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.patches import patches_in
from racewright.review.rule import Rule

__all__ = ["UnscopedPatch"]

_RESTORING = frozenset(
    {"addCleanup", "addfinalizer", "callback", "enterContext", "setattr", "addClassCleanup"}
)
#: Bases that stop no patch by themselves.
_PLAIN = frozenset(
    {
        "builtins.object",
        "testtools.TestCase",
        "unittest.IsolatedAsyncioTestCase",
        "unittest.TestCase",
    }
)


#: Files whose functions test runners collect.
_COLLECTED = re.compile(r"(?:^|/)(?:test\w*|\w*_tests?)\.py$")


class UnscopedPatch(Rule):
    title = "A patch outlives its test"
    kind = "improvement"
    cwe = 459
    proof = "counters"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test:
            return
        yield from self._started(module)
        yield from self._assigned(module)

    def _started(self, module: Module) -> Iterator[Finding]:
        if any(each.attr == "stopall" for each in module.nodes(ast.Attribute)):
            return
        for patch in patches_in(module):
            start = self._start_of(module, patch.call)
            if start is None or _may_stop_all(module, start) or _has_to_fail(module, start):
                continue
            yield self.finding(
                module.place(start),
                defect=f"The patch of {patch.target or 'its target'} is started and never stopped.",
                facts=["Nobody keeps the patcher, and no patch.stopall is in this file."],
                solution="Scope it: a with block, a decorator, or a cleanup that is registered.",
                corrected=f"patcher = {ast.unparse(patch.call)}\n"
                "patcher.start()\n"
                "self.addCleanup(patcher.stop)",
            )

    def _start_of(self, module: Module, call: ast.Call) -> ast.Call | None:
        """The call of ``start`` on what ``call`` made, directly."""
        above = module.parent(call)
        if isinstance(above, ast.Attribute) and above.attr == "start":
            start = module.parent(above)
            return start if isinstance(start, ast.Call) else None
        return None

    def _assigned(self, module: Module) -> Iterator[Finding]:
        for assign in module.nodes(ast.Assign):
            target = assign.targets[0]
            function = module.function_of(assign)
            if function is None or not isinstance(target, ast.Attribute):
                continue
            if not function.short_name.startswith("test") or len(assign.targets) > 1:
                continue
            if not function.class_name and not _COLLECTED.search(module.file):
                continue  # a program with functions of that name, each run by itself
            if not self._is_replaced(module, target, assign.value):
                continue
            text = ast.unparse(target)
            if self._is_restored(module, function, text):
                continue
            yield self.finding(
                module.place(assign),
                defect=f"{text} is replaced for the whole process, and not put back.",
                facts=[
                    f"{module.dotted(target)} is not of this file; no line assigns it again, and "
                    "no cleanup is registered."
                ],
                solution="Use a patch that is scoped to the test.",
                corrected=f"with mock.patch.object({ast.unparse(target.value)}, "
                f'"{target.attr}", {ast.unparse(assign.value)[:80]}):\n    ...',
            )

    def _is_replaced(self, module: Module, target: ast.Attribute, value: ast.expr) -> bool:
        """Whether a function or a mock takes the place of what an imported module or class has."""
        owner = module.dotted(target.value)
        if not owner or owner.startswith((module.name + ".", "builtins.")):
            return False
        if not isinstance(target.value, (ast.Name, ast.Attribute)):
            return False
        root: ast.expr = target.value
        while isinstance(root, ast.Attribute):
            root = root.value
        found = (
            module.tree.find(module.tree.scope_of(target), root.id)
            if isinstance(root, ast.Name)
            else None
        )
        if found is None or {each.kind for each in found[1]} != {"import"}:
            return False
        if found[0].is_function:
            return False  # imported by the test itself: often a module made for it
        if isinstance(value, ast.Lambda):
            return True
        maker = module.type_of(value)
        return maker.rpartition(".")[2] in ("Mock", "MagicMock", "AsyncMock") or (
            isinstance(value, ast.Name)
            and any(each.name == module.dotted(value) for each in module.functions.values())
        )

    def _is_restored(self, module: Module, function: Function, text: str) -> bool:
        others = [
            each
            for each in module.nodes(ast.Assign)
            if any(ast.unparse(target) == text for target in each.targets)
        ]
        deleted = (ast.unparse(each) for node in module.nodes(ast.Delete) for each in node.targets)
        if len(others) > 1 or text in deleted:
            return True
        whole = function.node
        return any(
            isinstance(each, ast.Attribute) and each.attr in _RESTORING for each in ast.walk(whole)
        )


def _has_to_fail(module: Module, node: ast.AST) -> bool:
    """Whether ``node`` is there to raise: what is not started needs no stop."""
    block = module.within(node, ast.With)
    if not isinstance(block, ast.With):
        return False
    words = [ast.unparse(each.context_expr) for each in block.items]
    return any(word.startswith(("self.assertRaises", "pytest.raises")) for word in words)


def _may_stop_all(module: Module, node: ast.AST) -> bool:
    """Whether the test's class has a base that we do not know."""
    for above in module.ancestors(node):
        if isinstance(above, ast.ClassDef):
            return any(module.dotted(base) not in _PLAIN for base in above.bases)
    return False
