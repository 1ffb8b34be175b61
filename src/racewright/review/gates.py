"""Where a method asks whether its object has stopped, and behind that puts something into a queue.

The flag is an attribute whose name says so, an event, or what a method of one line gives back; or
a method is called that only raises if it has stopped.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from racewright.review.module import Function, Module
from racewright.review.own import methods_by_class, own_word, uses_in
from racewright.review.regions import regions_of
from racewright.review.spots import block_of, index_of
from racewright.review.tasks import QUEUES
from racewright.review.walking import own_nodes

__all__ = ["TAKES", "Gate", "gates_in"]

#: What takes something out of a queue, or looks whether there is something.
TAKES = frozenset({"get", "get_nowait", "empty"})
_PUTS = frozenset({"put", "put_nowait"})
_STOPPED = re.compile(
    r"stop|clos|shut|dead|finish|terminat|exit|kill|quit|ended|cancel|broken", re.I
)
_GOES = re.compile(r"alive|running|active|started|^_?open", re.I)
_STATE = re.compile(r"^_?stat(?:e|us)$")
_ASKS = re.compile(r"check|ensure|assert|require|verify|raise", re.I)
#: Questions, and puts, of one function of which the rest is not looked at.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Gate:
    """A put that is made because a flag did not say *stopped*; who comes too late is told."""

    asked: ast.stmt
    put: ast.Call
    flag: str
    queue: str

    @property
    def head(self) -> ast.AST:
        """The question alone."""
        return self.asked.test if isinstance(self.asked, ast.If) else self.asked


def gates_in(module: Module, function: Function) -> Iterator[Gate]:
    """The gates of a method, in their order; not those in which it stops the object itself, asks
    once more behind the put, or puts back what it has taken."""
    nodes = list(own_nodes(function))
    puts = [
        (node, queue)
        for node in nodes
        if isinstance(node, ast.Call) and (queue := _put_into(module, node))
    ]
    for asked, flag, region in _questions(module, function, nodes) if puts else ():
        inside = {id(each) for each in region}
        for put, queue in puts[:_MOST]:
            is_behind = any(id(above) in inside for above in (put, *module.ancestors(put)))
            gate = Gate(asked, put, flag, queue)
            if is_behind and not _is_settled(module, function, gate):
                yield gate


def _put_into(module: Module, call: ast.Call) -> str:
    """The attribute of ``self`` that is a queue, by the call, into which it puts one thing."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _PUTS or not call.args:
        return ""
    made = module.type_of(func.value)
    is_queue = made in QUEUES if made else len(call.args) == 1
    return own_word(module, func.value) if is_queue else ""


def _questions(
    module: Module, function: Function, nodes: list[ast.AST]
) -> Iterator[tuple[ast.stmt, str, list[ast.AST]]]:
    """Where it is asked whether it has stopped: the statement, the flag, and what comes if not."""
    for asked, part, flag, if_stopped in islice(_asked(module, function, nodes), _MOST):
        if part is None:
            yield asked, flag, [*block_of(module, asked)[index_of(module, asked) + 1 :]]
        elif isinstance(asked, ast.If) and _raises(module, part, if_stopped):
            for value, region in _regions(module, asked, part):
                if value != if_stopped:
                    yield asked, flag, region


def _asked(
    module: Module, function: Function, nodes: list[ast.AST]
) -> Iterator[tuple[ast.stmt, ast.expr | None, str, bool]]:
    own = methods_by_class(module)[function.class_name]
    for node in nodes:
        if isinstance(node, ast.If):
            for part in ast.walk(node.test):
                flag, if_stopped = _flag(module, own, part)
                if flag and isinstance(part, ast.expr):
                    yield node, part, flag, if_stopped
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            asks = own.get(own_word(module, node.value.func))
            flag = module.once(_flag_of_raising, asks) if asks is not None else ""
            if flag:
                yield node, None, flag, True


def _raises(module: Module, part: ast.expr, if_stopped: bool) -> bool:
    """Whether who comes too late is told."""
    return any(
        isinstance(each, ast.Raise)
        for value, region in regions_of(module, part)
        if value == if_stopped
        for each in region
    )


def _regions(module: Module, test: ast.If, part: ast.expr) -> Iterator[tuple[bool, list[ast.AST]]]:
    """What runs if ``part`` was true, and if it was false; also the ``else`` of the ``try``."""
    yield from regions_of(module, part)
    above = module.parent(test)
    if isinstance(above, ast.Try) and above.body[-1] is test and not test.orelse:
        for value, _ in regions_of(module, part):
            yield not value, [*above.orelse]


def _flag(module: Module, own: dict[str, Function], node: ast.AST) -> tuple[str, bool]:
    """The flag that ``node`` asks, and what it answers if it has stopped."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.args or node.keywords:
            return "", False
        if node.func.attr in ("is_set", "isSet"):
            return _by_name(own_word(module, node.func.value))
        word = own_word(module, node.func)
        return module.once(_through, own[word]) if word in own else ("", False)
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        if isinstance(module.parent(node), (ast.Attribute, ast.Call, ast.Compare)):
            return "", False
        word = own_word(module, node)
        return module.once(_through, own[word]) if word in own else _by_name(word)
    return "", False


def _by_name(word: str) -> tuple[str, bool]:
    if word and _GOES.search(word):
        return word, False
    return (word, True) if _STOPPED.search(word) else ("", False)


def _through(module: Module, function: Function) -> tuple[str, bool]:
    """The flag that a method or property of one line gives back."""
    body = [each for each in function.body if not _is_text(each)]
    value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    is_negated = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
    if isinstance(value, ast.UnaryOp) and is_negated:
        value = value.operand
    flag, if_stopped = _flag(module, {}, value) if value is not None else ("", False)
    return flag, if_stopped != is_negated


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _flag_of_raising(module: Module, function: Function) -> str:
    """The flag that a method asks, which only raises if it has stopped."""
    body = [each for each in function.body if not _is_text(each)]
    test = body[0] if len(body) == 1 and isinstance(body[0], ast.If) else None
    is_asking = test is not None and bool(_ASKS.search(function.short_name))
    if test is None or not is_asking or test.orelse or not isinstance(test.body[-1], ast.Raise):
        return ""
    flags = [
        word
        for part in ast.walk(test.test)
        if (word := own_word(module, part))
        and (_by_name(word)[0] or _STATE.match(word))
        and not isinstance(module.parent(part), ast.Call)
    ]
    return flags[0] if len(flags) == 1 else ""


def _is_settled(module: Module, function: Function, gate: Gate) -> bool:
    """Whether the function stops it itself, asks again behind the put, or only puts back."""
    uses, line = uses_in(module, function), gate.put.lineno
    own = methods_by_class(module)[function.class_name]
    for word in (gate.flag, *uses):
        is_flag = word == gate.flag or (
            word in own
            and gate.flag
            in (module.once(_through, own[word])[0], module.once(_flag_of_raising, own[word]))
        )
        for use in uses.get(word, ()) if is_flag else ():
            if use.is_stored or use.attribute == "set" or use.node.lineno > line:
                return True
    return any(
        use.attribute in TAKES and use.node.lineno >= gate.asked.lineno
        for use in uses.get(gate.queue, ())
    )
