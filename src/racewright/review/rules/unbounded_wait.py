"""A test that waits without a bound for what another task has to do.

What it finds
-------------
In a test: ``wait()`` of an event, a condition or a barrier, or ``get()`` of a queue, without a
timeout. ``join()`` is not found: nearly every test has one, and a test that fails by hanging there
is told by the stack. What is set, or gets an item, in a ``finally`` of the same file is not found
either: that task answers although it fails. In a file that sets a time limit for its tests
(pytest-timeout, ``faulthandler.dump_traceback_later``, ``signal.alarm``) nothing is found, nor
where the tests are run with one: by a ``conftest.py``, by the ``timeout`` or the ``addopts`` of
pytest's configuration, by ``--timeout`` in what tox runs, or by ``OS_TEST_TIMEOUT``.

Why it matters
--------------
When the other task dies or is late for ever, the test does not fail: it hangs, and takes the whole
run with it until somebody kills that, without a word about the reason.

Example
-------
::

    import threading

    def test_the_worker_says_that_it_is_ready(worker):
        ready = threading.Event()
        worker.start(ready)
        ready.wait()
        assert worker.is_running

Instead
-------
::

    import threading

    def test_the_worker_says_that_it_is_ready(worker):
        ready = threading.Event()
        worker.start(ready)
        assert ready.wait(timeout=10)
        assert worker.is_running

How it is proved
----------------
By a hand-off: the task that should set it is held, and the test is seen to wait for ever.

References
----------
CWE-1088, synchronous access of remote resource without timeout.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule, constant
from racewright.review.tasks import CONDITIONS, EVENTS, QUEUES
from racewright.review.time_limits import LIMITS

__all__ = ["UnboundedWait"]

_WAITS = {
    **{f"{each}.wait": "wait" for each in (*EVENTS, *CONDITIONS, "threading.Barrier")},
    **{f"{each}.get": "get" for each in QUEUES},
}


class UnboundedWait(Rule):
    title = "A test waits without a bound"
    kind = "improvement"
    cwe = 1088
    proof = "hand-off"
    fix = "safe"
    is_moot_in_time = True

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test or any(limit in module.source.text for limit in LIMITS):
            return
        sure = _ended_in_any_case(module)
        for call in module.calls():
            function = module.function_of(call)
            if function is None or not isinstance(call.func, ast.Attribute):
                continue
            word = _WAITS.get(module.method(call))
            # Only on the test's own path: a task that waits for ever is the test's tool.
            if word is None or not function.short_name.startswith("test") or _is_bounded(call):
                continue
            if _word_of(call.func.value) in sure:
                continue
            name = ast.unparse(call.func.value)
            # A barrier that is late raises, and gives a number that may be 0 otherwise.
            says_so = word == "wait" and module.type_of(call.func.value) != "threading.Barrier"
            is_bare = isinstance(module.statement_of(call), ast.Expr) and says_so
            bounded = f"{name}.{word}(timeout=10)"
            yield self.finding(
                module.place(call),
                defect=f"{ast.unparse(call)} returns only when another task has acted.",
                facts=[f"{name} is a {module.type_of(call.func.value)}, and no timeout is given."],
                solution="Give a timeout, and assert that it was not what ended the wait.",
                corrected=f"assert {bounded}" if is_bare else bounded,
            )


def _ended_in_any_case(module: Module) -> set[str]:
    """The words of what is set, or gets something put in, in a ``finally`` of the file.

    Such a task answers although it fails. An event that a task is given has the same word there,
    as a rule.
    """
    return {
        _word_of(node.func.value)
        for attempt in module.nodes(ast.Try)
        for statement in attempt.finalbody
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("set", "put")
    }


def _word_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_bounded(call: ast.Call) -> bool:
    """Whether a timeout is given, or waiting is switched off."""
    if any(each.arg in ("timeout", "block", None) for each in call.keywords):
        return True
    return bool(call.args) and constant(call.args[0]) is not True
