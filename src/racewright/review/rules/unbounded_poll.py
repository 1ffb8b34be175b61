"""A test that asks again and again, without a limit, whether something has happened.

What it finds
-------------
In a test function, its ``setUp``, or a function of a test file whose name says that it waits: a
``while`` loop whose condition asks another object (``while not server.is_ready:``), that sleeps,
and that nothing ends but the condition: no clock or count is asked in it, nothing in it breaks,
returns, raises or asserts. In a file that sets a time limit for its tests (pytest-timeout,
``faulthandler.dump_traceback_later``, ``signal.alarm``), or whose tests are run with one, as for
``unbounded-wait``, nothing is found, nor in a class with a base of the project's own, which may do
that.

Why it matters
--------------
If what is waited for never happens, the test does not fail: it hangs, and takes the whole run with
it until somebody kills that, without a word about the reason.

Example
-------
::

    import time

    def test_the_service_starts(service):
        service.start()
        while not service.is_ready():
            time.sleep(0.1)
        assert service.ask() == 1

Instead
-------
::

    import time

    def test_the_service_starts(service):
        service.start()
        deadline = time.monotonic() + 30
        while not service.is_ready():
            assert time.monotonic() < deadline, "the service is not ready after 30 s"
            time.sleep(0.1)
        assert service.ask() == 1

How it is proved
----------------
By reading alone: what would show it does not end.

References
----------
CWE-835, loop with unreachable exit condition.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.started import is_assertion, own_nodes, started_in
from racewright.review.tasks import SLEEPS
from racewright.review.time_limits import LIMITS

__all__ = ["UnboundedPoll"]

#: Bases that set no limit.
_PLAIN = frozenset(
    {
        "builtins.object",
        "testtools.TestCase",
        "unittest.IsolatedAsyncioTestCase",
        "unittest.TestCase",
    }
)
_SETTING_UP = ("setUp", "setUpClass", "asyncSetUp", "setup_method", "tearDown")
_WAITING = ("wait", "poll", "until")
_ENDS = (ast.Break, ast.Return, ast.Raise, ast.Assert, ast.Yield, ast.YieldFrom)
_BOUNDING = ("timeout", "deadline", "time", "monotonic", "tries", "retries", "attempt", "elapsed")


class UnboundedPoll(Rule):
    title = "A test polls without a limit"
    kind = "improvement"
    cwe = 835
    fix = "suggested"
    is_moot_in_time = True

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test or any(limit in module.source.text for limit in LIMITS):
            return
        for loop in module.nodes(ast.While):
            function = module.function_of(loop)
            if function is None or not _is_of_test(module, function):
                continue
            sleep = _sleep_of(module, loop)
            if sleep is None or not _asks(loop.test) or _may_end(module, loop):
                continue
            text = ast.unparse(loop.test)
            yield self.finding(
                module.place(loop, loop.test),
                defect=f"If {_never(loop.test)}, the test hangs.",
                facts=[
                    f"The loop sleeps ({ast.unparse(sleep)}) and asks {text} again; no clock or "
                    "count is asked, and nothing else leaves it."
                ],
                solution="Give the loop a deadline, and fail when it has passed.",
                corrected=(
                    "deadline = time.monotonic() + 30\n"
                    f"while {text}:\n"
                    "    assert time.monotonic() < deadline\n"
                    f"    {ast.unparse(sleep)}"
                ),
            )


def _is_of_test(module: Module, function: Function) -> bool:
    """Whether the test itself runs there, and would hang."""
    word = function.short_name
    if _may_have_limit(module, function):
        return False
    if any(each.function is function for each in started_in(module)):
        return False  # a task that asks for ever is the test's tool
    if word.startswith("test") or word in _SETTING_UP:
        return True
    is_waiting = word.strip("_").lower().startswith(_WAITING)
    arguments = function.node.args
    names = [each.arg for each in [*arguments.args, *arguments.kwonlyargs]]
    return is_waiting and not any(_bounds(name) for name in names)


def _may_have_limit(module: Module, function: Function) -> bool:
    """Whether the test's class has a base that we do not know."""
    for above in module.ancestors(function.node):
        if isinstance(above, ast.ClassDef):
            return any(module.dotted(base) not in _PLAIN for base in above.bases)
    return False


def _bounds(name: str) -> bool:
    return any(word in name.lower() for word in _BOUNDING)


def _sleep_of(module: Module, loop: ast.While) -> ast.Call | None:
    for node in own_nodes(loop):
        if isinstance(node, ast.Call) and module.dotted(node.func) in SLEEPS:
            return node
    return None


def _asks(test: ast.expr) -> bool:
    """Whether the condition can change without the loop: it asks an object or calls something."""
    if isinstance(test, ast.Constant):
        return False
    return any(
        isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)) for node in ast.walk(test)
    )


def _may_end(module: Module, loop: ast.While) -> bool:
    """Whether anything but the condition may end the loop, or the condition is about a bound."""
    changed = set()
    for node in own_nodes(loop):
        if isinstance(node, _ENDS) or is_assertion(module, node):
            return True
        if isinstance(node, ast.AugAssign):
            changed.add(ast.unparse(node.target))
        if isinstance(node, ast.NamedExpr):
            changed.add(node.target.id)
        if isinstance(node, ast.Attribute) and _bounds(node.attr) and node.attr != "time":
            return True
        if isinstance(node, ast.Call):
            dotted = module.dotted(node.func)
            if dotted.startswith("time.") and dotted not in SLEEPS:
                return True
            if dotted.startswith(f"{module.name}.") or dotted == "builtins.next":
                return True  # a function of the test's own may raise
            if isinstance(node.func, ast.Attribute) and _is_own(module, node.func):
                return True
    names = {ast.unparse(each) for each in ast.walk(loop.test) if isinstance(each, ast.expr)}
    return bool(changed & names) or any(_bounds(name) for name in names if name.isidentifier())


def _is_own(module: Module, func: ast.Attribute) -> bool:
    """Whether it is a method of the test case's own, which may fail the test."""
    ref = module.ref(func.value)
    return ref is not None and ref[0] in ("self", "super")


def _never(test: ast.expr) -> str:
    """The condition under which the loop goes on for ever, in words."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return f"{ast.unparse(test.operand)} never becomes true"
    return f"{ast.unparse(test)} never becomes false"
