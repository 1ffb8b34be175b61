"""Something is asked whether it has stopped, and then something is put into its queue.

What it finds
-------------
A method that raises if a flag says *stopped*, *closed* or *not alive*, and otherwise puts something
into a queue, with no lock held over both. The flag is an attribute, an event, or what a method of
one line asks; the class sets it elsewhere and reads the queue, or has both from another object. A
method that asks the flag again after it has put is not found.

Why it matters
--------------
Between the question and the put the other may stop, and empty its queue for the last time::

    caller   is it stopped? no
    worker                       stops, and reads its queue to the end
    caller   puts its question                                         nobody reads it

The caller was promised an error. What it put is lost without one, and whoever waits for an answer
waits for ever.

Example
-------
::

    # file: service/worker.py
    import queue
    import threading

    class Worker:
        def __init__(self):
            self.stopped = threading.Event()
            self.inbox = queue.Queue()

        def ask(self, question):
            if self.stopped.is_set():
                raise RuntimeError("the worker has stopped")
            self.inbox.put(question)

        def run(self):
            while (question := self.inbox.get()) is not None:
                question.answer()
            self.stopped.set()

Instead
-------
::

    # file: service/worker.py
    import queue
    import threading

    class Worker:
        def __init__(self):
            self.lock = threading.Lock()
            self.stopped = threading.Event()
            self.inbox = queue.Queue()

        def ask(self, question):
            with self.lock:
                if self.stopped.is_set():
                    raise RuntimeError("the worker has stopped")
                self.inbox.put(question)

        def run(self):
            while (question := self.inbox.get()) is not None:
                question.answer()
            with self.lock:
                self.stopped.set()
            while not self.inbox.empty():
                self.inbox.get().refuse()

How it is proved
----------------
By exploring: a schedule that lets the worker stop between the question and the put, and a test that
notices that its message is lost, or waits for the answer.

References
----------
CWE-367, time-of-check time-of-use race condition. ``concurrent.futures`` holds one lock over the
question and the put, and again while it shuts down. An actor of Pykka that stopped in between left
its caller waiting for ever.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from racewright.model.finding import Finding
from racewright.review.callers import is_under_callers_lock
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.own import kinds_of, methods_by_class, own_word
from racewright.review.regions import regions_of, walk_here
from racewright.review.rule import Rule
from racewright.review.spots import block_of
from racewright.review.tasks import EVENTS, QUEUES
from racewright.review.walking import own_nodes

__all__ = ["PutAfterStopCheck"]

_STOPPED = re.compile(
    r"stop|clos|shut|dead|finish|terminat|exit|kill|quit|ended|cancel|broken", re.I
)
_GOES = re.compile(r"alive|running|active|started|^_?open", re.I)
_STATE = re.compile(r"^_?stat(?:e|us)$")
_ASKS = re.compile(r"check|ensure|assert|require|verify|raise", re.I)
_PUTS = frozenset({"put", "put_nowait"})
_TAKES = frozenset({"get", "get_nowait", "empty"})
_CONSTRUCTORS = ("__init__", "__new__", "__post_init__")


@dataclass(frozen=True, slots=True)
class _Gate:
    """A put that is made because a flag did not say *stopped*."""

    asked: ast.stmt
    put: ast.Call
    flag: str
    queue: str


class PutAfterStopCheck(Rule):
    title = "Something is put into a queue that nobody may read any more"
    kind = "defect"
    cwe = 367
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test or ".put" not in module.source.text:
            return
        for owner, own in methods_by_class(module).items():
            found: dict[tuple[str, str], list[_Gate]] = {}
            for function in own.values():
                for gate in _gates(module, own, function):
                    found.setdefault((gate.flag, gate.queue), []).append(gate)
            for (flag, queue), gates in found.items():
                fact = _why_nobody_reads(module, owner, own, flag, queue)
                if fact and _is_of_threads(module, owner, flag, queue):
                    yield self._finding(module, gates, fact)

    def _finding(self, module: Module, gates: list[_Gate], fact: str) -> Finding:
        first = gates[0]
        queue = f"self.{first.queue}"
        lines = ", ".join(str(each.put.lineno) for each in gates)
        asked = ast.unparse(_head(first.asked))
        asked = f"if {asked}:\n        …" if isinstance(first.asked, ast.If) else asked
        return self.finding(
            [
                place
                for each in gates
                for place in (module.place(_head(each.asked)), module.place(each.put))
            ],
            title=f"What is put into {queue} may be read by nobody",
            defect=f"Line {first.asked.lineno} asks whether it has stopped, and line "
            f"{first.put.lineno} puts something into {queue}. If it stops in between, that is lost "
            "without an error; who waits for an answer waits for ever.",
            facts=[
                fact,
                f"No lock is held from the question to the put (line {lines})."
                if len(gates) == 1
                else f"No lock is held from the question to the put, in any of the lines {lines}.",
            ],
            solution="Hold one lock over the question and the put, and over the stop and the last "
            "look into the queue.",
            corrected=f"with self.lock:  # held to stop, too\n    {asked}\n    {queue}.put(…)",
        )


def _head(asked: ast.stmt) -> ast.AST:
    return asked.test if isinstance(asked, ast.If) else asked


# --- The question and the put ---


def _gates(module: Module, own: dict[str, Function], function: Function) -> Iterator[_Gate]:
    if function.is_async or function.short_name in _CONSTRUCTORS:
        return
    nodes = list(own_nodes(function))
    if not any(isinstance(each, ast.Call) and _put_into(module, each) for each in nodes):
        return
    told: set[tuple[str, str]] = set()
    for asked, flag, region in _questions(module, own, nodes):
        for put in walk_here(region):
            queue = _put_into(module, put) if isinstance(put, ast.Call) else ""
            if not queue or not isinstance(put, ast.Call) or (flag, queue) in told:
                continue
            is_open = not _is_locked(module, function, asked, put)
            if is_open and not _is_settled(module, nodes, flag, queue, asked, put):
                told.add((flag, queue))
                yield _Gate(asked, put, flag, queue)


def _put_into(module: Module, call: ast.Call) -> str:
    """The attribute of ``self`` that is a queue, by the call, into which it puts one thing."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _PUTS or not call.args:
        return ""
    made = module.type_of(func.value)
    is_queue = made in QUEUES if made else len(call.args) == 1
    return own_word(module, func.value) if is_queue else ""


