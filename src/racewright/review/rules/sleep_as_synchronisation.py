"""A sleep that puts concurrent work into an order, in a test.

What it finds
-------------
A sleep of a constant time in a test, where the test starts concurrent work (or a service that does)
before, or in a function that a patch puts in the place of another one. A sleep in a loop that asks
a question again and again is another matter, and is not found; nor is one that only says how long
tasks are to run, before they are told to stop.

Why it matters
--------------
The sleep stands for an order of events that it does not enforce. On a machine that is faster or
slower than the author's the order is another one. The test then fails for no reason; or, worse, it
passes without having tested what it is there for.

Example
-------
::

    import threading
    import time

    def test_the_last_writer_wins(cache):
        writer = threading.Thread(target=cache.write, args=("new",))
        writer.start()
        time.sleep(0.5)
        assert cache.read() == "new"
        writer.join()

Instead
-------
::

    import threading

    def test_the_last_writer_wins(cache):
        writer = threading.Thread(target=cache.write, args=("new",))
        writer.start()
        writer.join(timeout=10)
        assert not writer.is_alive()
        assert cache.read() == "new"

How it is proved
----------------
By delay: the same test with the sleep made ten times shorter and ten times longer has another
outcome, or the sections it means to order never overlap (``racewright overlap``).

References
----------
CWE-821, incorrect synchronisation. Luo et al., An empirical analysis of flaky tests, FSE 2014: of
the fixed flaky tests, 45 % waited for an asynchronous call in this way.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.extract import spawns_in
from racewright.review.module import Function, Module
from racewright.review.patches import patches_in
from racewright.review.rule import Rule, constant
from racewright.review.tasks import SLEEPS

__all__ = ["SleepAsSynchronisation", "point_of"]


#: Seconds of a sleep that is meant never to end: it stands for a task that hangs.
_FOR_EVER = 3600
#: Blocks that end when their tasks have.
_WAITING_BLOCK = re.compile(r"threads|executor|pool|taskgroup", re.I)
_CONCURRENT = ("thread", "pool", "timer", "coroutine", "greenlet")


class SleepAsSynchronisation(Rule):
    title = "A sleep stands for an order of events"
    kind = "improvement"
    cwe = 821
    proof = "delay"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test:
            return
        sleeps = [each for each in module.calls() if _is_sleep(module, each)]
        if not sleeps:
            return
        patched = {
            function.node: patch.target
            for patch in patches_in(module)
            if (function := patch.function(module)) is not None
        }
        for sleep in sleeps:
            function = module.function_of(sleep)
            if function is None or _is_poll(module, sleep) or _is_duration(module, sleep):
                continue
            if function.node in patched:
                yield self._in_patch(module, sleep, function, patched[function.node])
            elif function.short_name.startswith("test"):
                starts = _starts_before(module, sleep, function)
                if starts is not None:
                    yield self._in_test(module, sleep, starts)

    def _in_patch(
        self, module: Module, sleep: ast.Call, function: Function, target: str
    ) -> Finding:
        method = target.rpartition(".")[2]
        shorter = ".".join(target.split(".")[-2:])
        return self.finding(
            module.place(sleep),
            title=f"A sleep in the place of {shorter} stands for an order of events",
            defect=(
                f"{function.short_name} replaces {target} and sleeps before it goes on, so that "
                "something else may happen first. Nothing makes it happen first."
            ),
            facts=[f"{ast.unparse(sleep)} runs whenever {target} is called under the patch."],
            solution=(
                f"Name the order. A scenario holds {shorter} until the event that has to come "
                "first has happened, and fails if it cannot."
            ),
            corrected=(
                f'with scenario(after("<what has to come first>"), before("{point_of(target)}")):\n'
                f"    ...  # what the test triggers; no patch of {method}"
            ),
        )

    def _in_test(self, module: Module, sleep: ast.Call, start: ast.Call) -> Finding:
        return self.finding(
            [module.place(sleep), module.place(start)],
            defect=(
                f"The test sleeps for {ast.unparse(sleep.args[0])} s so that the work that it has "
                "started gets somewhere. How far it gets depends on the machine."
            ),
            facts=[f"Line {start.lineno} starts a task: {ast.unparse(start)[:120]}"],
            solution=(
                "Wait for what the sleep stands for: join the task, wait for an event that it "
                "sets, or name the order in a scenario."
            ),
            corrected=(
                "done = threading.Event()  # the task calls done.set()\n"
                "assert done.wait(timeout=10)"
            ),
        )


def _is_sleep(module: Module, call: ast.Call) -> bool:
    if module.dotted(call.func) not in SLEEPS or len(call.args) != 1:
        return False
    seconds = constant(call.args[0])
    return isinstance(seconds, (int, float)) and 0 < seconds < _FOR_EVER


def _is_poll(module: Module, sleep: ast.Call) -> bool:
    """Whether it stands in a loop that asks again and again, or is the pace of one."""
    if module.within(sleep, ast.While) is not None:
        return True
    loop = module.within(sleep, ast.For, ast.AsyncFor)
    if not isinstance(loop, (ast.For, ast.AsyncFor)):
        return False
    is_first = loop.body[0] is module.statement_of(sleep)  # the pace of the loop
    return is_first or any(isinstance(each, (ast.Break, ast.Return)) for each in ast.walk(loop))


def _is_duration(module: Module, sleep: ast.Call) -> bool:
    """Whether it says how long tasks are to run: behind it they are told to stop, or joined.

    ``time.sleep(4); finish = True``, or the end of a block whose own end waits for the tasks.
    """
    statement = module.statement_of(sleep)
    above = module.parent(statement) if statement is not None else None
    body = getattr(above, "body", None)
    if not isinstance(body, list) or statement not in body:
        return False
    place = body.index(statement)
    if place + 1 < len(body):
        behind = body[place + 1]
        return isinstance(behind, ast.Assign) and isinstance(constant(behind.value), bool)
    if not isinstance(above, ast.With):
        return False
    words = [ast.unparse(each.context_expr) for each in above.items]
    return any(_WAITING_BLOCK.search(word) for word in words)


def _starts_before(module: Module, sleep: ast.Call, function: Function) -> ast.Call | None:
    """The last call above ``sleep``, in its function, that starts a task."""
    starts = module.once(_starts).get(function, [])
    before = [call for call in starts if call.lineno < sleep.lineno]
    return before[-1] if before else None


def _starts(module: Module) -> dict[Function | None, list[ast.Call]]:
    """The calls that start a task, by the function that they stand in."""
    found: dict[Function | None, list[ast.Call]] = {}
    for call in module.calls():
        if _starts_thread(module, call):
            found.setdefault(module.function_of(call), []).append(call)
    return found


def _starts_thread(module: Module, call: ast.Call) -> bool:
    if any(each.kind in _CONCURRENT for each in spawns_in(module, [call])):
        return True
    return isinstance(call.func, ast.Attribute) and (
        module.method(call) in ("threading.Thread.start", "threading.Timer.start")
    )


def point_of(target: str) -> str:
    """``pkg.module.Class.method`` as a scenario names it: ``pkg.module:Class.method``."""
    parts = target.split(".")
    cut = next((place for place, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
    return ".".join(parts[:cut]) + ":" + ".".join(parts[cut:]) if cut else target
