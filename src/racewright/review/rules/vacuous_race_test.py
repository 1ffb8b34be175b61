"""A test that is about a race, and whose sections do not overlap, or only if sleeps happen to fit.

What it finds
-------------
A test whose name, class or docstring speaks of a race, of what is concurrent, parallel or
simultaneous, of an overlap or an interleaving, and in which

* every thread is joined in the statement after its start, so that no two are ever alive together;
* a function of the file is called where it should be handed over (``Thread(target=work())``), and
  gives nothing back to be run;
* all coroutines that are gathered are functions of the file without an ``await``, so that each runs
  to its end before the next begins;
* two or more patched methods, or two or more different functions that threads run, sleep for
  constant times, and nothing else (event, barrier, lock, queue, …) puts them into an order.

It is a suspicion. Not found is a test that starts many tasks and leaves their order to chance.

Why it matters
--------------
Such a test passes whether or not the race is there. It gives the confidence of a test and checks
what a test with one task would check.

Example
-------
::

    import threading

    def test_concurrent_deposits_are_all_counted(account):
        threads = [threading.Thread(target=account.deposit) for _ in range(8)]
        for thread in threads:
            thread.start()
            thread.join()
        assert account.balance == 8

Instead
-------
::

    import threading

    def test_concurrent_deposits_are_all_counted(account):
        threads = [threading.Thread(target=account.deposit) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert account.balance == 8

How it is proved
----------------
By mutation: the test still passes when the lock that it is about is taken away (``racewright
mutate``), or its two sections are never inside at one time (``racewright overlap``).

References
----------
CWE-821, incorrect synchronisation. Lu et al., Learning from mistakes, 2008: a third of the fixes of
concurrency bugs were wrong at first.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from racewright.model.finding import Finding, Place
from racewright.review.module import Function, Module
from racewright.review.patches import Patch, patches_in
from racewright.review.rule import Rule, constant
from racewright.review.started import Started, function_behind, own_nodes, started_in
from racewright.review.tasks import EVENTS, LOCKS, QUEUES, SLEEPS

__all__ = ["VacuousRaceTest"]

_ABOUT = re.compile(
    r"\b(?:rac(?:e|es|ed|ing|y)|concurren\w*|parallel\w*|simultaneous\w*|overlap\w*|interleav\w*)\b",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: What can put tasks into an order without a sleep: made, or asked.
_ORDERING = LOCKS | EVENTS | QUEUES | {"threading.Barrier", "multiprocessing.Barrier"}
_ORDERING_WORDS = frozenset({"acquire", "notify", "notify_all", "wait", "wait_for"})
_THREADS = ("threading.Thread", "threading.Timer")
_GATHER = ("asyncio.gather", "asyncio.create_task", "asyncio.TaskGroup.create_task")


class VacuousRaceTest(Rule):
    title = "A test about a race may never bring it about"
    kind = "improvement"
    cwe = 821
    proof = "mutation"

    def check(self, module: Module) -> Iterator[Finding]:
        if not module.is_test:
            return
        made = _made(module)
        patches = list(patches_in(module))
        for function in module.functions.values():
            if not function.short_name.startswith("test") or function.outer:
                continue
            words = _about(module, function)
            if words:
                found = next(self._in_test(module, function, words, made, patches), None)
                if found is not None:
                    yield found

    def _in_test(
        self,
        module: Module,
        test: Function,
        words: str,
        made: dict[str, list[ast.Call]],
        patches: list[Patch],
    ) -> Iterator[Finding]:
        yield from self._called(module, test, made, words)
        yield from self._joined(module, test, words)
        yield from self._gathered(module, test, words)
        if not _is_ordered(module, test):
            yield from self._patched(module, test, patches, words)
            yield from self._slept(module, test, words)

    def _called(
        self, module: Module, test: Function, made: dict[str, list[ast.Call]], words: str
    ) -> Iterator[Finding]:
        """``Thread(target=work())``."""
        for call in made.get(test.name, ()):
            given = [each.value for each in call.keywords if each.arg in ("target", "function")]
            target = given[0] if given else None
            if not isinstance(target, ast.Call):
                continue
            callee = function_behind(module, module.ref(target.func))
            if callee is not None and not callee.is_async and not _gives(callee):
                text = ast.unparse(target)
                yield self._finding(
                    [module.place(call)],
                    words,
                    f"{text} is called before the thread is made, in the test's own thread; the "
                    "thread itself runs nothing.",
                    [f"{callee.short_name} (line {callee.node.lineno}) gives nothing back."],
                    f"Hand the function over: {ast.unparse(target.func)} without the brackets.",
                )

    def _joined(self, module: Module, test: Function, words: str) -> Iterator[Finding]:
        starts = [each for each in own_nodes(test.node) if _is_start(module, each)]
        joins = [_join_after(module, each) for each in starts]
        if not starts or None in joins:
            return
        in_loop = any(module.within(each, ast.For) is not None for each in starts)
        if len(starts) < 2 and not in_loop:
            return
        places = [module.place(starts[0]), module.place(joins[0] or starts[0])]
        yield self._finding(
            places,
            words,
            "Each thread is waited for before the next one starts, so that no two of them are "
            "ever alive at the same time.",
            ["Every start in the test is followed by the join of the same thread."],
            "Start all threads, then join them.",
        )

    def _gathered(self, module: Module, test: Function, words: str) -> Iterator[Finding]:
        calls = [
            each
            for each in own_nodes(test.node)
            if isinstance(each, ast.Call) and module.method(each) in _GATHER
        ]
        given = [arg for call in calls for arg in call.args]
        functions = []
        for arg in given:
            if isinstance(arg, ast.Starred):
                arg = _element(arg.value)
            if not isinstance(arg, ast.Call):
                if isinstance(arg, ast.Name):
                    continue  # a task that create_task has made
                return
            functions.append(function_behind(module, module.ref(arg.func)))
        known = [each for each in functions if each is not None and each.is_async]
        is_many = len(known) > 1 or any(isinstance(arg, ast.Starred) for arg in given)
        if not known or len(known) != len(functions) or not is_many:
            return
        if any(_awaits(each) for each in known):
            return
        names = sorted({each.short_name for each in known})
        yield self._finding(
            [module.place(calls[0]), *(_head(module, each) for each in known[:2])],
            words,
            f"No coroutine of {', '.join(names)} awaits anything, so each runs to its end before "
            "the next one begins.",
            ["A coroutine can be left only where it awaits."],
            "Await, inside of the section, what the code under test awaits there.",
        )

    def _patched(
        self, module: Module, test: Function, patches: list[Patch], words: str
    ) -> Iterator[Finding]:
        sleeps = {}
        for patch in patches:
            function = patch.function(module)
            if function is not None and _is_inside(function, test):
                sleep = _sleep_in(module, function)
                if sleep is not None:
                    sleeps[function] = sleep
        if len(sleeps) > 1:
            yield self._by_sleeps(module, test, sleeps, words, "stand in for patched methods")

    def _slept(self, module: Module, test: Function, words: str) -> Iterator[Finding]:
        every = [each for each in started_in(module) if _is_started_by(each, test)]
        sleeps = {each.function: _sleep_in(module, each.function) for each in every}
        known = {function: sleep for function, sleep in sleeps.items() if sleep is not None}
        is_each_once = len(sleeps) == len(every) and not any(
            module.within(each.call, ast.For, ast.While, ast.ListComp, ast.GeneratorExp)
            for each in every
        )
        if len(known) > 1 and is_each_once and not any(_is_ordered(module, f) for f in sleeps):
            yield self._by_sleeps(module, test, known, words, "run in threads")

    def _by_sleeps(
        self,
        module: Module,
        test: Function,
        sleeps: dict[Function, ast.Call],
        words: str,
        role: str,
    ) -> Finding:
        told = [f"{f.short_name} ({ast.unparse(s)}, line {s.lineno})" for f, s in sleeps.items()]
        return self._finding(
            [_head(module, test), *(module.place(sleep) for sleep in sleeps.values())],
            words,
            "Whether the sections overlap rests on how long sleeps take. If they do not, the test "
            "passes without the race.",
            [f"{' and '.join(told)} {role}; nothing else in the test orders them."],
            "See with racewright overlap whether they meet, with racewright mutate whether the "
            "test fails without the fix; then name the order in a scenario.",
        )

    def _finding(
        self, places: list[Place], words: str, defect: str, facts: list[str], solution: str
    ) -> Finding:
        return self.finding(
            places,
            defect=defect,
            facts=[f"By its words, the test is about this: {words!r}.", *facts],
            solution=solution,
        )


def _made(module: Module) -> dict[str, list[ast.Call]]:
    """The calls that make a thread, by the name of the outermost function around."""
    found: dict[str, list[ast.Call]] = {}
    for call in module.calls():
        function = module.function_of(call)
        if function is not None and module.dotted(call.func) in _THREADS:
            found.setdefault(function.name.partition(".<locals>.")[0], []).append(call)
    return found


def _about(module: Module, test: Function) -> str:
    """The word by which the test, or its class, says that it is about a race."""
    texts = [test.short_name, _docstring(test.node)]
    for above in module.ancestors(test.node):
        if isinstance(above, ast.ClassDef):
            texts += [above.name, _docstring(above)]
    for text in texts:
        found = _ABOUT.search(_CAMEL.sub(" ", text).replace("_", " "))
        if found:
            return found[0]
    return ""


def _docstring(node: ast.AST) -> str:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return ast.get_docstring(node, clean=False) or ""
    return ""


def _head(module: Module, function: Function) -> Place:
    """The line of the ``def``, and not the whole function."""
    place = module.place(function.node)
    return replace(place, end_line=place.line, text=module.text(place.line))


def _is_inside(function: Function, test: Function) -> bool:
    return function.name.startswith(f"{test.name}.<locals>.")


def _is_started_by(started: Started, test: Function) -> bool:
    return started.kind in ("thread", "timer", "pool") and started.starter is test


def _is_ordered(module: Module, function: Function) -> bool:
    """Whether anything but a sleep is there that could order tasks."""
    for node in ast.walk(function.node):
        if isinstance(node, ast.Call):
            if module.dotted(node.func) in _ORDERING:
                return True
            if isinstance(node.func, ast.Attribute) and node.func.attr in _ORDERING_WORDS:
                return True
    return False


def _sleep_in(module: Module, function: Function) -> ast.Call | None:
    """The sleep of a constant time in ``function``, outside of loops."""
    for node in own_nodes(function.node):
        if isinstance(node, ast.Call) and module.dotted(node.func) in SLEEPS and node.args:
            seconds = constant(node.args[0])
            is_long = isinstance(seconds, (int, float)) and seconds > 0
            if is_long and module.within(node, ast.For, ast.While) is None:
                return node
    return None


def _is_start(module: Module, node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "start"
        and not node.args
    )


def _join_after(module: Module, start: ast.AST) -> ast.Call | None:
    """The join of the same thread, if that is the next statement."""
    statement = module.statement_of(start)
    above = module.parent(statement) if statement is not None else None
    assert isinstance(start, ast.Call)
    assert isinstance(start.func, ast.Attribute)
    for block in (getattr(above, name, None) for name in ("body", "orelse", "finalbody")):
        if isinstance(block, list) and statement in block:
            following = block[block.index(statement) + 1 :][:1]
            value = getattr(following[0], "value", None) if following else None
            if (
                isinstance(value, ast.Call)
                and isinstance(value.func, ast.Attribute)
                and value.func.attr == "join"
                and ast.dump(value.func.value) == ast.dump(start.func.value)
            ):
                return value
    return None


def _gives(function: Function) -> bool:
    """Whether a call of the function gives anything but ``None``."""
    if isinstance(function.node, ast.Lambda) or function.decorators:
        return True
    return any(
        isinstance(node, (ast.Yield, ast.YieldFrom))
        or (isinstance(node, ast.Return) and node.value is not None)
        for node in own_nodes(function.node)
    )


def _element(node: ast.expr) -> ast.expr:
    """``work()`` in ``[work() for _ in range(2)]``."""
    return node.elt if isinstance(node, (ast.ListComp, ast.GeneratorExp)) else node


def _awaits(function: Function) -> bool:
    """Whether the coroutine can be left before its end."""
    kinds = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    return any(
        isinstance(node, kinds) or (isinstance(node, ast.comprehension) and node.is_async)
        for node in own_nodes(function.node)
    )
