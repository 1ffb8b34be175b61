"""A cancellation that is caught, and after which the coroutine goes on.

What it finds
-------------
In an ``async def``, a handler of ``CancelledError`` (of asyncio, trio or anyio), of
``BaseException``, or of everything, around an ``await``, that does not raise on every way, and
after which either the loop around it goes on to wait, or a value is returned as if the work were
done. Not found is a handler that leaves the loop or the function, one that gives the exception to
something that may raise it, the wait for a task that the function has itself cancelled, and what
calls ``uncancel()``. Files of tests are left out: there, refusing is what is tested.

Why it matters
--------------
Cancelling a task raises ``CancelledError`` in it once. If that is caught, the task goes on, and
whoever cancelled it waits for it for ever: a timeout does not time out, a program does not end.

Example
-------
::

    # file: service.py
    async def serve(queue, handle):
        while True:
            item = await queue.get()
            try:
                await handle(item)
            except BaseException as error:
                print("failed:", error)

Instead
-------
::

    # file: service.py
    async def serve(queue, handle):
        while True:
            item = await queue.get()
            try:
                await handle(item)
            except Exception as error:
                print("failed:", error)

How it is proved
----------------
By reading alone: tasks of asyncio are not explored. A test can cancel the task while it handles an
item, and see that it goes on.

References
----------
CWE-755, improper handling of exceptional conditions. Python's manual, *Task cancellation*:
``CancelledError`` should in almost all situations be propagated when clean-up is complete.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.walking import own_nodes

__all__ = ["SwallowedCancellation"]

_CANCELLED = frozenset(
    {
        "asyncio.CancelledError",
        "asyncio.exceptions.CancelledError",
        "trio.Cancelled",
        "anyio.get_cancelled_exc_class",
    }
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
#: Calls that tell a person of an exception.
_TELLS = frozenset(
    {"print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
)
_LEAVES = (ast.Raise, ast.Return, ast.Break)


class SwallowedCancellation(Rule):
    title = "A cancellation is caught, and the coroutine goes on"
    kind = "defect"
    cwe = 755
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return
        for handler in module.nodes(ast.ExceptHandler):
            function = module.function_of(handler)
            attempt = module.parent(handler)
            if function is None or not function.is_async or not isinstance(attempt, ast.Try):
                continue
            caught = _caught(module, handler)
            if not caught or not _is_reached(module, attempt, handler):
                continue
            waits = _waits(attempt.body)
            if not waits or _is_own_doing(module, function, attempt, waits):
                continue
            why = _how_it_goes_on(module, handler, attempt, caught)
            if why:
                yield self._finding(module, handler, waits[0], caught, why)

    def _finding(
        self, module: Module, handler: ast.ExceptHandler, wait: ast.AST, caught: str, why: str
    ) -> Finding:
        line = getattr(wait, "lineno", handler.lineno)
        if caught == "CancelledError":
            solution = "Raise it again when the clean-up is done."
            corrected = "except asyncio.CancelledError:\n    …  # clean up\n    raise"
        else:
            solution = "Catch Exception: CancelledError is none since Python 3.8."
            corrected = "except Exception:\n    …"
        return self.finding(
            module.place(handler),
            defect=f"If the task is cancelled while it waits in line {line}, this handler catches "
            f"it ({caught}), and {why}.",
            facts=[f"The await that a cancellation interrupts is in line {line}."],
            solution=solution,
            corrected=corrected,
        )


def _caught(module: Module, handler: ast.ExceptHandler) -> str:
    """By which of its names the handler catches a cancellation, if it does."""
    if handler.type is None:
        return "a bare except"
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    for kind in kinds:
        dotted = module.dotted(kind.func if isinstance(kind, ast.Call) else kind)
        if dotted in _CANCELLED:
            return "CancelledError"
        if dotted == "builtins.BaseException":
            return "BaseException"
    return ""


def _is_reached(module: Module, attempt: ast.Try, handler: ast.ExceptHandler) -> bool:
    """Whether no handler before it takes the cancellation."""
    before = attempt.handlers[: attempt.handlers.index(handler)]
    return not any(_caught(module, each) for each in before)


def _waits(body: list[ast.stmt]) -> list[ast.AST]:
    """What in ``body`` a cancellation can interrupt."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            found.append(node)
        if not isinstance(node, _FUNCTIONS):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))
    return found


