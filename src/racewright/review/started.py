"""The tasks of a file whose functions stand in it, and what such a function lets others see.

A rule about tests asks which function runs beside the test, by whom it is started, and whether
anybody would notice if it ended early: whether something that follows a line can be seen outside.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from racewright.review.extract import spawns_in
from racewright.review.module import Function, Module
from racewright.review.refs import Ref
from racewright.review.tasks import SPAWNS

__all__ = [
    "Started",
    "catches_of",
    "function_behind",
    "is_assertion",
    "is_broad",
    "is_dropped",
    "is_missed",
    "is_seen",
    "is_wait",
    "line_of",
    "own_nodes",
    "start_of",
    "started_in",
    "waits_between",
]

_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
#: Methods by which a task tells others something, or gives something away.
_SIGNALS = frozenset(
    {
        *("abort", "add", "append", "appendleft", "clear", "close", "count_down", "extend"),
        *("insert", "join", "kill", "notify", "notifyAll", "notify_all", "pop", "popleft"),
        *("put", "put_nowait", "release", "remove", "send", "sendall", "send_bytes", "sendto"),
        *("set", "setdefault", "set_exception", "set_result", "shutdown", "stop", "task_done"),
        *("terminate", "update", "wait", "write", "writelines"),
    }
)
#: Methods and functions after which it is not known what has happened meanwhile.
_WAITING = frozenset(
    {
        *("accept", "acquire", "as_completed", "get", "is_alive", "is_set", "join", "read"),
        *("readline", "recv", "result", "running", "shutdown", "sleep", "step", "switch"),
        *("wait", "wait_for"),
    }
)
#: The last words of what starts a task.
_STARTING = frozenset(each.rpartition(".")[2] for each in SPAWNS)
_BROAD = frozenset(
    {"builtins.AssertionError", "builtins.BaseException", "builtins.Exception"},
)


@dataclass(frozen=True, slots=True)
class Started:
    """A call that starts, or makes, a task which runs a function of the same file."""

    kind: str  #: as in :mod:`racewright.review.tasks`
    call: ast.Call
    function: Function  #: what the task runs
    starter: Function | None


def started_in(module: Module) -> list[Started]:
    """Every such call of the file, computed once."""
    return module.once(_started)


def _started(module: Module) -> list[Started]:
    return list(_each_started(module))


def _each_started(module: Module) -> Iterator[Started]:
    for call in module.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr not in _STARTING:
            continue  # most calls, told from their last word alone
        for spawn in spawns_in(module, [call]):
            function = function_behind(module, spawn.target)
            if function is not None:
                yield Started(spawn.kind, call, function, module.function_of(call))


def function_behind(module: Module, ref: Ref | None) -> Function | None:
    """The function of this file that ``ref`` names, if there is just one of that name."""
    while ref is not None and ref[0] == "local":
        ref = ref[3]
    if ref is None:
        return None
    name = ""
    if ref[0] == "name":
        name = str(ref[1])
    elif ref[0] == "attr" and ref[1][0] == "self":
        name = f"{ref[1][1]}.{ref[2]}"
    found = module.once(_by_name).get(name, [])
    return found[0] if len(found) == 1 else None


def _by_name(module: Module) -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = {}
    for function in module.functions.values():
        found.setdefault(function.name, []).append(function)
    return found


# --- Inside of a function ---


def own_nodes(root: ast.AST) -> Iterator[ast.AST]:
    """What is evaluated when ``root``, a function or a statement, runs; in the source's order.

    What stands in functions and classes inside of it is left out.
    """
    stack: list[ast.AST] = [root]
    while stack:
        node = stack.pop()
        if node is not root:
            yield node
            if isinstance(node, _NESTED):
                continue
        stack.extend(reversed(list(ast.iter_child_nodes(node))))


def is_missed(module: Module, function: Function, node: ast.AST) -> bool:
    """Whether others would notice that ``function`` raised at ``node``: what follows tells them.

    In a loop that is the whole loop; the ``finally`` of what stands around is done in any case, and
    its handlers are not for this.
    """
    end = int(getattr(node, "end_lineno", 0))
    loops: set[ast.AST] = set()
    always: set[ast.AST] = set()
    for above in module.ancestors(node):
        if above is function.node:
            break
        if isinstance(above, _LOOPS):
            loops.add(above)
        if isinstance(above, ast.Try):
            always.update([*above.finalbody, *above.handlers])
    for each in _telling(module, function):
        around = {each, *module.ancestors(each)}
        is_later = line_of(each) > end or not loops.isdisjoint(around)
        if is_later and node not in around and always.isdisjoint(around):
            return True
    return False


def _telling(module: Module, function: Function) -> list[ast.AST]:
    """What tells others how far ``function`` came, looked for once."""
    kept: dict[ast.AST, list[ast.AST]] = module.__dict__.setdefault("_telling", {})
    if function.node not in kept:
        kept[function.node] = [
            each for each in own_nodes(function.node) if is_seen(module, function, each)
        ]
    return kept[function.node]


def is_seen(module: Module, function: Function, node: ast.AST) -> bool:
    """Whether others can see that ``function`` has come to ``node``."""
    if isinstance(node, ast.Call):
        return _is_telling(module, node)
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    elif isinstance(node, ast.Delete):
        targets = node.targets
    return any(
        isinstance(target, (ast.Attribute, ast.Subscript))
        or (
            isinstance(target, ast.Name)
            and module.tree.scopes[function.node].elsewhere.get(target.id) is not None
        )
        for target in targets
    )


def _is_telling(module: Module, call: ast.Call) -> bool:
    if is_assertion(module, call):
        return False
    func = call.func
    if isinstance(func, ast.Attribute) and func.attr in _SIGNALS:
        return True
    ref = module.ref(func)
    if ref is None:
        return isinstance(func, ast.Name)  # whatever it is, it may tell somebody
    if ref[0] == "name":
        return str(ref[1]).startswith(f"{module.name}.")
    return ref[0] in ("param", "var", "local") or (ref[0] == "attr" and ref[1][0] == "self")


def is_assertion(module: Module, node: ast.AST) -> bool:
    """Whether ``node`` is there to fail a test."""
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    word = node.func.attr
    if word.startswith("assert") and word[6:7] in ("", "_", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        return True
    if word == "fail":
        ref = module.ref(node.func.value)
        return ref is not None and (ref[0] == "self" or ref == ("name", "pytest"))
    return False


def catches_of(module: Module, function: Function, node: ast.AST) -> list[ast.ExceptHandler]:
    """The handlers in ``function`` that would catch an assertion which fails at ``node``."""
    found = []
    child: ast.AST = node
    for above in module.ancestors(node):
        if above is function.node:
            break
        if isinstance(above, ast.Try) and child in above.body:
            found += [each for each in above.handlers if is_broad(module, each)]
        child = above
    return found


def is_broad(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether the handler catches a failed assertion."""
    kinds = handler.type
    if kinds is None:
        return True
    every = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
    return any(module.dotted(each) in _BROAD for each in every)


