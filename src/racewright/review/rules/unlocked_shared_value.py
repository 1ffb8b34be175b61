"""A value that processes share is read, changed and written back without its lock.

What it finds
-------------
``counter.value += 1``, ``counter.value = counter.value + 1`` and ``numbers[0] += 1`` on a
``multiprocessing.Value`` or ``Array`` (and their raw forms, which have no lock), where no lock is
held: neither that of ``get_lock()`` nor another. Also in a function of the file that gets the value
as an argument of a ``Process``. Not found is what only the process that starts the others does,
where it is alone.

Why it matters
--------------
The value locks each read and each write, but not the two together. Between them another process can
do both, and what it wrote is lost.

Example
-------
::

    import multiprocessing

    def count(counter, numbers):
        for _ in numbers:
            counter.value += 1

    def main(parts):
        counter = multiprocessing.Value("i", 0)
        for part in parts:
            multiprocessing.Process(target=count, args=(counter, part)).start()

Instead
-------
::

    import multiprocessing

    def count(counter, numbers):
        for _ in numbers:
            with counter.get_lock():
                counter.value += 1

    def main(parts):
        counter = multiprocessing.Value("i", 0)
        for part in parts:
            multiprocessing.Process(target=count, args=(counter, part)).start()

How it is proved
----------------
By reading. A controlled run has one process; what others do to shared memory meanwhile, it does not
order.

References
----------
CWE-366, race condition within a thread. The documentation of ``multiprocessing.Value``: "Operations
like += which involve a read and write are not atomic".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding
from racewright.review.extract import held_in, targets_of
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.tasks import SPAWNS

__all__ = ["UnlockedSharedValue"]

_VALUES: Final = frozenset(
    f"multiprocessing.{middle}{word}"
    for middle in ("", "sharedctypes.", "get_context.")
    for word in ("Value", "Array", "RawValue", "RawArray")
)
_PROCESSES: Final = ("multiprocessing.Process", "multiprocessing.get_context.Process")


class UnlockedSharedValue(Rule):
    title = "An update of a value that processes share can be lost"
    kind = "defect"
    cwe = 366
    proof = "static"
    fix = "suggested"

    def check(self, module: Module) -> Iterator[Finding]:
        starts = list(_starts(module))
        if not starts:
            return
        given = _given(module, starts)
        run = {function for _, function in starts if function is not None}
        for node, target in _updates(module):
            function = module.function_of(node)
            if function is None or held_in(module, function).around(node):
                continue
            base = _shared(module, target, function, given)
            if base is None or not _is_run(module, function, run):
                continue
            name = ast.unparse(base)
            is_raw = "Raw" in module.type_of(base)
            lock = "a lock that is given along with it" if is_raw else f"{name}.get_lock()"
            text = module.text(node.lineno, node.end_lineno or node.lineno)
            yield self.finding(
                module.place(node),
                title=f"An update of {ast.unparse(target)} can be lost",
                defect=(
                    f"{ast.unparse(target)} is read and written in two steps, in memory that "
                    "processes share, and no lock is held around both."
                ),
                facts=[f"{function.short_name} is run by a process that this file starts."],
                solution=f"Hold {lock} around the whole update.",
                corrected="" if is_raw else f"with {lock}:\n    {text}",
            )


def _starts(module: Module) -> Iterator[tuple[ast.Call, Function | None]]:
    """The calls that make a process, with the function of this file that it runs."""
    for call in module.calls():
        if module.method(call) in _PROCESSES:
            targets = targets_of(call, SPAWNS["multiprocessing.Process"])
            yield call, _function_of(module, targets[0]) if targets else None


def _function_of(module: Module, node: ast.expr) -> Function | None:
    ref = module.ref(node)
    if ref is None:
        return None
    name = str(ref[1]) if ref[0] == "name" else ""
    if ref[0] == "attr" and ref[1][0] in ("self", "new", "local"):
        owner = module.maker(ref[1])
        name = f"{owner}.{ref[2]}"
    return next((each for each in module.functions.values() if each.name == name), None)


def _given(
    module: Module, starts: list[tuple[ast.Call, Function | None]]
) -> dict[tuple[Function, str], str]:
    """The parameters of functions that processes run, with what they are given."""
    found: dict[tuple[Function, str], str] = {}
    for call, function in starts:
        arguments = next((each.value for each in call.keywords if each.arg == "args"), None)
        if function is None or not isinstance(arguments, (ast.Tuple, ast.List)):
            continue
        parameters = [each.arg for each in function.node.args.args]
        if function.class_name and not function.is_static:
            parameters = parameters[1:]
        for word, value in zip(parameters, arguments.elts, strict=False):
            found[function, word] = module.type_of(value)
    return found


def _updates(module: Module) -> Iterator[tuple[ast.stmt, ast.expr]]:
    for augmented in module.nodes(ast.AugAssign):
        yield augmented, augmented.target
    for assign in module.nodes(ast.Assign):
        target = assign.targets[0]
        if len(assign.targets) == 1 and isinstance(target, (ast.Attribute, ast.Subscript)):
            text = ast.unparse(target)
            if isinstance(assign.value, ast.BinOp) and any(
                isinstance(part, (ast.Attribute, ast.Subscript)) and ast.unparse(part) == text
                for part in ast.walk(assign.value)
            ):
                yield assign, target


def _shared(
    module: Module,
    target: ast.expr,
    function: Function,
    given: dict[tuple[Function, str], str],
) -> ast.expr | None:
    """The value or array of which ``target`` is the content, if processes share it."""
    if isinstance(target, ast.Attribute) and target.attr != "value":
        return None
    if not isinstance(target, (ast.Attribute, ast.Subscript)):
        return None
    base = target.value
    made = module.type_of(base)
    if not made and isinstance(base, ast.Name):
        made = given.get((function, base.id), "")
    return base if made in _VALUES else None


def _is_run(module: Module, function: Function, run: set[Function]) -> bool:
    """Whether a process runs the function, or one that it calls by name, or it stands in one."""
    if function in run or any(each.name == function.outer for each in run):
        return True
    for call in module.calls():
        if module.function_of(call) in run and _function_of(module, call.func) is function:
            return True
    return False
