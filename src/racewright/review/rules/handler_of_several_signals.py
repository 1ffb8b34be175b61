"""One handler for several signals, which must not run twice.

What it finds
-------------
A function that is given to ``signal.signal`` for more than one signal and that, itself or in a
function of the same file that it calls, removes or renames a file, or removes a folder: without an
``if`` above, without catching the error, and without setting the signals' handlers or masks first.

Why it matters
--------------
While a handler runs for one signal, another one interrupts it: a terminal that closes sends
``SIGHUP`` beside the ``SIGTERM`` of the supervisor. The handler then begins again in the middle of
itself. The second removal raises, or removes what somebody else has made meanwhile, and what was to
be done after it is not done.

Example
-------
::

    import os
    import signal
    import sys

    def clean_up(number, frame):
        os.remove("/run/service.pid")
        sys.exit(0)

    signal.signal(signal.SIGTERM, clean_up)
    signal.signal(signal.SIGHUP, clean_up)

Instead
-------
::

    import os
    import signal
    import sys

    def clean_up(number, frame):
        for each in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        os.remove("/run/service.pid")
        sys.exit(0)

    signal.signal(signal.SIGTERM, clean_up)
    signal.signal(signal.SIGHUP, clean_up)

How it is proved
----------------
By reading alone: runs under control deliver no signals of their own. A second signal, raised when
the first has removed the file, shows the error.

References
----------
CWE-831, signal handler function associated with multiple signals.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.rule import Rule, constant
from racewright.review.started import function_behind, own_nodes

__all__ = ["HandlerOfSeveralSignals"]

_ONCE = frozenset(
    {
        "os.remove",
        "os.removedirs",
        "os.rename",
        "os.rmdir",
        "os.unlink",
        "shutil.move",
        "shutil.rmtree",
    }
)
_ONCE_OF_PATH = frozenset({"unlink", "rmdir", "rename"})
_MASKING = frozenset({"signal.signal", "signal.pthread_sigmask"})


class HandlerOfSeveralSignals(Rule):
    title = "A handler that must not run twice serves several signals"
    kind = "defect"
    cwe = 831

    def check(self, module: Module) -> Iterator[Finding]:
        given: dict[ast.AST, list[ast.Call]] = {}
        signals: dict[ast.AST, set[str]] = {}
        for call in module.calls():
            if module.dotted(call.func) != "signal.signal" or len(call.args) != 2:
                continue
            handler = function_behind(module, module.ref(call.args[1]))
            if handler is not None:
                given.setdefault(handler.node, []).append(call)
                signals.setdefault(handler.node, set()).update(_signals(module, call))
        for node, calls in given.items():
            if len(signals[node]) < 2:
                continue
            handler = module.functions[node]
            once = _done_once(module, handler, 1)
            if once is None:
                continue
            names = sorted(each.rpartition(".")[2] for each in signals[node])
            yield self.finding(
                [module.place(once), *(module.place(call) for call in calls)],
                defect=(
                    f"{handler.short_name} serves {', '.join(names)}. If one of them comes while "
                    f"it runs for another, {ast.unparse(once)} is done a second time, in the "
                    "middle of the first."
                ),
                facts=[
                    "Nothing asks whether it was done already, nothing catches the error, and the "
                    "signals are not held off."
                ],
                solution="Ignore the signals first, or do it outside of the handler.",
                corrected=f"for each in ({', '.join(f'signal.{name}' for name in names)}):\n"
                "    signal.signal(each, signal.SIG_IGN)",
            )


def _signals(module: Module, call: ast.Call) -> set[str]:
    """The signals that ``call`` sets the handler of; of a loop over some, all of these."""
    number = call.args[0]
    loop = module.within(call, ast.For)
    if isinstance(number, ast.Name) and isinstance(loop, ast.For):
        target, over = loop.target, loop.iter
        is_of_loop = isinstance(target, ast.Name) and target.id == number.id
        if is_of_loop and isinstance(over, (ast.Tuple, ast.List)):
            return {dotted for each in over.elts if (dotted := module.dotted(each))}
        return set()
    dotted = module.dotted(number)
    return {dotted} if dotted.startswith("signal.") else set()


def _done_once(module: Module, function: Function, depth: int) -> ast.Call | None:
    """The first call below ``function`` that must not be done twice and may be."""
    nodes = list(own_nodes(function.node))
    calls = [each for each in nodes if isinstance(each, ast.Call)]
    if any(module.dotted(each.func) in _MASKING for each in calls):
        return None
    branches = [each.lineno for each in nodes if isinstance(each, ast.If)]
    for call in calls:
        if module.within(call, ast.Try, ast.With) is not None:
            continue
        if any(line < call.lineno for line in branches):
            return None
        if _is_once(module, call):
            return call
        callee = function_behind(module, module.ref(call.func)) if depth else None
        if callee is not None:
            found = _done_once(module, callee, depth - 1)
            if found is not None:
                return found
    return None


def _is_once(module: Module, call: ast.Call) -> bool:
    options = {each.arg: constant(each.value) for each in call.keywords}
    if options.get("ignore_errors") or options.get("missing_ok"):
        return False
    if module.dotted(call.func) in _ONCE:
        return True
    if isinstance(call.func, ast.Attribute) and call.func.attr in _ONCE_OF_PATH:
        return module.type_of(call.func.value) == "pathlib.Path"
    return False
