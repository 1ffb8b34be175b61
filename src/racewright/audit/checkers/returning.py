"""What functions return, and whether anybody looks at it."""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    calls_cited,
    combined,
    decided,
    in_words,
    subject_nodes,
    unsure,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.results import gives_none, kinds_of, returns_of
from racewright.audit.uses import last_name

__all__ = ["Returning"]

_GIVES = r"(?:returns?|hands? back|gives? back|gives|yields back)"
_NOT = r"(?P<not>(?:does|do) not |never |can not )?"
_KIND = re.compile(
    rf"^(?P<s>@\d+) {_NOT}{_GIVES} (?:an? )?(?:new |fresh |plain |simple |empty |sorted )*(?P<what>"
    r"list|sets?|dict|dictionary|tuple|string|str|bytes|integer|int|boolean|bool|float|number"
    r"|generator)$"
)
_COUNT = re.compile(rf"^(?P<s>@\d+) {_NOT}{_GIVES} the (?:number|count|length|size|amount) of .+$")
_CONSTANT = re.compile(
    rf"^(?P<s>@\d+) {_NOT}(?:always )?{_GIVES} (?P<v>@\d+|none|true|false|nothing|anything)$"
)
_ORIGINAL = re.compile(
    rf"^(?P<s>@\d+) {_NOT}{_GIVES} (?:whatever|what|the (?:result|value|return value|output) of"
    r"(?: calling)?) (?:the )?(?:original|wrapped|patched|real|underlying|old)(?: function| method"
    r"| one| call| implementation)?(?: \w+s?| \w+ed)?$"
)
_DISCARDED = re.compile(
    r"^(?:the )?(?:results?|return(?:ed)? values?|outcomes?|values? returned) (?:of|by|from) "
    r"(?P<t>@\d+) (?:(?:is|are|gets?) )?(?P<not>not |never )?(?P<what>discarded|ignored|dropped"
    r"|thrown away|unused|used|checked|read|assigned|looked at|kept|stored)(?: here| anywhere)?$"
)
_NAME_OF = {
    "dictionary": "dict",
    "string": "str",
    "integer": "int",
    "boolean": "bool",
    "number": "int",
    "sets": "set",
}


def _functions(
    token: str, clause: Clause, code: Code
) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    nodes = subject_nodes(token, clause, code)
    return [n for n in nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _kind(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    functions = _functions(match["s"], clause, code)
    parts = match.groupdict()
    wanted = _NAME_OF.get(parts.get("what") or "number", parts.get("what") or "int")
    claim, is_denied = in_words(match, clause), bool(match["not"])
    is_count = "what" not in parts

    def one(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Answer:
        every = returns_of(node, code)
        kinds = set().union(*(kinds_of(r.value, node, code) for r in every), set())
        kinds |= {"None"} if gives_none(node, code) else set()
        lines: list[ast.AST] = [*every] or [node]
        if "generator" in (wanted, *kinds) or any(
            isinstance(n, (ast.Yield, ast.YieldFrom)) for n in ast.walk(node)
        ):
            return unsure(claim, "it may be a generator")
        text = f"what it returns is {' or '.join(sorted(kinds))}"
        if kinds == {wanted} and not is_count:
            return decided(True, is_denied, claim, lines, text, code)
        numbers = {"int", "float"}
        if "?" in kinds or wanted in kinds or (wanted in numbers and kinds & numbers):
            return unsure(claim, "what it returns, is not seen in each return statement")
        return decided(False, is_denied, claim, lines, text, code)

    return combined(claim, map(one, functions), is_all=True)


def _constant(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["v"])
    if group is not None and len(group.texts) != 1:
        return None
    value = (group.texts[0] if group else match["v"]).strip().lower()
    functions = _functions(match["s"], clause, code)
    claim, is_denied = in_words(match, clause), bool(match["not"])
    if value in ("nothing", "anything"):
        is_denied = is_denied != (value == "anything")
        value = "nothing"
    if value not in ("none", "true", "false", "nothing"):
        return None
    is_always = " always " in match[0]

    def one(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Answer:
        every = returns_of(node, code)
        given = [r for r in every if r.value is not None]
        if value == "nothing":
            is_so = not any(ast.unparse(r.value) != "None" for r in given if r.value)
            text = "it returns no value" if is_so else "it returns a value"
            return decided(is_so, is_denied, claim, [*given] or [node], text, code)
        wanted = {"none": "None", "true": "True", "false": "False"}[value]
        like = [r for r in given if r.value is not None and ast.unparse(r.value) == wanted]
        if value == "none":
            is_so = gives_none(node, code)
        else:
            is_so = bool(like)
        others = [r for r in given if r not in like]
        if is_always and is_so and (others or (value != "none" and gives_none(node, code))):
            return decided(False, is_denied, claim, [*others] or [node], "not always", code)
        if not is_so and value != "none":
            kinds = set().union(*(kinds_of(r.value, node, code) for r in every), set())
            if kinds & {"?", "bool"}:
                return unsure(claim, "what it returns, is not seen in each return statement")
        text = f"it {'may return' if is_so else 'never returns'} {wanted}"
        return decided(is_so, is_denied, claim, [*like] or [*every] or [node], text, code)

    return combined(claim, map(one, functions), is_all=True)


def _original(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """Of a wrapper: each return statement gives what a call of the wrapped function gave."""
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Answer:
        every = returns_of(node, code)
        calls = [r.value for r in every if isinstance(r.value, ast.Call)]
        names = {last_name(call.func).lower() for call in calls}
        told = all(re.search(r"orig|real|wrapped|old|func|fn\b|super", name) for name in names)
        if every and len(calls) == len(every) and told and not gives_none(node, code):
            return decided(True, is_denied, claim, [*every], "it returns what that gives", code)
        if not every:
            return decided(False, is_denied, claim, [node], "it has no return statement", code)
        return unsure(claim, "what it returns, is not seen")

    return combined(claim, map(one, _functions(match["s"], clause, code)), is_all=True)


def _discarded(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["t"])
    if group is None:
        return None
    claim = in_words(match, clause)
    is_kept = match["what"] in (
        "used",
        "checked",
        "read",
        "assigned",
        "looked at",
        "kept",
        "stored",
    )
    is_denied = bool(match["not"]) == is_kept

    def one(text: str) -> Answer:
        calls = calls_cited(text, clause, code)
        if not calls:
            return unsure(claim, f"no call of {text} was found")
        bare = [c for c in calls if isinstance(code.module.parent(c), ast.Expr)]
        if bare and len(bare) < len(calls):
            return unsure(claim, "it is of one call, and not of another")
        if not bare and is_kept and match["what"] in ("checked", "looked at", "read"):
            return unsure(claim, "it is kept; whether it is looked at, is not seen")
        text = "nothing is done with what the call gives" if bare else "what the call gives is used"
        return decided(bool(bare), not is_denied, claim, list(calls), text, code)

    return combined(claim, map(one, group.texts), is_all=True)


class Returning(PatternChecker):
    kind = "behaviour"
    table = (
        (_DISCARDED, _discarded),
        (_ORIGINAL, _original),
        (_COUNT, _kind),
        (_KIND, _kind),
        (_CONSTANT, _constant),
    )
