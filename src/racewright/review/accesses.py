"""Reads and writes of what tasks may share: attributes of objects, and variables of outer scopes.

An ``update`` reads and writes in one statement (``self.n += 1``, ``self.n = self.n + 1``). A
``check`` looks and then acts on what it saw (``if k not in d: d[k] = …``); it is one access, from
the test to the act.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TypeAlias

from racewright.review.facts import Access
from racewright.review.held import HeldLocks
from racewright.review.locations import ITSELF, Location, container_of, holder_of, location_of
from racewright.review.module import Function, Module
from racewright.review.refs import Ref
from racewright.review.sequences import Found, is_plain, sequences_in

__all__ = ["Location", "Look", "accesses_of", "answers", "location_of", "look_of"]

Look: TypeAlias = tuple[ast.expr, str, bool]
_Held: TypeAlias = Callable[[Module, Function], HeldLocks]

#: Methods that change a container in one step: writes, but no lost updates by themselves.
_MUTATORS = frozenset(
    {
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "setdefault",
        "update",
        "__delitem__",
        "__setitem__",
    }
)
#: What is written with brackets where the object is no base's.
_SPELT = {"__delitem__": "del", "__setitem__": "item"}


def accesses_of(module: Module, held_in: _Held) -> dict[str, list[Access]]:
    """The accesses of each function, by its name."""
    found: dict[str, list[Access]] = defaultdict(list)

    def add(node: ast.AST, place: Location, kind: str, last: ast.AST, detail: str = "") -> None:
        function = module.function_of(node)
        if function is None:
            return
        held = held_in(module, function).around(node)
        line = int(getattr(node, "lineno", 0))
        end = int(getattr(last, "end_lineno", None) or line)
        access = Access(*place, kind, line, end, held, detail)
        if kind == "check":
            access = access._replace(key=_key_of(node, function), made=_made_by(module, last))
        found[function.name].append(access)

    for node, place, kind, last, detail in _all(module):
        add(node, place, kind, last, detail)
    return found


def _all(module: Module) -> Iterator[Found]:
    for augmented in module.nodes(ast.AugAssign):
        place, is_item = _target_of(module, augmented.target)
        if place is None:
            continue
        if _changes_in_place(module, augmented):
            # ``x += […]`` puts the items behind the others in one step, and stores the same list.
            yield augmented, place, "write", augmented, "item" if is_item else "extend"
        else:
            yield augmented, place, "update", augmented, "item" if is_item else ""
    yield from _assignments(module)
    for test in module.nodes(ast.If):
        yield from _check(module, test)
    for call in module.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in _MUTATORS:
            place = holder_of(module, call.func.value)
            if place is not None:
                yield call, place, "write", call, _SPELT.get(call.func.attr, call.func.attr)
    yield from _iterations(module)
    yield from sequences_in(module)
    for node in module.nodes(ast.Attribute):
        if isinstance(node.ctx, ast.Load) and not _is_called(module, node):
            place = location_of(module, node)
            if place is not None and place[0][0] == "self":
                yield node, place, "read", node, ""


def _iterations(module: Module) -> Iterator[Found]:
    """Loops over what may change meanwhile; ``list(d)`` and its like are one step, and are none."""
    loops: list[tuple[ast.AST, ast.expr, ast.AST]] = []
    for loop in module.nodes(ast.For):
        if not _is_over_at_once(loop):
            loops.append((loop, loop.iter, loop))
    for each in module.nodes(ast.comprehension):
        whole = module.parent(each) or each
        loops.append((whole, each.iter, whole))
    for node, over, last in loops:
        while isinstance(over, ast.Call):
            func = over.func
            if isinstance(func, ast.Attribute) and func.attr in ("items", "keys", "values"):
                over = func.value
            elif module.dotted(func) in ("builtins.enumerate", "builtins.reversed") and over.args:
                over = over.args[0]
            else:
                break
        place = holder_of(module, over)
        if place is not None:
            yield node, place, "read", last, f"loop {module.type_of(over)}"


def _is_over_at_once(loop: ast.For) -> bool:
    """Whether the body is left at its end for good: only the first item is taken."""
    return isinstance(loop.body[-1], (ast.Return, ast.Break, ast.Raise))


def _is_called(module: Module, node: ast.AST) -> bool:
    parent = module.parent(node)
    return isinstance(parent, ast.Call) and parent.func is node


def _assignments(module: Module) -> Iterator[Found]:
    for assign in module.nodes(ast.Assign):
        for target in assign.targets:
            place, is_item = _target_of(module, target)
            if place is None:
                continue
            text = ast.dump(target).replace("Store()", "Load()")
            start = _read_for(module, assign, text)
            kind = "write" if start is None else "update"
            value = assign.value.value if isinstance(assign.value, ast.Constant) else ...
            is_flag = value is None or isinstance(value, bool)
            detail = "item" if is_item else "flag" if is_flag else ""
            if isinstance(target, ast.Subscript) and _is_of_loop(module, assign, target):
                detail = "value"
            yield start or assign, place, kind, assign, detail
    for delete in module.nodes(ast.Delete):
        for target in delete.targets:
            if isinstance(target, ast.Subscript):
                place = holder_of(module, target.value)
                if place is not None:
                    yield delete, place, "write", delete, "del"


def _changes_in_place(module: Module, node: ast.AugAssign) -> bool:
    """Whether what is there changes itself: a list that is made longer, or a set."""
    if isinstance(node.op, ast.Add) and _is_list(node.value):
        return True
    is_of_sets = isinstance(node.op, (ast.BitOr, ast.BitAnd, ast.BitXor, ast.Sub))
    return is_of_sets and module.type_of(node.target) == "builtins.set"


def _is_list(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mult)):
        return _is_list(node.left) or _is_list(node.right)
    return isinstance(node, (ast.List, ast.ListComp))


def _target_of(module: Module, target: ast.expr) -> tuple[Location | None, bool]:
    """The place that is assigned to, and whether it is an item of a container there."""
    if isinstance(target, ast.Subscript):
        return holder_of(module, target.value), True
    return location_of(module, target), False


def _is_of_loop(module: Module, assign: ast.Assign, target: ast.Subscript) -> bool:
    """``for key in d: d[key] = …``: as many items as before."""
    loop = module.within(assign, ast.For)
    if not isinstance(loop, ast.For) or not isinstance(target.slice, ast.Name):
        return False
    text = ast.dump(target.value)
    is_key = any(getattr(each, "id", "") == target.slice.id for each in ast.walk(loop.target))
    return is_key and any(ast.dump(each) == text for each in ast.walk(loop.iter))


def _read_for(module: Module, assign: ast.Assign, text: str) -> ast.AST | None:
    """Where the value is read that ``assign`` writes back changed: there, or some lines above."""
    for part in _operands(assign.value):
        if not isinstance(part, (ast.Attribute, ast.Name, ast.Subscript)):
            continue
        if ast.dump(part) == text:
            return assign
        found = (
            module.tree.find(module.tree.scope_of(part), part.id)
            if isinstance(part, ast.Name)
            else None
        )
        if found is None or found[0] is not module.tree.scope_of(assign) or len(found[1]) != 1:
            continue
        value = found[1][0].value
        statement = module.statement_of(found[1][0].node)
        if value is not None and statement is not None and ast.dump(value) == text:
            return statement
    return None


def _operands(node: ast.expr) -> Iterator[ast.expr]:
    """The operands of arithmetic: ``x = f(x)`` is left out, for ``f`` may do anything."""
    if isinstance(node, ast.BinOp):
        yield from _operands(node.left)
        yield from _operands(node.right)
        yield node.left
        yield node.right


def _check(module: Module, node: ast.If) -> Iterator[Found]:
    """``if x is None: x = …``, ``if k not in d: d[k] = …``, ``if k in d: del d[k]``."""
    test = node.test
    if isinstance(test, ast.BoolOp):
        return
    looked = look_of(test)
    if looked is None:
        return
    subject, word, is_in = looked
    place = container_of(module, subject)
    if place is None or (place[1] == ITSELF and not word):
        return
    text = ast.dump(subject)
    for statement in node.body:
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            return  # what follows looks again under a lock, or it is another rule's matter
        act = _act(statement, text, word, is_in) or _addition(node, statement, text, word, is_in)
        if act == "create" and is_plain(module, statement):
            act = "create plain"
        if act:
            yield node, place, "check", statement, act
            return


def _key_of(node: ast.AST, function: Function) -> str:
    """The parameter whose value a check looks for, if it is one as it was given."""
    key: ast.expr | None = None
    if isinstance(node, ast.If):
        test = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
        key = test.left if isinstance(test, ast.Compare) else None
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
        key = node.value.slice
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        key = next(iter(node.value.args), None)
    if not isinstance(key, ast.Name):
        return ""
    arguments = function.node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return key.id if any(each.arg == key.id for each in every) else ""


def _made_by(module: Module, act: ast.AST) -> Ref | None:
    """What an act puts there."""
    return module.ref(act.value) if isinstance(act, ast.Assign) else None


def look_of(test: ast.expr) -> Look | None:
    """What ``test`` looks at, the text of the key if it is about one, and whether it must be
    there."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        if isinstance(test.operand, (ast.Attribute, ast.Name)):
            return test.operand, "", False
        inner = look_of(test.operand)
        return None if inner is None else (inner[0], inner[1], not inner[2])
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
        return None
    operator, right = test.ops[0], test.comparators[0]
    if isinstance(operator, (ast.In, ast.NotIn)):
        return right, ast.dump(test.left), isinstance(operator, ast.In)
    if isinstance(operator, ast.Is) and isinstance(right, ast.Constant) and right.value is None:
        return test.left, "", False
    return None


