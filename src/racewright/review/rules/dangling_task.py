"""A task of asyncio that nobody keeps.

What it finds
-------------
A task whose only reference is a local name of which nothing is asked but
``add_done_callback``, ``set_name`` and the like; and ``self.loop.create_task(…)`` as a statement of
its own, where the loop is known to be one of asyncio. The plain shape, ``asyncio.create_task(…)``
as a statement, is ruff's ``RUF006``, which the same review reports. A task group keeps its tasks,
and so does a set into which the name is put.

Why it matters
--------------
The event loop keeps a weak reference to a task. One that is waiting, and that nothing else refers
to, can be collected in the middle of its work. A callback that was added to it does not keep it.

Example
-------
::

    import asyncio

    def notify(client, report):
        task = asyncio.create_task(client.send("done"))
        task.add_done_callback(report)

Instead
-------
::

    import asyncio

    running = set()

    def notify(client, report):
        task = asyncio.create_task(client.send("done"))
        running.add(task)
        task.add_done_callback(running.discard)
        task.add_done_callback(report)

How it is proved
----------------
By reading alone: when the garbage is collected is not explored.

References
----------
CWE-772, missing release of resource after effective lifetime. Python's manual,
``asyncio.create_task``: save a reference to the result of this function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.walking import own_nodes

__all__ = ["DanglingTask"]

_LOOPS = (
    "asyncio.get_event_loop",
    "asyncio.get_running_loop",
    "asyncio.new_event_loop",
    "asyncio.events.get_event_loop",
    "asyncio.events.get_running_loop",
    "asyncio.events.new_event_loop",
)
_MAKES = frozenset(
    {"asyncio.create_task", "asyncio.ensure_future", *(f"{loop}.create_task" for loop in _LOOPS)}
)
_KEEPS_NOTHING = frozenset(
    {"add_done_callback", "remove_done_callback", "set_name", "get_name", "done", "cancelled"}
)


class DanglingTask(Rule):
    title = "A task is started that nobody keeps"
    kind = "defect"
    cwe = 772
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        for call in module.calls():
            made = module.method(call)
            if made not in _MAKES:
                continue
            above = module.parent(call)
            if isinstance(above, ast.Expr):
                is_plain = module.dotted(call.func) in _MAKES or isinstance(
                    getattr(call.func, "value", None), ast.Name
                )
                if not is_plain:  # else it is ruff's
                    yield self._finding(module, call, "", made)
            elif isinstance(above, ast.Assign) and len(above.targets) == 1:
                target = above.targets[0]
                function = module.function_of(call)
                if isinstance(target, ast.Name) and function is not None:
                    uses = _uses(module, function, target)
                    is_lost = uses and all(_keeps_nothing(module, each) for each in uses)
                    if is_lost and not _waits_for_callback(module, function, uses):
                        yield self._finding(module, call, target.id, made)

    def _finding(self, module: Module, call: ast.Call, name: str, made: str) -> Finding:
        if name:
            defect = (
                f"The task is kept in {name} only, until the function ends; adding a callback "
                "does not keep it. It can be collected before it is done."
            )
        else:
            defect = "Nothing refers to the task. It can be collected before it is done."
        return self.finding(
            module.place(call),
            defect=defect,
            facts=[f"It is made by {made}, and the loop's own reference is weak."],
            solution="Keep it in a set until it is done, or start it in an asyncio.TaskGroup.",
            corrected=f"running.add({name or 'task'})\n"
            f"{name or 'task'}.add_done_callback(running.discard)",
        )


def _uses(module: Module, function: Function, target: ast.Name) -> list[ast.Name]:
    """Where the name is read, in the function or in one inside of it; none if it is no local."""
    scope = module.tree.scope_of(target)
    if scope.node is not function.node or target.id in scope.elsewhere:
        return []
    if len(scope.bindings.get(target.id, ())) != 1:
        return []
    own = {each for each in own_nodes(function) if isinstance(each, ast.Name)}
    found = [each for each in own if each.id == target.id and isinstance(each.ctx, ast.Load)]
    if any(
        each.id == target.id and each not in own and isinstance(each.ctx, ast.Load)
        for each in ast.walk(function.node)
        if isinstance(each, ast.Name)
    ):
        return []  # a function inside of it keeps it
    return found


def _keeps_nothing(module: Module, use: ast.Name) -> bool:
    above = module.parent(use)
    if not (isinstance(above, ast.Attribute) and above.attr in _KEEPS_NOTHING):
        return False
    call = module.parent(above)
    return isinstance(call, ast.Call) and isinstance(module.parent(call), ast.Expr)


def _waits_for_callback(module: Module, function: Function, uses: list[ast.Name]) -> bool:
    """Whether the function stays until a callback of the task has told it: it keeps the task.

    ``task.add_done_callback(lambda _: done.set())`` and ``await done.wait()``.
    """
    for use in uses:
        above = module.parent(use)
        call = module.parent(above) if above is not None else None
        if not (isinstance(call, ast.Call) and getattr(above, "attr", "") == "add_done_callback"):
            continue
        told = {
            ast.unparse(each.func.value)
            for argument in call.args
            for each in ast.walk(argument)
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
        }
        for node in own_nodes(function):
            is_wait = isinstance(node, ast.Await) and node.lineno > call.lineno
            if is_wait and told & {ast.unparse(n) for n in ast.walk(node) if _is_name(n)}:
                return True
    return False


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute))
