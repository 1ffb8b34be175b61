"""A call that stops the thread, made in a greenlet.

What it finds
-------------
In a function that ``eventlet.spawn``, ``gevent.spawn`` or a pool of greenlets runs, or in what it
calls in the same file: a call that no patching makes friendly, such as ``fcntl.flock``,
``os.system`` or ``signal.pause``. Also ``time.sleep``, ``requests.get`` and the like in a file that
is a program (with ``if __name__ == "__main__"``), starts greenlets, and neither patches nor imports
anything whose name says that it does.

Why it matters
--------------
All greenlets share one thread. A call that stops the thread stops all of them, and the hub with its
timers. With ``flock`` it can be for ever: the greenlet that holds the lock is among those that are
stopped.

Example
-------
::

    import fcntl
    import gevent

    def append(path, text):
        with open(path, "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(text)

    def log(paths, text):
        gevent.joinall([gevent.spawn(append, path, text) for path in paths])

Instead
-------
::

    import fcntl
    import gevent

    def append(path, text):
        with open(path, "a") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    gevent.sleep(0.01)
            file.write(text)

    def log(paths, text):
        gevent.joinall([gevent.spawn(append, path, text) for path in paths])

How it is proved
----------------
By reading alone: greenlets of eventlet and gevent are not explored. Eventlet's ``hub_blocking``
detector shows it in a running program.

References
----------
CWE-1322, use of blocking code in a single-threaded, non-blocking context. Eventlet's manual,
*Threads*: ``tpool`` runs such calls elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding
from racewright.review.extract import spawns_in
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.tasks import BLOCKING

__all__ = ["BlockingCallInGreenlet"]

#: What no patching changes.
_ALWAYS: Final = frozenset(
    {"fcntl.flock", "fcntl.lockf", "os.system", "signal.pause", "signal.sigwait", "builtins.input"}
)
#: What a patch would have made friendly.
_UNPATCHED: Final = BLOCKING | {"requests.request"}


class BlockingCallInGreenlet(Rule):
    title = "A greenlet makes a call that stops all of them"
    kind = "defect"
    cwe = 1322
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        reached = _in_greenlets(module)
        if not reached:
            return
        is_unpatched = _is_unpatched_program(module)
        for call in module.calls():
            function = module.function_of(call)
            if function is None or function.name not in reached:
                continue
            name = module.dotted(call.func)
            if name in _ALWAYS and not _is_bounded(call):
                harm = "No patch changes it."
            elif name in _UNPATCHED and is_unpatched:
                harm = "This program does not patch it."
            else:
                continue
            start = reached[function.name]
            yield self.finding(
                module.place(call),
                title=f"{name} stops every greenlet of the thread",
                defect=f"A greenlet calls {name}, which stops the thread, and with it all other "
                f"greenlets and their timers. {harm}",
                facts=[f"Line {start} starts a greenlet that comes to line {call.lineno}."],
                solution="Run it in eventlet.tpool or gevent's thread pool, or use a call that "
                "does not block.",
                corrected=f"tpool.execute({ast.unparse(call.func)}, …)",
            )


def _in_greenlets(module: Module) -> dict[str, int]:
    """The functions that greenlets run, or that these call, with the line of the start."""
    found: dict[str, int] = {}
    if not _is_green(module):
        return found
    waiting: list[tuple[str, int]] = []
    for spawn in spawns_in(module, list(module.calls())):
        if spawn.kind == "greenlet":
            waiting.append((_name_of(module, spawn.target), spawn.line))
    if not waiting:
        return {}
    by_name = {function.name: function for function in module.functions.values()}
    while waiting:
        name, line = waiting.pop()
        function = by_name.get(name)
        if function is None or name in found:
            continue
        found[name] = line
        waiting += [(callee, line) for callee in _called(module, function)]
    return found


def _is_green(module: Module) -> bool:
    """Whether the file imports eventlet or gevent."""
    names = {alias.name for each in module.nodes(ast.Import) for alias in each.names}
    names |= {each.module or "" for each in module.nodes(ast.ImportFrom)}
    return any(name.partition(".")[0] in ("eventlet", "gevent") for name in names)


def _called(module: Module, function: Function) -> Iterator[str]:
    for call in module.calls():
        if module.function_of(call) is function:
            ref = module.ref(call.func)
            if ref is not None:
                yield _name_of(module, ref)


def _name_of(module: Module, ref: tuple[object, ...]) -> str:
    """The function of this file that a reference stands for, if its class is known."""
    if ref[0] == "attr" and isinstance(ref[1], tuple):
        owner = module.maker(ref[1])
        return f"{owner}.{ref[2]}" if owner else ""
    return str(ref[1]) if ref[0] == "name" else ""


def _is_bounded(call: ast.Call) -> bool:
    """Whether it is asked not to wait: ``LOCK_NB``, or the release of a lock."""
    text = " ".join(ast.unparse(each) for each in call.args[1:])
    return "LOCK_NB" in text or "LOCK_UN" in text


def _is_unpatched_program(module: Module) -> bool:
    """Whether the file is run as a program, and patches nothing, as far as its imports say."""
    is_program = any(
        "__name__" in ast.unparse(each.test) and "__main__" in ast.unparse(each.test)
        for each in module.nodes(ast.If)
        if module.function_of(each) is None
    )
    words = [alias.name for each in module.nodes(ast.Import) for alias in each.names]
    for each in module.nodes(ast.ImportFrom):
        words += [f"{each.module or ''}.{alias.name}" for alias in each.names]
        if each.level:
            return False  # what a package of its own does is not known here
    calls = [module.dotted(call.func) for call in module.calls()]
    return is_program and not any("patch" in word for word in [*words, *calls])
