"""Counts: parameters, classes, fields, calls, members."""

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
    place_of,
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.counting import NUMBERS, number_in
from racewright.audit.kept import kept
from racewright.audit.uses import last_name

__all__ = ["Counts"]

_N = rf"(?:exactly |only )?(?P<n>\d{{1,6}}|{'|'.join(NUMBERS)})"
_TAKES = re.compile(
    rf"^(?P<s>@\d+|the constructor) (?:takes?|has|accepts?|expects?) {_N} "
    rf"(?:positional |optional )?(?:parameters?|arguments?)"
    rf"(?: \( (?:self not counted|without self|excluding self) \))?"
    rf"(?: ,? ?(?:each|all) of them optional)?$"
)
_TAKES_ANY = re.compile(
    r"^(?P<s>@\d+|both @\d+) (?:takes?|accepts?|has|have|receives?|forwards?|passes on) "
    r"(?:arbitrary|variable|any|any number of|variadic)"
    r"(?: (?:positional|keyword|and|or|number of))* ?(?:arguments?|parameters?|args)$"
)
_HAS_PARAMETER = re.compile(
    r"^(?P<s>@\d+|the functions?|the methods?) (?P<not>does not (?:have|take|accept) "
    r"|do not take )?(?:has|have|takes?|accepts?)?(?: an?| the)? ?(?P<p>@\d+)$"
)
_HAS_N = re.compile(
    rf"^(?:#code (?:contains?|has|defines?|consists of|includes)|there (?:are|is)"
    rf"|(?P<s>@\d+) (?:has|have|contains?|defines?)"
    rf"|with) {_N} (?P<what>[a-z -]+?)(?: live here| here| of which.*)?$"
)
_N_ARE = re.compile(
    rf"^{_N} (?P<what>[a-z -]+?) (?:live here|are defined(?: here)?|carry (?P<d>@\d+)"
    rf"|have (?P<e>@\d+))$"
)
_N_TAKE = re.compile(rf"^{_N} of them takes? (?P<p>@\d+)$")
_TIMES = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?:only )?(?P<verb>called|used|defined|assigned|imported"
    r"|raised) (?:exactly |only )?(?P<n>once|twice|thrice|\d+ times|(?:three|four|five"
    r"|six) times)$"
)
_USES_TIMES = re.compile(
    r"^(?:#code|the (?:test|method|function)) (?P<verb>uses|calls|imports|raises) (?P<s>@\d+) "
    r"(?:exactly |only )?(?P<n>once|twice|thrice|\d+ times|(?:three|four|five|six) times)$"
)
_LISTS = re.compile(
    rf"^(?P<s>@\d+) (?:lists?|contains?|has|exports?|includes) {_N} (?:names?|entries|items"
    rf"|elements|values|keys?|members?)(?: , (?P<k>@\d+))?$"
)


def _equal(
    found: int, wanted: int, claim: str, nodes: list[ast.AST], what: str, code: Code
) -> Answer:
    evidence = code.evidence(nodes, f"{what}: {found}")
    return yes(claim, evidence) if found == wanted else no(claim, evidence)


def _names(token: str, clause: Clause) -> str:
    group = clause.group(token)
    return " and ".join(group.texts) if group else "the code"


def _parameters(node: ast.AST) -> list[ast.arg]:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return []
    a = node.args
    return [*a.posonlyargs, *a.args, *a.kwonlyargs]


