"""A method of something that is used under a lock, handed out so that it is called without it.

What it finds
-------------
A class that keeps an object, calls its methods under a lock wherever it calls them, and also hands
out one of these methods: ``self.tell = file.tell``, or a property that returns ``self.file.tell``.
The calls of ``__init__`` and of what ends the object's life do not count. A method that is called
nowhere under the lock is not found: it may need none.

Why it matters
--------------
Who calls the attribute does not see that it needs a lock, and cannot hold it. Between the steps of
somebody who does hold it, it reads or moves what these steps share::

    task 1   with lock: seek(10)                     read: as it should be, from 10
    task 2                         tell(): 10, though its own position is 0

Example
-------
::

    # file: archive.py
    class Member:
        def __init__(self, file, lock):
            self.file = file
            self.lock = lock
            self.position = 0
            self.tell = file.tell

        def read(self, size):
            with self.lock:
                self.file.seek(self.position)
                data = self.file.read(size)
                self.position = self.file.tell()
                return data

Instead
-------
::

    # file: archive.py
    class Member:
        def __init__(self, file, lock):
            self.file = file
            self.lock = lock
            self.position = 0

        def tell(self):
            return self.position

        def read(self, size):
            with self.lock:
                self.file.seek(self.position)
                data = self.file.read(size)
                self.position = self.file.tell()
                return data

How it is proved
----------------
By reading alone: where the method is called without the lock is elsewhere. A test can call it while
another thread is inside a method that holds the lock.

References
----------
CWE-820, missing synchronization. CPython issue 86535: the ``tell`` of a file in a ``ZipFile`` was
that of the archive, which other threads moved.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.own import is_self, methods_by_class, own_word
from racewright.review.rule import Rule
from racewright.review.walking import own_nodes

__all__ = ["BoundMethodPastLock"]

#: When nobody else has the object yet, or any more.
_ALONE = ("__init__", "__new__", "__post_init__", "__del__", "close")


class BoundMethodPastLock(Rule):
    title = "A method that needs a lock is handed out without it"
    kind = "defect"
    cwe = 820
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test or "lock" not in module.source.text.lower():
            return
        uses: dict[str, dict[str, list[ast.Call]]] = {}
        for statement, given, function, word in _handed_out(module):
            owner = function.class_name
            if owner not in uses:
                uses[owner] = _uses_under_lock(module, methods_by_class(module)[owner])
            for use in uses[owner].get(word, ()):
                if getattr(use.func, "attr", "") == given.attr:
                    yield self._finding(module, statement, given, word, use)
                    break

    def _finding(
        self,
        module: Module,
        statement: ast.stmt,
        given: ast.Attribute,
        word: str,
        use: ast.Call,
    ) -> Finding:
        name = ast.unparse(given)
        if isinstance(statement, ast.Assign):
            name = ast.unparse(statement.targets[0])
        return self.finding(
            [module.place(statement), module.place(use)],
            title=f"{name} is called without the lock",
            defect=f"Line {statement.lineno} hands out {ast.unparse(given)}. Who calls it holds no "
            f"lock, and comes between the steps of who works with self.{word} under one.",
            facts=[
                f"self.{word} is used under a lock wherever the class itself uses it.",
                f"So is {given.attr}, in line {use.lineno}.",
            ],
            solution="Write a method that takes the lock, or gives what was kept under it.",
            corrected=f"def {given.attr}(self):\n    with self.lock:\n"
            f"        return self.{word}.{given.attr}()",
        )


def _handed_out(module: Module) -> Iterator[tuple[ast.stmt, ast.Attribute, Function, str]]:
    """Methods of what a class keeps that are stored or returned, and where it is kept."""
    nodes: list[ast.Assign | ast.Return] = []
    nodes += [*module.nodes(ast.Assign), *module.nodes(ast.Return)]
    for node in nodes:
        value = node.value
        if not isinstance(value, ast.Attribute) or not isinstance(value.ctx, ast.Load):
            continue
        function = module.function_of(node)
        if function is None or not function.class_name:
            continue
        if isinstance(node, ast.Assign) and not any(own_word(module, e) for e in node.targets):
            continue
        word = own_word(module, value.value) or _kept_as(module, function, value.value)
        if word:
            yield node, value, function, word


def _kept_as(module: Module, function: Function, owner: ast.expr) -> str:
    """The attribute in which the function keeps the object that it calls ``owner``."""
    if not isinstance(owner, ast.Name) or is_self(module, owner):
        return ""
    return module.once(_names_kept, function).get(owner.id, "")


def _names_kept(module: Module, function: Function) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in own_nodes(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            for target in node.targets:
                if own_word(module, target):
                    found.setdefault(node.value.id, own_word(module, target))
    return found


def _uses_under_lock(module: Module, own: dict[str, Function]) -> dict[str, list[ast.Call]]:
    """By attribute: the calls of its methods, of two or more, each of which is under a lock."""
    found: dict[str, list[ast.Call]] = {}
    open_: set[str] = set()
    for function in own.values():
        if function.short_name in _ALONE:
            continue
        for node in own_nodes(function):
            func = node.func if isinstance(node, ast.Call) else None
            word = own_word(module, func.value) if isinstance(func, ast.Attribute) else ""
            if not word or not isinstance(node, ast.Call):
                continue
            found.setdefault(word, []).append(node)
            if not _is_under_own_lock(module, function, node, word):
                open_.add(word)
    return {word: uses for word, uses in found.items() if word not in open_ and len(uses) > 1}


def _is_under_own_lock(module: Module, function: Function, use: ast.Call, word: str) -> bool:
    """Whether a lock of the object is held there, and not only what is used itself."""
    held = held_in(module, function).around(use)
    return any(lock[0] in ("attr", "new", "self", "name") and lock[-1] != word for lock in held)
