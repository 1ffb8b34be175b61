"""A value that a greenlet reads, lets others run, and then writes back as if nothing had happened.

What it finds
-------------
In a function that is no coroutine, for an attribute, an item or a variable that other greenlets can
reach: ``n = self.n``, a call that switches, ``self.n = n + 1``; ``self.total += fetch()`` where
``fetch`` is a call that switches; and ``if self.client is None: self.client = …`` with such a call
between the look and the write. Calls that switch are those of eventlet and gevent that wait, what
their green modules hold, and, in a file that patches, ``time.sleep``, ``socket`` and
``subprocess``. Not found is what is under one lock from the read to the write.

Why it matters
--------------
A greenlet runs until it waits, so that most pairs of a read and a write need no lock. A call that
sleeps, or talks to a server, waits::

    greenlet 1   reads 5, sleeps
    greenlet 2                     reads 5, sleeps
    greenlet 1   writes 6
    greenlet 2                     writes 6         one update is lost

Example
-------
::

    import eventlet

    class Quota:
        def __init__(self):
            self.used = 0

        def take(self, amount):
            used = self.used
            eventlet.sleep(0)
            self.used = used + amount

Instead
-------
::

    import eventlet

    class Quota:
        def __init__(self):
            self.used = 0

        def take(self, amount):
            eventlet.sleep(0)
            self.used = self.used + amount

How it is proved
----------------
By reading alone: greenlets of eventlet and gevent are not explored. A test can show it with two
greenlets, of which the second runs while the first sleeps.

References
----------
CWE-362, concurrent execution using a shared resource with improper synchronisation. Eventlet's
manual, *Basic usage*: a green thread yields in every call that would block.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.spans import Span, spans_in
from racewright.review.tasks import BLOCKING
from racewright.review.walking import own_nodes

__all__ = ["SwitchBetweenReadAndWrite"]

#: Calls that let other greenlets run.
_SWITCHES: Final = frozenset(
    {
        "eventlet.sleep",
        "eventlet.greenthread.sleep",
        "eventlet.event.Event.wait",
        "eventlet.queue.Queue.get",
        "eventlet.queue.Queue.put",
        "eventlet.semaphore.Semaphore.acquire",
        "eventlet.spawn.wait",
        "eventlet.tpool.execute",
        "eventlet.GreenPool.waitall",
        "eventlet.connect",
        "gevent.sleep",
        "gevent.idle",
        "gevent.wait",
        "gevent.joinall",
        "gevent.event.Event.wait",
        "gevent.event.AsyncResult.get",
        "gevent.queue.Queue.get",
        "gevent.queue.Queue.put",
        "gevent.spawn.join",
        "gevent.spawn.get",
    }
)
#: Modules all of whose functions wait for something outside.
_GREEN: Final = ("eventlet.green.socket.", "eventlet.green.urllib", "eventlet.green.subprocess.")
_GREEN_OF_GEVENT: Final = ("gevent.socket.", "gevent.subprocess.")
#: The same functions of the standard library, in a file that patches it.
_PATCHED: Final = BLOCKING | {"requests.put", "requests.delete"}
_PATCHES: Final = ("eventlet.monkey_patch", "gevent.monkey.patch_all")


class SwitchBetweenReadAndWrite(Rule):
    title = "A value is read, other greenlets run, and it is written back"
    kind = "defect"
    cwe = 362
    confidence = "medium"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if not _is_green(module):
            return
        is_patched = any(module.dotted(call.func) in _PATCHES for call in module.calls())

        def switches(module: Module, function: Function) -> list[ast.AST]:
            return [
                node
                for node in own_nodes(function)
                if isinstance(node, ast.Call) and _switches(module, node, is_patched)
            ]

        for function in module.functions.values():
            if not function.is_async and not function.short_name.startswith("__init__"):
                for span in spans_in(module, function, switches):
                    yield self._finding(module, span)

    def _finding(self, module: Module, span: Span) -> Finding:
        word = ast.unparse(span.target)
        call = span.switch.func if isinstance(span.switch, ast.Call) else span.switch
        name = ast.unparse(call)
        if span.kind == "update":
            defect = (
                f"{word} is read, {name} lets other greenlets run, and what was made of the old "
                "value is written. What another greenlet wrote meanwhile is lost."
            )
        else:
            defect = (
                f"{word} is found missing, and {name} lets other greenlets run before it is set. "
                "One that looks meanwhile makes a second, and one of the two is lost."
            )
        line = getattr(span.look, "lineno", span.write.lineno)
        return self.finding(
            module.place(span.look, span.write),
            title=f"Other greenlets run between a read of {word} and its write",
            defect=defect,
            facts=[
                f"Line {line} reads, line {call.lineno if isinstance(call, ast.expr) else line} "
                f"switches, line {span.write.lineno} writes.",
                "No lock is held from the read to the write.",
            ],
            solution="Read after the call, or hold a semaphore from the read to the write.",
            corrected=f"with semaphore:\n    …  # from the read of {word} to its write",
        )


def _is_green(module: Module) -> bool:
    """Whether the file imports eventlet or gevent."""
    names: set[str] = set()
    for each in module.nodes(ast.Import):
        names |= {alias.name.partition(".")[0] for alias in each.names}
    for other in module.nodes(ast.ImportFrom):
        names.add((other.module or "").partition(".")[0])
    return bool(names & {"eventlet", "gevent"})


def _switches(module: Module, call: ast.Call, is_patched: bool) -> bool:
    name = module.method(call)
    is_function = name.rpartition(".")[2][:1].islower()  # a class only makes something
    if name in _SWITCHES or (is_function and name.startswith((*_GREEN, *_GREEN_OF_GEVENT))):
        return True
    return is_patched and name in _PATCHED
