"""Sizes: lengths of functions, chains of calls, what is “multiple”, bodies that are the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    no,
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.constructs import CONSTRUCTS, nodes_in
from racewright.audit.counting import NUMBERS, number_in

__all__ = ["Sizes"]

_N = rf"(?:exactly |only )?(?P<n>\d{{1,6}}|{'|'.join(NUMBERS)})"
_CHAIN = re.compile(
    r"\b(?P<not>no )?(?:long |deep |excessive )?(?:chains? of (?:method |function )?calls?"
    r"|(?:method |call )chains?|method chaining|chained (?:method )?calls)\b"
)
_LENGTH = re.compile(
    rf"^(?:(?P<s>@\d+)|#code|each function|every function|some of them|all functions"
    rf"|the functions) (?:functions? )?(?:is|are|has|have|exceeds?"
    rf"|spans?) (?P<how>shorter than |longer than |more than |less than |fewer than |over "
    rf"|under |at most )?{_N} lines(?: long| of code)?$"
)
_EXCEED = re.compile(
    rf"\b(?P<who>some|several|all|none|many) (?:of (?:them|the functions"
    rf"|which) )?exceed {_N} lines$"
)
_MULTIPLE = re.compile(
    r"\b(?:multiple|several|many|various|numerous"
    r"|a few) (?P<a>[a-z-]+(?: [a-z-]+)?)(?: and (?P<b>[a-z-]+(?: [a-z-]+)?))?$"
)
_IDENTICAL = re.compile(
    r"^(?P<s>@\d+) have (?:identical|the same) (?:bodies|code|body|implementations?)$"
)


def _names(token: str, clause: Clause) -> str:
    group = clause.group(token)
    return " and ".join(group.texts) if group else "the code"


def _chain(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """The longest chain of calls on what calls gave: ``a().b().c()`` has three."""
    longest, where = 0, None
    for call in code.module.calls():
        length, node = 0, call
        while isinstance(node, ast.Call):
            length += 1
            below = node.func
            while isinstance(below, (ast.Attribute, ast.Subscript)):
                below = below.value
            node = below  # type: ignore[assignment]
        if length > longest:
            longest, where = length, call
    is_denied = bool(match["not"]) or "does not have" in clause.words or "no long" in clause.words
    claim = f"the code has {'no ' if is_denied else ''}long chains of calls"
    nodes: list[ast.AST] = [where] if where is not None else []
    evidence = code.evidence(nodes, f"the longest chain has {longest} calls")
    if longest <= 2:
        return yes(claim, evidence) if is_denied else no(claim, evidence)
    if longest >= 4:
        return no(claim, evidence) if is_denied else yes(claim, evidence)
    return unsure(claim, f"the longest chain has {longest} calls; whether that is long, is open")


def _length(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    token = match["s"] or ""
    if token:
        nodes = subject_nodes(token, clause, code)
    elif match[0].startswith(("each", "every", "all", "the functions")):
        nodes = list(code.functions)
    elif match[0].startswith("#code"):
        return _file_length(match, code)
    else:
        return None
    if match[0].startswith(("each function", "@")) and "function is" in match[0] and not token:
        nodes = list(code.functions)
    sizes = [((n.end_lineno or 0) - n.lineno + 1, n) for n in nodes]  # type: ignore[attr-defined]
    if not sizes:
        return None
    wanted, how = number_in(match["n"]), (match["how"] or "").strip()
    who = _names(token, clause) if token else "each function"
    claim = f"{who} has {how} {wanted} lines".replace("  ", " ")
    tests: dict[str, Callable[[int], bool]] = {
        "shorter than": lambda x: x < wanted,
        "less than": lambda x: x < wanted,
        "fewer than": lambda x: x < wanted,
        "under": lambda x: x < wanted,
        "at most": lambda x: x <= wanted,
        "": lambda x: x == wanted,
    }
    test = tests.get(how) or (lambda x: x > wanted)
    wrong = [n for size, n in sizes if not test(size)]
    shown = f"the longest has {max(s for s, _ in sizes)} lines"
    if not wrong:
        return yes(claim, code.evidence([n for _, n in sizes], shown))
    return no(claim, code.evidence(wrong, shown))


_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "shorter than": lambda x, y: x < y,
    "less than": lambda x, y: x < y,
    "fewer than": lambda x, y: x < y,
    "under": lambda x, y: x < y,
    "at most": lambda x, y: x <= y,
    "": lambda x, y: x == y,
}


def _file_length(match: re.Match[str], code: Code) -> Answer | None:
    """Of the file; where it has one test, that may be meant as well, and both have to agree."""
    wanted, how = number_in(match["n"]), (match["how"] or "").strip()
    test = _COMPARE.get(how) or (lambda x, y: x > y)
    tests = [f for f in code.functions if f.name.startswith("test")]
    sizes = [len(code.lines)]
    if len(tests) == 1 and "file" not in how:
        sizes.append((tests[0].end_lineno or 0) - tests[0].lineno + 1)
    found = {test(size, wanted) for size in sizes}
    claim = f"the file has {how} {wanted} lines".replace("  ", " ")
    evidence = code.evidence([len(code.lines)], f"it has {len(code.lines)} lines")
    if len(found) != 1:
        return unsure(claim, "the file or its test may be meant")
    return yes(claim, evidence) if found.pop() else no(claim, evidence)


_WIDE = re.compile(
    r"^(?:there are |#code has |#code contains )?(?P<not>no )?(?:some |several |many |a few )?"
    r"lines? (?:which |that )?(?:is |are )?(?:longer than|over|exceeds?|exceeding|with more than) "
    r"(?P<n>\d{2,3})(?: characters| chars| columns)?"
    r"(?: in (?:a few|several|some|many) places| exist)?$"
)


def _wide(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    wanted = int(match["n"])
    found = [n for n, line in enumerate(code.lines, 1) if len(line) > wanted]
    claim = f"{'no ' if match['not'] else ''}lines are longer than {wanted} characters"
    longest = max((len(line) for line in code.lines), default=0)
    evidence = code.evidence(found, f"the longest line has {longest} characters")
    return yes(claim, evidence) if bool(found) != bool(match["not"]) else no(claim, evidence)


def _exceed(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    wanted = number_in(match["n"])
    sizes = [((n.end_lineno or 0) - n.lineno + 1, n) for n in code.functions]
    over = [n for size, n in sizes if size > wanted]
    if not sizes:
        return None
    longest = max(size for size, _ in sizes)
    claim = f"{match['who']} functions exceed {wanted} lines"
    evidence = code.evidence(
        over or [max(sizes, key=lambda each: each[0])[1]],
        f"the longest function has {longest} lines",
    )
    if match["who"] == "none":
        return no(claim, evidence) if over else yes(claim, evidence)
    if not over:
        return no(claim, evidence)
    if match["who"] == "some" or (match["who"] == "all" and len(over) == len(sizes)):
        return yes(claim, evidence)
    return (
        no(claim, evidence)
        if match["who"] == "all"
        else unsure(claim, "how many are many, is open")
    )


def _multiple(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """“A setup with multiple fixtures and mock patches”: more than one of each."""
    phrases = [match["a"], *([match["b"]] if match["b"] else [])]
    subject = re.match(
        r"^(?:#code|@\d+) (?:has|have|uses?|contains?|includes?|with)\b", clause.words
    )
    if not subject:
        return None
    found: list[ast.AST] = []
    for phrase in phrases:
        construct = next((c for c in CONSTRUCTS if c.pattern.fullmatch(phrase)), None)
        if construct is None:
            return None
        nodes = nodes_in(construct, code, code.module.tree.root)
        if len({getattr(n, "lineno", 0) for n in nodes}) < 2:
            if construct.is_whole:
                return no(
                    f"there are several {phrase}", code.evidence(nodes, f"{phrase}: {len(nodes)}")
                )
            return None
        found += nodes
    return yes(
        f"there are several {' and '.join(phrases)}",
        code.evidence(found, f"{' and '.join(phrases)}: {len(found)}"),
    )


def _identical(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    nodes = subject_nodes(match["s"], clause, code)
    if len(nodes) < 2 or any(isinstance(n, ast.ClassDef) for n in nodes):
        return None
    bodies = set()
    for node in nodes:
        body = list(node.body)  # type: ignore[attr-defined]
        if code.docstring(node):
            body = body[1:]
        bodies.add("\n".join(ast.dump(each) for each in body))
    claim = f"{_names(match['s'], clause)} have the same body"
    evidence = code.evidence(nodes, "compared without their docstrings")
    return yes(claim, evidence) if len(bodies) == 1 else no(claim, evidence)


class Sizes(PatternChecker):
    kind = "style-metric"
    table = (
        (_IDENTICAL, _identical),
        (_WIDE, _wide),
        (_LENGTH, _length),
        (_EXCEED, _exceed),
        (_CHAIN, _chain),
        (_MULTIPLE, _multiple),
    )
    anywhere = frozenset((_EXCEED, _CHAIN, _MULTIPLE))
