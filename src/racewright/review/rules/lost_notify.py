"""Waiters are told before there is something to see, or are told and it is forgotten.

What it finds
-------------
Four ways to lose a notification, within one file. ``event.set()``, or a ``notify`` and the end of
its ``with`` block, comes before the change that it announces: the same function then first writes
what the waiters read as soon as they wake. ``event.clear()`` comes after the waiter has looked at
what the event announces: what is announced in between is forgotten. An event is set and cleared at
once. And ``notify()`` is called without the condition's lock, where nobody who calls the function
holds it either. Events whose name says that something has begun are left out of the first.

Why it matters
--------------
Who is woken too early sees the old state; if it then waits again, nobody wakes it again. Who clears
the event after its look waits although there is something to do. Both look like a hang that comes
and goes with the load.

Example
-------
::

    import threading

    class Job:
        def __init__(self):
            self.done = threading.Event()
            self.result = None

        def run(self, work):
            self.done.set()
            self.result = work()

        def wait(self):
            self.done.wait()
            return self.result

Instead
-------
::

    import threading

    class Job:
        def __init__(self):
            self.done = threading.Event()
            self.result = None

        def run(self, work):
            self.result = work()
            self.done.set()

        def wait(self):
            self.done.wait()
            return self.result

How it is proved
----------------
By exploring: a schedule in which the waiter runs between the notification and the change, or the
other task between the look and ``clear()``.

References
----------
CWE-662, improper synchronization. The documentation of ``threading.Condition``: ``notify`` without
the lock raises ``RuntimeError``, and the lock is to be held while the state changes.
"""

from __future__ import annotations

import ast
import itertools
import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.refs import Ref
from racewright.review.rule import Rule
from racewright.review.spots import Spot, block_of, first_writes, index_of, last_writes, reads
from racewright.review.tasks import CONDITIONS, EVENTS

__all__ = ["LostNotify"]

_EVENTS: Final = EVENTS | {"asyncio.Event"}
_CONDITIONS: Final = CONDITIONS | {"asyncio.Condition"}
_NOTIFY: Final = ("notify", "notify_all", "notifyAll")
#: Names of events that tell that something has begun: what comes later is not what they announce.
_BEGINNING: Final = re.compile(r"start|begin|began|begun|enter|running|alive", re.I)
#: Calls after which what is read may be ordered by something else.
_ORDERING: Final = frozenset({"join", "result", "wait", "get", "acquire", "shutdown", "wait_for"})


