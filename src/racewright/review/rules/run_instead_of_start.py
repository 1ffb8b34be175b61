"""A thread's or a process's ``run()`` is called, where ``start()`` was meant.

What it finds
-------------
``run()`` on what was made as a ``threading.Thread``, a ``threading.Timer`` or a
``multiprocessing.Process``, or as a class of this file that is made from one of these. Not found
is ``super().run()`` and ``self.run()``, and in files of tests a ``run()`` of an own class: that is
how a test asks for the work without the thread.

Why it matters
--------------
``run()`` does the work in the task that calls it. Nothing is concurrent, the caller waits, and a
``join()`` afterwards raises ``RuntimeError``.

Example
-------
::

    import threading

    def warm_up(load):
        thread = threading.Thread(target=load, daemon=True)
        thread.run()
        return thread

Instead
-------
::

    import threading

    def warm_up(load):
        thread = threading.Thread(target=load, daemon=True)
        thread.start()
        return thread

How it is proved
----------------
By reading. What is called is known, and it does the same on every run.

References
----------
CWE-572, call to Thread run() instead of start().
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule

__all__ = ["RunInsteadOfStart"]

_STARTED = ("threading.Thread", "threading.Timer", "multiprocessing.Process")


class RunInsteadOfStart(Rule):
    title = "A task is run by its maker, and not started"
    kind = "defect"
    cwe = 572
    proof = "static"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        for call in module.calls():
            func = call.func
            if not isinstance(func, ast.Attribute) or func.attr != "run" or call.args:
                continue
            made = module.type_of(func.value)
            if not made or call.keywords:
                continue
            kind = made if made in _STARTED else _base(module, made)
            is_own = kind != made
            if not kind or (is_own and module.is_test) or _is_itself(module, func.value):
                continue
            name = ast.unparse(func.value)
            word = "process" if kind.endswith("Process") else "thread"
            yield self.finding(
                module.place(call),
                title=f"{name} is run by its maker, and not started",
                defect=(
                    f"{name}.run() does the work of the {word} here, in the task that calls it. No "
                    f"{word} is started, and this waits until the work is done."
                ),
                facts=[f"{name} is a {kind}."],
                solution="Call start(); or call the function itself, if it is to run here.",
                corrected=f"{name}.start()",
            )


def _base(module: Module, made: str) -> str:
    """Of a class of this file, which of the started classes it is made from."""
    for node in module.nodes(ast.ClassDef):
        if module.tree.scopes[node].name == made:
            for base in node.bases:
                dotted = module.dotted(base)
                if dotted in _STARTED:
                    return dotted
    return ""


def _is_itself(module: Module, node: ast.expr) -> bool:
    """Whether it is ``self``: a method of the thread that is in it already."""
    ref = module.ref(node)
    return ref is not None and ref[0] in ("self", "super")
