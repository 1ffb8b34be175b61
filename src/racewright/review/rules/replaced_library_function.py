"""A module that puts a function of its own into a module of the standard library on import.

What it finds
-------------
At the level of a module that holds no tests: ``time.sleep = …``, ``threading.Thread = …``, and
their like for names of ``time``, ``threading``, ``_thread``, ``socket``, ``select``,
``subprocess``, ``queue``, ``ssl``, ``os`` and ``signal`` that others wait with, also written with
``setattr``. Putting back what was there before is not found.

Why it matters
--------------
Whoever imports the module changes waiting and locking for the whole program, and only for those who
look the name up afterwards: ``from time import sleep`` keeps the old one if it came earlier. Two
such modules undo or wrap each other according to the order of imports, and green patches, fake
clocks and tracers no longer see every call.

Example
-------
::

    # file: tracing.py
    import time

    real_sleep = time.sleep

    def traced_sleep(seconds):
        print("sleeping", seconds)
        real_sleep(seconds)

    time.sleep = traced_sleep

Instead
-------
::

    import time

    def traced_sleep(seconds, sleep=time.sleep):
        print("sleeping", seconds)
        sleep(seconds)

How it is proved
----------------
By reading alone. In the running program, ``time.sleep.__module__`` names the module that did it.

References
----------
CWE-1108, excessive reliance on global variables.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule, constant

__all__ = ["ReplacedLibraryFunction"]

_REPLACEABLE: Final[dict[str, frozenset[str]]] = {
    "time": frozenset({"sleep", "time", "monotonic", "perf_counter"}),
    "threading": frozenset(
        {"Thread", "Lock", "RLock", "Condition", "Event", "Semaphore", "Timer", "local"}
        | {"get_ident", "current_thread", "_start_new_thread", "_allocate_lock", "_shutdown"}
    ),
    "_thread": frozenset({"start_new_thread", "allocate_lock", "get_ident", "RLock", "_local"}),
    "socket": frozenset({"socket", "create_connection", "getaddrinfo", "gethostbyname"}),
    "select": frozenset({"select", "poll", "epoll", "kqueue"}),
    "subprocess": frozenset({"Popen", "run", "call", "check_call", "check_output"}),
    "queue": frozenset({"Queue", "LifoQueue", "PriorityQueue", "SimpleQueue"}),
    "ssl": frozenset({"SSLContext", "SSLSocket", "wrap_socket"}),
    "os": frozenset({"fork", "waitpid", "read", "write", "system"}),
    "signal": frozenset({"signal", "setitimer", "alarm"}),
}


class ReplacedLibraryFunction(Rule):
    title = "An import replaces a function of the standard library"
    kind = "improvement"
    cwe = 1108
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return
        saved = _saved(module)
        for assign in module.nodes(ast.Assign):
            for target in assign.targets:
                if isinstance(target, ast.Attribute) and module.function_of(assign) is None:
                    name = module.dotted(target)
                    if _is_replaceable(name) and not _puts_back(module, assign.value, name, saved):
                        yield self._finding(module, assign, name)
        for call in module.calls():
            if module.dotted(call.func) != "builtins.setattr" or len(call.args) != 3:
                continue
            word = constant(call.args[1])
            name = f"{module.dotted(call.args[0])}.{word}"
            if module.function_of(call) is None and _is_replaceable(name):
                yield self._finding(module, call, name)

    def _finding(self, module: Module, node: ast.AST, name: str) -> Finding:
        return self.finding(
            module.place(node),
            title=f"Importing this module replaces {name}",
            defect=f"Whoever imports this module changes {name} for the whole program, but only "
            "for those who look it up afterwards.",
            facts=["The statement stands at the level of the module, so that importing runs it."],
            solution="Give the function to those who need it, or replace it in a function that the "
            "program calls at its beginning.",
        )


def _is_replaceable(name: str) -> bool:
    head, _, word = name.rpartition(".")
    return word in _REPLACEABLE.get(head, ())


def _saved(module: Module) -> dict[str, str]:
    """Names of the module that keep a function of the library, with that function's name."""
    found = {}
    for assign in module.nodes(ast.Assign):
        if module.function_of(assign) is None and isinstance(assign.value, ast.Attribute):
            for target in assign.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = module.dotted(assign.value)
    return found


def _puts_back(module: Module, value: ast.expr, name: str, saved: dict[str, str]) -> bool:
    """Whether the value is what the name stood for before."""
    return module.dotted(value) == name or (
        isinstance(value, ast.Name) and saved.get(value.id) == name
    )
