"""A look at something shared, a point at which other tasks run, and a write that rests on the look.

Between two points at which a coroutine awaits, or a greenlet switches, nobody else runs: there a
read and a write need no lock. What is found here are the pairs that have such a point between
them. The order is that of the source, in one function; branches that exclude each other make no
pair, and neither does a loop that leads back.
"""

from __future__ import annotations

import ast
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from racewright.review.extract import held_in
from racewright.review.locations import location_of
from racewright.review.module import Function, Module
from racewright.review.walking import own_nodes

__all__ = ["Span", "awaits_in", "may_follow", "spans_in"]

#: Which nodes of a function let other tasks run.
Switches: TypeAlias = Callable[[Module, Function], list[ast.AST]]

#: Whose attribute it is: of an object that others may have, not of one that was made here.
_SHARED = ("self", "name", "param", "scope", "attr")


@dataclass(frozen=True, slots=True)
class Span:
    """One pair, and what lies between."""

    look: ast.AST
    switch: ast.AST
    write: ast.stmt
    target: ast.expr  #: what is written
    kind: str  #: "update", where the value comes from what was read; "check", where an ``if`` did


def awaits_in(module: Module, function: Function) -> list[ast.AST]:
    """Where a coroutine may be suspended."""
    del module
    found: list[ast.AST] = []
    for node in own_nodes(function):
        is_comprehension = isinstance(node, ast.comprehension) and node.is_async
        if is_comprehension or isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            found.append(node)
    return found


def spans_in(module: Module, function: Function, switches: Switches) -> Iterator[Span]:
    """The pairs of ``function`` that are not under one lock."""
    between = sorted(switches(module, function), key=_position)
    if not between:
        return
    seen: set[ast.AST] = set()
    for node in own_nodes(function):
        spans: Iterator[Span] = iter(())
        if isinstance(node, ast.AugAssign):
            spans = _augmented(module, node, between)
        elif isinstance(node, ast.Assign):
            spans = _update(module, function, node, between)
        elif isinstance(node, ast.If):
            spans = _check(module, node, between)
        for span in spans:
            if span.write not in seen and not _is_locked(module, function, span):
                seen.add(span.write)
                yield span


def _is_locked(module: Module, function: Function, span: Span) -> bool:
    held = held_in(module, function)
    return bool(set(held.around(span.look)) & set(held.around(span.write)))


def _is_shared(module: Module, target: ast.expr) -> bool:
    container = target.value if isinstance(target, ast.Subscript) else target
    place = location_of(module, container)
    return place is not None and place[0][0] in _SHARED


# --- Updates ---


def _augmented(module: Module, node: ast.AugAssign, switches: list[ast.AST]) -> Iterator[Span]:
    """``self.total += await part()``: what is added to was read before the wait."""
    inside = set(ast.walk(node.value))
    for switch in switches:
        if switch in inside and _is_shared(module, node.target):
            yield Span(node, switch, node, node.target, "update")
            return


def _update(
    module: Module, function: Function, node: ast.Assign, switches: list[ast.AST]
) -> Iterator[Span]:
    """``n = self.n; await …; self.n = n + 1``."""
    for target in node.targets:
        if not isinstance(target, (ast.Attribute, ast.Subscript, ast.Name)):
            continue
        if not _is_shared(module, target):
            continue
        text = _text(target)
        for operand in _operands(node.value):
            look = _where_read(module, function, operand, node, text)
            switch = _between(module, look, node, switches) if look is not None else None
            if look is not None and switch is not None:
                yield Span(look, switch, node, target, "update")
                return


def _operands(node: ast.expr) -> Iterator[ast.expr]:
    """What a sum is made of. What a function makes of its arguments is not known."""
    if isinstance(node, ast.BinOp):
        yield from _operands(node.left)
        yield from _operands(node.right)
    elif isinstance(node, (ast.Attribute, ast.Name, ast.Subscript)):
        yield node


