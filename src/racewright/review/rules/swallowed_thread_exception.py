"""A thread of a test that swallows whatever goes wrong in it.

What it finds
-------------
In a file of tests: a ``try`` in the function that a task runs, with a bare ``except``, or one of
``Exception``, ``BaseException`` or ``AssertionError``, whose body does nothing but pass, continue,
return, print or log. Not found is one whose failure something else would show: what stands in the
``try`` tells others how far it came (``append``, ``set``, ``put``, a store into what is not its
own). Files that use ``threading.excepthook`` or the like are left out.

Why it matters
--------------
The other half of the test is in that thread. If it raises at its first line, the test goes on with
one task, sees nothing wrong, and passes.

Example
-------
::

    import threading

    def test_readers_survive_a_clear(cache):
        def reader():
            try:
                for key in range(1000):
                    cache.get(key)
            except Exception:
                pass

        thread = threading.Thread(target=reader)
        thread.start()
        cache.clear()
        thread.join()
        assert len(cache) == 0

Instead
-------
::

    import threading

    def test_readers_survive_a_clear(cache):
        errors = []

        def reader():
            try:
                for key in range(1000):
                    cache.get(key)
            except Exception as error:
                errors.append(error)

        thread = threading.Thread(target=reader)
        thread.start()
        cache.clear()
        thread.join()
        assert errors == []
        assert len(cache) == 0

How it is proved
----------------
By mutation: with the first line of the ``try`` made to raise, the test still passes.

References
----------
CWE-391, unchecked error condition.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.started import Started, is_broad, is_seen, own_nodes, started_in

__all__ = ["SwallowedThreadException"]

_WATCHED = ("excepthook", "catch_threading_exception", "UnhandledThreadException")
_KINDS = ("thread", "timer", "pool", "greenlet")
_TELLING_NOBODY = frozenset(
    {
        "builtins.print",
        *(f"logging.{word}" for word in ("debug", "info", "warning", "error", "exception")),
        *(f"traceback.print_{word}" for word in ("exc", "exception", "stack", "last")),
    }
)
_LOGGING = frozenset({"critical", "debug", "error", "exception", "info", "warn", "warning"})


class SwallowedThreadException(Rule):
    title = "A task of a test swallows what goes wrong in it"
    kind = "improvement"
    cwe = 391
    proof = "mutation"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test or any(word in module.source.text for word in _WATCHED):
            return
        told: set[ast.AST] = set()
        for started in started_in(module):
            if started.kind not in _KINDS or started.function.node in told:
                continue
            told.add(started.function.node)
            for node in own_nodes(started.function.node):
                if isinstance(node, ast.Try):
                    yield from self._in_try(module, started, node)

    def _in_try(self, module: Module, started: Started, node: ast.Try) -> Iterator[Finding]:
        function = started.function
        handler = next((each for each in node.handlers if is_broad(module, each)), None)
        if handler is None or not all(_is_nothing(module, each) for each in handler.body):
            return
        if not _does_something(module, function, node):
            return
        caught = ast.unparse(handler.type) if handler.type is not None else "everything"
        yield self.finding(
            [module.place(handler), module.place(started.call)],
            defect=(
                f"Whatever goes wrong in {function.short_name} ends here. The test cannot know "
                "whether its other task did anything."
            ),
            facts=[
                f"Line {started.call.lineno} starts {function.short_name}; {caught} is caught, and "
                "nothing in the try or its handler tells the test."
            ],
            solution="Keep the exception, and assert in the test that there is none.",
            corrected="except Exception as error:\n    errors.append(error)",
        )


def _is_nothing(module: Module, statement: ast.stmt) -> bool:
    """Whether the statement tells the test nothing."""
    if isinstance(statement, (ast.Pass, ast.Continue)):
        return True
    if isinstance(statement, ast.Return):
        return statement.value is None
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    if isinstance(value, ast.Constant):
        return True
    if not isinstance(value, ast.Call):
        return False
    if module.method(value) in _TELLING_NOBODY:
        return True
    is_logger = isinstance(value.func, ast.Attribute) and "log" in ast.unparse(value.func.value)
    return is_logger and getattr(value.func, "attr", "") in _LOGGING


def _does_something(module: Module, function: Function, node: ast.Try) -> bool:
    """Whether the ``try`` calls something, and shows nobody how far it came."""
    inside = [
        each
        for statement in [*node.body, *node.orelse]
        for each in (statement, *own_nodes(statement))
    ]
    if not any(isinstance(each, ast.Call) for each in inside):
        return False
    return not any(is_seen(module, function, each) for each in inside)