def _takes(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    functions = [n for n in place_of(match, clause, code) if not isinstance(n, ast.ClassDef)]
    if not functions or isinstance(functions[0], ast.Module):
        return None
    wanted = number_in(match["n"])
    claim = f"{_names(match['s'], clause)} takes {wanted} parameters"

    def one(node: ast.AST) -> Answer:
        every = _parameters(node)
        own = [a for a in every if a.arg not in ("self", "cls")]
        if wanted in (len(every), len(own)):
            return yes(
                claim, code.evidence([node], f"its parameters: {', '.join(a.arg for a in every)}")
            )
        if node.args.vararg or node.args.kwarg:  # type: ignore[attr-defined]
            return unsure(claim, "it takes any number")
        return no(
            claim, code.evidence([node], f"its parameters: {', '.join(a.arg for a in every)}")
        )

    return combined(claim, map(one, functions))


def _takes_any(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    nodes = subject_nodes(match["s"].removeprefix("both "), clause, code)
    functions = [n for n in nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    wanted = [n for n in ("positional", "keyword") if n in match[0]]

    def one(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Answer:
        has = {"positional": node.args.vararg, "keyword": node.args.kwarg}
        is_so = all(has[n] for n in wanted) if wanted else any(has.values())
        told = f"its parameters: {ast.unparse(node.args)[:80] or 'none'}"
        return decided(is_so, False, in_words(match, clause), [node], told, code)

    return combined(in_words(match, clause), map(one, functions), is_all=True)


def _has_parameter(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["p"])
    if (
        group is None
        or (
            group.role not in ("parameter", "argument")
            and not all(t.startswith("*") for t in group.texts)
        )
    ) and (
        group is None
        or (match["s"].startswith("@") and group.role not in ("parameter", "argument", "keyword"))
    ):
        return None
    if match["s"].startswith("@"):
        functions = [
            n for n in subject_nodes(match["s"], clause, code) if not isinstance(n, ast.ClassDef)
        ]
    else:
        functions = list(code.functions)
    if not functions:
        return None
    is_denied = bool(match["not"])
    claim = (
        f"{_names(match['s'], clause)} {'has no' if is_denied else 'has'} parameter "
        f"{' and '.join(group.texts)}"
    )

    def one(node: ast.AST) -> Answer:
        args = node.args  # type: ignore[attr-defined]
        names = [a.arg for a in _parameters(node)]
        names += [f"*{args.vararg.arg}"] if args.vararg else []
        names += [f"**{args.kwarg.arg}"] if args.kwarg else []
        wanted = [text.partition("=")[0].strip() for text in group.texts]
        has = all(w in names or f"*{w}" in names or f"**{w}" in names for w in wanted)
        evidence = code.evidence([node], f"its parameters: {', '.join(names) or 'none'}")
        return yes(claim, evidence) if has != is_denied else no(claim, evidence)

    return combined(claim, map(one, functions))


def _has_n(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    token = match.groupdict().get("s") or ""
    if not token and match[0].startswith("with ") and clause.groups:
        token = "@0"
    nodes = subject_nodes(token, clause, code) if token else [code.module.tree.root]
    if len(nodes) != 1:
        return None
    found = kept(match["what"], nodes[0], code)
    if found is None:
        return None
    wanted = number_in(match["n"])
    claim = f"{_names(token, clause)} has {wanted} {match['what']}"
    if match["what"] in ("functions", "function") and len(found) != wanted:
        every = kept("methods", nodes[0], code) or []
        if len(found) + len(every) == wanted or (
            (kept("top-level functions", nodes[0], code) or [])
            and len(kept("top-level functions", nodes[0], code) or []) == wanted
        ):
            return yes(claim, code.evidence([*found, *every], f"{match['what']}: {wanted}"))
    return _equal(len(found), wanted, claim, found, match["what"], code)


def _n_are(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    found = kept(match["what"], code.module.tree.root, code)
    token = match["d"] or match["e"]
    if found is None:
        return None
    wanted = number_in(match["n"])
    claim = f"{wanted} {match['what']} are here"
    if token:
        group = clause.group(token)
        if group is None or len(group.texts) != 1 or (match["e"] and group.role != "decorator"):
            return None
        name = group.texts[0].lstrip("@")
        found = [
            f
            for f in found
            if any(_spelt(d).endswith(name) for d in getattr(f, "decorator_list", []))
        ]
        claim = f"{wanted} {match['what']} are decorated with {name}"
    return _equal(len(found), wanted, claim, found, match["what"], code)


def _spelt(node: ast.expr) -> str:
    return ast.unparse(node).partition("(")[0]


def _n_take(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["p"])
    if group is None or len(group.texts) != 1:
        return None
    found = [f for f in code.functions if group.texts[0] in [a.arg for a in _parameters(f)]]
    wanted = number_in(match["n"])
    return _equal(
        len(found),
        wanted,
        f"{wanted} functions take {group.texts[0]}",
        list(found),
        "functions that do",
        code,
    )


_PASSIVE = {"uses": "used", "calls": "called", "imports": "imported", "raises": "raised"}


def _times(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["s"])
    if group is None or len(group.texts) != 1:
        return None
    wanted, text = number_in(match["n"]), group.texts[0]
    verb = _PASSIVE.get(match["verb"], match["verb"])
    thing = code.thing(text)
    if verb == "called":
        found: list[ast.AST] = list(thing.calls)
        targets = {ast.unparse(call.func) for call in thing.calls}
        if len(targets) > 1:
            return unsure(f"{text} is called {match['n']}", "several things are called so")
    elif verb in ("defined", "assigned"):
        found = [d.node for d in thing.definitions if d.kind != "import"]
        found = [n for n in found if verb == "assigned" or not isinstance(n, ast.arg)]
    elif verb == "imported":
        found = [d.node for d in thing.definitions if d.kind == "import"]
    elif verb == "raised":
        found = [
            r
            for r in code.module.nodes(ast.Raise)
            if r.exc is not None and text in ast.unparse(r.exc).partition("(")[0]
        ]
    elif text[:1] in "'\"":
        value = text.strip("'\"")
        found = [n for n in code.module.nodes(ast.Constant) if n.value == value]
    elif "(" in text:
        found = list(thing.calls)
    else:
        found = code.occurrences(text)
    if "." not in text and not found:
        found = [c for c in code.module.calls() if last_name(c.func) == text.strip("()")]
    if not found and not thing.is_here:
        return unsure(f"{text} is {verb} {match['n']}", f"{text} was not found")
    return _equal(
        len(found),
        wanted,
        f"{text} is {verb} {match['n']}",
        found,
        f"places where it is {verb}",
        code,
    )


def _lists(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["s"])
    if group is None or len(group.texts) != 1:
        return None
    sizes = []
    for definition in code.thing(group.texts[0]).definitions:
        statement = code.module.statement_of(definition.node)
        value = getattr(statement, "value", None)
        if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
            sizes.append((definition.node, len(value.elts)))
        elif isinstance(value, ast.Dict):
            sizes.append((definition.node, len(value.keys)))
        else:
            return None
    if len(sizes) != 1:
        return None
    wanted = number_in(match["n"])
    return _equal(
        sizes[0][1],
        wanted,
        f"{group.texts[0]} has {wanted} members",
        [sizes[0][0]],
        "members",
        code,
    )


class Counts(PatternChecker):
    kind = "style-metric"
    table = (
        (_TAKES, _takes),
        (_TAKES_ANY, _takes_any),
        (_LISTS, _lists),
        (_HAS_N, _has_n),
        (_N_ARE, _n_are),
        (_N_TAKE, _n_take),
        (_TIMES, _times),
        (_USES_TIMES, _times),
        (_HAS_PARAMETER, _has_parameter),
    )
