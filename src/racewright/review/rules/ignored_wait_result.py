"""A wait with a timeout whose result nobody looks at.

What it finds
-------------
In any file: ``acquire`` of a lock or semaphore with a timeout or without blocking, as a statement,
where the same function goes on to ``release`` it, though not in the next statement. In functions
of tests: ``wait(timeout)`` of an event and ``wait_for(…, timeout)`` of a condition as a statement,
where nothing asks ``is_set`` afterwards; and ``join(timeout)`` of a thread after which the test
asserts nothing, not even ``is_alive``. Waits in loops are not found, nor is a wait for less than a
second: it may stand for that time.

Why it matters
--------------
When the time is over, these methods return ``False`` or nothing, and the code goes on as if what it
waited for had happened: into a section that somebody else is in, whose lock it then releases; or
through a test that has not tested.

Example
-------
::

    import threading

    class Account:
        def __init__(self):
            self.lock = threading.Lock()
            self.balance = 0

        def deposit(self, amount):
            self.lock.acquire(timeout=1)
            self.balance += amount
            self.lock.release()

Instead
-------
::

    import threading

    class Account:
        def __init__(self):
            self.lock = threading.Lock()
            self.balance = 0

        def deposit(self, amount):
            if not self.lock.acquire(timeout=1):
                raise TimeoutError("the account is busy")
            self.balance += amount
            self.lock.release()

How it is proved
----------------
By exploring, for locks: a schedule in which the time is over, or the lock taken, when the second
task comes, and both are in the section.

References
----------
CWE-252, unchecked return value. ``threading``, "Lock Objects" and "Event Objects".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule, constant
from racewright.review.started import is_assertion, own_nodes
from racewright.review.tasks import EVENTS, LOCKS

__all__ = ["IgnoredWaitResult"]

_CONDITION_WAIT = ("threading.Condition.wait_for", "multiprocessing.Condition.wait_for")
_THREADS = ("threading.Thread", "threading.Timer")
_FOLLOWING = frozenset({"is_set", "release", "wait"})
#: Seconds of a wait below which it may stand for a pause.
_PAUSE = 1


class IgnoredWaitResult(Rule):
    title = "Nobody looks at whether a wait ended in time"
    kind = "defect"
    cwe = 252
    proof = "explore"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        for call in module.calls():
            if not isinstance(call.func, ast.Attribute) or not isinstance(
                module.parent(call), ast.Expr
            ):
                continue
            function = module.function_of(call)
            if function is None or call.func.attr not in ("acquire", "wait", "wait_for", "join"):
                continue
            if call.func.attr == "acquire":
                yield from self._acquired(module, function, call, call.func)
            elif (
                module.is_test
                and function.short_name.startswith("test")
                and module.within(call, ast.For, ast.While) is None
            ):
                yield from self._waited(module, function, call, call.func)

    def _acquired(
        self, module: Module, function: Function, call: ast.Call, func: ast.Attribute
    ) -> Iterator[Finding]:
        maker = module.type_of(func.value)
        if maker not in LOCKS or maker.startswith("asyncio.") or not _may_give_up(call):
            return
        lock = ast.unparse(func.value)
        release = _later_call(module, function, call, lock, ("release",))
        if release is None or _is_next(module, call, release):
            return
        yield self.finding(
            [module.place(call), module.place(release)],
            kind="improvement" if module.is_test else "defect",
            defect=(
                f"{ast.unparse(call)} may return without the lock. What follows runs all the same, "
                f"and line {release.lineno} then releases a lock that another task holds."
            ),
            facts=[f"{lock} is a {maker}; the result of acquire is dropped."],
            solution="Ask for the result, and leave if it is false.",
            corrected=f'if not {ast.unparse(call)}:\n    raise TimeoutError("{lock} is taken")',
        )

    def _waited(
        self, module: Module, function: Function, call: ast.Call, func: ast.Attribute
    ) -> Iterator[Finding]:
        name, maker = ast.unparse(func.value), module.type_of(func.value)
        timeout = _timeout_of(call, 1 if func.attr == "wait_for" else 0)
        if timeout is None:
            return
        seconds = constant(timeout)
        if isinstance(seconds, (int, float)) and seconds < _PAUSE:
            return
        is_event = maker in EVENTS and func.attr == "wait"
        if is_event or module.method(call) in _CONDITION_WAIT:
            if _later_call(module, function, call, name, ("is_set", "wait")) is None:
                yield self._of_wait(module, call, name)
        elif (
            maker in _THREADS
            and func.attr == "join"
            and not function.decorators
            and not _is_cleaning(module, function, call)
            and not any(_is_judged(module, each, call) for each in own_nodes(function.node))
        ):
            yield self._of_join(module, call, name)

    def _of_wait(self, module: Module, call: ast.Call, name: str) -> Finding:
        text = ast.unparse(call)
        return self.finding(
            module.place(call),
            kind="improvement",
            defect=f"When {text} ends because the time is over, the test goes on all the same.",
            facts=[f"The result is dropped, and nothing below asks {name} again."],
            solution="Assert the result.",
            corrected=f"assert {text}",
        )

    def _of_join(self, module: Module, call: ast.Call, name: str) -> Finding:
        return self.finding(
            module.place(call),
            kind="improvement",
            defect=(
                f"{ast.unparse(call)} gives no sign when the time is over: a thread that hangs "
                "passes this test."
            ),
            facts=["The test asserts nothing after it, and asks no thread whether it is alive."],
            solution="Assert that the thread has ended.",
            corrected=f"{ast.unparse(call)}\nassert not {name}.is_alive()",
        )


def _may_give_up(call: ast.Call) -> bool:
    """Whether ``acquire`` may return without the lock."""
    given = {each.arg: each.value for each in call.keywords}
    blocking = call.args[0] if call.args else given.get("blocking", given.get("block"))
    timeout = call.args[1] if len(call.args) > 1 else given.get("timeout")
    if None in given:
        return False
    if blocking is not None and constant(blocking) in (False, 0):
        return True
    if timeout is None:
        return False
    seconds = constant(timeout)
    return seconds is not None and seconds != -1


def _timeout_of(call: ast.Call, place: int) -> ast.expr | None:
    """The timeout that is given, if it is one."""
    given = next((each.value for each in call.keywords if each.arg == "timeout"), None)
    if given is None and len(call.args) > place:
        given = call.args[place]
    is_none = isinstance(given, ast.Constant) and given.value is None
    return None if is_none else given


def _later_call(
    module: Module, function: Function, call: ast.Call, owner: str, words: tuple[str, ...]
) -> ast.Call | None:
    """The first call of one of ``words`` on ``owner`` that stands below ``call``."""
    for each in _method_calls(module).get(function, ()):
        assert isinstance(each.func, ast.Attribute)
        if (
            each.func.attr in words
            and each.lineno > call.lineno
            and ast.unparse(each.func.value) == owner
        ):
            return each
    return None


def _method_calls(module: Module) -> dict[Function | None, list[ast.Call]]:
    """The calls of the methods that are asked for, by function, looked for once."""
    kept: dict[Function | None, list[ast.Call]] | None = module.__dict__.get("_method_calls")
    if kept is None:
        kept = module.__dict__["_method_calls"] = {}
        for call in module.calls():
            if isinstance(call.func, ast.Attribute) and call.func.attr in _FOLLOWING:
                kept.setdefault(module.function_of(call), []).append(call)
    return kept


def _is_next(module: Module, call: ast.Call, release: ast.Call) -> bool:
    """Whether nothing stands between the two: it only sees to it that the lock is free."""
    statement, above = module.parent(call), module.parent(release)
    block = getattr(module.parent(statement) if statement else None, "body", [])
    if not isinstance(block, list) or statement not in block:
        return False
    return block[block.index(statement) + 1 :][:1] == [above]


def _is_cleaning(module: Module, function: Function, node: ast.AST) -> bool:
    """Whether ``node`` stands in a ``finally``, where a test clears up."""
    child: ast.AST = node
    for above in module.ancestors(node):
        if above is function.node:
            return False
        if isinstance(above, ast.Try) and child in above.finalbody:
            return True
        child = above
    return False


def _is_judged(module: Module, node: ast.AST, join: ast.Call) -> bool:
    """Whether ``node`` looks at what came of the thread."""
    if isinstance(node, ast.Attribute) and node.attr in ("is_alive", "exitcode"):
        return True
    is_later = int(getattr(node, "lineno", 0)) > join.lineno
    return is_later and (is_assertion(module, node) or isinstance(node, (ast.Raise, ast.Return)))
