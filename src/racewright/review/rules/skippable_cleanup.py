"""An await in a ``finally`` that can keep the release behind it from being done.

What it finds
-------------
In an ``async def``, a ``finally`` in which an ``await`` without a shield, a timeout of its own or a
handler comes before a statement that gives something back: ``lock.release()``,
``self.waiters.remove(me)``, ``self.busy = False``, ``self.running -= 1``, ``event.set()``.

Why it matters
--------------
When a task is cancelled, its ``finally`` is run. If it waits there, and the task is cancelled again
(by a timeout around it, or at the end of the program), or what it awaits raises, the statements
behind the ``await`` are skipped. The lock stays taken, the counter stays up, the waiter stays
asleep. Under trio and anyio, every ``await`` in a cancelled scope raises at once.

Example
-------
::

    class Pool:
        async def use(self, connection, work):
            await self.slots.acquire()
            try:
                return await work(connection)
            finally:
                await connection.reset()
                self.slots.release()

Instead
-------
::

    class Pool:
        async def use(self, connection, work):
            await self.slots.acquire()
            try:
                try:
                    return await work(connection)
                finally:
                    await connection.reset()
            finally:
                self.slots.release()

How it is proved
----------------
By reading alone: tasks of asyncio are not explored. A test can cancel the task twice, and ask for
the slot again.

References
----------
CWE-459, incomplete cleanup. Trio's manual, *Cancellation and timeouts*: shield what has to be
awaited while cleaning up.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule

__all__ = ["SkippableCleanup"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
#: Methods that give something back, or wake somebody.
_RELEASES = frozenset(
    {
        "release",
        "notify",
        "notify_all",
        "discard",
        "remove",
        "task_done",
        "set_result",
        "put_nowait",
    }
)
_SHIELDS = frozenset({"shield", "wait_for", "wait", "timeout", "move_on_after", "gather"})


class SkippableCleanup(Rule):
    title = "An await can keep the clean-up behind it from being done"
    kind = "defect"
    cwe = 459
    confidence = "medium"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        for attempt in module.nodes(ast.Try):
            function = module.function_of(attempt)
            if not attempt.finalbody or function is None or not function.is_async:
                continue
            wait: ast.Await | None = None
            for statement in attempt.finalbody:
                released = _released(statement)
                if wait is not None and released:
                    yield self._finding(module, wait, statement, released)
                    break
                wait = wait or _plain_wait(statement)

    def _finding(
        self, module: Module, wait: ast.Await, release: ast.stmt, released: str
    ) -> Finding:
        return self.finding(
            [module.place(wait), module.place(release)],
            title=f"An await can keep {released} from being done",
            defect=f"If the task is cancelled again while it waits in line {wait.lineno}, or what "
            f"it waits for raises, line {release.lineno} is skipped.",
            facts=[f"Both stand in one finally; nothing shields {ast.unparse(wait)[:80]}."],
            solution="Give back first, or put the await in a try with a finally of its own.",
            corrected=f"try:\n    {ast.unparse(wait)[:90]}\nfinally:\n    {released}",
        )


def _plain_wait(statement: ast.stmt) -> ast.Await | None:
    """An await of the statement itself that nothing shields."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Try, *_FUNCTIONS)) or type(node).__name__ == "TryStar":
            continue  # it says itself what is to be done
        if isinstance(node, (ast.With, ast.AsyncWith)):
            continue  # which may be a shield, or a scope with a timeout
        if isinstance(node, ast.Await):
            return None if _is_shielded(node) else node
        stack.extend(reversed(list(ast.iter_child_nodes(node))))
    return None


def _is_shielded(wait: ast.Await) -> bool:
    call = wait.value
    if not isinstance(call, ast.Call):
        return True  # a future: that it raises is another's matter
    word = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return word in _SHIELDS


def _released(statement: ast.stmt) -> str:
    """What a statement gives back, as it is written; empty if nothing."""
    if isinstance(statement, ast.If) and not statement.orelse:
        found = [_released(each) for each in statement.body]
        return next((each for each in found if each), "")
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        func = statement.value.func
        if isinstance(func, ast.Attribute) and func.attr in _RELEASES:
            return ast.unparse(statement.value)[:80]
        if isinstance(func, ast.Attribute) and func.attr == "set" and not statement.value.args:
            return ast.unparse(statement.value)[:80]
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Sub):
        return ast.unparse(statement)[:80] if isinstance(statement.target, ast.Attribute) else ""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute):
        value = statement.value
        is_reset = isinstance(value, ast.Constant) and value.value in (False, None)
        return ast.unparse(statement)[:80] if is_reset else ""
    return ""
