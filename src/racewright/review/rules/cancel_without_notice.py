"""A future that is taken out of its queue and cancelled, and of which nobody is told.

What it finds
-------------
In a file that runs futures of ``concurrent.futures``, that is, calls
``set_running_or_notify_cancel``: a function that takes what is still to be done out of its queue or
table, calls ``cancel`` of its future, and lets it go, without that call. What stays in the queue is
not found: who takes it later makes the call.

Why it matters
--------------
``cancel`` runs the callbacks and wakes who waits for the ``result``, but those in
``concurrent.futures.wait`` and ``as_completed`` are told by ``set_running_or_notify_cancel``. It is
for who takes the work to call it; if he throws the work away, they wait for ever, or not, as the
work had been begun before or not::

    caller     wait([future])
    shutdown                    takes the work, cancels it
    worker                                                   finds nothing, and ends
    caller     waits for ever

Example
-------
::

    # file: pool.py
    import queue

    class Pool:
        def __init__(self):
            self.jobs = queue.Queue()

        def run(self):
            while (job := self.jobs.get()) is not None:
                if job.future.set_running_or_notify_cancel():
                    job.future.set_result(job.work())

        def stop(self):
            while not self.jobs.empty():
                job = self.jobs.get_nowait()
                job.future.cancel()
            self.jobs.put(None)

Instead
-------
::

    # file: pool.py
    import queue

    class Pool:
        def __init__(self):
            self.jobs = queue.Queue()

        def run(self):
            while (job := self.jobs.get()) is not None:
                if job.future.set_running_or_notify_cancel():
                    job.future.set_result(job.work())

        def stop(self):
            while not self.jobs.empty():
                job = self.jobs.get_nowait()
                if job.future.cancel():
                    job.future.set_running_or_notify_cancel()
            self.jobs.put(None)

How it is proved
----------------
By reading alone: who waits is elsewhere. A test can submit more than the pool has threads, wait for
all of it in another thread, and stop the pool.

References
----------
CWE-833, deadlock. CPython issue 87893: ``shutdown(cancel_futures=True)`` of the executors of the
standard library leaves ``wait`` waiting so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule
from racewright.review.walking import own_nodes

__all__ = ["CancelWithoutNotice"]

_NOTICE = "set_running_or_notify_cancel"
_TAKES = frozenset({"get", "get_nowait", "popleft", "pop", "popitem"})
_VIEWS = frozenset({"items", "values", "copy"})


class CancelWithoutNotice(Rule):
    title = "A future is cancelled, and who waits for it is not told"
    kind = "defect"
    cwe = 833
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test or _NOTICE not in module.source.text:
            return
        runs = next((each for each in module.calls() if _called(each) == _NOTICE), None)
        if runs is None:
            return
        for function in module.functions.values():
            nodes = list(own_nodes(function))
            if any(isinstance(each, ast.Call) and _called(each) == _NOTICE for each in nodes):
                continue
            taken_as: dict[str, ast.stmt] | None = None
            for cancel in nodes:
                if isinstance(cancel, ast.Call) and _called(cancel) == "cancel":
                    taken_as = _taken(nodes) if taken_as is None else taken_as
                    taken = taken_as.get(_root(cancel.func))
                    if taken is not None:
                        yield self._finding(module, taken, cancel, runs)

    def _finding(
        self, module: Module, taken: ast.stmt, cancel: ast.Call, runs: ast.Call
    ) -> Finding:
        future = ast.unparse(cancel.func).removesuffix(".cancel")
        head = taken.target if isinstance(taken, ast.For) else taken
        return self.finding(
            [module.place(cancel), module.place(head)],
            title=f"{future} is cancelled, and who waits for it is not told",
            defect=f"Line {taken.lineno} takes the work away, and line {cancel.lineno} cancels its "
            "future. Those who wait for it by concurrent.futures.wait or as_completed are not "
            "woken, and nobody has it any more who could wake them.",
            facts=[
                f"Who runs the work tells them in line {runs.lineno}, by {_NOTICE}.",
                "This function does not call it.",
            ],
            solution=f"Call {_NOTICE} after the cancellation.",
            corrected=f"if {future}.cancel():\n    {future}.{_NOTICE}()",
        )


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _root(path: ast.expr) -> str:
    """The name that a path of attributes begins with."""
    while isinstance(path, ast.Attribute):
        path = path.value
    return path.id if isinstance(path, ast.Name) else ""


def _taken(nodes: list[ast.AST]) -> dict[str, ast.stmt]:
    """By name: where what is to be done is taken out of what held it."""
    emptied = _emptied(nodes)
    found: dict[str, ast.stmt] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            for name in _names(node.targets) if _called(node.value) in _TAKES else ():
                found.setdefault(name, node)
        elif isinstance(node, ast.For) and emptied.get(_held(node), 0) > node.lineno:
            for name in _names([node.target]):
                found.setdefault(name, node)
    return found


def _names(targets: list[ast.expr]) -> set[str]:
    return {
        each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)
    }


def _emptied(nodes: list[ast.AST]) -> dict[str, int]:
    """By its source: the last line in which something is emptied, or replaced."""
    found: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            found |= {ast.unparse(each): node.lineno for each in node.targets}
        elif isinstance(node, ast.Call) and _called(node) == "clear":
            found[ast.unparse(node.func).removesuffix(".clear")] = node.lineno
    return found


def _held(loop: ast.For) -> str:
    """What a loop goes over, without the view or the copy that it takes of it."""
    held = loop.iter
    while isinstance(held, ast.Call) and isinstance(held.func, ast.Attribute):
        if held.func.attr not in _VIEWS:
            return ""
        held = held.func.value
    if isinstance(held, ast.Call) and len(held.args) == 1:
        held = held.args[0]  # list(…)
    return ast.unparse(held)
