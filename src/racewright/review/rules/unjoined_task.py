"""A thread that a test starts and does not wait for.

What it finds
-------------
In a test function: a thread that is made, started and kept at most in a local name, that is no
daemon, and that nothing in the function joins, returns, stores or hands on.

Why it matters
--------------
The thread goes on while later tests run. What it changes, logs or raises is put down to these; an
assertion that fails in it fails nobody.

Example
-------
::

    import threading

    def test_the_service_answers(service):
        thread = threading.Thread(target=service.serve)
        thread.start()
        assert service.ask("1 + 1") == "2"

Instead
-------
::

    import threading

    def test_the_service_answers(service):
        thread = threading.Thread(target=service.serve)
        thread.start()
        assert service.ask("1 + 1") == "2"
        thread.join(timeout=10)
        assert not thread.is_alive()

How it is proved
----------------
By counters: the tasks that are alive at the end of the test, and were not at its beginning.

References
----------
CWE-404, improper resource shutdown or release.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule, constant

__all__ = ["UnjoinedTask"]

_THREADS = ("threading.Thread", "threading.Timer")


class UnjoinedTask(Rule):
    title = "A test does not wait for the thread that it starts"
    kind = "improvement"
    cwe = 404
    proof = "counters"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test:
            return
        for call in module.calls():
            function = module.function_of(call)
            if function is None or module.dotted(call.func) not in _THREADS:
                continue
            if not function.short_name.startswith("test") or _is_daemon(call):
                continue
            if _is_in_waiting_block(module, call):
                continue
            name = self._name_of(module, call)
            if name is None or (name and _is_over(module, function, name)):
                continue
            spelt = name or "the thread"
            yield self.finding(
                module.place(call),
                defect=f"{spelt} is started, and the test ends without waiting for it.",
                facts=[
                    f"{spelt} is no daemon; this function does not join it and hands it to nobody."
                ],
                solution="Join it with a timeout, and assert that it has ended.",
                corrected=f"{name or 'thread'}.join(timeout=10)\n"
                f"assert not {name or 'thread'}.is_alive()",
            )

    def _name_of(self, module: Module, call: ast.Call) -> str | None:
        """The local name of the thread; empty if it has none; nothing if it goes elsewhere, or is
        not started."""
        above = module.parent(call)
        if isinstance(above, ast.Attribute) and above.attr == "start":
            return ""
        if isinstance(above, ast.Assign) and len(above.targets) == 1:
            target = above.targets[0]
            if isinstance(target, ast.Name):
                return target.id
        return None


def _is_daemon(call: ast.Call) -> bool:
    return any(each.arg == "daemon" and constant(each.value) is not False for each in call.keywords)


def _is_in_waiting_block(module: Module, call: ast.Call) -> bool:
    """Whether a ``with`` around it is named after threads: its end waits for them."""
    block = module.within(call, ast.With)
    items = block.items if isinstance(block, ast.With) else []
    return any("thread" in ast.unparse(each.context_expr).lower() for each in items)


def _is_over(module: Module, function: Function, name: str) -> bool:
    """Whether the function does anything with the thread but start it, or never starts it."""
    is_started = False
    lines = range(function.node.lineno, (function.node.end_lineno or 0) + 1)
    for node in module.uses_of(name):
        if node.lineno not in lines:
            continue
        inside = module.function_of(node)
        if inside is not function and (inside is None or inside.outer != function.name):
            continue
        above = module.parent(node)
        if not isinstance(above, ast.Attribute):
            return True  # it is returned, stored, compared or handed on
        if above.attr == "start":
            is_started = True
        elif above.attr not in ("name", "ident", "is_alive", "native_id"):
            return True
    return not is_started