def answers(statement: ast.stmt, look: Look) -> bool:
    """Whether ``statement`` does what ``look`` asks about: the next who looks sees another."""
    return bool(_act(statement, ast.dump(look[0]), look[1], look[2]))


def _act(statement: ast.stmt, subject: str, key: str, is_in: bool) -> str:
    """How ``statement`` acts on what was looked at, or an empty string."""
    if isinstance(statement, ast.Assign) and not is_in:
        for target in statement.targets:
            if not key and _same(target, subject):
                return "create"
            if key and _is_item(target, subject, key):
                return "insert"
    if not (key and is_in):
        return ""
    if isinstance(statement, ast.Delete):
        return "remove" if any(_is_item(t, subject, key) for t in statement.targets) else ""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        is_one = len(call.args) == 1 and ast.dump(call.args[0]) == key
        if call.func.attr in ("remove", "pop") and is_one and _same(call.func.value, subject):
            return "remove"
    return ""


def _addition(test: ast.If, statement: ast.stmt, subject: str, key: str, is_in: bool) -> str:
    """``seen.add(key)`` where it was not there, and where more is done for the first of them."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if is_in or not key or not isinstance(call, ast.Call) or len(test.body) < 2:
        return ""
    func = call.func
    if not (isinstance(func, ast.Attribute) and func.attr in ("add", "append")):
        return ""
    is_same = [ast.dump(each) for each in call.args] == [key] and _same(func.value, subject)
    return "add" if is_same else ""


def _is_item(node: ast.expr, subject: str, key: str) -> bool:
    """Whether ``node`` is the item ``key`` of what was looked at."""
    return isinstance(node, ast.Subscript) and (
        _same(node.value, subject) and ast.dump(node.slice) == key
    )


def _same(node: ast.AST, subject: str) -> bool:
    return ast.dump(node).replace("Store()", "Load()").replace("Del()", "Load()") == subject
