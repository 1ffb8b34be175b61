"""What one function does with one lock, along each of its ways: taken, left, and by which exit.

The states of the lock are followed through the statements as a set, from ``untouched`` at the
beginning; an exception is followed to its handlers and ``finally`` blocks. Two questions whose
answers go together (``if mine: acquire``, later ``if mine: release``) are taken to be
independent, so only what is in one state for certain is told.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from racewright.review.module import Function, Module
from racewright.review.raising import can_raise
from racewright.review.rule import constant

__all__ = ["HELD", "LEFT", "TRIED", "UNTOUCHED", "Exit", "LockPaths", "Release", "State"]

#: Loops in loops and ``finally`` in ``finally`` are gone through again and again.
_MOST_STEPS = 20_000
#: Locks that nobody can hold twice.
_TAKEN_ONCE = ("threading.Lock", "_thread.allocate_lock", "asyncio.Lock")
UNTOUCHED, HELD, LEFT, TRIED, OPEN = "untouched", "held", "left", "tried", "open"


class State(NamedTuple):
    """The state of the lock, and the node that brought it about."""

    word: str
    node: ast.AST | None = None


class Exit(NamedTuple):
    """A way out of the function."""

    node: ast.AST  #: the statement or expression it leaves by
    state: State
    is_certain: bool  #: whether the lock can be in no other state there


class Release(NamedTuple):
    node: ast.AST
    states: frozenset[State]


@dataclass(slots=True)
class _Ways:
    """How a block can be left: each way out with the states it is left in."""

    on: frozenset[State] = frozenset()
    raised: dict[Exit, None] = field(default_factory=dict)  #: in the order of the source
    returned: dict[Exit, None] = field(default_factory=dict)
    broken: frozenset[State] = frozenset()
    continued: frozenset[State] = frozenset()

    def add(self, other: _Ways) -> None:
        """Everything of ``other`` but how it goes on."""
        self.raised.update(other.raised)
        self.returned.update(other.returned)
        self.broken |= other.broken
        self.continued |= other.continued


class LockPaths:
    """The ways of ``function`` with the lock that it writes as ``text``."""

    def __init__(self, module: Module, function: Function, text: str) -> None:
        self.module = module
        self.text = text
        self.releases: list[Release] = []
        self.taken_again: list[tuple[ast.AST, State]] = []
        self._steps = 0
        ways = self._block(function.body, frozenset({State(UNTOUCHED)}))
        self.raised, self.returned = list(ways.raised), list(ways.returned)
        if self._steps > _MOST_STEPS:  # half of the ways say nothing about the others
            self.raised, self.returned, self.releases = [], [], []
        self.at_end = ways.on

    # --- Blocks ---

    def _block(self, body: Iterable[ast.stmt], states: frozenset[State]) -> _Ways:
        ways = _Ways(on=states)
        for statement in body:
            if not ways.on:
                break  # nobody comes here
            step = self._statement(statement, ways.on)
            ways.add(step)
            ways.on = step.on
        return ways

    def _statement(self, node: ast.stmt, states: frozenset[State]) -> _Ways:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            return _Ways(on=states)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            return self._with(node, states)
        if isinstance(node, ast.If):
            return self._if(node, states)
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            return self._loop(node, states)
        if isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            return self._try(node, states)  # type: ignore[arg-type]
        if isinstance(node, ast.Match):
            return self._match(node, states)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return _Ways(on=states)
        if isinstance(node, ast.Break):
            return _Ways(broken=states)
        if isinstance(node, ast.Continue):
            return _Ways(continued=states)
        return self._simple(node, states)

    def _simple(self, node: ast.stmt, states: frozenset[State]) -> _Ways:
        if isinstance(node, ast.Raise):
            return _Ways(raised=_exits(states, node))
        call = _call_of(node)
        word = self._word(call) if call is not None else ""
        if call is not None and word:
            is_ignored = isinstance(node, ast.Expr)
            return _Ways(on=self._operate(word, call, is_ignored, states))
        ways = _Ways(on=states)
        risk = can_raise(self.module, node)
        if risk is not None:
            ways.raised = _exits(states, risk)
        if isinstance(node, ast.Return):
            ways.returned, ways.on = _exits(states, node), frozenset()
        return ways

    # --- The lock ---

    def _word(self, call: ast.Call) -> str:
        """``acquire`` or ``release``, if that is done to our lock."""
        func = call.func
        if not isinstance(func, ast.Attribute) or func.attr not in ("acquire", "release"):
            return ""
        return func.attr if ast.unparse(func.value) == self.text else ""

    def _operate(
        self, word: str, call: ast.Call, is_ignored: bool, states: frozenset[State]
    ) -> frozenset[State]:
        if word == "release":
            self.releases.append(Release(call, states))
            # What this function had not taken was its caller's, and taken who knows how often.
            return frozenset(
                State(OPEN if state.word in (UNTOUCHED, OPEN) else LEFT, call) for state in states
            )
        return self._acquire(call, is_ignored, states)

    def _acquire(
        self, call: ast.Call, is_ignored: bool, states: frozenset[State]
    ) -> frozenset[State]:
        if not waits_for_ever(call):
            return frozenset({State(TRIED if is_ignored else OPEN, call)})
        self.taken_again += [(call, state) for state in states if state.word == HELD]
        return frozenset({State(HELD, call)})

    # --- Compound statements ---

    def _with(self, node: ast.With | ast.AsyncWith, states: frozenset[State]) -> _Ways:
        ways = _Ways(on=states)
        for item in node.items:
            if ast.unparse(item.context_expr) == self.text:
                inside = self._block(node.body, frozenset({State(HELD, item.context_expr)}))
                left = frozenset({State(LEFT, item.context_expr)})
                if self.module.type_of(item.context_expr) not in _TAKEN_ONCE:
                    left = states  # the caller may hold it, too
                return self._left(inside, item.context_expr, left)
            risk = can_raise(self.module, item.context_expr)
            if risk is not None:
                ways.add(_Ways(raised=_exits(states, risk)))
        inside = self._block(node.body, states)
        ways.add(inside)
        ways.on = inside.on
        if any(_swallows(item.context_expr) for item in node.items):
            ways.on |= _states(inside.raised)
        return ways

    def _left(self, ways: _Ways, manager: ast.expr, left: frozenset[State]) -> _Ways:
        """What becomes of the ways out of ``with lock:``, which releases on each of them."""
        for states in (ways.on, ways.broken, ways.continued):
            if states:
                self.releases.append(Release(manager, states))
        for way in (*ways.raised, *ways.returned):
            certain = frozenset({way.state})
            states = certain if way.is_certain else certain | {State(OPEN)}
            self.releases.append(Release(manager, states))
        return _Ways(
            left if ways.on else frozenset(),
            _through(ways.raised, left),
            _through(ways.returned, left),
            left if ways.broken else frozenset(),
            left if ways.continued else frozenset(),
        )

    def _if(self, node: ast.If, states: frozenset[State]) -> _Ways:
        test, is_negated = node.test, False
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, is_negated = test.operand, True
        then = otherwise = states
        ways = _Ways()
        if isinstance(test, ast.Call) and self._word(test) == "acquire":
            taken = frozenset({State(HELD, test)})
            then, otherwise = (states, taken) if is_negated else (taken, states)
        elif (risk := can_raise(self.module, node.test)) is not None:
            ways.raised = _exits(states, risk)
        one, two = self._block(node.body, then), self._block(node.orelse, otherwise)
        ways.add(one)
        ways.add(two)
        ways.on = one.on | two.on
        return ways

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, states: frozenset[State]) -> _Ways:
        ways = _Ways()
        head = node.test if isinstance(node, ast.While) else node.iter
        is_endless = isinstance(node, ast.While) and bool(constant(node.test))
        entered, after = states, frozenset[State]()
        for _ in range(3):  # a lock has few states, and each turn adds one at least
            risk = can_raise(self.module, head)
            if risk is not None:
                ways.add(_Ways(raised=_exits(entered, risk)))
            inside = self._block(node.body, entered)
            ways.add(_Ways(raised=inside.raised, returned=inside.returned))
            after |= inside.broken
            again = entered | inside.on | inside.continued
            if again == entered:
                break
            entered = again
        if not is_endless:
            last = self._block(node.orelse, entered)
            ways.add(last)
            after |= last.on
        ways.on = after
        return ways

    def _try(self, node: ast.Try, states: frozenset[State]) -> _Ways:
        inside = self._block(node.body, states)
        ways = _Ways(on=inside.on)
        ways.add(_Ways(returned=inside.returned, broken=inside.broken, continued=inside.continued))
        is_caught = False
        for handler in node.handlers:
            entered = _states(inside.raised) or states
            one = self._block(handler.body, entered)
            ways.add(one)
            ways.on |= one.on
            is_caught = is_caught or _catches_all(self.module, handler)
        if not is_caught:
            ways.add(_Ways(raised=inside.raised))
        if node.orelse and inside.on:
            more = self._block(node.orelse, inside.on)
            ways.add(more)
            ways.on = (ways.on - inside.on) | more.on
        return self._finally(node.finalbody, ways) if node.finalbody else ways

    def _finally(self, body: list[ast.stmt], ways: _Ways) -> _Ways:
        """Each way out goes through ``body`` for itself."""
        result = _Ways()

        def through(states: Iterable[State]) -> frozenset[State]:
            done = self._block(body, frozenset(states)) if states else _Ways()
            result.add(done)
            return done.on

        result.on = through(ways.on)
        result.add(_Ways(raised=_through(ways.raised, through(_states(ways.raised)))))
        result.add(_Ways(returned=_through(ways.returned, through(_states(ways.returned)))))
        result.add(_Ways(broken=through(ways.broken), continued=through(ways.continued)))
        return result

    def _match(self, node: ast.Match, states: frozenset[State]) -> _Ways:
        ways = _Ways(on=states)
        for case in node.cases:
            one = self._block(case.body, states)
            ways.add(one)
            ways.on |= one.on
        return ways


def _exits(states: frozenset[State], node: ast.AST) -> dict[Exit, None]:
    """The ways out at ``node``."""
    return {Exit(node, state, len(states) == 1): None for state in states}


def _states(ways: Iterable[Exit]) -> frozenset[State]:
    return frozenset(way.state for way in ways)


def _through(ways: Iterable[Exit], states: frozenset[State]) -> dict[Exit, None]:
    """``ways``, after something that leaves the lock in one of ``states``."""
    is_one = len(states) == 1
    return {
        Exit(way.node, state, is_one and way.is_certain): None for way in ways for state in states
    }


def _call_of(node: ast.stmt) -> ast.Call | None:
    """The call that is all of a statement, or the value it assigns."""
    value = node.value if isinstance(node, (ast.Expr, ast.Assign)) else None
    if isinstance(value, ast.Await):
        value = value.value
    return value if isinstance(value, ast.Call) else None


def waits_for_ever(call: ast.Call) -> bool:
    """Whether an ``acquire`` comes back only with the lock."""
    given = [constant(each) for each in call.args]
    named = {each.arg: constant(each.value) for each in call.keywords}
    if len(given) > 1 or not set(named) <= {"blocking", "block", "timeout"}:
        return False
    return given in ([], [True]) and all(
        (value is True) if word != "timeout" else value == -1 for word, value in named.items()
    )


def _catches_all(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether the handler is for whatever a program would raise."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or module.dotted(kind) in ("builtins.Exception", "builtins.BaseException")
        for kind in kinds
    )


def _swallows(node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else node
    word = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return word in ("suppress", "raises", "assertRaises", "assertRaisesRegex")