def _is_own_doing(
    module: Module, function: Function, attempt: ast.Try, waits: list[ast.AST]
) -> bool:
    """Whether what is caught may well be the cancellation of another task, and not of this one."""
    if module.once(_first_cancel, function) <= (attempt.body[-1].end_lineno or 0):
        return True
    for wait in waits:
        if not isinstance(wait, ast.Await):
            return False
        awaited = wait.value
        if isinstance(awaited, ast.Call):
            return False
        if module.type_of(awaited).endswith(".create_future"):
            return False  # made here: nobody else has it to cancel
    return True  # bare tasks and futures, which others may have cancelled


def _first_cancel(_: Module, function: Function) -> int:
    """From which line on the function cancels others; 0 where it minds its own cancellations."""
    lines = [sys.maxsize]
    for node in own_nodes(function):
        word = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
        if word in ("uncancel", "cancelling"):
            return 0
        if word == "cancel":
            lines.append(getattr(node, "lineno", 0))
    return min(lines)


def _how_it_goes_on(
    module: Module,
    handler: ast.ExceptHandler,
    attempt: ast.Try,
    caught: str,
) -> str:
    inside = list(_own(handler.body))
    raises = [each for each in inside if isinstance(each, ast.Raise)]
    calls = [each for each in inside if isinstance(each, ast.Call)]
    if any(_is_end(module, each) or _is_handed_on(module, handler, each) for each in calls):
        return ""
    function = module.function_of(attempt)
    end = attempt.end_lineno or attempt.lineno
    if function is not None and module.once(_last_cancellation, function) > end:
        return ""  # a cancellation may be kept, and raised behind the ``try``
    for node in inside:
        if not isinstance(node, ast.Return) or caught != "CancelledError":
            continue
        if not _is_nothing(node.value):
            return f"line {node.lineno} returns a value, as if nobody had cancelled it"
    if raises or any(isinstance(each, _LEAVES) for each in inside):
        return ""
    loop = module.within(attempt, ast.While, ast.For, ast.AsyncFor)
    if loop is None or not _stands_in_body(loop, attempt, module):
        return ""
    if isinstance(loop, ast.While) and not isinstance(loop.test, ast.Constant):
        return ""  # what it asks may be what the canceller has set
    if isinstance(loop, ast.For):
        return ""  # it ends with what it goes over
    behind = _behind(loop, attempt)
    if any(isinstance(each, _LEAVES) for each in _own(behind + attempt.finalbody)):
        return ""
    return f"the loop of line {getattr(loop, 'lineno', attempt.lineno)} goes on"


def _own(body: list[ast.stmt]) -> Iterator[ast.AST]:
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))


def _is_end(module: Module, call: ast.Call) -> bool:
    return module.dotted(call.func) in ("sys.exit", "os._exit", "builtins.exit", "os.abort")


def _is_handed_on(module: Module, handler: ast.ExceptHandler, call: ast.Call) -> bool:
    """Whether the exception is given to something that may raise it, now or later."""
    word = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if word in _TELLS or module.dotted(call.func).startswith(("traceback.", "logging.")):
        return False
    for each in [*call.args, *(keyword.value for keyword in call.keywords)]:
        if isinstance(each, ast.Name) and each.id == handler.name:
            return True
        if isinstance(each, ast.Call) and module.dotted(each.func) == "sys.exc_info":
            return True
    return False


def _last_cancellation(module: Module, function: Function) -> int:
    """The last line in which the function raises a cancellation; 0 without one."""
    lines = [
        node.lineno
        for node in own_nodes(function)
        if isinstance(node, ast.Raise) and _caught_name(module, node)
    ]
    return max(lines, default=0)


def _caught_name(module: Module, node: ast.Raise) -> bool:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return raised is not None and module.dotted(raised) in _CANCELLED


def _is_nothing(value: ast.expr | None) -> bool:
    return value is None or isinstance(value, ast.Constant)


def _stands_in_body(loop: ast.AST, attempt: ast.Try, module: Module) -> bool:
    """Whether the ``try`` is in the loop's body, at whatever depth, and not in its ``else``."""
    child: ast.AST = attempt
    for above in module.ancestors(attempt):
        if above is loop:
            return child in getattr(loop, "body", ())
        child = above
    return False


def _behind(loop: ast.AST, attempt: ast.Try) -> list[ast.stmt]:
    """The statements of the loop's body that come after the ``try``."""
    body: list[ast.stmt] = getattr(loop, "body", [])
    return [each for each in body if each.lineno > (attempt.end_lineno or attempt.lineno)]
