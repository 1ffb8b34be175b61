"""What comes before what: two things that are done in one function, each in one place.

The order of the text is the order of events only where neither stands in a loop or an inner
function, and neither in a branch that the other is not in.
"""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    decided,
    in_words,
    subject_nodes,
    unsure,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code

__all__ = ["Order"]

_DONE = (
    r"(?:called|invoked|started|set|sent|created|stopped|closed|released|acquired|notified|cleared"
    r"|assigned|saved|stored|read|captured|registered|patched|used|made|opened|written|incremented"
    r"|decremented|joined|initialized|kept|taken|run|executed)"
)
_NAMES = re.compile(
    rf"^(?P<a>@\d+) (?:(?:is|are|gets) )?(?:{_DONE} )?(?P<order>before|after) (?P<b>@\d+)"
    rf"(?: (?:is|are|has been|have been|was|gets)(?: {_DONE})?)?$"
)
_WITHIN = re.compile(
    r"^(?P<w>@\d+) (?:first )?(?:calls|runs|uses|takes|sets|stops|starts|closes) (?P<a>@\d+) "
    r"(?P<order>before|after) (?:calling |running |using )?(?P<b>@\d+)$"
)
_WORDS = re.compile(
    rf"^(?:the )?(?P<x>[a-z]\w+) (?:is|are|gets) (?P<verb>{_DONE}) (?P<order>before|after) "
    r"(?:the )?(?P<y>[a-z]\w+)$"
)
_PATCHED = re.compile(
    rf"^(?P<a>@\d+) (?:is|are) {_DONE} (?P<order>before|after) (?:the )?patch(?:es)?"
    r"(?: (?:goes in|go in|is applied|are applied|is made|is installed|is started))?$"
)


def _between(first: list[ast.AST], second: list[ast.AST], code: Code) -> tuple[bool | None, str]:
    """Whether all of ``first`` comes before all of ``second``; nothing, where that is open."""
    if not first or not second:
        return None, "not both were found"
    shared = {code.container(n) for n in first} & {code.container(n) for n in second}
    if len(shared) != 1:
        return None, "they are not in one function"
    first = [node for node in first if code.container(node) in shared]
    second = [node for node in second if code.container(node) in shared]
    every = [*first, *second]
    if any(code.module.within(node, ast.For, ast.While, ast.AsyncFor) for node in every):
        return None, "one stands in a loop"
    if len({_branch(node, code) for node in every}) != 1:
        return None, "one stands in a branch"
    places = [sorted((n.lineno, n.col_offset) for n in nodes) for nodes in (first, second)]  # type: ignore[attr-defined]
    if places[0][-1] < places[1][0]:
        return True, ""
    if places[1][-1] < places[0][0]:
        return False, ""
    return None, "they alternate"


def _branch(node: ast.AST, code: Code) -> int:
    """The innermost branch that a node stands in."""
    below = node
    for above in code.module.ancestors(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return 0
        if isinstance(above, ast.If) and below is not above.test:
            return id(above) + (1 if below in above.orelse else 0)
        if isinstance(above, ast.ExceptHandler):
            return id(above)
        below = above
    return 0


def _events(text: str, code: Code) -> list[ast.AST]:
    """Where it is done: its calls; of what is never called, where it is bound."""
    thing = code.thing(text)
    if thing.calls:
        return list(thing.calls)
    return [d.node for d in thing.definitions if d.kind in ("local", "variable", "attribute")]


def _names(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    a, b = clause.group(match["a"]), clause.group(match["b"])
    if a is None or b is None or len(a.texts) != 1 or len(b.texts) != 1:
        return None
    first, second = _events(a.texts[0], code), _events(b.texts[0], code)
    if match.groupdict().get("w"):
        where = subject_nodes(match["w"], clause, code)
        if len(where) != 1:
            return None
        first = [n for n in first if code.is_in(n, where[0])]
        second = [n for n in second if code.is_in(n, where[0])]
    return _answer(match, clause, first, second, code)


def _answer(
    match: re.Match[str], clause: Clause, first: list[ast.AST], second: list[ast.AST], code: Code
) -> Answer | None:
    claim = in_words(match, clause)
    is_before, why = _between(first, second, code)
    if is_before is None:
        return unsure(claim, why)
    is_so = is_before == (match["order"] == "before")
    return decided(is_so, False, claim, [*first, *second], "in this order", code)


def _words(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``the conductor is started before the scheduler``: two calls that are given these words."""
    verb = match["verb"][:4]
    found = []
    for word in (match["x"], match["y"]):
        calls: list[ast.AST] = [
            call
            for call in code.module.calls()
            if verb in ast.unparse(call.func).lower().rpartition(".")[2]
            and any(isinstance(arg, ast.Constant) and arg.value == word for arg in call.args)
        ]
        found.append(calls)
    if not all(found):
        return None
    return _answer(match, clause, found[0], found[1], code)


def _patched(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["a"])
    if group is None or len(group.texts) != 1:
        return None
    bound: list[ast.AST] = [
        d.node for d in code.thing(group.texts[0]).definitions if d.kind in ("local", "variable")
    ]
    if len(bound) != 1:
        return None
    statement = code.module.statement_of(bound[0])
    value = ast.unparse(statement.value) if isinstance(statement, ast.Assign) else ""
    word = value.rpartition(".")[2]
    patches: list[ast.AST] = [p.call for p in code.patched(word)] if word.isidentifier() else []
    return _answer(match, clause, bound, patches, code)


class Order(PatternChecker):
    kind = "behaviour"
    table = (
        (_NAMES, _names),
        (_WITHIN, _names),
        (_PATCHED, _patched),
        (_WORDS, _words),
    )
