"""Whose a name is: a module's constant, a class attribute, a local variable; and how it begins."""

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
    things,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.things import Definition, Thing

__all__ = ["Homes"]

_HOME = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?P<not>not )?(?:an? )?(?:plain |mutable |simple |public |private )*"
    r"(?P<home>module|module-level|class|class-level|instance|local|global)"
    r" (?P<what>constants?|attributes?|variables?|names?|fields?|lists?|dicts?|dictionar(?:y|ies))"
    r"(?: of type [a-z]+)?$"
)
_BEGINS = re.compile(
    r"^(?P<s>@\d+) (?:starts|begins|starts out|starts off|is (?:initialize?d|set)(?! to| with)) "
    r"(?:at|with|from|as|to) (?P<v>@\d+|-?\d+(?:\.\d+)?|zero|one|true|false|none)"
    r"(?: initially| at first)?$"
)
_PLAIN = re.compile(r"(?:True|False|None|-?\d+(?:\.\d+)?)$")
_VALUES = {"zero": "0", "one": "1", "true": "True", "false": "False", "none": "None"}


def _home_of(definition: Definition) -> str:
    if definition.kind == "parameter":
        return "parameter"
    if definition.scope is None:
        return "instance"
    if definition.scope.is_class:
        return "class"
    return "local" if definition.scope.is_function else "module"


def _home(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["s"])
    if group is None:
        return None
    wanted = match["home"].partition("-")[0].replace("global", "module")
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(thing: Thing) -> Answer:
        homes = {_home_of(each) for each in thing.definitions if each.kind != "import"}
        nodes = [each.node for each in thing.definitions]
        if len(homes) != 1:
            return unsure(claim, f"{thing.text} is bound in several places, or nowhere")
        home = homes.pop()
        return decided(home == wanted, is_denied, claim, nodes, f"it is bound in its {home}", code)

    return combined(claim, map(one, things(group, code, clause)), is_all=True)


def _begins(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """The value of the first assignment of a variable, where that is a number that is written."""
    group = clause.group(match["s"])
    if group is None:
        return None
    named = clause.group(match["v"])
    if named is not None and (len(named.texts) != 1 or not _PLAIN.match(named.texts[0])):
        return None
    wanted = named.texts[0] if named else _VALUES.get(match["v"], match["v"])
    claim = in_words(match, clause)

    def one(thing: Thing) -> Answer:
        bound = [d for d in thing.definitions if d.kind in ("local", "variable", "attribute")]
        if len(bound) < len([d for d in thing.definitions if d.kind != "parameter"]) or not bound:
            return unsure(claim, f"how {thing.text} begins, is not seen")
        homes = {code.container(each.node) for each in bound}
        first = min(bound, key=lambda each: each.line)
        if len(homes) != 1 and first.scope is not None:
            return unsure(claim, "several variables have this name")
        statement = code.module.statement_of(first.node)
        value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
        if not isinstance(value, ast.Constant):
            return unsure(claim, f"how {thing.text} begins, is not seen")
        evidence = code.evidence([first.node], f"it begins with {ast.unparse(value)}")
        is_so = ast.unparse(value) == wanted
        return yes(claim, evidence) if is_so else no(claim, evidence)

    return combined(claim, map(one, things(group, code, clause)), is_all=True)


class Homes(PatternChecker):
    kind = "identifier-usage"
    table = ((_HOME, _home), (_BEGINS, _begins))