def is_dropped(module: Module, call: ast.Call) -> bool:
    """Whether nobody keeps what ``call`` gives."""
    return isinstance(module.parent(call), ast.Expr)


# --- Between a start and a moment ---


def start_of(module: Module, started: Started, test: Function) -> ast.Call | None:
    """The call after which the task may run, if there is one that is known."""
    if started.kind == "pool":
        return started.call
    above = module.parent(started.call)
    if isinstance(above, ast.Attribute) and above.attr == "start":
        call = module.parent(above)
        return call if isinstance(call, ast.Call) else None
    if not (isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Name)):
        return None
    name = above.targets[0].id
    starts = [
        each
        for each in own_nodes(test.node)
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr == "start"
        and isinstance(each.func.value, ast.Name)
        and each.func.value.id == name
    ]
    return starts[0] if len(starts) == 1 else None


def is_wait(node: ast.AST) -> bool:
    """Whether ``node`` may let time go by."""
    if isinstance(node, (ast.Await, ast.While)):
        return True
    if not isinstance(node, ast.Call):
        return False
    return getattr(node.func, "attr", getattr(node.func, "id", "")) in _WAITING


def waits_between(
    module: Module, test: Function, start: ast.AST, node: ast.AST
) -> list[ast.Call] | None:
    """What the test does between the two that may take time; nothing if that is not known."""
    inside = {node, *own_nodes(node)}
    found: list[ast.Call] = []
    for each in own_nodes(test.node):
        if not line_of(start) < line_of(each) <= line_of(node) or each in inside:
            continue
        if isinstance(each, (ast.With, ast.AsyncWith, ast.While, ast.For)):
            return None
        if isinstance(each, ast.Call) and not is_assertion(module, each):
            is_start = getattr(each.func, "attr", "") == "start"
            if not is_start and not module.dotted(each.func).startswith("builtins."):
                found.append(each)
    # An assertion may wait, too: assert done.wait(10), self.assertTrue(done.wait(10)).
    found += [each for each in inside if isinstance(each, ast.Call) and is_wait(each)]
    return found


def line_of(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))
