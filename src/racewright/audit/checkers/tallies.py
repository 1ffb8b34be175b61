"""Several counts at once: ``three test classes and nine test methods``."""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import Answer, PatternChecker, combined, no, subject_nodes, yes
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.counting import NUMBERS, number_in
from racewright.audit.kept import kept

__all__ = ["Tallies"]

_N = rf"(?:(?:exactly|only|just|a) )?(?:\d{{1,6}}|{'|'.join(NUMBERS)})"
_WHAT = r"[a-z-]+(?: [a-z-]+){0,2}?"
_MORE = r"(?: ,)? ?(?:and|with|plus|as well as|,) (?:with )?"
_INCLUDING = r"(?: \(?(?:incl|including|counting) [a-z _@0-9-]+\)?)?"
_LIST = re.compile(
    rf"^(?P<s>#code|there (?:is|are)|@\d+|it|the (?:change|diff|pr|patch|commit|pull request))"
    rf" ?(?:contains?|has|have|adds?|defines?|consists of|comprises|introduces|includes|holds)? "
    rf"(?P<list>{_N} {_WHAT}(?: , @\d+ ,?| @\d+)?(?:{_MORE}{_N} {_WHAT}){{0,4}}){_INCLUDING}"
    r"(?: in(?:side)? (?:the |this )?(?:test(?: method| function| class| case)?|file|module"
    r"|class))?$"
)
_ONE = re.compile(rf"(?P<n>{_N}) (?P<what>{_WHAT})(?= ,| and| with| plus| as well| @|$)")


def _tally(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    token = match["s"]
    nodes = subject_nodes(token, clause, code) if token.startswith("@") else [code.module.tree.root]
    if len(nodes) != 1:
        return None
    answers = []
    claim = match["list"]
    for each in _ONE.finditer(match["list"]):
        found = kept(each["what"], nodes[0], code)
        if found is None:
            return None
        wanted = number_in(re.sub(r"^(?:exactly|only|just|a) ", "", each["n"]))
        evidence = code.evidence(found, f"{each['what']}: {len(found)}")
        is_so = len(found) == wanted or _is_other_count(each["what"], nodes[0], wanted, code)
        answers.append(yes(claim, evidence) if is_so else no(claim, evidence))
    return combined(re.sub(r" @\d+", "", claim), answers, is_all=True)


def _is_other_count(what: str, where: ast.AST, wanted: int, code: Code) -> bool:
    """Functions may be meant with methods, without them, or those of the module alone."""
    if what not in ("functions", "function"):
        return False
    counts = [len(kept(kind, where, code) or []) for kind in ("functions", "methods")]
    top = len(kept("top-level functions", where, code) or [])
    return wanted in (sum(counts), top)


class Tallies(PatternChecker):
    kind = "style-metric"
    table = ((_LIST, _tally),)
