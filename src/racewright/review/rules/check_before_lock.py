"""A look outside of the lock, and under the lock no second one.

What it finds
-------------
``if self.x is None: with self.lock: self.x = …``, ``if key not in d: with lock: d[key] = …`` and
their like, where nothing under the lock looks again; also with the look as an early return, and at
what a local name was just taken from. The lock alone says that there are several tasks; none need
be known. Not found is what does no harm when it is done twice: where storing a constant, or what
was made before, is all that is done under the lock.

Why it matters
--------------
The lock makes the tasks come one after the other, and each does what only the first should::

    task 1   sees None, takes the lock
    task 2                               sees None, waits for the lock
    task 1   makes one, leaves
    task 2                               takes the lock, makes another: the first is lost

Example
-------
::

    import threading

    class Service:
        def __init__(self):
            self._lock = threading.Lock()
            self._client = None

        def client(self):
            if self._client is None:
                with self._lock:
                    self._client = object()
            return self._client

Instead
-------
::

    import threading

    class Service:
        def __init__(self):
            self._lock = threading.Lock()
            self._client = None

        def client(self):
            if self._client is None:
                with self._lock:
                    if self._client is None:
                        self._client = object()
            return self._client

How it is proved
----------------
By exploring: a schedule in which two tasks look before one of them has the lock.

References
----------
CWE-609, double-checked locking. Schmidt and Harrison, Double-checked locking, 1996.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from racewright.model.finding import Finding
from racewright.review.accesses import Look, answers, look_of
from racewright.review.extract import held_in
from racewright.review.held import looks_like_lock
from racewright.review.module import Module
from racewright.review.rule import Rule
from racewright.review.tasks import LOCKS

__all__ = ["CheckBeforeLock"]

_Block: TypeAlias = ast.With | ast.AsyncWith
_BLOCKS = (ast.With, ast.AsyncWith)


class CheckBeforeLock(Rule):
    title = "What was looked at before the lock is not looked at again under it"
    kind = "defect"
    cwe = 609
    proof = "explore"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        for test in module.nodes(ast.If):
            for block, expression in _blocks_after(module, test):
                look = _shared_look(module, test, look_of(_plain(expression)))
                act = _act_in(module, block.body, look) if look is not None else None
                if act is not None and not _is_locked(module, test):
                    yield self._finding(module, test, block, act)
                    break

    def _finding(self, module: Module, test: ast.If, block: _Block, act: ast.stmt) -> Finding:
        lock = ast.unparse(block.items[0].context_expr)
        look = ast.unparse(test.test)
        return self.finding(
            [module.place(test.test), module.place(act)],
            title=f"What line {test.lineno} sees is not looked at again under {lock}",
            defect=(
                f"Several tasks can see `{look}` before the first of them has {lock}. Each then "
                f"comes to line {act.lineno}, one after the other."
            ),
            facts=[
                f"Line {test.lineno} looks without {lock}.",
                f"Nothing between taking {lock} in line {block.lineno} and line {act.lineno} looks "
                "again.",
            ],
            solution=f"Look again once {lock} is held, or look only there.",
        )


def _blocks_after(module: Module, test: ast.If) -> Iterator[tuple[_Block, ast.expr]]:
    """The blocks under a lock that a look leads to, with the look as it was answered there."""
    for statement in test.body:
        if isinstance(statement, _BLOCKS) and _takes_lock(module, statement):
            yield statement, test.test
    is_way_out = isinstance(test.body[-1], (ast.Return, ast.Continue)) and len(test.body) == 1
    above = module.parent(test)
    block = getattr(above, "body", [])
    if not is_way_out or test.orelse or test not in block:
        return
    for statement in block[block.index(test) + 1 :][:2]:
        if isinstance(statement, _BLOCKS) and _takes_lock(module, statement):
            yield statement, ast.UnaryOp(ast.Not(), _positive(test.test))
            return


def _positive(test: ast.expr) -> ast.expr:
    """``x is not None`` and ``x`` are both denied by ``not x``."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.IsNot):
        return test.left
    return test


def _plain(test: ast.expr) -> ast.expr:
    """``value is MISSING`` as ``value is None``: a name for what is not there."""
    if not (isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is)):
        return test
    right = test.comparators[0]
    if len(test.ops) == 1 and isinstance(right, ast.Name) and right.id == right.id.upper():
        return ast.Compare(test.left, test.ops, [ast.Constant(None)])
    return test


