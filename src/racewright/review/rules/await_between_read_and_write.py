"""A value that a coroutine reads, waits, and then writes back as if nothing had happened.

What it finds
-------------
In an ``async def``, for an attribute, an item or a variable that other tasks can reach:
``self.total += await part()``; ``n = self.n``, an ``await``, ``self.n = n + 1``; and
``if self.client is None: self.client = await connect()``, also with a key of a dictionary, also as
``if self.client is not None: return self.client`` before it. Not found is what is under one lock
from the read to the write, what looks again after it has waited, a function whose callers in the
file all hold a lock, a function that is started as one task only and whose place nobody else
writes, and a function that by its name begins or ends a life, of which there is one.

Why it matters
--------------
Between two awaits a coroutine has the event loop for itself, so that no lock is needed. At each
``await`` it gives it up::

    task 1   reads 5, awaits
    task 2                     reads 5, awaits
    task 1   writes 6
    task 2                     writes 6         one update is lost

Example
-------
::

    class Statistics:
        def __init__(self):
            self.total = 0

        async def add(self, source):
            self.total += await source.read()

Instead
-------
::

    class Statistics:
        def __init__(self):
            self.total = 0

        async def add(self, source):
            part = await source.read()
            self.total += part

How it is proved
----------------
By reading alone: tasks of asyncio are not explored. A test can show it with two tasks, of which the
second starts while the first waits.

References
----------
CWE-362, concurrent execution using a shared resource with improper synchronisation. Trio's manual,
*Checkpoints*: what lies between two of them is not interrupted.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.callers import calls_of, is_under_callers_lock
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.spans import Span, awaits_in, spans_in
from racewright.review.tasks import SPAWNS

__all__ = ["AwaitBetweenReadAndWrite"]

#: How functions are called that begin or end a life, of which there is one, or go on in it.
_BEGINNINGS = re.compile(
    r"_*(?:a?start|a?set_?up|asyncsetup|a?init|run$|main$|a?stop|shut_?down|a?close|an?ext|an?iter"
    r"|aenter|aexit)"
)


class AwaitBetweenReadAndWrite(Rule):
    title = "A value is read, others run, and it is written back"
    kind = "defect"
    cwe = 362
    confidence = "medium"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        for function in module.functions.values():
            if not function.is_async:
                continue
            for span in spans_in(module, function, awaits_in):
                if not _is_alone(module, function, span):
                    yield self._finding(module, span)

    def _finding(self, module: Module, span: Span) -> Finding:
        word = ast.unparse(span.target)
        wait = getattr(span.switch, "lineno", None) or span.write.lineno
        line = getattr(span.look, "lineno", span.write.lineno)
        if span.kind == "update":
            title = f"An update of {word} can be lost over an await"
            defect = (
                f"{word} is read, then the coroutine waits, then it writes what it made of the old "
                "value. What another task wrote meanwhile is lost."
            )
            solution = "Await first, then read and write without an await between them."
        else:
            title = f"{word} can be made twice, as the coroutine waits before it is kept"
            defect = (
                f"{word} is found missing, then the coroutine waits for it to be made. Another "
                "task that looks meanwhile makes a second one, and one of the two is lost."
            )
            solution = "Hold an asyncio.Lock around the look and the write, or keep the task."
        return self.finding(
            module.place(span.look, span.write),
            title=title,
            defect=defect,
            facts=[
                f"Line {line} reads, line {wait} awaits, line {span.write.lineno} writes.",
                "No lock is held from the read to the write.",
            ],
            solution=solution,
            corrected=_corrected(span, word),
        )


def _corrected(span: Span, word: str) -> str:
    if isinstance(span.write, ast.AugAssign):
        operator = ast.unparse(span.write).split(word, 1)[1].split("=")[0].strip()
        return f"part = {ast.unparse(span.write.value)}\n{word} {operator}= part"
    return f"async with lock:\n    …  # from the read of {word} to its write"


def _is_alone(module: Module, function: Function, span: Span) -> bool:
    """Whether only one task can be between the two, as far as the file says."""
    if span.kind == "check" and _BEGINNINGS.match(function.short_name.lower()):
        return True
    if is_under_callers_lock(module, function):
        return True
    calls = calls_of(module, function)
    return (
        bool(calls)
        and _is_one_task(module, function, calls)
        and _is_only_writer(module, function, span)
    )


def _is_one_task(module: Module, function: Function, calls: list[ast.Call], depth: int = 0) -> bool:
    """Whether ``function`` is started once, or called by what is started once."""
    for call in calls:
        above = module.parent(call)
        if isinstance(above, ast.Call) and _is_start(module, above):
            if module.within(call, ast.For, ast.AsyncFor, ast.While, ast.ListComp) is not None:
                return False
            continue
        caller = module.function_of(call)
        if caller is None or depth > 3:
            return False
        if _BEGINNINGS.match(caller.short_name.lower()):
            continue
        further = calls_of(module, caller)
        if not further or not _is_one_task(module, caller, further, depth + 1):
            return False
    return len(calls) == 1


def _is_start(module: Module, call: ast.Call) -> bool:
    word = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return word in ("create_task", "ensure_future", "run", "run_until_complete", "start_soon") or (
        module.method(call) in SPAWNS
    )


def _is_only_writer(module: Module, function: Function, span: Span) -> bool:
    """Whether nobody else in the file, but for constructors, writes an attribute of that name."""
    target = span.target
    while isinstance(target, ast.Subscript):
        target = target.value
    word = getattr(target, "attr", getattr(target, "id", ""))
    named: list[ast.Attribute | ast.Name] = [
        *(each for each in module.nodes(ast.Attribute) if each.attr == word),
        *(each for each in module.nodes(ast.Name) if each.id == word),
    ]
    for node in named:
        inside = module.function_of(node)
        if isinstance(node.ctx, ast.Load) or inside is None or inside is function:
            continue
        if inside.short_name not in ("__init__", "__post_init__", "__new__"):
            return False
    return True
