"""A test that asserts what a thread makes before the thread has made it.

What it finds
-------------
In a test, an assertion about a variable that only a function of a thread, timer or pool fills
(``answers.append(…)``, ``answer = …``),

* between the start of the task and the first wait, join or result of any kind; or
* after a ``wait`` for an event that the function sets *before* it fills the variable.

Not found is one where the function waits itself before it fills the variable: then the test may
look at a moment that it has arranged; nor anything in a file about gevent or eventlet, where a
thread may be a greenlet, whose start is a switch.

Why it matters
--------------
The assertion and the work are in a race. Mostly the thread is fast enough, and the test passes; on
a busy machine it fails, or, if it asserts that something is *not* there, passes without reason.

Example
-------
::

    import threading

    def test_the_answer_arrives(service):
        answers = []
        asked = threading.Event()

        def ask():
            asked.set()
            answers.append(service.ask())

        thread = threading.Thread(target=ask)
        thread.start()
        assert asked.wait(timeout=10)
        assert answers == [42]
        thread.join()

Instead
-------
::

    import threading

    def test_the_answer_arrives(service):
        answers = []
        asked = threading.Event()

        def ask():
            answers.append(service.ask())
            asked.set()

        thread = threading.Thread(target=ask)
        thread.start()
        assert asked.wait(timeout=10)
        assert answers == [42]
        thread.join()

How it is proved
----------------
By exploring: a schedule in which the test comes to its assertion before the thread has filled the
variable.

References
----------
CWE-362, concurrent execution using a shared resource with improper synchronisation. Luo et al., An
empirical analysis of flaky tests, FSE 2014: of the fixed flaky tests, 45 % did not wait for what
they had started.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.started import (
    Started,
    is_assertion,
    is_wait,
    line_of,
    own_nodes,
    start_of,
    started_in,
    waits_between,
)
from racewright.review.tasks import EVENTS

__all__ = ["EarlyAssertion"]

_KINDS = ("thread", "timer", "pool")
_GREEN = ("gevent", "eventlet", "greentest")
_FILLING = frozenset({"add", "append", "appendleft", "extend", "insert", "put", "update"})


class EarlyAssertion(Rule):
    title = "A test asserts what a thread may not have made yet"
    kind = "improvement"
    cwe = 362
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test or any(word in module.source.text for word in _GREEN):
            return
        told: set[ast.AST] = set()
        for started in started_in(module):
            test = started.starter
            if started.kind not in _KINDS or test is None or test.is_async:
                continue
            if not test.short_name.startswith("test") or started.function.outer != test.name:
                continue
            for found, node in self._in_test(module, started, test):
                if node not in told:
                    told.add(node)
                    yield found

    def _in_test(
        self, module: Module, started: Started, test: Function
    ) -> Iterator[tuple[Finding, ast.AST]]:
        fills = _fills(module, started.function, test)
        start = start_of(module, started, test)
        if not fills or start is None:
            return
        for node in own_nodes(test.node):
            if not is_assertion(module, node) or line_of(node) <= line_of(start):
                continue
            word = next((word for word in fills if _mentions(node, word)), "")
            if not word or _is_left(module, start, node):
                continue
            waits = waits_between(module, test, start, node)
            if waits is None or len(waits) > 1:
                return  # and so for all that follows
            if not waits:
                why = f"nothing between line {line_of(start)} and here waits for anything"
                yield self._finding(module, node, word, fills[word], why), node
                return  # those that follow say the same
            elif _is_early(module, started.function, waits[0], fills[word]):
                event = ast.unparse(waits[0].func.value)  # type: ignore[attr-defined]
                why = f"{event}, which line {line_of(waits[0])} waits for, is set before that"
                yield self._finding(module, node, word, fills[word], why), node
                return

    def _finding(
        self, module: Module, node: ast.AST, word: str, fill: ast.AST, why: str
    ) -> Finding:
        return self.finding(
            [module.place(node), module.place(fill)],
            defect=(
                f"{word} is looked at here, and filled by another task, which may not have come to "
                f"line {line_of(fill)} yet."
            ),
            facts=[f"Only line {line_of(fill)} fills {word}, and {why}."],
            solution="Join the task first, or let it say that it is done after it has filled it.",
        )


def _fills(module: Module, function: Function, test: Function) -> dict[str, ast.AST]:
    """The variables of ``test`` that only ``function`` fills, each with the first line that does.

    A function that waits before is left out: it is held, and let go, by the test.
    """
    found: dict[str, ast.AST] = {}
    for node in own_nodes(function.node):
        if isinstance(node, (ast.With, ast.AsyncWith)) or is_wait(node):
            break
        word = _filled(module, node, function)
        if word and word not in found:
            found[word] = node
    scope = module.tree.scopes[test.node]
    return {
        word: node
        for word, node in found.items()
        if word in scope.bindings and not _is_filled_elsewhere(module, word, function, test)
    }


def _filled(module: Module, node: ast.AST, function: Function) -> str:
    """The variable of an outer function that ``node`` puts something into, or nothing."""
    target: ast.expr | None = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        target = node.func.value if node.func.attr in _FILLING else None
    elif isinstance(node, ast.Assign):
        target = node.targets[0]
        if isinstance(target, ast.Subscript):
            target = target.value
    if not isinstance(target, ast.Name):
        return ""
    scope = module.tree.scopes[function.node]
    is_outer = target.id not in scope.bindings or scope.elsewhere.get(target.id) == "nonlocal"
    return target.id if is_outer else ""


def _is_filled_elsewhere(module: Module, word: str, function: Function, test: Function) -> bool:
    """Whether the test or another function of it fills the variable as well, or hands it on."""
    for node in ast.walk(test.node):
        inside = module.function_of(node)
        if inside is function:
            continue
        if inside is not None and _filled_in(node) == word:
            return True
        if isinstance(node, ast.Call) and _is_handed_on(module, node, word):
            return True
    return False


def _is_handed_on(module: Module, call: ast.Call, word: str) -> bool:
    if not any(isinstance(each, ast.Name) and each.id == word for each in call.args):
        return False
    is_look = module.dotted(call.func).startswith("builtins.")
    return not is_look and not is_assertion(module, call)


def _filled_in(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        is_filling = node.func.attr in _FILLING and isinstance(owner, ast.Name)
        return owner.id if is_filling and isinstance(owner, ast.Name) else ""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return node.value.id if isinstance(node.value, ast.Name) else ""
    return ""


def _is_left(module: Module, start: ast.AST, node: ast.AST) -> bool:
    """Whether a ``with`` or ``try`` around ``start`` has ended before ``node``."""
    around = set(module.ancestors(node))
    return any(
        isinstance(above, (ast.With, ast.AsyncWith, ast.Try)) and above not in around
        for above in module.ancestors(start)
    )


def _is_early(module: Module, function: Function, wait: ast.Call, fill: ast.AST) -> bool:
    """Whether ``wait`` is for an event that ``function`` sets above ``fill``, and not below."""
    if not isinstance(wait.func, ast.Attribute) or wait.func.attr != "wait":
        return False
    if module.type_of(wait.func.value) not in EVENTS:
        return False
    name = ast.unparse(wait.func.value)
    sets = [
        line_of(each)
        for each in own_nodes(function.node)
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr == "set"
        and ast.unparse(each.func.value) == name
    ]
    return bool(sets) and all(line < line_of(fill) for line in sets)


def _mentions(node: ast.AST, word: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == word for each in own_nodes(node))
