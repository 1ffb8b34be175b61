"""How the constructs of the language are found in a tree.

A finder gives the nodes below another that it is sure of.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from racewright.audit.code import Code

__all__ = [
    "NETWORK",
    "Finder",
    "assertions",
    "bare_excepts",
    "broad_excepts",
    "evals",
    "fixtures",
    "globals",
    "handlers",
    "locks",
    "logging",
    "mocks",
    "modules",
    "mutable_defaults",
    "nested_functions",
    "nested_loops",
    "of",
    "parametrized",
    "percents",
    "prints",
    "recursions",
    "regexes",
    "secrets",
    "semaphores",
    "sleeps",
    "sql",
    "stars",
    "synchronisation",
    "tests",
    "threads",
    "timeouts",
]

_SQL = re.compile(
    (
        r"\b(?:select\s+.{1,200}\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s"
        r"|create\s+table\s|drop\s+table\s)"
    ),
    re.IGNORECASE | re.DOTALL,
)
_LOG_METHODS = frozenset(
    ["debug", "info", "warning", "warn", "error", "exception", "critical", "log"]
)
_SECRET = re.compile(
    r"(?:password|passwd|secret|token|api_?key|private_?key|credential)", re.IGNORECASE
)
NETWORK = (
    "socket",
    "http",
    "urllib.request",
    "requests",
    "aiohttp",
    "httpx",
    "ftplib",
    "smtplib",
    "urllib3",
    "ssl",
    "asyncio.open_connection",
    "telnetlib",
    "xmlrpc",
    "paramiko",
    "grpc",
    "websockets",
)
_LOCKS = re.compile(r"(?:^|\.)(?:R?Lock|Condition|FileLock|InterProcessLock|Mutex)$")
_SEMAPHORES = re.compile(r"(?:^|\.)(?:Bounded)?Semaphore$")
#: Parts of names; ``block``, ``clock`` and ``deadlock`` lock nothing.
_LOCK_NAMES = re.compile(r"(?<![bc])(?<!dead)lock|mutex")

_CATCHING = ("suppress", "assertraises", "assertraisesregex", "raises", "excepthook")
Finder = Callable[[Code, ast.AST], Iterator[ast.AST]]


def of(*kinds: type[ast.AST]) -> Finder:
    def find(code: Code, within: ast.AST) -> Iterator[ast.AST]:
        return (node for node in ast.walk(within) if isinstance(node, kinds))

    return find


def _calls(code: Code, within: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(within):
        if isinstance(node, ast.Call):
            yield node, code.module.method(node) or code.module.dotted(node.func)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def sql(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _SQL.search(node.value[:4000])
        ):
            yield node
    for call, _ in _calls(code, within):
        if _last(call.func) in ("execute", "executemany", "executescript", "raw"):
            yield call


def regexes(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        is_name = isinstance(node, (ast.Name, ast.Attribute))
        if is_name and code.module.dotted(node).partition(".")[0] in ("re", "regex"):
            yield node


def logging(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for call, dotted in _calls(code, within):
        owner = ast.unparse(call.func.value).lower() if isinstance(call.func, ast.Attribute) else ""
        is_logger = "log" in owner and _last(call.func) in _LOG_METHODS
        if (
            is_logger
            or dotted in ("builtins.print", "warnings.warn")
            or dotted.startswith("logging.")
        ):
            yield call


def prints(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return (call for call, dotted in _calls(code, within) if dotted == "builtins.print")


def bare_excepts(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return (n for n in ast.walk(within) if isinstance(n, ast.ExceptHandler) and n.type is None)


def broad_excepts(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {code.module.dotted(each) for each in caught if each is not None}
            if node.type is None or names & {"builtins.Exception", "builtins.BaseException"}:
                yield node


def nested_loops(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    loops = (ast.For, ast.AsyncFor, ast.While)
    for node in ast.walk(within):
        if isinstance(node, loops):
            inner = (n for n in ast.walk(node) if n is not node and isinstance(n, loops))
            yield from inner


def recursions(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and _last(call.func) == node.name:
                    is_super = isinstance(call.func, ast.Attribute) and isinstance(
                        call.func.value, ast.Call
                    )
                    if not is_super:
                        yield call


def mutable_defaults(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                is_made = isinstance(default, ast.Call) and code.module.dotted(default.func) in (
                    "builtins.list",
                    "builtins.dict",
                    "builtins.set",
                )
                if isinstance(default, (ast.List, ast.Dict, ast.Set)) or is_made:
                    assert default is not None
                    yield default


def secrets(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    def is_text(node: ast.AST | None) -> bool:
        return (
            isinstance(node, ast.Constant)
            and isinstance(node.value, (str, bytes))
            and bool(node.value)
        )

    for node in ast.walk(within):
        if isinstance(node, ast.Assign) and is_text(node.value):
            if any(_SECRET.search(ast.unparse(target)) for target in node.targets):
                yield node
        elif (
            isinstance(node, ast.keyword) and is_text(node.value) and _SECRET.search(node.arg or "")
        ):
            yield node.value
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if (
                    is_text(value)
                    and isinstance(key, ast.Constant)
                    and _SECRET.search(str(key.value))
                ):
                    yield value


def timeouts(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        name = getattr(node, "arg", "") or getattr(node, "id", "") or getattr(node, "attr", "")
        if isinstance(name, str) and "timeout" in name.lower():
            yield node


def modules(*tops: str) -> Finder:
    def find(code: Code, within: ast.AST) -> Iterator[ast.AST]:
        for node in ast.walk(within):
            if isinstance(node, (ast.Name, ast.Attribute)):
                dotted = code.module.dotted(node)
                if any(dotted == top or dotted.startswith(top + ".") for top in tops):
                    yield node
        if within is code.module.tree.root:
            for top in tops:
                yield from code.uses_module(top)

    return find


def locks(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, (ast.Name, ast.Attribute)):
            words = f"{getattr(node, 'id', '')}{getattr(node, 'attr', '')}".lower()
            if _LOCKS.search(code.module.dotted(node)) or _LOCK_NAMES.search(words):
                yield node
    yield from _entered(_LOCKS, code, within)


def semaphores(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        is_name = isinstance(node, (ast.Name, ast.Attribute))
        if is_name and _SEMAPHORES.search(code.module.dotted(node)):
            yield node
    yield from _entered(_SEMAPHORES, code, within)


def synchronisation(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    yield from locks(code, within)
    yield from semaphores(code, within)


def _entered(kind: re.Pattern[str], code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if kind.search(code.module.type_of(item.context_expr)):
                    yield node


def mocks(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for patch in code.patches:
        if code.is_in(patch.call, within):
            yield patch.call
    for node in ast.walk(within):
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = f"{getattr(node, 'id', '')}{getattr(node, 'attr', '')}"
            if "mock" in name.lower() or "monkeypatch" in name.lower():
                yield node


def handlers(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    """What catches exceptions: clauses, and calls that do the same."""
    for node in ast.walk(within):
        is_call = isinstance(node, ast.Call) and _last(node.func).lower() in _CATCHING
        if is_call or isinstance(node, ast.ExceptHandler):
            yield node


def sleeps(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return (
        c
        for c, dotted in _calls(code, within)
        if _last(c.func) == "sleep" or dotted.endswith(".sleep")
    )


def tests(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith(
            "test"
        ):
            yield node


def nested_functions(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        is_inner = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node is not within
        if is_inner and isinstance(code.container(node), (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def evals(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return (c for c, dotted in _calls(code, within) if dotted in ("builtins.eval", "builtins.exec"))


def fixtures(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        name = _last(node.func) if isinstance(node, ast.Call) else ""
        if "fixture" in name.lower() and name[:1].islower():
            yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (d for d in node.decorator_list if "fixture" in ast.unparse(d).lower())


def percents(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            left = node.left
            is_text = isinstance(left, ast.Constant) and isinstance(left.value, (str, bytes))
            if is_text or isinstance(left, ast.JoinedStr):
                yield node


def assertions(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        name = _last(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Assert) or name.lower().lstrip("_").startswith("assert"):
            yield node


def globals(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return of(ast.Global)(code, within)


def parametrized(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (d for d in node.decorator_list if "parametrize" in ast.unparse(d))


def threads(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    yield from modules("threading", "_thread", "concurrent.futures.thread")(code, within)
    for node in ast.walk(within):
        if f"{getattr(node, 'id', '')}{getattr(node, 'attr', '')}" in (
            "Thread",
            "Timer",
            "ThreadPoolExecutor",
            "ThreadPool",
        ):
            yield node


def stars(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return (
        node
        for node in ast.walk(within)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    )
