"""A coroutine that waits in the middle of a loop over what other tasks can change.

What it finds
-------------
In an ``async def``, a ``for`` loop over a dictionary, a set, a deque or a list that is an attribute
of ``self`` or a variable of the module, with an ``await`` in its body, where another function of
the class (or of the file) puts something in or takes something out. A loop over a copy
(``list(self.clients)``) is not found, nor one that is under a lock which the change takes, too, nor
one that is left at the first item, nor items that are only added to a list.

Why it matters
--------------
While the loop waits, another task adds or removes an item. A dictionary, a set and a deque then
raise ``RuntimeError`` at the next step; a list skips an item::

    task 1   goes over the clients, awaits the sending to the first
    task 2                                   a client leaves, and is taken out of the set
    task 1   RuntimeError: Set changed size during iteration; the others are sent nothing

Example
-------
::

    # file: room.py
    class Room:
        def __init__(self):
            self.clients = set()

        def leave(self, client):
            self.clients.discard(client)

        async def tell(self, text):
            for client in self.clients:
                await client.send(text)

Instead
-------
::

    # file: room.py
    class Room:
        def __init__(self):
            self.clients = set()

        def leave(self, client):
            self.clients.discard(client)

        async def tell(self, text):
            for client in list(self.clients):
                await client.send(text)

How it is proved
----------------
By reading alone: tasks of asyncio are not explored. A test can let a client leave while another is
being sent to.

References
----------
CWE-362, concurrent execution using a shared resource with improper synchronisation. The manual of
websockets, *Broadcasting messages*: connections come and go while a message is sent.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.extract import held_in
from racewright.review.locations import Location, location_of
from racewright.review.module import Function, Module
from racewright.review.rule import Rule
from racewright.review.walking import own_nodes

__all__ = ["AwaitInLoopOverSharedContainer"]

_KINDS = {
    "builtins.dict": "dictionary",
    "builtins.set": "set",
    "builtins.list": "list",
    "collections.OrderedDict": "dictionary",
    "collections.defaultdict": "dictionary",
    "collections.deque": "deque",
    "weakref.WeakSet": "set",
}
_VIEWS = frozenset({"items", "keys", "values"})
_REMOVES = frozenset({"remove", "discard", "pop", "popitem", "popleft", "clear"})
_ADDS = frozenset({"add", "append", "appendleft", "update", "setdefault", "extend"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class AwaitInLoopOverSharedContainer(Rule):
    title = "A coroutine waits in a loop over what other tasks can change"
    kind = "defect"
    cwe = 362
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return
        for loop in module.nodes(ast.For):
            function = module.function_of(loop)
            if function is None or not function.is_async or not _goes_on(loop):
                continue
            wait = _wait(loop)
            over = _over(module, loop.iter) if wait is not None else None
            if wait is None or over is None:
                continue
            container, kind = over
            change = _change(module, function, loop, container, kind)
            if change is not None:
                yield self._finding(module, loop, wait, container, kind, change)

    def _finding(
        self,
        module: Module,
        loop: ast.For,
        wait: ast.AST,
        container: ast.expr,
        kind: str,
        change: ast.AST,
    ) -> Finding:
        word = ast.unparse(container)
        line, other = getattr(wait, "lineno", loop.lineno), getattr(change, "lineno", 0)
        harm = (
            "the loop skips an item"
            if kind == "list"
            else f"the next step raises RuntimeError, as the {kind} has changed"
        )
        return self.finding(
            [module.place(loop, loop.target), module.place(change)],
            title=f"{word} can change while the loop over it waits",
            defect=f"Line {line} lets other tasks run in the middle of the loop. If one comes to "
            f"line {other}, {harm}.",
            facts=[f"{word} is a {kind}; line {other} changes how many items it has."],
            solution="Go over a copy.",
            corrected=f"for {ast.unparse(loop.target)} in list({ast.unparse(loop.iter)}):",
        )


def _goes_on(loop: ast.For) -> bool:
    return not isinstance(loop.body[-1], (ast.Return, ast.Break, ast.Raise))


def _wait(loop: ast.For) -> ast.AST | None:
    """The first await of the body, after which the loop may go on."""
    stack: list[ast.AST] = list(reversed(loop.body))
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            return None if _is_left(loop, node) else node
        if not isinstance(node, _FUNCTIONS):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))
    return None


def _is_left(loop: ast.For, node: ast.AST) -> bool:
    """Whether the block that ``node`` stands in leaves the loop at its end."""
    for above in ast.walk(loop):
        for name in ("body", "orelse"):
            block = getattr(above, name, None)
            if above is loop or not isinstance(block, list):
                continue
            is_end = bool(block) and isinstance(block[-1], (ast.Return, ast.Break, ast.Raise))
            if is_end and any(node in ast.walk(each) for each in block):
                return True
    return False


def _over(module: Module, node: ast.expr) -> tuple[ast.expr, str] | None:
    """What the loop goes over, and of which kind it is."""
    is_view = False
    while isinstance(node, ast.Call):
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr in _VIEWS and not node.args:
            node, is_view = func.value, True
        elif module.dotted(func) == "builtins.enumerate" and node.args:
            node = node.args[0]
        else:
            return None
    place = location_of(module, node)
    if place is None or not _is_kept(place):
        return None
    kind = _KINDS.get(module.type_of(node), "dictionary" if is_view else "")
    return (node, kind) if kind else None


def _is_kept(place: Location) -> bool:
    return place[0][0] in ("self", "name", "scope")


def _change(
    module: Module, function: Function, loop: ast.For, container: ast.expr, kind: str
) -> ast.AST | None:
    """Where another function changes how many items there are, not under the loop's lock."""
    text = ast.unparse(container)
    held = set(held_in(module, function).around(loop))
    for other in module.functions.values():
        if other is function or other.short_name in ("__init__", "__post_init__"):
            continue
        if text.startswith("self.") and other.class_name != function.class_name:
            continue
        for node in own_nodes(other):
            if not _changes(node, text, kind):
                continue
            if not held & set(held_in(module, other).around(node)):
                return node
    return None


def _changes(node: ast.AST, text: str, kind: str) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        words = _REMOVES if kind == "list" else _REMOVES | _ADDS
        return node.func.attr in words and ast.unparse(node.func.value) == text
    if isinstance(node, ast.Delete):
        return any(_is_item(each, text) for each in node.targets)
    if isinstance(node, ast.Assign) and kind == "dictionary":
        return any(_is_item(each, text) for each in node.targets)
    return False


def _is_item(node: ast.expr, text: str) -> bool:
    return isinstance(node, ast.Subscript) and ast.unparse(node.value) == text
