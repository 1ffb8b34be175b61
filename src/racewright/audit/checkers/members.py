"""Whether the code has a function, a class or an attribute of a name: in a class, or at all."""

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
from racewright.audit.spelling import last_word
from racewright.audit.words import Group

__all__ = ["Members"]

_ROLES = (
    *("method", "function", "class", "attribute", "constructor", "property", "field", "variable"),
    *("constant", "helper", "exception", "fixture", "test"),
)
_WITHIN = r"(?: (?:in|inside|within|on|of) (?P<w>@\d+|this class|the class|#code|this file|here))?"
_THERE = re.compile(
    rf"^there (?:is|are) (?P<not>no|not any|not an?)? ?(?:an? )?(?P<m>@\d+){_WITHIN}"
    r"(?: (?:anywhere|at all|here|defined))*$"
)
_HAS = re.compile(
    r"^(?P<w>@\d+|#code|the class|this class) (?P<not>(?:does|do) not )?(?:has|have|contains?"
    r"|includes?|defines?|declares?|implements?|provides?) (?:an? |the |only )?(?P<m>@\d+)$"
)
_UNDEFINED = re.compile(r"^(?P<m>@\d+) (?:is|are) (?P<not>not |never )(?:defined|declared)(?P<w>)$")
_NOT_HERE = re.compile(
    r"^(?P<m>@\d+) (?:is|are) (?P<not>not |never )?(?:defined|declared|implemented) (?:in|inside"
    r"|within|by) (?P<w>this class|the class|this file|the file|this module|the module|#code"
    r"|here)$"
)


def _is_definition(group: Group | None, code: Code) -> bool:
    """Whether it is said to be, or is, something that is defined."""
    if group is None:
        return False
    if group.role in _ROLES:
        return True
    return not group.role and all(
        code.thing(text).functions or code.thing(text).classes for text in group.texts
    )


def _member(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["m"])
    is_definition = match.re in (_UNDEFINED, _NOT_HERE) or _is_definition(group, code)
    if group is None or not is_definition or clause.force != "fact":
        return None
    where = _where(match["w"] or "", clause, code)
    if not where:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(text: str) -> Answer:
        word = last_word(text)
        found = [
            each.node
            for each in code.thing(word).definitions
            if each.kind != "import" and any(code.is_in(each.node, node) for node in where)
        ]
        if found:
            return decided(True, is_denied, claim, found, f"{word} is defined here", code)
        imported = [d for d in code.thing(word).definitions if d.kind == "import"]
        if imported or code.module.tree.stars or not word.isidentifier():
            return unsure(claim, f"{text} is, or may be, imported")
        bases = [b for n in where if isinstance(n, ast.ClassDef) for b in n.bases]
        is_own = match.re is not _HAS
        if bases and not is_own:
            return unsure(claim, f"it may come from {ast.unparse(bases[0])}")
        if group.role == "attribute" and code.is_known(word):
            return unsure(claim, f"{word} is used, and may be set elsewhere")
        here = [node for node in where if hasattr(node, "lineno")]
        return decided(False, is_denied, claim, here, f"no {word} is defined there", code)

    return combined(claim, map(one, group.texts), is_all=True)


def _where(token: str, clause: Clause, code: Code) -> list[ast.AST]:
    if token.startswith("@"):
        return subject_nodes(token, clause, code)
    if "class" in token:
        nodes = [n for n in context_nodes(clause, code) if isinstance(n, ast.ClassDef)]
        return [*(nodes or (code.classes if len(code.classes) == 1 else []))]
    return [code.module.tree.root]


class Members(PatternChecker):
    kind = "identifier-usage"
    table = ((_THERE, _member), (_HAS, _member), (_NOT_HERE, _member), (_UNDEFINED, _member))