def _where_read(
    module: Module, function: Function, operand: ast.expr, write: ast.Assign, text: str
) -> ast.AST | None:
    """Where the value of ``operand`` was read from the place ``text``."""
    if not isinstance(write.value, ast.BinOp):
        # A plain ``self.x = old`` puts something back: that is meant.
        return None
    if _text(operand) == text:
        return operand
    if not isinstance(operand, ast.Name):
        return None
    # ``n += 1`` in between still rests on what was read; ``n = …`` does not.
    number, assigned = module.once(_assigned, function)
    there = assigned.get(operand.id, [])
    place = bisect_left(there, number[write], key=number.__getitem__)
    last = there[place - 1] if place else None
    if last is None or _text(last.value) != text:
        return None
    return last if may_follow(module, last, write) else None


def _assigned(
    _: Module, function: Function
) -> tuple[dict[ast.Assign, int], dict[str, list[ast.Assign]]]:
    """The assignments of the function, numbered in their order, and which of them name what."""
    number: dict[ast.Assign, int] = {}
    found: dict[str, list[ast.Assign]] = {}
    for node in own_nodes(function):
        if isinstance(node, ast.Assign):
            number[node] = len(number)
            for word in {each.id for each in node.targets if isinstance(each, ast.Name)}:
                found.setdefault(word, []).append(node)
    return number, found


def _between(
    module: Module, look: ast.AST, write: ast.stmt, switches: list[ast.AST]
) -> ast.AST | None:
    """The first switch after ``look`` and not after ``write``."""
    end = _end(write)
    first = bisect_right(switches, _position(look), key=_position)
    for switch in itertools.islice(switches, first, None):
        if _position(switch) > end:
            break
        is_inside = write in module.ancestors(switch)
        if is_inside or (may_follow(module, look, switch) and may_follow(module, switch, write)):
            return switch
    return None


# --- Checks ---


def _check(module: Module, test: ast.If, switches: list[ast.AST]) -> Iterator[Span]:
    """``if self.x is None: self.x = await make()``, and the same with a key."""
    looked, following = _missing(test.test), test.body
    if looked is None and isinstance(test.body[-1], ast.Return) and not test.orelse:
        # ``if self.x is not None: return self.x``: what follows is for when it is not there.
        looked = _present(test.test)
        following = _behind(module, test)
    if looked is None or not _is_shared(module, looked[0]):
        return
    wanted = _text(looked[0])
    for node in following:
        if _asks_again(node, wanted):
            return
        for each in ast.walk(node):
            if not isinstance(each, (ast.Assign, ast.AnnAssign)):
                continue
            for target in _targets(each):
                if _is_place(target, wanted, looked[1]):
                    yield from _checked(module, test, each, target, switches)
                    return


def _checked(
    module: Module,
    test: ast.If,
    write: ast.Assign | ast.AnnAssign,
    target: ast.expr,
    switches: list[ast.AST],
) -> Iterator[Span]:
    is_own = module.function_of(write) is module.function_of(test)
    if not is_own or isinstance(write.value, ast.Constant):
        return
    switch = _between(module, test.test, write, switches)
    if switch is not None:
        yield Span(test.test, switch, write, target, "check")


def _asks_again(node: ast.stmt, subject: str) -> bool:
    """Whether ``node`` looks at the same place again before it writes."""
    return any(
        isinstance(each, (ast.If, ast.While, ast.IfExp))
        and any(_text(part) == subject for part in ast.walk(each.test))
        for each in ast.walk(node)
    )


def _behind(module: Module, test: ast.If) -> list[ast.stmt]:
    """The statements that follow in the block in which ``test`` stands."""
    above = module.parent(test)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(above, name, None)
        if isinstance(block, list) and test in block:
            return block[block.index(test) + 1 :]
    return []


