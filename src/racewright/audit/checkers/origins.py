"""Where a name is imported from, and whether anything is imported at all."""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    combined,
    decided,
    in_words,
    no,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code

__all__ = ["Origins"]

_IMPORTS_NOTHING = re.compile(
    r"^#code (?:imports nothing|has no imports|does not import anything)$"
)
_IMPORTS = re.compile(r"^#code imports (?P<s>@\d+) from (?P<t>@\d+)$")
_COME_FROM = re.compile(
    r"^(?P<s>@\d+) (?:comes?|(?:is|are) (?:being )?(?:imported|taken))(?: directly)? from "
    r"(?P<t>@\d+)$"
)


_PLACE_OF = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?P<not>not )?imported (?:only )?(?P<where>at (?:the )?module level"
    r"|at the top(?: of the (?:file|module))?|globally|locally|lazily|inside (?:of )?(?:a |the )?"
    r"(?:function|method)s?|in(?:side)? (?P<w>@\d+)|for typing(?: only)?"
    r"|for type checking(?: only)?|(?:only )?(?:under|as) (?P<u>@\d+)|twice|more than once"
    r"|unconditionally|conditionally)$"
)
_RENAMED = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?P<not>not )?(?:an? )?(?:import aliases|import alias"
    r"|aliased imports?|imported under another name|renamed imports?)$"
)


def _imports_of(text: str, code: Code) -> list[ast.AST]:
    thing = code.thing(text)
    return [d.node for d in thing.definitions if d.kind == "import"]


def _place_of(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """Where in the file the import stands."""
    group, where = clause.group(match["s"]), match["where"]
    inner, other = clause.group(match["w"]), clause.group(match["u"])
    named = other.texts if other is not None else ()
    if group is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def is_typing(node: ast.AST) -> bool:
        block = code.module.within(node, ast.If)
        return isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)

    def one(text: str) -> Answer:
        nodes = _imports_of(text, code)
        if not nodes and named:
            return _under_name(text, named, claim, is_denied, code)
        if not nodes:
            return no(claim, code.evidence((), f"no import of the file brings {text}"))
        homes = [code.container(node) for node in nodes]
        good: list[ast.AST | None]
        if inner is not None:
            good = [h for h in homes if getattr(h, "name", "") in inner.texts]
        elif where.startswith(("at", "globally")):
            good = [h for h in homes if h is None]
        elif "under" in where and "TYPE_CHECKING" not in " ".join(named):
            return _under_name(text, named, claim, is_denied, code)
        elif where.startswith(("for", "under", "only under")):
            good = [n for n in nodes if is_typing(n)]
        elif where.endswith("conditionally"):
            inside = [
                n for n in nodes if code.module.within(n, ast.If, ast.Try) or code.container(n)
            ]
            good = [*inside] if where == "conditionally" else [n for n in nodes if n not in inside]
        elif where in ("twice", "more than once"):
            good = [*nodes] if len(nodes) > 1 else []
        else:
            good = [h for h in homes if h is not None]
        told = (
            f"{text} is imported at line {', '.join(str(getattr(n, 'lineno', 0)) for n in nodes)}"
        )
        if good and len(good) < len(nodes):
            return unsure(claim, "it is imported in several places")
        return decided(bool(good), is_denied, claim, nodes, told, code)

    return combined(claim, map(one, group.texts), is_all=True)


def _under_name(
    text: str, names: tuple[str, ...], claim: str, is_denied: bool, code: Code
) -> Answer:
    """``perf_counter`` is imported under the name ``time_now``: by the alias of the import."""
    every: list[ast.Import | ast.ImportFrom] = [
        *code.module.nodes(ast.Import),
        *code.module.nodes(ast.ImportFrom),
    ]
    found = [
        (node, alias.asname or alias.name)
        for node in every
        for alias in node.names
        if alias.name in (text, names[0]) or alias.asname in (text, names[0])
    ]
    if not found or len(names) != 1:
        return unsure(claim, f"no import of {text} was found")
    like = [node for node, name in found if name == names[0]]
    told = f"it is imported as {', '.join(sorted({name for _, name in found}))}"
    return decided(bool(like), is_denied, claim, [node for node, _ in found], told, code)


def _renamed(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["s"])
    if group is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(text: str) -> Answer:
        nodes = _imports_of(text, code)
        if not nodes:
            return unsure(claim, f"{text} is not imported")
        named = [a for n in nodes for a in getattr(n, "names", []) if a.asname == text]
        told = f"it is {'' if named else 'not '}imported under another name"
        return decided(bool(named), is_denied, claim, nodes, told, code)

    return combined(claim, map(one, group.texts), is_all=True)


def _come_from(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group, module = clause.group(match["s"]), clause.group(match["t"])
    if group is None or module is None or len(module.texts) != 1:
        return None
    claim = in_words(match, clause)
    wanted = module.texts[0].lstrip(".")

    def one(text: str) -> Answer:
        thing = code.thing(text)
        found = [
            (d.node, b.dotted)
            for d in thing.definitions
            if d.scope is not None
            for b in d.scope.bindings.get(thing.word, ())
            if b.node is d.node and b.kind == "import"
        ]
        if not found:
            return unsure(claim, f"{text} is not imported")
        origins = {dotted.rpartition(".")[0] or dotted for _, dotted in found}
        is_so = any(o == wanted or o.endswith("." + wanted) for o in origins)
        return decided(
            is_so,
            False,
            claim,
            [n for n, _ in found],
            f"{text} is imported from {', '.join(sorted(origins))}",
            code,
        )

    return combined(claim, map(one, group.texts), is_all=True)


def _imports_nothing(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    found = [*code.module.nodes(ast.Import), *code.module.nodes(ast.ImportFrom)]
    claim = "the file imports nothing"
    if found:
        return no(claim, code.evidence(found, "imports"))
    return yes(claim, code.evidence((), "no import is in the file"))


class Origins(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_IMPORTS_NOTHING, _imports_nothing),
        (_PLACE_OF, _place_of),
        (_RENAMED, _renamed),
        (_COME_FROM, _come_from),
        (_IMPORTS, _come_from),
    )
