"""An assertion in a thread that a test starts, where its failure ends the thread and not the test.

What it finds
-------------
In a file of tests: an ``assert``, an ``assert…`` method or ``fail`` in the function that a thread
or timer runs, or a pool or green thread whose result nobody keeps. Not found is an assertion whose
failure something else would show: it is caught, or it would keep the function from telling others
something (``append``, ``set``, ``put``, a store into what is not its own). Files that use
``threading.excepthook`` or the like are left out, and so are threads of a class of their own.

Why it matters
--------------
An exception in a thread ends that thread. unittest prints it and passes the test; pytest gives a
warning and passes the test, unless warnings are errors there. The assertion checks nothing.

Example
-------
::

    import threading

    def test_readers_see_the_new_value(store):
        def reader():
            assert store.read() == "new"

        store.write("new")
        thread = threading.Thread(target=reader)
        thread.start()
        thread.join()

Instead
-------
::

    from concurrent.futures import ThreadPoolExecutor

    def test_readers_see_the_new_value(store):
        def reader():
            assert store.read() == "new"

        store.write("new")
        with ThreadPoolExecutor() as pool:
            reading = pool.submit(reader)
            reading.result(timeout=10)

How it is proved
----------------
By mutation: with the assertion made to fail, the test still passes.

References
----------
CWE-392, missing report of error condition. staticcheck SA2002 and Go's ``vet`` know the same of
``FailNow`` in a goroutine. ``pytest``, "Warning about unraisable exceptions and unhandled thread
exceptions".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.started import (
    Started,
    catches_of,
    is_assertion,
    is_dropped,
    is_missed,
    own_nodes,
    started_in,
)

__all__ = ["AssertionOffMainThread"]

_WATCHED = ("excepthook", "catch_threading_exception", "UnhandledThreadException")
_KINDS = ("thread", "timer", "pool", "greenlet")
_ALONE = ("thread", "timer")  # nobody can ask such a task for its result


class AssertionOffMainThread(Rule):
    title = "An assertion in a thread cannot fail the test"
    kind = "improvement"
    cwe = 392
    proof = "mutation"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test or any(word in module.source.text for word in _WATCHED):
            return
        by_function: dict[ast.AST, list[Started]] = {}
        for started in started_in(module):
            by_function.setdefault(started.function.node, []).append(started)
        for every in by_function.values():
            if all(_is_lost(module, each) for each in every):
                yield from self._in_task(module, every[0])

    def _in_task(self, module: Module, started: Started) -> Iterator[Finding]:
        function = started.function
        if function.decorators or _is_called(module, function):
            return
        lost = [
            node
            for node in own_nodes(function.node)
            if is_assertion(module, node) and _fails(module, function, node)
        ]
        if not lost:
            return
        first, who = lost[0], _word(started)
        more = f" So are those in lines {_lines(lost[1:])}." if lost[1:] else ""
        yield self.finding(
            [module.place(first), module.place(started.call)],
            defect=(
                f"{ast.unparse(first)[:100]} runs in a {who}. If it fails, {_what_ends(started)}, "
                "and the test goes on to pass."
            ),
            facts=[
                f"Line {started.call.lineno} makes the {who} of {function.short_name}; nobody asks "
                f"it for an exception, and nothing that follows tells whether it got there.{more}"
            ],
            solution="Hand the result to the test: through a future, or a list it looks at.",
            corrected=(
                "with concurrent.futures.ThreadPoolExecutor() as pool:\n"
                f"    pool.submit({function.short_name}).result(timeout=10)"
            ),
        )


def _is_lost(module: Module, started: Started) -> bool:
    """Whether nobody can get the exception that ends the task."""
    return started.kind in _ALONE or (started.kind in _KINDS and is_dropped(module, started.call))


def _fails(module: Module, function: Function, node: ast.AST) -> bool:
    """Whether a failure at ``node`` leaves the thread, and nobody would miss what comes after."""
    if catches_of(module, function, node) or _is_managed(module, function, node):
        return False
    return not is_missed(module, function, node)


def _is_managed(module: Module, function: Function, node: ast.AST) -> bool:
    """Whether a ``with`` stands around whose manager may keep the exception."""
    for above in module.ancestors(node):
        if above is function.node:
            return False
        if isinstance(above, ast.With):
            for item in above.items:
                manager = item.context_expr
                if isinstance(manager, ast.Call) and not is_assertion(module, manager):
                    dotted = module.dotted(manager.func)
                    if not dotted or dotted.startswith((f"{module.name}.", "contextlib.")):
                        return True
    return False


def _is_called(module: Module, function: Function) -> bool:
    """Whether somebody calls the function as well, where an exception comes back."""
    word = function.short_name
    return any(module.function_of(call) is not function for call in module.calls_of(word))


def _word(started: Started) -> str:
    return {"pool": "task of a pool", "greenlet": "green thread"}.get(started.kind, started.kind)


def _what_ends(started: Started) -> str:
    if started.kind == "pool":
        return "the future that nobody kept has the exception"
    return f"the {_word(started)} ends with a message"


def _lines(nodes: list[ast.AST]) -> str:
    return ", ".join(str(getattr(node, "lineno", 0)) for node in nodes[:8])
