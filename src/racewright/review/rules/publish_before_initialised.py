"""Something shared that others can see before it is ready.

What it finds
-------------
On the first use of something that belongs to a module, a class or a closure, with no lock held:
``if Class.instance is None: Class.instance = Class(); Class.instance.load()``, where what is done
to the object comes after it was stored; ``if not initialised: initialised = True; load()``, where
the word says that something is ready; and ``if once: function = once.pop(); function()``, where
those who come second go on while the first is still at work.

Why it matters
--------------
The others ask only whether it is there::

    task 1   finds nothing, stores a new object
    task 2                                        finds the object, and uses it: it is empty
    task 1   fills the object

Example
-------
::

    # file: lexer.py
    class Lexer:
        instance = None

        @classmethod
        def get(cls):
            if cls.instance is None:
                cls.instance = cls()
                cls.instance.load_keywords()
            return cls.instance

Instead
-------
::

    # file: lexer.py
    class Lexer:
        instance = None

        @classmethod
        def get(cls):
            if cls.instance is None:
                lexer = cls()
                lexer.load_keywords()
                cls.instance = lexer
            return cls.instance

How it is proved
----------------
By exploring: a schedule that lets a second task in between the store and what makes it ready, and a
test in which two tasks use it for the first time.

References
----------
CWE-696, incorrect behaviour order. The same happened to sqlparse, whose lexer was stored before it
knew any words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.callers import is_under_callers_lock
from racewright.review.extract import held_in
from racewright.review.locations import location_of
from racewright.review.module import Function, Module
from racewright.review.rule import Rule, constant
from racewright.review.walking import own_nodes

__all__ = ["PublishBeforeInitialised"]

#: Words of a flag that say that something is ready, not only that it was tried or told.
_READY = re.compile(
    r"init|load(?:ed)?$|set_?up|configured|ready|registered|populated|installed|filled|started",
    re.I,
)
_ACQUIRES = re.compile(r"acquire|(?:^|_)lock", re.I)
#: Calls after which nobody is any readier.
_TELLS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "log", "print"})
_CHANGES = frozenset({"append", "add", "update", "extend", "insert", "setdefault"})


class PublishBeforeInitialised(Rule):
    title = "Something shared can be seen before it is ready"
    kind = "defect"
    cwe = 696
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return
        for test in module.nodes(ast.If):
            function = module.function_of(test)
            if function is None or held_in(module, function).around(test):
                continue
            for store, use, story in _early(module, test):
                is_locked = _takes_a_lock(module, function, test)
                if not is_locked and not is_under_callers_lock(module, function):
                    yield self._finding(module, test, store, use, story)

    def _finding(
        self, module: Module, test: ast.If, store: ast.stmt, use: ast.stmt, story: str
    ) -> Finding:
        word = ast.unparse(_subject(test.test) or test.test)
        return self.finding(
            module.place(test, use),
            title=f"{word} can be seen before it is ready",
            defect=f"{story} Another task that asks in between goes on with what is not ready.",
            facts=[
                f"Line {test.lineno} is what the others ask: {ast.unparse(test.test)}.",
                "No lock is held here.",
            ],
            solution="Make it ready under a name of its own, and store it last; hold a lock if "
            "it must not be made twice.",
            corrected=f"with lock:\n    if {ast.unparse(test.test)}:\n        …\n"
            f"        {ast.unparse(store)[:80]}  # last",
        )


def _subject(test: ast.expr) -> ast.expr | None:
    """What is missing, where ``test`` holds."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Is):
        is_none = constant(test.comparators[0]) is None
        return test.left if is_none and isinstance(test.comparators[0], ast.Constant) else None
    return None


def _early(module: Module, test: ast.If) -> Iterator[tuple[ast.stmt, ast.stmt, str]]:
    """The store that comes too early, what comes too late, and what happens."""
    subject = _subject(test.test)
    if subject is None:
        yield from _taken(module, test)
        return
    if not _is_common(module, subject):
        return
    text = _text(subject)
    for place, statement in enumerate(test.body):
        if not isinstance(statement, ast.Assign):
            continue
        if not any(_text(target) == text for target in statement.targets):
            continue
        if constant(statement.value) is True:
            yield from _flagged(test, statement, subject, test.body[place + 1 :])
        elif not isinstance(statement.value, ast.Constant):
            yield from _filled(test, statement, text, test.body[place + 1 :])
        return


