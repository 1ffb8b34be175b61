"""What prose calls the constructs of the language, and how each is found in a tree.

A finder gives the nodes it is sure of. ``is_whole`` says whether it would find every one, so that
finding none shows that there is none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from racewright.audit.code import Code

__all__ = ["CONSTRUCTS", "Construct", "nodes_in"]

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
_NETWORK = (
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
_LOCKS = re.compile(
    r"(?:^|\.)(?:R?Lock|Semaphore|BoundedSemaphore|Condition|FileLock|InterProcessLock|Mutex)$"
)

Finder = Callable[[Code, ast.AST], Iterator[ast.AST]]


@dataclass(frozen=True, slots=True)
class Construct:
    """A construct: how it is spoken of, and where it is."""

    name: str
    pattern: re.Pattern[str]
    find: Finder
    is_whole: bool = True


def nodes_in(construct: Construct, code: Code, within: ast.AST) -> list[ast.AST]:
    """The nodes of a construct below ``within``; looked for once."""
    key = (construct.name, within)
    if key not in code.constructs:
        code.constructs[key] = list(dict.fromkeys(construct.find(code, within)))
    return code.constructs[key]


def _of(*kinds: type[ast.AST]) -> Finder:
    def find(code: Code, within: ast.AST) -> Iterator[ast.AST]:
        return (node for node in ast.walk(within) if isinstance(node, kinds))

    return find


def _calls(code: Code, within: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(within):
        if isinstance(node, ast.Call):
            yield node, code.module.method(node) or code.module.dotted(node.func)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _sql(code: Code, within: ast.AST) -> Iterator[ast.AST]:
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


def _regexes(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        is_name = isinstance(node, (ast.Name, ast.Attribute))
        if is_name and code.module.dotted(node).partition(".")[0] in ("re", "regex"):
            yield node


def _logging(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for call, dotted in _calls(code, within):
        owner = ast.unparse(call.func.value).lower() if isinstance(call.func, ast.Attribute) else ""
        is_logger = "log" in owner and _last(call.func) in _LOG_METHODS
        if (
            is_logger
            or dotted in ("builtins.print", "warnings.warn")
            or dotted.startswith("logging.")
        ):
            yield call


def _prints(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return (call for call, dotted in _calls(code, within) if dotted == "builtins.print")


def _bare_excepts(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return (n for n in ast.walk(within) if isinstance(n, ast.ExceptHandler) and n.type is None)


def _broad_excepts(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {code.module.dotted(each) for each in caught if each is not None}
            if node.type is None or names & {"builtins.Exception", "builtins.BaseException"}:
                yield node


def _nested_loops(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    loops = (ast.For, ast.AsyncFor, ast.While)
    for node in ast.walk(within):
        if isinstance(node, loops):
            inner = (n for n in ast.walk(node) if n is not node and isinstance(n, loops))
            yield from inner


def _recursions(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and _last(call.func) == node.name:
                    is_super = isinstance(call.func, ast.Attribute) and isinstance(
                        call.func.value, ast.Call
                    )
                    if not is_super:
                        yield call


def _mutable_defaults(code: Code, within: ast.AST) -> Iterator[ast.AST]:
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


def _secrets(code: Code, within: ast.AST) -> Iterator[ast.AST]:
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


def _timeouts(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        name = getattr(node, "arg", "") or getattr(node, "id", "") or getattr(node, "attr", "")
        if isinstance(name, str) and "timeout" in name.lower():
            yield node


def _modules(*tops: str) -> Finder:
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


def _locks(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, (ast.Name, ast.Attribute)):
            words = f"{getattr(node, 'id', '')}{getattr(node, 'attr', '')}".lower()
            if _LOCKS.search(code.module.dotted(node)) or "lock" in words or "mutex" in words:
                yield node
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if _LOCKS.search(code.module.type_of(item.context_expr)):
                    yield node


def _mocks(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for patch in code.patches:
        if code.is_in(patch.call, within):
            yield patch.call
    for node in ast.walk(within):
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = f"{getattr(node, 'id', '')}{getattr(node, 'attr', '')}"
            if "mock" in name.lower() or "monkeypatch" in name.lower():
                yield node


def _sleeps(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return (
        c
        for c, dotted in _calls(code, within)
        if _last(c.func) == "sleep" or dotted.endswith(".sleep")
    )


def _tests(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith(
            "test"
        ):
            yield node


def _nested_functions(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        is_inner = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node is not within
        if is_inner and isinstance(code.container(node), (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def _evals(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return (c for c, dotted in _calls(code, within) if dotted in ("builtins.eval", "builtins.exec"))


def _fixtures(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        name = _last(node.func) if isinstance(node, ast.Call) else ""
        if "fixture" in name.lower() and name[:1].islower():
            yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (d for d in node.decorator_list if "fixture" in ast.unparse(d).lower())


def _percents(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            left = node.left
            is_text = isinstance(left, ast.Constant) and isinstance(left.value, (str, bytes))
            if is_text or isinstance(left, ast.JoinedStr):
                yield node


def _assertions(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        name = _last(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Assert) or name.lower().lstrip("_").startswith("assert"):
            yield node


def _globals(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return _of(ast.Global)(code, within)


def _parametrized(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(within):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (d for d in node.decorator_list if "parametrize" in ast.unparse(d))


def _stars(code: Code, within: ast.AST) -> Iterator[ast.AST]:
    return (
        node
        for node in ast.walk(within)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    )


def _all(name: str, pattern: str, find: Finder, is_whole: bool = True) -> Construct:
    return Construct(name, re.compile(rf"(?:{pattern})"), find, is_whole)


#: The longer phrases stand before those that they contain.
CONSTRUCTS: tuple[Construct, ...] = (
    _all(
        "raw SQL",
        (
            r"(?:raw |inline |plain )?sql (?:quer(?:y|ies)|statements?|strings?|injections?)"
            r"|raw sql|sql"
        ),
        _sql,
    ),
    _all("regular expressions", r"regular expressions?|regexe?s?|regexps?", _regexes),
    _all(
        "hard-coded secrets",
        r"hard-?coded (?:credentials?|passwords?|secrets?|tokens?|api keys?)",
        _secrets,
    ),
    _all(
        "logging",
        (
            r"(?:debug )?logging|loggers?|logs|log messages?|log statements?|log output"
            r"|log calls?|the log|debug output"
        ),
        _logging,
    ),
    _all("print calls", r"print (?:calls?|statements?)|prints", _prints),
    _all("a bare except", r"bare excepts?(?: clauses?| blocks?| @\d+)?|bare @\d+", _bare_excepts),
    _all(
        "a broad except",
        r"broad (?:except|exception handling|exception handlers?)(?: clauses?)?",
        _broad_excepts,
    ),
    _all("nested loops", r"(?:deeply )?nested loops?", _nested_loops),
    _all("nested functions", r"(?:nested|inner|local) functions?", _nested_functions),
    _all("recursion", r"recursions?|recursive calls?|recursive functions?", _recursions),
    _all(
        "mutable default arguments",
        r"mutable default(?: arguments?| values?| parameters?)?s?",
        _mutable_defaults,
    ),
    _all("global statements", r"global (?:statements?|keyword)", _globals),
    _all("star imports", r"(?:wildcard|star) imports?", _stars),
    _all("list comprehensions", r"list comprehensions?", _of(ast.ListComp)),
    _all("lambdas", r"lambdas?(?: functions?| expressions?)?", _of(ast.Lambda)),
    _all("f-strings", r"f-strings?", _of(ast.JoinedStr)),
    _all("assertions", r"assertions?|assert statements?|asserts", _assertions, False),
    _all(
        "exception handling",
        r"exception handling|error handling|exception handlers?|try/except(?: blocks?)?"
        r"|try blocks?|try-except(?: blocks?)?",
        _of(ast.Try, ast.ExceptHandler),
    ),
    _all(
        "percent formatting",
        r"(?:old-style |%-?style |percent |printf-style )string formatting|percent formatting",
        _percents,
    ),
    _all("loops", r"(?:for |while )?loops?", _of(ast.For, ast.AsyncFor, ast.While)),
    _all("coroutines", r"coroutines?|async functions?|async/await", _of(ast.AsyncFunctionDef)),
    _all("timeouts", r"timeouts?", _timeouts),
    _all(
        "network access",
        (
            r"network (?:access|calls?|connections?|requests?)|the network|internet access"
            r"|http requests?"
        ),
        _modules(*_NETWORK),
        False,
    ),
    _all("eval or exec", r"eval|exec", _evals),
    _all(
        "locks",
        r"locks?|locking|mutex(?:es)?|synchroni[sz]ation(?: primitives?| mechanisms?)?",
        _locks,
    ),
    _all("mocks", r"mocks?|mocking|mock objects?|mock patch(?:es)?|patch(?:es)?", _mocks),
    _all("sleeps", r"sleeps?|sleep calls?", _sleeps),
    _all("parametrised tests", r"parametri[sz]ed tests?|parametri[sz]ation", _parametrized),
    _all("fixtures", r"fixtures?", _fixtures, False),
    _all("test functions", r"tests?|test functions?|test cases?|test methods?", _tests),
)