def _takes_lock(module: Module, node: _Block) -> bool:
    expression = node.items[0].context_expr
    if isinstance(expression, ast.Call):
        func = expression.func
        word = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        # lockutils.lock("name"): one lock by one name, and not one that is made anew.
        is_named = bool(expression.args) and isinstance(expression.args[0], ast.Constant)
        return is_named and word in ("lock", "synchronized", "internal_lock")
    made = module.type_of(expression)
    if made:
        return made in LOCKS
    ref = module.ref(expression)
    is_name = isinstance(expression, (ast.Name, ast.Attribute))
    return is_name and ref is not None and looks_like_lock(ref)


def _shared_look(module: Module, test: ast.If, look: Look | None) -> Look | None:
    """The look at what others can reach: at what a local name was taken from, if it is one."""
    if look is None:
        return None
    subject = look[0]
    if isinstance(subject, ast.Name):
        scope = module.tree.scope_of(test)
        found = module.tree.find(scope, subject.id)
        if found is None:
            return None
        if found[0] is scope and scope.elsewhere.get(subject.id) is None:
            return _taken_from(module, test, subject.id) if not look[1] else None
        return look
    while isinstance(subject, ast.Attribute):
        subject = subject.value
    return look if isinstance(subject, ast.Name) else None


def _taken_from(module: Module, test: ast.If, word: str) -> Look | None:
    """What ``word`` was given in the statement before: ``self.x``, or ``kept.get(key)``."""
    block = getattr(module.parent(test), "body", [])
    place = block.index(test) if test in block else 0
    before = block[place - 1] if place else None
    if not isinstance(before, ast.Assign) or ast.unparse(before.targets[0]) != word:
        return None
    value = before.value
    if isinstance(value, ast.Attribute):
        return value, "", False
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)):
        return None
    is_get = value.func.attr == "get" and 1 <= len(value.args) <= 2 and not value.keywords
    return (value.func.value, ast.dump(value.args[0]), False) if is_get else None


def _act_in(module: Module, body: list[ast.stmt], look: Look) -> ast.stmt | None:
    """What makes the look's answer another one, in the block and for good."""
    subject = ast.dump(look[0])
    for statement in body:
        if answers(statement, look):
            is_alone = len(body) == 1 and isinstance(module.parent(statement), _BLOCKS)
            return None if is_alone and _is_harmless(statement) else statement
        if isinstance(statement, ast.Try) and not _mentions(statement.handlers, subject):
            return _act_in(module, statement.body, look)
        if _mentions([statement], subject):
            return None  # it is looked at again, or changed in a way that is not known
        if _makes(module, statement, look):
            return statement
        if isinstance(statement, (ast.If, ast.Match, ast.While, ast.Return)) and any(
            isinstance(part, (ast.Return, ast.Break, ast.Continue)) for part in ast.walk(statement)
        ):
            return None  # something else may have been asked that decides the same
    return None


def _mentions(nodes: Iterable[ast.AST], subject: str) -> bool:
    return any(ast.dump(part) == subject for node in nodes for part in ast.walk(node))


def _makes(module: Module, statement: ast.stmt, look: Look) -> bool:
    """Whether it calls a function of the file that makes what was looked for, and does not look."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    ref = module.ref(call.func) if isinstance(call, ast.Call) else None
    if ref is None or look[1]:
        return False
    name = str(ref[1]) if ref[0] == "name" else ""
    if ref[0] == "attr" and ref[1][0] == "self":
        name = f"{ref[1][1]}.{ref[2]}"
    function = next((each for each in module.functions.values() if each.name == name), None)
    if function is None or function.is_async:
        return False
    elsewhere = module.tree.scopes[function.node].elsewhere
    for each in function.body:
        if answers(each, look):
            return not isinstance(look[0], ast.Name) or look[0].id in elsewhere
        if _mentions([each], ast.dump(look[0])):
            return False
    return False


def _is_harmless(statement: ast.stmt) -> bool:
    """Whether storing it twice is as good as once: it was made before, or is a constant."""
    value = statement.value if isinstance(statement, ast.Assign) else None
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    return isinstance(value, (ast.Constant, ast.Name, ast.Attribute))


def _is_locked(module: Module, test: ast.If) -> bool:
    function = module.function_of(test)
    return function is None or bool(held_in(module, function).around(test))
