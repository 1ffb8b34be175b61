"""A wait for a condition that does not look again when it returns.

What it finds
-------------
``wait()`` of a ``threading.Condition`` (or an asyncio, or a multiprocessing one) that stands in no
loop. ``wait_for``, which loops by itself, is not found, nor is a ``wait`` whose result is used.

Why it matters
--------------
To be notified is not to have what one waits for: between the notification and the return another
task may have taken it, one notification may be meant for somebody else, and the notification may
have come before the wait began, in which case this task waits for ever.

Example
-------
::

    import threading

    class Box:
        def __init__(self):
            self.filled = threading.Condition()
            self.items = []

        def take(self):
            with self.filled:
                if not self.items:
                    self.filled.wait()
                return self.items.pop()

Instead
-------
::

    import threading

    class Box:
        def __init__(self):
            self.filled = threading.Condition()
            self.items = []

        def take(self):
            with self.filled:
                self.filled.wait_for(lambda: self.items)
                return self.items.pop()

How it is proved
----------------
By exploring a test with two takers and one giver: the second taker finds nothing.

References
----------
CWE-667, improper locking. The documentation of ``threading.Condition``: "the while loop checking
for the application's condition is necessary".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule
from racewright.review.tasks import CONDITIONS

__all__ = ["WaitOutsideLoop"]


class WaitOutsideLoop(Rule):
    title = "A wait for a condition does not look again"
    kind = "defect"
    cwe = 667
    proof = "explore"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        conditions = CONDITIONS | {"asyncio.Condition"}
        for call in module.calls():
            func = call.func
            if not isinstance(func, ast.Attribute) or func.attr != "wait":
                continue
            if module.type_of(func.value) not in conditions:
                continue
            if module.within(call, ast.While, ast.For) is not None:
                continue
            statement = module.statement_of(call)
            if not isinstance(statement, ast.Expr):
                continue  # its result decides what comes next
            test = module.within(call, ast.If)
            name = ast.unparse(func.value)
            if not isinstance(test, ast.If):
                # Without any question before it, it may be meant as a bare signal: a matter of
                # taste in a test, where the notification is known to come later.
                if module.is_test or not _is_first(module, call):
                    continue
                question, looks = "<what is waited for>", "It asks nothing before it waits."
            elif not _is_relied_upon(module, test):
                continue
            else:
                question = _positive(test.test)
                looks = f"Line {test.lineno} asks once: if {ast.unparse(test.test)}."
            place = module.place(call)
            yield self.finding(
                [place, module.place(test.test)] if isinstance(test, ast.If) else place,
                defect=(
                    f"{name}.wait() is followed by what relies on the condition. That may be "
                    "false again, or have been notified before the wait began."
                ),
                facts=[looks, "No loop in this function leads back to the question."],
                solution="Wait for the condition itself, with wait_for, or in a while loop.",
                corrected=f"{name}.wait_for(lambda: {question})",
                confidence="high" if isinstance(test, ast.If) else "medium",
            )


def _is_relied_upon(module: Module, test: ast.If) -> bool:
    """Whether what follows the question uses what was asked about."""
    if isinstance(test.test, ast.Compare) and isinstance(test.test.left, ast.Name):
        return False  # no other task can change what a local name is
    asked = {
        ast.unparse(each)
        for each in ast.walk(test.test)
        if isinstance(each, (ast.Name, ast.Attribute)) and ast.unparse(each) != "self"
    }
    function = module.function_of(test)
    if function is None:
        return False
    last = test.end_lineno or test.lineno
    return any(
        isinstance(each, (ast.Name, ast.Attribute))
        and isinstance(each.ctx, ast.Load)
        and each.lineno > last
        and ast.unparse(each) in asked
        for each in ast.walk(function.node)
    )


def _is_first(module: Module, call: ast.Call) -> bool:
    """Whether the wait has no bound, and is the first thing under the condition."""
    above = module.parent(module.statement_of(call) or call)
    is_bounded = bool(call.args or call.keywords)
    return (
        not is_bounded
        and isinstance(above, (ast.With, ast.AsyncWith))
        and above.body[0] is module.statement_of(call)
    )


def _positive(test: ast.expr) -> str:
    """What is waited for, where ``test`` asks whether it is missing."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return ast.unparse(test.operand)
    return f"not ({ast.unparse(test)})"