class LostNotify(Rule):
    title = "A notification can be lost"
    kind = "defect"
    cwe = 662
    proof = "explore"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        signals = list(_signals(module))
        waits = [each for each in signals if each[1] in ("wait", "wait_for")]
        for call, word, ref in signals:
            made = module.type_of(_object(call))
            if isinstance(_object(call), ast.Name) and ref[0] == "self":
                continue  # a method of the condition itself
            is_told = (word == "set" and made in _EVENTS) or (
                word in _NOTIFY and made in _CONDITIONS
            )
            if is_told and not _BEGINNING.search(ast.unparse(_object(call))):
                yield from self._too_early(module, call, ref, waits)
            if word in _NOTIFY and made in _CONDITIONS:
                yield from self._without_lock(module, call)
            if word == "clear" and made in _EVENTS:
                yield from self._forgotten(module, call, ref, signals)
                yield from self._pulse(module, call, made)

    def _too_early(
        self, module: Module, call: ast.Call, ref: Ref, waits: list[tuple[ast.Call, str, Ref]]
    ) -> Iterator[Finding]:
        function = module.function_of(call)
        late = _written_after(module, call)
        if function is None or not late or function.short_name == "__init__":
            return
        for wait, _, other in waits:
            if other != ref or module.function_of(wait) is function:
                continue
            for place, read in module.once(_read_after, wait):
                write = late.get(place)
                if write is None:
                    continue
                name, word = ast.unparse(_object(call)), place[1]
                yield self.finding(
                    [module.place(call), module.place(write), module.place(read)],
                    title=f"{name} tells of {word} before it is there",
                    defect=(
                        f"{ast.unparse(call)} wakes who waits for {name}, and line {write.lineno} "
                        f"writes {word} only then. Who is woken in between reads the old value."
                    ),
                    facts=[
                        f"Line {wait.lineno} waits for {name}, and line {read.lineno} then reads "
                        f"{word}.",
                    ],
                    solution=f"Write {word} first, and tell of it then.",
                )
                return

    def _without_lock(self, module: Module, call: ast.Call) -> Iterator[Finding]:
        function = module.function_of(call)
        if function is None or held_in(module, function).around(call):
            return
        if module.is_test or _may_be_called_with_lock(module, function):
            return
        name = ast.unparse(_object(call))
        yield self.finding(
            module.place(call),
            title=f"{name} is notified without its lock",
            defect=(
                f"{ast.unparse(call)} is called where {name} is not held. It raises RuntimeError, "
                "and nobody is woken."
            ),
            facts=[f"No with statement and no acquire() of {function.short_name} holds {name}."],
            solution=f"Change the state and notify in one `with {name}:`.",
            corrected=f"with {name}:\n    …\n    {ast.unparse(call)}",
        )

    def _pulse(self, module: Module, clear: ast.Call, made: str) -> Iterator[Finding]:
        statement = module.statement_of(clear)
        block = block_of(module, statement)
        place = index_of(module, statement) if statement is not None else 0
        before = block[place - 1] if place else None
        name = ast.unparse(_object(clear))
        if before is None or made not in EVENTS or ast.unparse(before) != f"{name}.set()":
            return
        yield self.finding(
            [module.place(before), module.place(clear)],
            title=f"{name} is set and cleared at once",
            defect=(
                f"{name} is set for a moment only. A task that is about to wait, and not yet "
                "waiting, misses it, and waits for the next one, if there is one."
            ),
            facts=[f"Line {clear.lineno} clears {name} right after it was set."],
            solution=(
                "Use a condition with a value that changes, as a generation; or let the waiter "
                "clear the event."
            ),
        )

    def _forgotten(
        self, module: Module, clear: ast.Call, ref: Ref, signals: list[tuple[ast.Call, str, Ref]]
    ) -> Iterator[Finding]:
        statement = module.statement_of(clear)
        block = block_of(module, statement)
        loop = module.within(clear, ast.While)
        if statement is None or loop is None or statement not in block:
            return
        before = block[: block.index(statement)]
        wait = next((each for each in before if _is_endless_wait(module, each, ref)), None)
        if wait is None:
            return
        told = {
            place
            for call, word, other in signals
            if word == "set" and other == ref and module.function_of(call) is not None
            for place in _written_before(module, call)
        }
        for between in before[before.index(wait) + 1 :]:
            for place, read in reads(module, between):
                if place in told:
                    name = ast.unparse(_object(clear))
                    yield self.finding(
                        [module.place(clear), module.place(read)],
                        title=f"{name} is cleared after the look at {place[1]}",
                        defect=(
                            f"What is put into {place[1]} after line {read.lineno} looks, and "
                            f"announced before this line, is forgotten: the next {name}.wait() "
                            "waits although it is there."
                        ),
                        facts=[
                            f"Line {wait.lineno} waits for {name}, line {read.lineno} looks, and "
                            f"this line clears {name} after both."
                        ],
                        solution=f"Clear {name} right after the wait, before the look.",
                    )
                    return


# --- Signals ---


def _signals(module: Module) -> Iterator[tuple[ast.Call, str, Ref]]:
    """The calls on events and conditions, with what each is done to."""
    for call in module.calls():
        func = call.func
        if not isinstance(func, ast.Attribute):
            continue
        if func.attr in ("set", "clear", "wait", "wait_for", *_NOTIFY):
            ref = module.ref(func.value)
            if ref is not None and module.type_of(func.value) in _EVENTS | _CONDITIONS:
                yield call, func.attr, ref


