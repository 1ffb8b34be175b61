"""What a name is: a static method, a property, an abstract class, a dataclass, decorated."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    combined,
    decided,
    no,
    things,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.families import family
from racewright.audit.things import Thing

__all__ = ["WhatItIs"]

_IS = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?P<not>not )?(?:declared |defined "
    r"|implemented )?(?:as )?(?:an? |all )?(?P<what>static ?methods?|class ?methods?"
    r"|properties|property"
    r"|abstract(?: methods?)?|abstract base class(?:es)?|data ?class(?:es)?|coroutines?"
    r"|async(?:hronous)?|generators?|keyword-only|context managers?|enums?|named tuples?"
    r"|nested functions?|(?P<t>@\d+))$"
)
_ALL_METHODS = re.compile(
    r"^(?:all|every) (?:of the )?(?:methods?|functions?) (?:is"
    r"|are) (?:an? )?(?P<what>static methods?|class methods?|async|coroutines?)$"
    r"|^@\d+ methods? (?:is|are) (?P<w>static methods?)$"
)
_DECORATED = re.compile(
    r"^(?P<s>@\d+|#code) (?:is|are) (?P<not>not )?(?:decorated|marked|annotated) (?:with|by) "
    r"(?P<d>@\d+)$"
)


def _decorated(names: tuple[str, ...]) -> Callable[[ast.AST, Code], bool | None]:
    def test(node: ast.AST, code: Code) -> bool | None:
        decorators = getattr(node, "decorator_list", None)
        if decorators is None:
            return None
        words = {ast.unparse(d).partition("(")[0].rpartition(".")[2] for d in decorators}
        return bool(words & set(names))

    return test


def _is_abc(node: ast.AST, code: Code) -> bool | None:
    if not isinstance(node, ast.ClassDef):
        return None
    names, whole = family(node, code)
    if names & {"abc.ABC"} or any("ABCMeta" in ast.unparse(k.value) for k in node.keywords):
        return True
    return False if whole else None


def _is_kind_of(base: str) -> Callable[[ast.AST, Code], bool | None]:
    def test(node: ast.AST, code: Code) -> bool | None:
        if not isinstance(node, ast.ClassDef):
            return None
        names, whole = family(node, code)
        if any(n.rpartition(".")[2] == base for n in names):
            return True
        return False if whole or not node.bases else None

    return test


def _is_dataclass(node: ast.AST, code: Code) -> bool | None:
    if not isinstance(node, ast.ClassDef):
        return None
    found = _decorated(("dataclass", "define", "attrs", "frozen", "mutable", "s"))(node, code)
    if found:
        return True
    names, whole = family(node, code)
    return False if whole or any("NamedTuple" in n or "Enum" in n for n in names) else None


def _is_async(node: ast.AST, code: Code) -> bool | None:
    return (
        isinstance(node, ast.AsyncFunctionDef)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        else None
    )


def _is_keyword_only(node: ast.AST, code: Code) -> bool | None:
    if not isinstance(node, ast.arg):
        return None
    function = next(
        (
            a
            for a in code.module.ancestors(node)
            if isinstance(a, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        ),
        None,
    )
    return node in function.args.kwonlyargs if function is not None else None


def _is_context_manager(node: ast.AST, code: Code) -> bool | None:
    if isinstance(node, ast.ClassDef):
        words = code.module.tree.scopes[node].bindings
        return True if "__enter__" in words or "__aenter__" in words else None
    return True if _decorated(("contextmanager", "asynccontextmanager"))(node, code) else None


_KINDS: dict[str, Callable[[ast.AST, Code], bool | None]] = {
    "static method": _decorated(("staticmethod",)),
    "class method": _decorated(("classmethod",)),
    "property": _decorated(("property", "cached_property", "setter")),
    "abstract": _decorated(("abstractmethod", "abstractproperty")),
    "abstract method": _decorated(("abstractmethod", "abstractproperty")),
    "abstract base class": _is_abc,
    "dataclass": _is_dataclass,
    "named tuple": _is_kind_of("NamedTuple"),
    "enum": _is_kind_of("Enum"),
    "coroutine": _is_async,
    "async": _is_async,
    "asynchronous": _is_async,
    "keyword-only": _is_keyword_only,
    "context manager": _is_context_manager,
}


def _kind_word(what: str) -> str:
    what = (
        what.replace("properties", "property")
        .replace("classes", "class")
        .replace("data class", "dataclass")
    )
    return what[:-1] if what.endswith("s") and not what.endswith("ss") else what


def _is(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["s"])
    if group is None:
        return None
    is_denied = bool(match["not"])
    what = re.sub(r"^(static|class)(?=method)", r"\1 ", _kind_word(match["what"]))
    test = _KINDS.get(what)
    shown = what
    if match["t"]:
        named = clause.group(match["t"])
        if named is None or len(named.texts) != 1:
            return None
        shown = named.texts[0]
        test = {
            "NamedTuple": _KINDS["named tuple"],
            "ABC": _is_abc,
            "Enum": _KINDS["enum"],
            "dataclass": _is_dataclass,
            "staticmethod": _KINDS["static method"],
            "classmethod": _KINDS["class method"],
            "property": _KINDS["property"],
            "abstractmethod": _KINDS["abstract"],
        }.get(shown.lstrip("@"))
        if named.role in ("static method", "class method"):
            return None
    if test is None:
        return None
    claim = (
        f"{' and '.join(group.texts)} "
        f"{'are' if len(group.texts) > 1 else 'is'}{' not' if is_denied else ''} {shown}"
    )

    def one(thing: Thing) -> Answer:
        found = [(d.node, test(d.node, code)) for d in thing.definitions]
        known = [(node, is_so) for node, is_so in found if is_so is not None]
        values = {is_so for _, is_so in known}
        if len(values) != 1:
            return unsure(claim, f"what {thing.text} is, is open")
        answer = decided(
            values.pop(),
            is_denied,
            claim,
            [node for node, _ in known],
            f"see its definition: {code.line_text(int(getattr(known[0][0], 'lineno', 1)))[:80]}",
            code,
        )
        assert answer is not None
        return answer

    return combined(claim, map(one, things(group, code, clause)), is_all=True)


def _all_methods(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    what = _kind_word(match["what"] or match["w"])
    test = _KINDS.get(what)
    methods = [f for f in code.functions if isinstance(code.container(f), ast.ClassDef)]
    if test is None or not methods:
        return None
    others = [m for m in methods if not test(m, code)]
    claim = f"all methods are {what}s"
    if others:
        return no(claim, code.evidence(others, f"{others[0].name} is none"))
    return yes(claim, code.evidence(methods, f"all {len(methods)} are"))


def _decorated_with(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group, decorators = clause.group(match["s"]), clause.group(match["d"])
    if match["s"] == "#code" and decorators is not None and not match["not"]:
        return _nothing_decorated(decorators.texts, code)
    if group is None or decorators is None:
        return None
    is_denied = bool(match["not"])
    names = [text.lstrip("@").partition("(")[0] for text in decorators.texts]
    nodes = [n for thing in things(group, code, clause) for n in (*thing.functions, *thing.classes)]
    if len(nodes) < len(group.texts):
        return None
    claim = (
        f"{' and '.join(group.texts)} "
        f"{'are' if len(group.texts) > 1 else 'is'}{' not' if is_denied else ''} "
        f"decorated with {' and '.join(names)}"
    )

    def one(node: ast.AST, name: str) -> Answer:
        spelt = [ast.unparse(d).partition("(")[0] for d in getattr(node, "decorator_list", [])]
        is_so = any(each == name or each.endswith("." + name) for each in spelt)
        answer = decided(
            is_so, is_denied, claim, [node], f"its decorators: {', '.join(spelt) or 'none'}", code
        )
        assert answer is not None
        return answer

    return combined(claim, [one(node, name) for node in nodes for name in names], is_all=True)


def _nothing_decorated(names: tuple[str, ...], code: Code) -> Answer | None:
    """Where no decorator of that name is in the file, whatever is meant is not decorated so."""
    spelt = [
        ast.unparse(d).partition("(")[0]
        for node in (*code.functions, *code.classes)
        for d in node.decorator_list
    ]
    for name in names:
        word = name.lstrip("@").partition("(")[0]
        if any(each == word or each.endswith("." + word) for each in spelt):
            return None
    claim = f"it is decorated with {' and '.join(names)}"
    return no(claim, code.evidence((), f"the decorators are {', '.join(spelt) or 'none'}"))


class WhatItIs(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_ALL_METHODS, _all_methods),
        (_DECORATED, _decorated_with),
        (_IS, _is),
    )
