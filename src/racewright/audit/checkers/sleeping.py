"""How long functions sleep: the constants that are given to their calls of ``sleep``."""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    combined,
    in_words,
    no,
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.counting import NUMBERS, number_in

__all__ = ["Sleeping"]

_N = rf"(?P<n>\d{{1,6}}(?:\.\d+)?|an?|half a|{'|'.join(NUMBERS)})"
_SLEEPS = re.compile(
    rf"^(?:(?P<s>@\d+|#code) )(?:sleeps?|waits?|pauses?|blocks?|delays?)(?: for)? {_N} "
    r"(?P<unit>seconds?|s|sec|secs|ms|milliseconds?|minutes?)(?: (?:before|after|first) .*)?$"
)
_LONGER = re.compile(
    r"^(?P<a>@\d+) (?:sleeps|waits|blocks) (?P<than>longer|shorter|less|more) than (?P<b>@\d+)$"
)


def _naps(node: ast.AST, code: Code) -> list[tuple[ast.Call, float | None]]:
    found = []
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and code.module.dotted(call.func).endswith(".sleep"):
            given = call.args[0] if call.args else None
            value = given.value if isinstance(given, ast.Constant) else None
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            found.append((call, float(value) if is_number else None))  # type: ignore[arg-type]
    return found


def _seconds(match: re.Match[str]) -> float:
    text = match["n"]
    value = {"a": 1.0, "an": 1.0, "half a": 0.5}.get(text)
    if value is None:
        value = float(text) if text[0].isdigit() else float(number_in(text))
    unit = match["unit"]
    return (
        value
        * (0.001 if unit.startswith("m") and "min" not in unit else 1.0)
        * (60.0 if unit.startswith("min") else 1.0)
    )


def _sleeps(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    nodes = subject_nodes(match["s"], clause, code)
    wanted, claim = _seconds(match), in_words(match, clause)
    if not nodes or match["s"] == "#code":
        return None

    def one(node: ast.AST) -> Answer:
        naps = _naps(node, code)
        known = [value for _, value in naps if value is not None]
        calls = [call for call, _ in naps]
        if not naps or len(known) < len(naps):
            return unsure(claim, "how long it sleeps, is not written there")
        shown = f"it sleeps {', '.join(f'{value:g}' for value in known)} seconds"
        if known == [wanted]:
            return yes(claim, code.evidence(calls, shown))
        if wanted in known or sum(known) == wanted:
            return unsure(claim, "it sleeps more than once")
        return no(claim, code.evidence(calls, shown))

    return combined(claim, map(one, nodes), is_all=True)


def _longer(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    sums = []
    nodes: list[ast.AST] = []
    for token in (match["a"], match["b"]):
        where = subject_nodes(token, clause, code)
        naps = [nap for node in where for nap in _naps(node, code)]
        if len(where) != 1 or not naps or any(value is None for _, value in naps):
            return None
        sums.append(sum(value or 0.0 for _, value in naps))
        nodes += [call for call, _ in naps]
    claim = in_words(match, clause)
    is_so = sums[0] > sums[1] if match["than"] in ("longer", "more") else sums[0] < sums[1]
    evidence = code.evidence(nodes, f"{sums[0]:g} and {sums[1]:g} seconds")
    return yes(claim, evidence) if is_so else no(claim, evidence)


class Sleeping(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_SLEEPS, _sleeps),
        (_LONGER, _longer),
    )