def _present(test: ast.expr) -> tuple[ast.expr, str] | None:
    """The same as :func:`_missing`, of a test that holds where it is there."""
    if isinstance(test, ast.Attribute):
        return test, ""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        operator, right = test.ops[0], test.comparators[0]
        if isinstance(operator, ast.In):
            return right, _text(test.left)
        if isinstance(operator, ast.IsNot) and isinstance(right, ast.Constant):
            return (test.left, "") if right.value is None else None
    return None


def _missing(test: ast.expr) -> tuple[ast.expr, str] | None:
    """What must not be there for ``test`` to hold: the object and the text of a key, if any."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        if isinstance(test.operand, (ast.Attribute, ast.Name)):
            return test.operand, ""
        return None
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        operator, right = test.ops[0], test.comparators[0]
        if isinstance(operator, ast.NotIn):
            return right, _text(test.left)
        if isinstance(operator, ast.Is) and isinstance(right, ast.Constant):
            return (test.left, "") if right.value is None else None
    return None


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if node.value is not None else []


def _is_place(target: ast.expr, subject: str, key: str) -> bool:
    if not key:
        return _text(target) == subject
    return (
        isinstance(target, ast.Subscript)
        and _text(target.value) == subject
        and _text(target.slice) == key
    )


# --- Order ---


def may_follow(module: Module, first: ast.AST, later: ast.AST) -> bool:
    """Whether ``later`` can come after ``first`` without going round a loop."""
    if _position(later) < _position(first):
        return False
    path = [first, *module.ancestors(first)]
    others = {each: place for place, each in enumerate([later, *module.ancestors(later)])}
    place = next((index for index, each in enumerate(path) if each in others), None)
    if place is None:
        return False
    common = path[place]
    above = [later, *module.ancestors(later)]
    mine = path[place - 1] if place else None
    theirs = above[others[common] - 1] if others[common] else None
    if mine is None or theirs is None:
        return True
    one, two = _part(common, mine), _part(common, theirs)
    if isinstance(common, ast.Match) and mine is not theirs:
        return False
    if isinstance(common, ast.If) and {one, two} == {"body", "orelse"}:
        return False
    is_try = hasattr(common, "finalbody")
    if is_try and mine is not theirs and one == "handlers" and two in ("handlers", "orelse"):
        return False
    if is_try and two in ("handlers", "finalbody"):
        return True
    loops: list[ast.AST] = [
        each for each in above if isinstance(each, (ast.For, ast.AsyncFor, ast.While))
    ]
    return not any(
        _leaves(module, child, parent, loops) for child, parent in itertools.pairwise(path[:place])
    )


def _part(above: ast.AST, child: ast.AST) -> str:
    """In which part of ``above`` its child stands."""
    for name in ("test", "body", "handlers", "orelse", "finalbody"):
        value = getattr(above, name, None)
        if child is value or (isinstance(value, list) and child in value):
            return name
    return ""


def _leaves(module: Module, child: ast.AST, above: ast.AST, loops: list[ast.AST]) -> bool:
    """Whether the block in which ``child`` stands ends by going elsewhere than behind it."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(above, name, None)
        if isinstance(block, list) and child in block:
            last = block[-1]
            if isinstance(last, (ast.Return, ast.Raise)):
                return True
            if isinstance(last, (ast.Continue, ast.Break)):
                return module.within(last, ast.For, ast.AsyncFor, ast.While) in loops
    return False


def _position(node: ast.AST) -> tuple[int, int]:
    if isinstance(node, ast.comprehension):
        node = node.target
    return int(getattr(node, "lineno", 0)), int(getattr(node, "col_offset", 0))


def _end(node: ast.AST) -> tuple[int, int]:
    return (
        int(getattr(node, "end_lineno", 0) or 0),
        int(getattr(node, "end_col_offset", 0) or 0),
    )


def _text(node: ast.AST) -> str:
    return ast.dump(node).replace("Store()", "Load()")
