"""A process is forked while threads are running.

What it finds
-------------
A function that starts a thread, or whose class does so in its constructor, and afterwards forks:
``os.fork()``, or a process, a pool of processes or a ``ProcessPoolExecutor`` that is started by
forking. Found is only what the file decides: not where the thread has been joined before, where
the file names another start method (``spawn``, ``forkserver``), where the child goes on to
``exec``, and not in files of tests.

Why it matters
--------------
The child has a copy of the memory and only one thread. A lock that another thread held at that
moment, of ``logging``, of ``malloc``, of a queue, is held in the child for ever, by nobody.

Example
-------
::

    # file: service/main.py
    import multiprocessing
    import threading

    def main(work, report):
        threading.Thread(target=report, daemon=True).start()
        context = multiprocessing.get_context("fork")
        process = context.Process(target=work)
        process.start()
        process.join()

Instead
-------
::

    # file: service/main.py
    import multiprocessing
    import threading

    def main(work, report):
        threading.Thread(target=report, daemon=True).start()
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=work)
        process.start()
        process.join()

How it is proved
----------------
By reading. A controlled run has one process, and its threads hold no real locks that a fork could
copy.

References
----------
CWE-663, use of a non-reentrant function in a concurrent context. The documentation of ``os.fork``:
since Python 3.12 a ``DeprecationWarning`` where several threads are known; since 3.14
``multiprocessing`` on Linux forks only when it is told to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule

__all__ = ["ForkWithThreads"]

_THREADS: Final = ("threading.Thread", "threading.Timer")
_FORKS: Final = ("os.fork", "os.forkpty", "pty.fork")
#: What starts a process by the start method of the platform.
_BY_DEFAULT: Final = frozenset(
    {
        "multiprocessing.Process.start",
        "multiprocessing.Pool",
        "multiprocessing.pool.Pool",
        "multiprocessing.Manager",
        "concurrent.futures.ProcessPoolExecutor",
        "concurrent.futures.process.ProcessPoolExecutor",
    }
)
_CONTEXT: Final = "multiprocessing.get_context"


class ForkWithThreads(Rule):
    title = "A process is forked while threads are running"
    kind = "defect"
    cwe = 663
    proof = "static"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return
        forks = [(call, how) for call in module.calls() if (how := _how(module, call))]
        if not forks or _names_another_method(module):
            return
        starts = list(_starts(module))
        told: set[Function] = set()
        for call, how in forks:
            function = module.function_of(call)
            if function is None or function in told or _goes_on_to_exec(module, function):
                continue
            start = _running_at(module, starts, function, call)
            if start is not None:
                told.add(function)
                yield self._finding(module, call, start, how)

    def _finding(self, module: Module, call: ast.Call, start: ast.Call, how: str) -> Finding:
        facts = [f"Line {start.lineno} starts a thread, and nothing waits for it before this."]
        if how != "forks":
            facts.append("Up to Python 3.13 this forks on Linux, unless it is told otherwise.")
        return self.finding(
            [module.place(call), module.place(start)],
            defect=(
                f"{ast.unparse(call.func)}() {how} while the thread of line {start.lineno} may be "
                "running. A lock that it holds just then stays held in the child for ever."
            ),
            facts=facts,
            solution=(
                "Fork before the first thread is started, or start processes by spawning: "
                'multiprocessing.get_context("spawn").'
            ),
            confidence="high" if how == "forks" else "medium",
        )


def _how(module: Module, call: ast.Call) -> str:
    """How the call forks, if it does."""
    name = module.method(call)
    if name in _FORKS:
        return "forks"
    if name in _BY_DEFAULT:
        is_told = any(each.arg == "mp_context" for each in call.keywords)
        return "" if is_told else "can fork"
    func = call.func
    if name.startswith(f"{_CONTEXT}.") and isinstance(func, ast.Attribute):
        return "forks" if func.attr in ("Pool", "start", "Manager") else ""
    return ""


def _names_another_method(module: Module) -> bool:
    """Whether the file says by which other method processes are started."""
    return any(node.value in ("spawn", "forkserver") for node in module.nodes(ast.Constant)) or any(
        module.dotted(call.func) == _CONTEXT and not _is_fork(call) for call in module.calls()
    )


def _is_fork(call: ast.Call) -> bool:
    return (
        bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == "fork"
    )


def _starts(module: Module) -> Iterator[tuple[ast.Call, Function | None]]:
    for call in module.calls():
        func = call.func
        is_start = isinstance(func, ast.Attribute) and func.attr == "start"
        if is_start and isinstance(func, ast.Attribute) and module.type_of(func.value) in _THREADS:
            yield call, module.function_of(call)


def _running_at(
    module: Module,
    starts: list[tuple[ast.Call, Function | None]],
    function: Function,
    fork: ast.Call,
) -> ast.Call | None:
    """The start of a thread that may still be running where ``fork`` is."""
    for start, starter in starts:
        if starter is function:
            is_before = start.lineno < fork.lineno and _is_on_the_way(module, start, fork)
            if is_before and not _is_joined(module, start, fork):
                return start
        elif (
            starter is not None
            and starter.short_name == "__init__"
            and starter.class_name
            and starter.class_name == function.class_name
            and not _is_joined(module, start, fork)
        ):
            return start
    return None


def _is_on_the_way(module: Module, start: ast.Call, fork: ast.Call) -> bool:
    """Whether who comes to ``fork`` has come by ``start``: no question decides between them."""
    fork_ways = {*module.ancestors(fork)}
    return all(
        above in fork_ways and _branch(module, above, start) == _branch(module, above, fork)
        for above in module.ancestors(start)
        if isinstance(above, ast.If)
    )


def _branch(module: Module, test: ast.If, node: ast.AST) -> str:
    """In which part of ``test`` the node stands."""
    inner = node
    for above in module.ancestors(node):
        if above is test:
            break
        inner = above
    return "else" if inner in test.orelse else "then"


def _is_joined(module: Module, start: ast.Call, fork: ast.Call) -> bool:
    """Whether somebody joins the thread by name, in a line between."""
    assert isinstance(start.func, ast.Attribute)
    name = ast.unparse(start.func.value)
    for call in module.calls():
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr in ("join", "cancel"):
            is_between = start.lineno < call.lineno < fork.lineno
            if ast.unparse(func.value) == name and is_between:
                return True
            is_loop = module.within(call, ast.For) is not None and is_between
            if is_loop and module.type_of(func.value) in ("", *_THREADS):
                return True
    return False


def _goes_on_to_exec(module: Module, function: Function) -> bool:
    for node in ast.walk(function.node):
        if isinstance(node, ast.Call) and module.dotted(node.func).startswith("os.exec"):
            return True
    return False
