"""How a name is used: read, called, or handed on to be called from elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from racewright.audit.code import Code
from racewright.audit.things import Thing

__all__ = [
    "Handing",
    "are_meant",
    "handed_to",
    "handings",
    "last_name",
    "names_it",
    "own_reads",
    "reads_by_bases",
    "unread_among",
]

_Node = TypeVar("_Node", bound=ast.AST)

#: Callables that call what they are given, by their last name; and keywords that say as much.
_CALLERS = frozenset(
    [
        "submit",
        "map",
        "starmap",
        "apply",
        "apply_async",
        "Thread",
        "Timer",
        "Process",
        "spawn",
        "spawn_n",
        "start_new_thread",
        "start_soon",
        "create_task",
        "run_in_executor",
        "to_thread",
        "call_soon",
        "call_later",
        "call_at",
        "call_soon_threadsafe",
        "add_done_callback",
        "addCleanup",
        "register",
        "signal",
        "partial",
        "partialmethod",
        "reduce",
        "filter",
        "sorted",
        "sort",
        "max",
        "min",
        "defaultdict",
        "property",
        "run_sync",
        "setattr",
        "on",
        "add_listener",
        "useFixture",
        "connect",
        "add_handler",
        "side_effect",
        "wraps",
    ]
)
_KEYWORDS = frozenset(
    ["target", "new", "side_effect", "key", "callback", "function", "func", "default_factory"]
)


@dataclass(frozen=True, slots=True)
class Handing:
    """A place where a function is given away to be called by somebody else."""

    node: ast.AST
    how: str
    is_certain: bool


def handings(thing: Thing, code: Code) -> Iterator[Handing]:
    """Where ``thing`` is passed on, registered by a decorator, or put in the place of another."""
    patched = {id(patch.replacement): patch for patch in code.patches if patch.replacement}
    called = {id(call.func) for call in thing.calls}
    for read in thing.reads:
        if id(read) in called:
            continue
        if id(read) in patched:
            target = patched[id(read)].target
            yield Handing(read, f"put in the place of {target}, and called through that", True)
            continue
        yield from _handed(read, code)
    for function in thing.functions:
        for decorator in function.decorator_list:
            words = ast.unparse(decorator)[:60]
            last = words.partition("(")[0].rpartition(".")[2]
            if last not in ("staticmethod", "classmethod", "wraps", "abstractmethod", "overload"):
                yield Handing(decorator, f"given to the decorator @{words}", True)


def _handed(read: ast.AST, code: Code) -> Iterator[Handing]:
    parent = code.module.parent(read)
    if isinstance(parent, ast.keyword):
        call = code.module.parent(parent)
        if isinstance(call, ast.Call):
            name = ast.unparse(call.func)[:60]
            certain = parent.arg in _KEYWORDS or name.rpartition(".")[2] in _CALLERS
            yield Handing(read, f"passed to {name}() as {parent.arg}=", certain)
    elif isinstance(parent, ast.Call):
        name = ast.unparse(parent.func)[:60]
        yield Handing(read, f"passed to {name}()", name.rpartition(".")[2] in _CALLERS)
    elif isinstance(parent, (ast.Return, ast.Yield)):
        yield Handing(read, "returned to the caller", False)
    elif isinstance(parent, (ast.Assign, ast.AnnAssign, ast.Dict, ast.List, ast.Tuple, ast.Set)):
        yield Handing(read, "kept under another name", False)
    elif isinstance(parent, ast.Attribute):
        yield Handing(read, f"asked for its {parent.attr}", False)
    else:
        yield Handing(read, "read", False)


def own_reads(thing: Thing) -> list[ast.AST]:
    """The reads of ``thing`` that are not its own definition."""
    definitions = {id(each.node) for each in thing.definitions}
    return [read for read in thing.reads if id(read) not in definitions]


def unread_among(thing: Thing, code: Code) -> bool:
    """Whether the name is bound in several places, and what one of these binds is never read.

    A parameter and an attribute may have one name; that the one is read says nothing of the other.
    """
    bound: set[int] = set()
    for definition in thing.definitions:
        scope = definition.scope
        bound.add(0 if scope is None or scope.is_class else id(scope))
    if len(bound) < 2:
        return False
    read: set[int] = set()
    for node in thing.reads:
        if isinstance(node, ast.Name):
            found = code.module.tree.find(code.module.tree.scope_of(node), node.id)
            read.add(0 if found is None or found[0].is_class else id(found[0]))
        else:
            read.add(0)
    return bool(bound - read)


def reads_by_bases(word: str, code: Code) -> tuple[list[tuple[str, int]], bool]:
    """Where the bases of the file's classes read ``self.word``; and whether all could be read."""
    found: list[tuple[str, int]] = []
    whole = True
    seen: set[str] = set()
    queue = [
        dotted for node in code.classes for dotted in (code.module.dotted(b) for b in node.bases)
    ]
    whole = all(queue)
    while queue and len(seen) < 40:
        dotted = queue.pop(0)
        if dotted in seen or not dotted:
            continue
        seen.add(dotted)
        if dotted == "builtins.object" or dotted.startswith(code.module.name + "."):
            continue
        place = code.around.class_node(dotted)
        if place is None:
            whole = False
            continue
        module, node = place
        for each in ast.walk(node):
            if (
                isinstance(each, ast.Attribute)
                and each.attr == word
                and isinstance(each.ctx, ast.Load)
                and isinstance(each.value, ast.Name)
                and each.value.id in ("self", "cls")
            ):
                found.append((module.file, each.lineno))
        bases = [module.dotted(base) for base in node.bases]
        whole = whole and all(bases)
        queue += bases
    return found, whole


def last_name(node: ast.expr) -> str:
    """The last word of what is called: ``close`` of ``self.file.close``."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def handed_to(value: ast.AST, text: str) -> bool:
    """Whether the name is among what an argument is made of."""
    word = text.strip("()*")
    if word[:1] in "'\"":
        said = word.strip("'\"")
        return any(isinstance(n, ast.Constant) and n.value == said for n in ast.walk(value))
    return any(
        isinstance(each, (ast.Name, ast.Attribute)) and ast.unparse(each) == word
        for each in ast.walk(value)
    )


def names_it(node: ast.AST, text: str) -> bool:
    """Whether anything below ``node`` has the last name of ``text``."""
    word = text.partition("(")[0].rpartition(".")[2]
    return any(
        word in (getattr(each, "id", ""), getattr(each, "attr", ""), getattr(each, "arg", ""))
        or (isinstance(each, ast.Constant) and each.value == word)
        for each in ast.walk(node)
    )


def are_meant(nodes: Sequence[_Node], text: str) -> list[_Node]:
    """Of several functions or classes of one name, those that have to do with the thing said."""
    return [node for node in nodes if names_it(node, text)] or list(nodes)
