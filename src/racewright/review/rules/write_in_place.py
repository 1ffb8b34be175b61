"""A file is emptied and written anew while another task reads it.

What it finds
-------------
A path that one function opens for writing (``open(path, "w")``, ``path.write_text``) and another
opens for reading, where a task that this file starts (a thread, a pool's task, a process) comes to
one of the two and something else to the other. The path has to be the same attribute of one object,
the same variable of the module, or the same text. Nothing is found where both hold one lock, where
the file is locked (``flock``, ``lockf``), where the writing comes before the task is started, where
what is read comes behind a ``join``, and in tests.

Why it matters
--------------
Opening for writing empties the file, and what is written comes to it in parts. Who reads in between
gets nothing, or half of it; and if the writer dies there, so it stays.

Example
-------
::

    # file: service/state.py
    import json
    import threading

    class State:
        def __init__(self, path):
            self.path = path
            self.values = {}

        def start(self):
            threading.Thread(target=self.save, daemon=True).start()

        def save(self):
            with open(self.path, "w") as file:
                json.dump(self.values, file)

        def load(self):
            with open(self.path) as file:
                return json.load(file)

Instead
-------
::

    # file: service/state.py
    import json
    import os
    import threading

    class State:
        def __init__(self, path):
            self.path = path
            self.values = {}

        def start(self):
            threading.Thread(target=self.save, daemon=True).start()

        def save(self):
            aside = self.path + ".new"
            with open(aside, "w") as file:
                json.dump(self.values, file)
            os.replace(aside, self.path)

        def load(self):
            with open(self.path) as file:
                return json.load(file)

How it is proved
----------------
By exploring, where threads do it: the schedule reads between the opening and the end of the
writing. Other processes are not controlled.

References
----------
CWE-362. POSIX, rename: "that link … shall remain visible to other threads throughout the operation
and refer either to the file referred to by new or old".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.module import Function, Module
from racewright.review.paths import PathAct, acts_in, is_private, is_written, open_mode
from racewright.review.refs import Ref
from racewright.review.rule import Rule, constant
from racewright.review.started import function_behind, own_nodes, started_in

__all__ = ["WriteInPlace"]

_KINDS = frozenset({"thread", "pool", "timer", "periodic", "process"})
_BASES = frozenset({"threading.Thread", "multiprocessing.Process"})
_FILE_LOCKS = ("flock", "lockf", "FileLock", "portalocker", "msvcrt.locking")


class WriteInPlace(Rule):
    title = "A file is written in place while another task reads it"
    kind = "defect"
    cwe = 362
    proof = "explore"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        text = module.source.text
        if module.is_test or any(word in text for word in _FILE_LOCKS):
            return
        tasks = _tasks(module)
        if not tasks:
            return
        writes: dict[Ref, list[PathAct]] = {}
        reads: dict[Ref, list[PathAct]] = {}
        for act in acts_in(module):
            where = _shared(module, act) if act.verb == "open" else None
            if where is not None and is_written(act) and "w" in open_mode(act):
                writes.setdefault(where, []).append(act)
            elif where is not None and open_mode(act).startswith("r"):
                reads.setdefault(where, []).append(act)
        for where, acts in writes.items():
            pairs = ((one, other) for one in acts for other in reads.get(where, ()))
            for write, read in pairs:
                task = _task_between(module, tasks, write, read)
                if task and not _have_one_lock(module, write, read):
                    yield self._finding(module, write, read, task)
                    break

    def _finding(self, module: Module, write: PathAct, read: PathAct, task: str) -> Finding:
        path = ast.unparse(write.path)
        return self.finding(
            [module.place(write.call), module.place(read.call)],
            title=f"{path} is written in place while another task may read it",
            defect=(
                f"{path} is emptied here and written in parts, and read at line "
                f"{read.call.lineno}. Who reads in between gets nothing, or half of it."
            ),
            facts=[f"{task} runs one of the two, and others the other; no lock is common to both."],
            solution="Write another file in the same folder, and put it in place by os.replace.",
            corrected=(
                f"with open(f'{{{path}}}.new', 'w') as file:\n    …\n"
                f"os.replace(f'{{{path}}}.new', {path})"
            ),
        )


def _shared(module: Module, act: PathAct) -> Ref | None:
    """What the path is called in all functions, if it has such a name."""
    value = constant(act.path)
    if isinstance(value, str):
        return ("text", value)
    if is_private(module, act.path):
        return None
    ref = module.ref(act.path)
    is_own = ref is not None and ref[0] == "attr" and ref[1][0] == "self"
    is_global = ref is not None and ref[0] == "name" and str(ref[1]).startswith(f"{module.name}.")
    return ref if is_own or is_global else None


def _tasks(module: Module) -> list[tuple[str, Function, Function | None]]:
    """What is said of each task, its function, and who starts it."""
    found: list[tuple[str, Function, Function | None]] = [
        (f"The {each.kind} started at line {each.call.lineno}", each.function, each.starter)
        for each in started_in(module)
        if each.kind in _KINDS
    ]
    for node in module.nodes(ast.ClassDef):
        if any(module.dotted(base) in _BASES for base in node.bases):
            runs = [each for each in node.body if getattr(each, "name", "") == "run"]
            found += [(f"A {node.name}", module.functions[each], None) for each in runs]
    return found


def _reached(module: Module, function: Function) -> set[ast.AST]:
    """The functions of this file that ``function`` comes to by calls, and itself."""
    found: set[ast.AST] = set()
    waiting = [function]
    while waiting:
        here = waiting.pop()
        if here.node in found:
            continue
        found.add(here.node)
        for node in own_nodes(here.node):
            if isinstance(node, ast.Call):
                callee = function_behind(module, module.ref(node.func))
                if callee is not None:
                    waiting.append(callee)
    return found


def _task_between(
    module: Module,
    tasks: list[tuple[str, Function, Function | None]],
    write: PathAct,
    read: PathAct,
) -> str:
    """The task that comes to one of the two, while others can come to the other."""
    writer, reader = module.function_of(write.call), module.function_of(read.call)
    if writer is None or reader is None or writer is reader:
        return ""
    for words, function, starter in tasks:
        inside = _reached(module, function)
        if (writer.node in inside) == (reader.node in inside):
            continue
        other = reader if writer.node in inside else writer
        if not _is_before_or_behind(module, other, starter):
            return words
    return ""


def _is_before_or_behind(module: Module, other: Function, starter: Function | None) -> bool:
    """Whether ``other`` is done before the task is started, or waits for its end."""
    if other.short_name.startswith(("__init__", "setup", "set_up", "start", "__enter__")):
        return True
    if starter is None or starter is not other:
        return False
    words = (
        getattr(each.func, "attr", "") for each in module.calls() if _is_in(module, each, other)
    )
    return any(word in ("join", "result", "shutdown") for word in words)


def _is_in(module: Module, call: ast.Call, function: Function) -> bool:
    return module.function_of(call) is function


def _have_one_lock(module: Module, one: PathAct, other: PathAct) -> bool:
    return bool(_locks_at(module, one.call) & _locks_at(module, other.call))


def _locks_at(module: Module, call: ast.Call) -> set[Ref]:
    """What is held while the file is open."""
    function = module.function_of(call)
    if function is None:
        return set()
    block = module.within(call, ast.With, ast.AsyncWith)
    is_item = isinstance(block, (ast.With, ast.AsyncWith)) and any(
        call is each.context_expr for each in block.items
    )
    node = block.body[0] if is_item and isinstance(block, (ast.With, ast.AsyncWith)) else call
    return set(held_in(module, function).around(node))