def _is_common(module: Module, subject: ast.expr) -> bool:
    """Whether it belongs to a module, a class or a closure, and not to one object or call."""
    place = location_of(module, subject)
    if place is None or place[0][0] not in ("scope", "name"):
        return False
    return not (isinstance(subject, ast.Attribute) and _is_thread_local(module, subject.value))


def _is_thread_local(module: Module, node: ast.expr) -> bool:
    """Whether each thread has an object of its own there."""
    made = module.type_of(node)
    if made == "threading.local":
        return True
    return any(
        module.tree.scopes[each].name == made
        and any(module.dotted(base) == "threading.local" for base in each.bases)
        for each in module.nodes(ast.ClassDef)
    )


def _takes_a_lock(module: Module, function: Function, test: ast.If) -> bool:
    """Whether something whose name says that it takes a lock is called before."""
    return any(
        isinstance(node, ast.Call) and _ACQUIRES.search(_name(node)) and node.lineno < test.lineno
        for node in own_nodes(function)
    )


def _filled(
    test: ast.If, store: ast.Assign, text: str, behind: list[ast.stmt]
) -> Iterator[tuple[ast.stmt, ast.stmt, str]]:
    """``X = make()`` and then ``X.load()``, ``X.name = …`` or ``X[key] = …``."""
    for statement in behind:
        for node in ast.walk(statement):
            target: ast.AST | None = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                is_plain = isinstance(statement, ast.Expr) and node is statement.value
                is_change = node.func.attr in _CHANGES
                target = node.func.value if is_plain or is_change else None
            elif isinstance(node, (ast.Attribute, ast.Subscript)):
                target = node.value if isinstance(node.ctx, ast.Store) else None
            if target is not None and _text(target) == text:
                yield (
                    store,
                    statement,
                    f"Line {store.lineno} stores it, and line {statement.lineno} makes it ready.",
                )
                return


def _flagged(
    test: ast.If, store: ast.Assign, subject: ast.expr, behind: list[ast.stmt]
) -> Iterator[tuple[ast.stmt, ast.stmt, str]]:
    """``ready = True`` and then the work."""
    word = getattr(subject, "attr", getattr(subject, "id", ""))
    if not _READY.search(word):
        return
    for statement in behind:
        calls = [each for each in ast.walk(statement) if isinstance(each, ast.Call)]
        if isinstance(statement, ast.Expr) and _name(statement.value) in _TELLS:
            continue
        works = [each for each in calls if _name(each) not in _TELLS]
        if works:
            yield (
                store,
                statement,
                f"Line {store.lineno} says that it is done, and line {statement.lineno} begins.",
            )
            return


def _taken(module: Module, test: ast.If) -> Iterator[tuple[ast.stmt, ast.stmt, str]]:
    """``if once: function = once.pop()``, and then a call of what was taken."""
    if not isinstance(test.test, ast.Name) or not _is_common(module, test.test):
        return
    text = _text(test.test)
    for place, statement in enumerate(test.body):
        call = statement.value if isinstance(statement, ast.Assign) else None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr not in ("pop", "popleft") or _text(call.func.value) != text:
            continue
        name = _name_of_target(statement)
        for behind in test.body[place + 1 :]:
            for node in ast.walk(behind):
                is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                if is_call and name and _name(node) == name:
                    yield (
                        statement,
                        behind,
                        f"Line {statement.lineno} takes the work away, and line {behind.lineno} "
                        "begins it; two that look at the same time even take it twice.",
                    )
                    return


def _name_of_target(statement: ast.stmt) -> str:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else ""


def _name(call: ast.AST) -> str:
    func = getattr(call, "func", call)
    return str(getattr(func, "attr", getattr(func, "id", "")))


def _text(node: ast.AST) -> str:
    return ast.dump(node).replace("Store()", "Load()")
