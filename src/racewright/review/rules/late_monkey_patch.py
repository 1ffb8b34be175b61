"""A monkey patch that comes after what it was to patch has been taken.

What it finds
-------------
``eventlet.monkey_patch()`` or ``gevent.monkey.patch_all()`` in a module that has, on a line above
it, taken a name out of a module that is patched (``from time import sleep``, ``from threading
import Lock``), or, for gevent, has imported ``ssl`` or a package that imports it. What the call
leaves out (``patch_all(socket=False)``, ``monkey_patch(thread=False)``) is not counted. A patch
that is made in a function comes after all imports of its file.

Why it matters
--------------
Patching puts new functions into modules such as ``time``. Who has taken a function out before keeps
the old one: ``sleep`` then stops all greenlets instead of one, a ``Lock`` waits for a thread that
cannot run, and gevent's ``ssl`` can recurse without end.

Example
-------
::

    import eventlet
    from time import sleep

    eventlet.monkey_patch()

    def poll(server):
        while not server.is_ready():
            sleep(1)

Instead
-------
::

    import eventlet

    eventlet.monkey_patch()

    from time import sleep

    def poll(server):
        while not server.is_ready():
            sleep(1)

How it is proved
----------------
By reading alone: greenlets of eventlet and gevent are not explored. ``sleep is time.sleep`` is
false in the running program.

References
----------
CWE-663, use of a non-reentrant function in a concurrent context. Eventlet's manual, *Patching*:
call it as early as possible. gevent's manual, ``gevent.monkey``: patch before anything is imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule, constant

__all__ = ["LateMonkeyPatch"]

_PATCHES: Final[dict[str, str]] = {
    "eventlet.monkey_patch": "eventlet",
    "eventlet.patcher.monkey_patch": "eventlet",
    "gevent.monkey.patch_all": "gevent",
}
#: Names that patching replaces, by their module, and the keyword that leaves the module out.
_TAKEN: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "time": ("time", frozenset({"sleep"})),
    "threading": (
        "thread",
        frozenset({"Lock", "RLock", "Thread", "Event", "Condition", "Semaphore", "local"}),
    ),
    "_thread": ("thread", frozenset({"start_new_thread", "allocate_lock", "get_ident"})),
    "socket": ("socket", frozenset({"socket", "create_connection", "getaddrinfo"})),
    "select": ("select", frozenset({"select", "poll", "epoll"})),
    "subprocess": ("subprocess", frozenset({"Popen", "run", "call", "check_output"})),
    "queue": ("queue", frozenset({"Queue", "SimpleQueue"})),
    "ssl": ("ssl", frozenset({"SSLContext", "SSLSocket", "create_default_context"})),
}
#: eventlet has one word for several modules, and does not patch all that gevent patches.
_EVENTLET_WORDS: Final = {"queue": "thread", "ssl": "socket"}
#: What imports ssl, and so must come after gevent's patch.
_USES_SSL: Final = frozenset(
    {"ssl", "urllib3", "requests", "httpx", "aiohttp", "botocore", "boto3"}
)


class LateMonkeyPatch(Rule):
    title = "A monkey patch comes after what it was to patch has been taken"
    kind = "defect"
    cwe = 663
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        for call in module.calls():
            library = _PATCHES.get(module.dotted(call.func))
            if library is None or _is_choice(call):
                continue
            for node, name, harm in _taken_before(module, call, library):
                yield self._finding(module, call, node, name, harm)
                break

    def _finding(
        self, module: Module, call: ast.Call, node: ast.stmt, name: str, harm: str
    ) -> Finding:
        patch = ast.unparse(call.func)
        return self.finding(
            [module.place(call), module.place(node)],
            title=f"{patch}() comes after {name} was taken",
            defect=f"Line {node.lineno} takes {name} before line {call.lineno} patches. {harm}",
            facts=[f"Line {node.lineno} is run first: {ast.unparse(node)[:100]}."],
            solution="Patch first, before every other import.",
            corrected=f"{ast.unparse(call)}  # the first lines of the program\n"
            f"{ast.unparse(node)[:100]}",
        )


def _is_choice(call: ast.Call) -> bool:
    """Whether it patches by a list that is not seen here: ``monkey_patch(**options)``."""
    return any(each.arg is None for each in call.keywords) or bool(call.args)


def _is_left_out(call: ast.Call, word: str, library: str) -> bool:
    given = {each.arg: constant(each.value) for each in call.keywords}
    if library == "eventlet":
        word = _EVENTLET_WORDS.get(word, word)
        chosen = [key for key, value in given.items() if value is True]
        if chosen:  # eventlet patches only what is named, if anything is
            return word not in chosen
        if word == "subprocess":
            return True  # it has no such patch of names
    return given.get(word, True) is False


def _taken_before(
    module: Module, call: ast.Call, library: str
) -> Iterator[tuple[ast.stmt, str, str]]:
    inside = module.function_of(call)
    for node in module.nodes(ast.ImportFrom):
        if node.level or not _is_before(module, node, call, inside is not None):
            continue
        word, names = _TAKEN.get(node.module or "", ("", frozenset()))
        taken = sorted({each.name for each in node.names} & names)
        if taken and not _is_left_out(call, word, library) and _is_used(module, node, taken):
            harm = f"This file goes on with the unpatched {taken[0]}, which stops all greenlets."
            yield node, f"{node.module}.{taken[0]}", harm
    if library != "gevent" or _is_left_out(call, "ssl", library):
        return
    for node_of_name, imported in _imports(module):
        head = imported.partition(".")[0]
        if head in _USES_SSL and _is_before(module, node_of_name, call, inside is not None):
            harm = "What is made from the unpatched ssl does not fit the patched one."
            yield node_of_name, head, harm


def _imports(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """The modules that are imported, whole or in part."""
    for plain in module.nodes(ast.Import):
        for alias in plain.names:
            yield plain, alias.name
    for part in module.nodes(ast.ImportFrom):
        if not part.level:
            yield part, part.module or ""


def _is_before(module: Module, node: ast.stmt, call: ast.Call, is_in_function: bool) -> bool:
    """Whether the import is run before the patch; those for type checkers are not run at all."""
    if module.function_of(node) is not None:
        return False
    for above in module.ancestors(node):
        if isinstance(above, ast.If) and "TYPE_CHECKING" in ast.unparse(above.test):
            return False
    return is_in_function or node.lineno < call.lineno


def _is_used(module: Module, node: ast.ImportFrom, names: list[str]) -> bool:
    """Whether the file does anything with one of the names."""
    words = {each.asname or each.name for each in node.names if each.name in names}
    return any(
        each.id in words and isinstance(each.ctx, ast.Load) for each in module.nodes(ast.Name)
    )
