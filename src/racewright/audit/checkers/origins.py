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
_COME_FROM = re.compile(
    r"^(?P<s>@\d+) (?:comes?|(?:is|are) (?:being )?(?:imported|taken)) from (?P<t>@\d+)$"
)


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
        (_COME_FROM, _come_from),
    )