def _object(call: ast.Call) -> ast.expr:
    assert isinstance(call.func, ast.Attribute)
    return call.func.value


def _is_endless_wait(module: Module, statement: ast.stmt, ref: Ref) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Await):
        call = call.value
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return False
    is_wait = call.func.attr == "wait" and not call.args and not call.keywords
    return is_wait and module.ref(call.func.value) == ref


def _written_after(module: Module, call: ast.Call) -> dict[Spot, ast.stmt]:
    """What follows the notification in its block, and was not written before it; of a condition,
    what follows its ``with`` block, for nobody wakes inside of it."""
    statement: ast.AST | None = module.statement_of(call)
    if isinstance(call.func, ast.Attribute) and call.func.attr in _NOTIFY:
        statement = module.within(call, ast.With, ast.AsyncWith)
        if statement is None or not any(
            ast.unparse(item.context_expr) == ast.unparse(call.func.value)
            for item in getattr(statement, "items", ())
        ):
            return {}
    function = module.function_of(call)
    if function is None or not isinstance(statement, ast.stmt):
        return {}
    first = module.once(first_writes, function)
    place, last = index_of(module, statement), statement.end_lineno or statement.lineno
    return {
        spot: write
        for spot, (number, write) in last_writes(module, statement).items()
        if number > place and first.get(spot, sys.maxsize) > last
    }


def _written_before(module: Module, call: ast.Call) -> Iterator[Spot]:
    function, statement = module.function_of(call), module.statement_of(call)
    if function is not None and statement is not None:
        last = statement.end_lineno or statement.lineno
        for spot, line in module.once(first_writes, function).items():
            if line <= last:
                yield spot


def _read_after(module: Module, wait: ast.Call) -> list[tuple[Spot, ast.expr]]:
    return list(_each_read_after(module, wait))


def _each_read_after(module: Module, wait: ast.Call) -> Iterator[tuple[Spot, ast.expr]]:
    """What a waiter reads when it wakes, up to the next call that may wait for something else."""
    function = module.function_of(wait)
    if function is None:
        return
    if module.type_of(_object(wait)) in _CONDITIONS:
        loop = module.within(wait, ast.While)
        yield from reads(module, loop.test) if isinstance(loop, ast.While) else ()
        for argument in wait.args:
            yield from reads(module, argument)
        return
    last = wait.end_lineno or wait.lineno
    lines = module.once(_ordering_lines, function)
    ordered = lines[place] if (place := bisect_right(lines, last)) < len(lines) else sys.maxsize
    every = module.once(_reads_by_line, function)
    first = bisect_right(every, last, key=lambda each: each[1].lineno)
    loop = module.within(wait, ast.While)
    for spot, read in itertools.islice(every, first, None):
        if read.lineno >= ordered:
            return
        if module.within(read, ast.While) is loop and not _is_denied(module, read):
            yield spot, read


def _ordering_lines(_: Module, function: Function) -> list[int]:
    """Where the function makes a call that may wait for something else."""
    return sorted(
        each.lineno
        for each in ast.walk(function.node)
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in _ORDERING
    )


def _reads_by_line(module: Module, function: Function) -> list[tuple[Spot, ast.expr]]:
    """What the function reads itself, by the lines."""
    every = [
        each for each in reads(module, function.node) if module.function_of(each[1]) is function
    ]
    return sorted(every, key=lambda each: each[1].lineno)


def _is_denied(module: Module, read: ast.expr) -> bool:
    """Whether it is the old value that is expected there: ``assert not finished``."""
    above = module.parent(read)
    if isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute):
        return above.func.attr in ("assertFalse", "assertIsNone")
    return isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not)


def _may_be_called_with_lock(module: Module, function: Function) -> bool:
    """Whether a private name or a caller in this file says that somebody else holds it."""
    word = function.short_name
    if word.startswith("_") or function.outer or "locked" in word:
        return True
    for call in module.calls_of(word):
        caller = module.function_of(call)
        if caller is not None and held_in(module, caller).around(call):
            return True
    return False
