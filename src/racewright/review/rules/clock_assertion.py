"""A test that fails when the machine is slow: it asserts how little time has passed.

What it finds
-------------
In a test: an assertion that the difference of two readings of a clock (``time.time``,
``time.monotonic``, ``time.perf_counter``, their ``_ns``) is below a constant of less than ten
seconds, or almost equal to one. That *at least* some time has passed is not found; nor is a test
that replaces the clock, or has a library do so.

Why it matters
--------------
How long something takes depends on what else the machine does. The test fails on a busy runner for
no reason in the code; and on a fast one it passes although the code waits where it should not.

Example
-------
::

    import time

    def test_a_closed_queue_does_not_wait(queue):
        queue.close()
        began = time.monotonic()
        queue.get(timeout=5)
        assert time.monotonic() - began < 0.1

Instead
-------
::

    def test_a_closed_queue_does_not_wait(queue, clock):
        queue.close()
        queue.get(timeout=5)
        assert clock.slept == []

How it is proved
----------------
By delay: what is measured is made slower, and the assertion fails.

References
----------
Luo et al., An empirical analysis of flaky tests, FSE 2014: time is among the ten causes. On a
virtual clock, as runs under control have it, such a test measures what it means to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule, constant

__all__ = ["ClockAssertion"]

_CLOCKS = {
    "time.monotonic": 1,
    "time.monotonic_ns": 1e-9,
    "time.perf_counter": 1,
    "time.perf_counter_ns": 1e-9,
    "time.time": 1,
    "time.time_ns": 1e-9,
    "timeit.default_timer": 1,
}
_BELOW = {"assertLess": 1, "assertLessEqual": 1, "assertGreater": 0, "assertGreaterEqual": 0}
#: Words that say that the clock is not the machine's.
_REPLACED = ("freeze_time", "freezegun", "time_machine", "timeutils.fixture", "TimeFixture")
_GENEROUS = 10  # seconds
_DEEPEST = 4


class ClockAssertion(Rule):
    title = "A test asserts how little time has passed"
    kind = "improvement"
    proof = "delay"

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test or any(word in module.source.text for word in _REPLACED):
            return
        if _is_patched(module):
            return
        for node in module.nodes(ast.Assert):
            for compare in _compares(node.test):
                yield from self._compared(module, compare)
        for call in module.calls():
            if isinstance(call.func, ast.Attribute) and len(call.args) >= 2:
                yield from self._asserted(module, call, call.func.attr)

    def _compared(self, module: Module, compare: ast.Compare) -> Iterator[Finding]:
        operands = [compare.left, *compare.comparators]
        for one, operator, other in zip(operands, compare.ops, operands[1:], strict=False):
            if isinstance(operator, (ast.Lt, ast.LtE)):
                yield from self._below(module, compare, one, other)
            elif isinstance(operator, (ast.Gt, ast.GtE)):
                yield from self._below(module, compare, other, one)

    def _asserted(self, module: Module, call: ast.Call, word: str) -> Iterator[Finding]:
        place = _BELOW.get(word)
        if place is not None:
            yield from self._below(module, call, call.args[1 - place], call.args[place])
        elif word == "assertAlmostEqual":
            one, other = call.args[:2]
            for measured, bound in ((one, other), (other, one)):
                yield from self._below(module, call, measured, bound)

    def _below(
        self, module: Module, node: ast.AST, measured: ast.expr, bound: ast.expr
    ) -> Iterator[Finding]:
        """The finding of ``measured < bound``, if it is one."""
        function = module.function_of(node)
        limit = _number(module, bound)
        if function is None or limit is None:
            return
        scale = _elapsed(module, measured, 0)
        if not scale or not 0 < limit * scale < _GENEROUS:
            return
        text = ast.unparse(measured)
        yield self.finding(
            module.place(node),
            defect=(
                f"The test fails when {text} comes to {ast.unparse(bound)}, as it does on a "
                "machine that is busy enough."
            ),
            facts=[f"{text} is a difference of two readings of {_clock_of(module, measured)}."],
            solution=(
                "Assert what must or must not have happened, or measure with a clock that the test "
                "itself moves."
            ),
        )


def _compares(test: ast.expr) -> Iterator[ast.Compare]:
    """The comparisons that ``test`` demands, all of them."""
    if isinstance(test, ast.Compare):
        yield test
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from _compares(value)


def _is_patched(module: Module) -> bool:
    """Whether the file names a clock in a text, as a patch of it does."""
    return any(
        isinstance(node.value, str) and node.value.rpartition(".")[2] in _CLOCK_WORDS
        for node in module.nodes(ast.Constant)
    )


_CLOCK_WORDS = frozenset(each.rpartition(".")[2] for each in _CLOCKS)


def _number(module: Module, node: ast.expr, depth: int = 0) -> float | None:
    """The value of a constant, or of a product or sum of some."""
    value = constant(node)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(node, ast.BinOp) and depth < _DEEPEST:
        one = _number(module, node.left, depth + 1)
        other = _number(module, node.right, depth + 1)
        if one is None or other is None:
            return None
        if isinstance(node.op, ast.Add):
            return one + other
        if isinstance(node.op, ast.Mult):
            return one * other
    return None


def _elapsed(module: Module, node: ast.expr, depth: int) -> float:
    """The seconds of a unit of ``node``, if it is a difference of readings; else 0."""
    if depth > _DEEPEST:
        return 0
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        one, other = _reading(module, node.left), _reading(module, node.right)
        return _CLOCKS[one] if one and one == other else 0
    value = _value(module, node)
    if value is not None:
        return _elapsed(module, value, depth + 1)
    if isinstance(node, ast.Call) and module.dotted(node.func) == "builtins.abs" and node.args:
        return _elapsed(module, node.args[0], depth + 1)
    return 0


def _reading(module: Module, node: ast.expr) -> str:
    """The clock that ``node`` is a reading of, or an empty string."""
    for _ in range(_DEEPEST):
        if isinstance(node, ast.Call) and not node.args:
            dotted = module.dotted(node.func)
            return dotted if dotted in _CLOCKS else ""
        value = _value(module, node)
        if value is None:
            return ""
        node = value
    return ""


def _value(module: Module, node: ast.expr) -> ast.expr | None:
    """What a local name was given, above where it is read; the last, if several times."""
    if not isinstance(node, ast.Name):
        return None
    found = module.tree.find(module.tree.scope_of(node), node.id)
    if found is None or not found[0].is_function:
        return None
    above = [
        each
        for each in found[1]
        if int(getattr(each.node, "lineno", 0)) <= node.lineno and each.node is not node
    ]
    if not above or any(each.kind != "assign" for each in above):
        return None
    return above[-1].value


def _clock_of(module: Module, node: ast.expr) -> str:
    value = node
    for _ in range(_DEEPEST):
        if isinstance(value, ast.Call) and value.args:
            value = value.args[0]
        elif isinstance(value, ast.BinOp):
            return _reading(module, value.left)
        else:
            value = _value(module, value) or value
    return "a clock"
