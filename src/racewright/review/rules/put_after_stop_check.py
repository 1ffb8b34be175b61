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
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.callers import is_under_callers_lock
from racewright.review.extract import held_in
from racewright.review.gates import TAKES, Gate, gates_in
from racewright.review.module import Function, Module
from racewright.review.own import Use, kinds_of, methods_by_class, own_word, uses_in
from racewright.review.rule import Rule
from racewright.review.tasks import EVENTS, QUEUES
from racewright.review.walking import own_nodes

__all__ = ["PutAfterStopCheck"]

_CONSTRUCTORS = ("__init__", "__new__", "__post_init__")


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
            found: dict[tuple[str, str], list[Gate]] = {}
            for function in own.values():
                for gate in _open_gates(module, function):
                    found.setdefault((gate.flag, gate.queue), []).append(gate)
            for (flag, queue), gates in found.items():
                fact = _why_nobody_reads(module, owner, flag, queue)
                if fact and _is_of_threads(module, owner, flag, queue):
                    yield self._finding(module, gates, fact)

    def _finding(self, module: Module, gates: list[Gate], fact: str) -> Finding:
        first = gates[0]
        queue = f"self.{first.queue}"
        lines = ", ".join(str(each.put.lineno) for each in gates)
        asked = ast.unparse(first.head)
        asked = f"if {asked}:\n        …" if isinstance(first.asked, ast.If) else asked
        return self.finding(
            [
                place
                for each in gates
                for place in (module.place(each.head), module.place(each.put))
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


def _open_gates(module: Module, function: Function) -> Iterator[Gate]:
    """The gates of a method, one for each flag and queue, over which no lock is held."""
    if function.is_async or function.short_name in _CONSTRUCTORS:
        return
    told: set[tuple[str, str]] = set()
    for gate in gates_in(module, function):
        if (gate.flag, gate.queue) not in told and not _is_locked(module, function, gate):
            told.add((gate.flag, gate.queue))
            yield gate


def _is_locked(module: Module, function: Function, gate: Gate) -> bool:
    """Whether a lock is held from the question to the put."""
    held = held_in(module, function)
    both = set(held.around(gate.asked)) & set(held.around(gate.put))
    return bool(both) or is_under_callers_lock(module, function)


def _why_nobody_reads(module: Module, owner: str, flag: str, queue: str) -> str:
    """Who stops it and reads the queue, as a fact; empty where that is not to be seen."""
    sources = module.once(_sources, owner)
    if flag in sources and sources[flag] == sources.get(queue):
        return (
            f"self.{flag} and self.{queue} are those of {sources[flag]}, which sets the one and "
            "reads the other."
        )
    setter = module.once(_setters, owner).get(flag)
    reader = module.once(_readers, owner).get(queue)
    if setter and reader:
        return (
            f"Line {setter} says that it has stopped; who reads the queue has it in line {reader}."
        )
    return ""


def _sources(module: Module, owner: str) -> dict[str, str]:
    """By attribute: the argument of the constructor whose attribute it is."""
    maker = methods_by_class(module)[owner].get("__init__")
    found: dict[str, str] = {}
    for node in own_nodes(maker) if maker is not None else ():
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
            ref = module.ref(value.value)
            if isinstance(node, ast.Assign) and ref is not None and ref[0] != "self":
                for target in node.targets:
                    found.setdefault(own_word(module, target), value.value.id)
    found.pop("", None)
    return found


def _setters(module: Module, owner: str) -> dict[str, int]:
    """By attribute: the line in which a method sets it."""
    return {
        word: use.node.lineno
        for function in reversed(methods_by_class(module)[owner].values())
        if function.short_name not in _CONSTRUCTORS
        for word, uses in uses_in(module, function).items()
        for use in reversed(uses)
        if use.is_stored or use.attribute == "set"
    }


def _readers(module: Module, owner: str) -> dict[str, int]:
    """By attribute: the line in which something is taken from it, or it is given to who takes."""
    return {
        word: use.node.lineno
        for function in reversed(methods_by_class(module)[owner].values())
        for word, uses in uses_in(module, function).items()
        for use in reversed(uses)
        if not use.is_stored and _is_read(module, use)
    }


def _is_read(module: Module, use: Use) -> bool:
    if use.attribute:
        is_for_ever = use.attribute == "get" and _is_for_ever(module, use.node)
        return use.attribute in TAKES and not is_for_ever
    return isinstance(module.parent(use.node), (ast.Call, ast.Tuple, ast.keyword))


def _is_for_ever(module: Module, node: ast.AST) -> bool:
    """Whether it stands in a loop that nothing ends: who reads there reads what comes late, too."""
    loop = module.within(node, ast.While)
    if not isinstance(loop, ast.While) or not isinstance(loop.test, ast.Constant):
        return False
    return not module.once(_has_end, loop)


def _has_end(_: Module, loop: ast.While) -> bool:
    ends = (ast.Break, ast.Return, ast.Raise)
    return any(isinstance(each, ends) for each in ast.walk(loop))


def _is_of_threads(module: Module, owner: str, flag: str, queue: str) -> bool:
    """Whether the flag or the queue is one that threads use, by what made it or as annotated."""
    return bool(kinds_of(module, owner, flag) & EVENTS or kinds_of(module, owner, queue) & QUEUES)
