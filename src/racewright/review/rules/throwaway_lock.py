"""A lock that each call, or each object, makes for itself, around what they share.

What it finds
-------------
Three locks that keep nobody out. One that a function makes, holds and hands to nobody; not in files
of tests, where the lock itself may be what is looked at. One that a method assigns anew to ``self``
and then holds. And the lock of each object, where what is read and written under it is one for all:
a variable of the module, or an attribute of the class. There it is not found where the module makes
one object of the class for everybody, or where another lock is held as well.

Why it matters
--------------
A lock excludes those who take the same lock. Here nobody else can take it, and what looks guarded
is not.

Example
-------
::

    import threading

    class Connection:
        opened = 0

        def __init__(self):
            self._lock = threading.Lock()

        def open(self):
            with self._lock:
                Connection.opened += 1

Instead
-------
::

    import threading

    class Connection:
        opened = 0
        _opened_lock = threading.Lock()

        def open(self):
            with Connection._opened_lock:
                Connection.opened += 1

How it is proved
----------------
By exploring: a schedule in which two tasks are inside of it at the same time, and an update is
lost.

References
----------
CWE-820, missing synchronization. For ``with threading.Lock():``, ruff's PLW2101.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.refs import Ref
from racewright.review.rule import Rule

__all__ = ["ThrowawayLock"]

_MAKERS: Final = frozenset(
    {
        "threading.Lock",
        "threading.RLock",
        "threading.Condition",
        "_thread.allocate_lock",
        "asyncio.Lock",
    }
)
_BEGINNINGS = ("__init__", "__new__", "__post_init__", "__setstate__", "setUp", "__enter__")


class ThrowawayLock(Rule):
    title = "A lock keeps nobody out"
    kind = "defect"
    cwe = 820
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        blocks: list[ast.With | ast.AsyncWith] = [*module.nodes(ast.With)]
        blocks += module.nodes(ast.AsyncWith)
        told: set[str] = set()
        for block in blocks:
            function = module.function_of(block)
            if function is None:
                continue
            for item in block.items:
                lock = item.context_expr
                if module.type_of(lock) not in _MAKERS:
                    continue
                if isinstance(lock, ast.Name):
                    if module.is_test:
                        continue  # there it is the lock itself that is looked at
                    made = _own_lock(module, function, lock)
                elif isinstance(lock, ast.Attribute):
                    made = _made_here(module, function, lock)
                else:
                    continue
                if made is not None:
                    yield self._of_call(module, function, lock, made)
                elif isinstance(lock, ast.Attribute):
                    yield from self._of_object(module, function, block, lock, told)

    def _of_call(
        self, module: Module, function: Function, lock: ast.expr, made: ast.AST
    ) -> Finding:
        name = ast.unparse(lock)
        line = getattr(made, "lineno", 0)
        return self.finding(
            [module.place(lock), module.place(made)],
            title=f"{name} is another lock in each call",
            defect=(
                f"Each call of {function.short_name} makes its own {name} and holds that. No other "
                "call waits for it, and nothing is guarded."
            ),
            facts=[f"Line {line} makes the lock, in the same call that holds it here."],
            solution="Make the lock once, where what it guards is made.",
        )

    def _of_object(
        self,
        module: Module,
        function: Function,
        block: ast.With | ast.AsyncWith,
        lock: ast.Attribute,
        told: set[str],
    ) -> Iterator[Finding]:
        ref = module.ref(lock)
        if ref is None or not _is_of_each_object(module, function, ref):
            return
        for node, what in _updates_in(module, block, function.class_name):
            held = held_in(module, function).around(node)
            if len(held) != 1 or what in told:
                continue
            told.add(what)
            name = ast.unparse(lock)
            yield self.finding(
                [module.place(node), module.place(lock)],
                title=f"{what} is one for all, {name} is not",
                defect=(
                    f"{what} is shared by all objects of the class, and read and written here "
                    f"under {name}, of which each object has its own. Two objects do not exclude "
                    "one another."
                ),
                facts=[f"{name} is the only lock that is held here, and is made for each object."],
                solution=f"Guard {what} with a lock that is made once, beside it.",
                confidence="medium",
            )


# --- The lock of a call ---


def _own_lock(module: Module, function: Function, lock: ast.Name) -> ast.AST | None:
    """What makes the lock, if this function does so, and nobody else gets it."""
    scope = module.tree.scopes[function.node]
    found = module.tree.find(module.tree.scope_of(lock), lock.id)
    if found is None or found[0] is not scope or len(found[1]) != 1:
        return None
    binding = found[1][0]
    if binding.kind != "assign" or not isinstance(binding.value, ast.Call):
        return None
    if module.dotted(binding.value.func) not in _MAKERS or binding.value.args:
        return None
    assign = module.parent(binding.node)
    if not isinstance(assign, ast.Assign) or len(assign.targets) != 1:
        return None
    for node in ast.walk(function.node):
        is_it = isinstance(node, ast.Name) and node.id == lock.id
        if is_it and node is not binding.node and not _is_only_held(module, function, node):
            return None
    return binding.value


def _is_only_held(module: Module, function: Function, node: ast.AST) -> bool:
    """Whether it is held here, by this function itself, and not handed on."""
    return isinstance(module.parent(node), ast.withitem) and module.function_of(node) is function


def _made_here(module: Module, function: Function, lock: ast.Attribute) -> ast.AST | None:
    """What makes ``self.lock`` in the method that then holds it."""
    if function.short_name in _BEGINNINGS or "init" in function.short_name.lower():
        return None
    made = module.once(_locks_made_in, function).get(ast.unparse(lock))
    return made if made is not None and made.lineno < lock.lineno else None


def _locks_made_in(module: Module, function: Function) -> dict[str, ast.expr]:
    """By how it is written, what first makes a lock in each call of the function."""
    found: dict[str, ast.expr] = {}
    for assign in function.body:
        if not isinstance(assign, ast.Assign) or not isinstance(assign.value, ast.Call):
            continue
        if module.dotted(assign.value.func) in _MAKERS:
            for target in assign.targets:
                found.setdefault(ast.unparse(target), assign.value)
    return found


# --- The lock of an object ---


def _is_of_each_object(module: Module, function: Function, ref: Ref) -> bool:
    """Whether ``__init__`` makes the lock, and there may be several objects."""
    name = function.class_name
    if ref[0] != "attr" or ref[1] != ("self", name) or not name:
        return False
    init = _methods(module, name).get("__init__")
    if init is None or _is_made_once(module, name):
        return False
    return f"self.{ref[2]}" in module.once(_locks_of_objects, init)


def _locks_of_objects(module: Module, init: Function) -> set[str]:
    """What ``__init__`` makes a lock for, as it writes it."""
    return {
        ast.unparse(target)
        for node in ast.walk(init.node)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and module.dotted(node.value.func) in _MAKERS
        and not node.value.args
        for target in node.targets
    }


def _methods(module: Module, class_name: str) -> dict[str, Function]:
    """The methods of a class, by their names."""
    return module.once(_by_class).get(class_name, {})


def _by_class(module: Module) -> dict[str, dict[str, Function]]:
    found: dict[str, dict[str, Function]] = {}
    for each in module.functions.values():
        found.setdefault(each.class_name, {}).setdefault(each.short_name, each)
    return found


def _is_made_once(module: Module, class_name: str) -> bool:
    """Whether the module makes one object of the class for all, or the class sees to that."""
    if "__new__" in _methods(module, class_name):
        return True
    return class_name in module.once(_called_by_the_module)


def _called_by_the_module(module: Module) -> set[str]:
    """What is called when the module is imported."""
    return {module.dotted(call.func) for call in module.calls() if module.function_of(call) is None}


def _updates_in(module: Module, block: ast.AST, class_name: str) -> Iterator[tuple[ast.AST, str]]:
    """The updates in ``block`` of what the whole class, or the whole module, has."""
    for node in ast.walk(block):
        if isinstance(node, ast.AugAssign):
            target: ast.expr = node.target
        elif isinstance(node, ast.If) and (made := _created(node)) is not None:
            target = made
        else:
            continue
        container = target.value if isinstance(target, ast.Subscript) else target
        if isinstance(container, ast.Attribute):
            owner = module.dotted(container.value)
            is_class = owner == class_name or ast.unparse(container.value) == "cls"
            if is_class:
                yield node, ast.unparse(container)
        elif isinstance(container, ast.Name):
            found = module.tree.find(module.tree.scope_of(node), container.id)
            if found is not None and found[0].node is module.tree.root:
                yield node, container.id


def _created(node: ast.If) -> ast.expr | None:
    """``d[k]`` in ``if k not in d: d[k] = …``."""
    test = node.test
    if not (isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotIn)):
        return None
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
            target = statement.targets[0]
            if ast.unparse(target.value) == ast.unparse(test.comparators[0]):
                return target
    return None
