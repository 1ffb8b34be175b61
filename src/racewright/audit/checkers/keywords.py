"""Statements that are named by their keyword: ``the code has no `try```, ``X is inside `with```."""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    combined,
    context_nodes,
    decided,
    in_words,
    subject_nodes,
    unsure,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.words import Group

__all__ = ["Keywords"]

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_NODES: dict[str, tuple[type[ast.AST], ...]] = {
    "try": (ast.Try,),
    "except": (ast.ExceptHandler,),
    "with": (ast.With, ast.AsyncWith),
    "async with": (ast.AsyncWith,),
    "while": (ast.While,),
    "for": (ast.For, ast.AsyncFor),
    "del": (ast.Delete,),
    "lambda": (ast.Lambda,),
    "global": (ast.Global,),
    "nonlocal": (ast.Nonlocal,),
    "assert": (ast.Assert,),
    "raise": (ast.Raise,),
    "yield": (ast.Yield, ast.YieldFrom),
    "yield from": (ast.YieldFrom,),
    "await": (ast.Await,),
    "async": (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith),
    "async def": (ast.AsyncFunctionDef,),
    "pass": (ast.Pass,),
    "break": (ast.Break,),
    "continue": (ast.Continue,),
    "match": (ast.Match,),
}
_HAS = re.compile(
    r"^(?:(?P<s>@\d+|#code) )?(?P<not>does not |do not |never )?(?:contains?|has|have|uses?|using)"
    r"(?P<no> no| any| a| an)? (?P<k>@\d+)(?: blocks?| statements?)?(?: anywhere| at all)*$"
)
_THERE = re.compile(
    r"^there (?:is|are) (?P<no>no|a|an|not a single) (?P<k>@\d+)(?: anywhere| at all| here)*$"
)
_NO = re.compile(r"^(?P<no>no) (?P<k>@\d+)$")
_INSIDE = re.compile(
    r"^(?P<t>@\d+) (?:is|are|stands?|happens?)(?: called| done)? (?P<not>not )?"
    r"(?P<out>inside|within|in|outside)(?: of)? (?:a |the |an )?(?P<k>@\d+|(?:while |for )?loop)$"
)
_FOLLOWED = re.compile(
    r"^(?P<t>@\d+) (?:is|are) (?:(?:always|immediately|directly) )*followed by (?:a )?(?P<k>@\d+)$"
)


def _kinds(group: Group | None) -> list[tuple[str, tuple[type[ast.AST], ...]]]:
    """The keywords that a group names, if it names nothing else."""
    if group is None:
        return []
    words = [text.strip(" :") for text in group.texts]
    if words and words[-1] == "finally":
        words = words[:-1] or words
    found = [(word, _NODES[word]) for word in words if word in _NODES]
    return found if len(found) == len(words) else []


def _has(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    parts = match.groupdict()
    kinds = _kinds(clause.group(match["k"]))
    token = parts.get("s") or ""
    where = subject_nodes(token, clause, code) if token else context_nodes(clause, code)
    if not token and not clause.lines and match.re is _THERE:
        where = [code.module.tree.root]
    if not kinds or len(where) != 1:
        return None
    no_word = (parts.get("no") or "").strip()
    is_denied = bool(parts.get("not")) or no_word in ("no", "not a single")
    claim = in_words(match, clause)
    node = where[0]

    def one(word: str, types: tuple[type[ast.AST], ...]) -> Answer:
        found = [n for n in ast.walk(node) if isinstance(n, types)]
        if not found:
            lines = [node] if hasattr(node, "lineno") else []
            return decided(False, is_denied, claim, lines, f"there is no {word} there", code)
        return decided(True, is_denied, claim, found, f"{word} stands there", code)

    return combined(claim, [one(word, types) for word, types in kinds], is_all=True)


def _inside(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["t"])
    kinds = _kinds(clause.group(match["k"])) if match["k"].startswith("@") else [("loop", _LOOPS)]
    if match["k"] in ("while loop", "for loop"):
        kinds = [(match["k"], _NODES[match["k"].split()[0]])]
    if group is None or len(kinds) != 1:
        return None
    claim = in_words(match, clause)
    is_denied = bool(match["not"]) != (match["out"] == "outside")
    word, types = kinds[0]

    def one(text: str) -> Answer:
        thing = code.thing(text)
        nodes: list[ast.AST] = [*thing.calls] or [*thing.reads]
        if clause.own_lines:
            nodes = [n for n in nodes if getattr(n, "lineno", 0) in clause.own_lines] or nodes
        if not nodes:
            return unsure(claim, f"{text} was not found")
        inside = [n for n in nodes if code.module.within(n, *types)]
        if inside and len(inside) < len(nodes):
            return unsure(claim, f"one stands in a {word}, and another does not")
        told = f"it stands {'in a' if inside else 'in no'} {word}"
        return decided(bool(inside), is_denied, claim, nodes, told, code)

    return combined(claim, map(one, group.texts), is_all=True)


def _followed(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``lock.acquire()`` is followed by ``try``: by the next statement of the same block."""
    group, kinds = clause.group(match["t"]), _kinds(clause.group(match["k"]))
    named = clause.group(match["k"])
    if group is None or not kinds or named is None:
        return None
    claim = in_words(match, clause)
    is_final = any("finally" in text for text in named.texts)

    def one(text: str) -> Answer:
        calls = list(code.thing(text).calls)
        follows = [_next(call, code) for call in calls]
        if not calls:
            return unsure(claim, f"no call of {text} was found")
        good = [
            n
            for n in follows
            if isinstance(n, kinds[0][1]) and (not is_final or getattr(n, "finalbody", None))
        ]
        return decided(
            len(good) == len(calls), False, claim, list(calls), "see what stands below", code
        )

    return combined(claim, map(one, group.texts), is_all=True)


def _next(call: ast.AST, code: Code) -> ast.AST | None:
    statement = code.module.statement_of(call)
    above = code.module.parent(statement) if statement is not None else None
    for name in ("body", "orelse", "finalbody"):
        body = getattr(above, name, None)
        if isinstance(body, list) and statement in body:
            place = body.index(statement) + 1
            return body[place] if place < len(body) else None
    return None


class Keywords(PatternChecker):
    kind = "language-construct"
    table = (
        (_FOLLOWED, _followed),
        (_INSIDE, _inside),
        (_THERE, _has),
        (_NO, _has),
        (_HAS, _has),
    )