def _questions(
    module: Module, own: dict[str, Function], nodes: list[ast.AST]
) -> Iterator[tuple[ast.stmt, str, list[ast.AST]]]:
    """Where it is asked whether it has stopped: the statement, the flag, and what comes if not."""
    for node in nodes:
        if isinstance(node, ast.If):
            for part in ast.walk(node.test):
                flag, if_stopped = _flag(module, own, part)
                if flag and isinstance(part, ast.expr) and _raises(module, part, if_stopped):
                    for value, region in _regions(module, node, part):
                        if value != if_stopped:
                            yield node, flag, region
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            flag = _asked_by(module, own, node.value)
            if flag:
                block = block_of(module, node)
                yield node, flag, [*block[block.index(node) + 1 :]]


def _raises(module: Module, part: ast.expr, if_stopped: bool) -> bool:
    """Whether who comes too late is told."""
    return any(
        isinstance(each, ast.Raise)
        for value, region in regions_of(module, part)
        if value == if_stopped
        for each in walk_here(region)
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
        return _through(module, own[word]) if word in own else ("", False)
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        if isinstance(module.parent(node), (ast.Attribute, ast.Call, ast.Compare)):
            return "", False
        word = own_word(module, node)
        return _through(module, own[word]) if word in own else _by_name(word)
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


def _asked_by(module: Module, own: dict[str, Function], call: ast.Call) -> str:
    """The flag that a method of the object asks, which only raises if it has stopped."""
    function = own.get(own_word(module, call.func))
    if function is None or not _ASKS.search(function.short_name):
        return ""
    body = [each for each in function.body if not _is_text(each)]
    test = body[0] if len(body) == 1 and isinstance(body[0], ast.If) else None
    if test is None or test.orelse or not isinstance(test.body[-1], ast.Raise):
        return ""
    flags = [
        word
        for part in ast.walk(test.test)
        if (word := own_word(module, part))
        and (_by_name(word)[0] or _STATE.match(word))
        and not isinstance(module.parent(part), ast.Call)
    ]
    return flags[0] if len(flags) == 1 else ""


def _is_locked(module: Module, function: Function, asked: ast.stmt, put: ast.Call) -> bool:
    """Whether a lock is held from the question to the put."""
    held = held_in(module, function)
    both = set(held.around(asked)) & set(held.around(put))
    return bool(both) or is_under_callers_lock(module, function)


def _is_settled(
    module: Module, nodes: list[ast.AST], flag: str, queue: str, asked: ast.stmt, put: ast.Call
) -> bool:
    """Whether the function stops it itself, asks again behind the put, or only puts back."""
    for node in nodes:
        if isinstance(node, ast.Attribute) and own_word(module, node) == flag:
            above = module.parent(node)
            is_told = isinstance(above, ast.Attribute) and above.attr == "set"
            if is_told or not isinstance(node.ctx, ast.Load) or node.lineno > put.lineno:
                return True
        if (
            isinstance(node, ast.Attribute)
            and node.attr in _TAKES
            and own_word(module, node.value) == queue
            and asked.lineno <= node.lineno
        ):
            return True
    return False


# --- Why it matters there ---


def _why_nobody_reads(
    module: Module, owner: str, own: dict[str, Function], flag: str, queue: str
) -> str:
    """Who stops it and reads the queue, as a fact; empty where that is not to be seen."""
    maker = own.get("__init__")
    if maker is not None:
        sources = [_taken_from(module, maker, word) for word in (flag, queue)]
        if sources[0] and sources[0] == sources[1]:
            return (
                f"self.{flag} and self.{queue} are those of {sources[0]}, which sets the one and "
                "reads the other."
            )
    setter = reader = 0
    for function in own.values():
        for node in own_nodes(function):
            if not isinstance(node, ast.Attribute):
                continue
            above = module.parent(node)
            word = own_word(module, node)
            if word == flag and function.short_name not in _CONSTRUCTORS:
                is_told = isinstance(above, ast.Attribute) and above.attr == "set"
                if is_told or isinstance(node.ctx, ast.Store):
                    setter = setter or node.lineno
            if word == queue and isinstance(node.ctx, ast.Load) and _is_read(module, node):
                reader = reader or node.lineno
    if setter and reader:
        return (
            f"Line {setter} says that it has stopped; who reads the queue has it in line {reader}."
        )
    return ""


def _is_read(module: Module, node: ast.Attribute) -> bool:
    """Whether something is taken from the queue ``node`` there, or it is given to who takes."""
    above = module.parent(node)
    if isinstance(above, ast.Attribute):
        return above.attr in _TAKES and not (above.attr == "get" and _is_for_ever(module, node))
    return isinstance(above, (ast.Call, ast.Tuple, ast.keyword))


def _is_for_ever(module: Module, node: ast.AST) -> bool:
    """Whether it stands in a loop that nothing ends: who reads there reads what comes late, too."""
    loop = module.within(node, ast.While)
    if not isinstance(loop, ast.While) or not isinstance(loop.test, ast.Constant):
        return False
    return not any(isinstance(each, (ast.Break, ast.Return, ast.Raise)) for each in ast.walk(loop))


def _taken_from(module: Module, maker: Function, word: str) -> str:
    """The name of the object whose attribute the constructor keeps as ``self.word``."""
    for node in own_nodes(maker):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
            given = node.value.value
            if isinstance(given, ast.Name) and any(
                own_word(module, target) == word for target in node.targets
            ):
                ref = module.ref(given)
                return given.id if ref is not None and ref[0] != "self" else ""
    return ""


def _is_of_threads(module: Module, owner: str, flag: str, queue: str) -> bool:
    """Whether the flag or the queue is one that threads use, by what made it or as annotated."""
    for word, makers in ((flag, EVENTS), (queue, QUEUES)):
        if kinds_of(module, owner, word) & makers:
            return True
    return False
