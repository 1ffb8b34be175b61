"""What a function does: what it calls, raises, catches, returns and asserts."""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    SUBJECT,
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
from racewright.audit.uses import are_meant, last_name

__all__ = ["Inside"]

_CALLS = re.compile(
    rf"^{SUBJECT} (?P<not>(?:does|do) not |never |not )?(?:directly )?(?P<only>only )?"
    rf"(?:calls?|invokes?"
    rf"|calling|delegates? to|runs?) (?P<t>@\d+)(?: anywhere| at all| directly| here"
    rf"| twice)*$"
)
_RAISES = re.compile(
    rf"^(?:{SUBJECT} )?(?P<not>(?:does|do) not |never |can not )?(?:re-)?(?:raises?|throws?"
    rf"|raising) (?:it as )?(?:a |an )?(?P<t>@\d+)(?: (?:for|if|when|on|in) .{{1,60}})?$"
)
_RAISED = re.compile(
    r"^(?P<t>@\d+) (?:(?:is|are) )?(?P<not>not |never )?raised(?: in (?:several|many"
    r"|multiple) places)?(?: (?:in|by) (?P<s>@\d+))?$"
)
_CATCHES = re.compile(
    rf"^(?:{SUBJECT} )?(?P<not>(?:does|do) not |never )?(?:catch(?:es)?|handles?"
    rf"|swallows?) (?:the )?(?P<t>@\d+)(?: exceptions?)?$"
)
_RAISES_NOTHING = re.compile(
    rf"^{SUBJECT} (?P<not>(?:does|do) not |never )raises? (?:an? |any )?"
    r"(?:exceptions?|errors?|anything)$"
)
_ASSERTS_NOTHING = re.compile(rf"^{SUBJECT} (?:does|do) not (?:assert|verify|check) anything$")
_EXPECTS = re.compile(
    rf"^{SUBJECT} expects? (?:an? |that )?(?P<t>@\d+)"
    r"(?: to be raised| is raised)?(?: when .{1,60})?$"
)
_EXPECTED = re.compile(r"^.{0,90}?(?:is|are) expected to raise (?:an? )?(?P<t>@\d+)$")
_LOOPED = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?:called|used|done) (?P<out>outside|inside|within"
    r"|in)(?: of)? (?:a |any )?(?:while )?loop$"
)
_RETURNS = re.compile(
    r"^(?P<s>@\d+) (?P<not>does not |never )?returns? (?:an? )?(?P<what>tuple|list|dict"
    r"|dictionary|set|string|boolean|bool|integer|@\d+)$"
)


def _calls(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    where, targets = place_of(match, clause, code), clause.group(match["t"])
    if not where or targets is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(node: ast.AST, text: str) -> Answer:
        calls = list(code.thing(text, node if not isinstance(node, ast.Module) else None).calls)
        if not calls and "." not in text:
            word = text.partition("(")[0].strip()
            calls = [
                c for c in ast.walk(node) if isinstance(c, ast.Call) and last_name(c.func) == word
            ]
        if match["only"]:
            every = [c for c in ast.walk(node) if isinstance(c, ast.Call)]
            others = [c for c in every if c not in calls]
            if not calls or others:
                return no(claim, code.evidence(others or [node], "it calls something else"))
            return yes(claim, code.evidence(calls, "it calls nothing else"))
        if calls:
            return decided(True, is_denied, claim, list(calls), f"{text} is called there", code)
        if not is_denied and not code.is_absent(
            text, node if not isinstance(node, ast.Module) else None
        ):
            return unsure(claim, f"{text} is named there, but no call of it was found")
        if is_denied and not code.is_absent(
            text, node if not isinstance(node, ast.Module) else None
        ):
            return unsure(claim, f"{text} is named there")
        return decided(
            False,
            is_denied,
            claim,
            [node] if hasattr(node, "lineno") else [],
            f"no call of {text} is there",
            code,
        )

    return combined(
        claim, [one(node, text) for text in targets.texts for node in are_meant(where, text)]
    )


def _spelt(node: ast.expr | None, code: Code) -> set[str]:
    """The names that an exception may be called by."""
    if node is None:
        return set()
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Tuple):
        return set().union(*(_spelt(each, code) for each in node.elts)) if node.elts else set()
    dotted = code.module.dotted(node)
    words = {ast.unparse(node), dotted, dotted.rpartition(".")[2]}
    return words | {ast.unparse(node).rpartition(".")[2]}


def _raises(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    where, targets = place_of(match, clause, code), clause.group(match["t"])
    if match.re is _RAISED and not match["s"]:
        where = [code.module.tree.root]
    if not where or targets is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])
    is_many = match.re is _RAISED and "places" in match[0]

    def one(node: ast.AST, text: str) -> Answer:
        raises = [n for n in ast.walk(node) if isinstance(n, ast.Raise)]
        name = text.partition("(")[0]
        found = [n for n in raises if name in _spelt(n.exc, code)]
        if found and is_many and len(found) < 2:
            return no(claim, code.evidence(found, f"{name} is raised in one place"))
        if found:
            return decided(True, is_denied, claim, list(found), f"{name} is raised", code)
        # A bare raise, and one of a variable, may be of anything; so may what is called.
        open_ = [n for n in raises if n.exc is None or _is_variable(n.exc, code)]
        calls = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
        own = [ast.unparse(n.exc)[:40] for n in raises if n.exc is not None]
        made = {id(n) for r in raises if r.exc is not None for n in ast.walk(r.exc)}
        if not open_ and all(id(call) in made for call in calls):
            text = f"what it raises is {', '.join(dict.fromkeys(own)) or 'nothing'}"
            nodes: list[ast.AST] = [*raises] or ([node] if hasattr(node, "lineno") else [])
            return decided(False, is_denied, claim, nodes, text, code)
        return unsure(claim, "what it calls may raise it")

    return combined(claim, [one(node, text) for node in where for text in targets.texts])


def _is_variable(node: ast.expr | None, code: Code) -> bool:
    if isinstance(node, ast.Name):
        found = code.module.tree.find(code.module.tree.scope_of(node), node.id)
        return found is not None and found[0].is_function
    return not isinstance(node, (ast.Name, ast.Call, ast.Attribute))


def _catches(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    where, targets = place_of(match, clause, code), clause.group(match["t"])
    if not where or targets is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(node: ast.AST, text: str) -> Answer:
        handlers = [n for n in ast.walk(node) if isinstance(n, ast.ExceptHandler)]
        found = [n for n in handlers if text in _spelt(n.type, code)]
        if found:
            return decided(True, is_denied, claim, list(found), f"{text} is caught", code)
        if any(n.type is None for n in handlers):
            return unsure(claim, "a bare except catches everything")
        what = ", ".join(ast.unparse(n.type) for n in handlers if n.type is not None)
        return decided(
            False,
            is_denied,
            claim,
            [*handlers] or ([node] if hasattr(node, "lineno") else []),
            f"what is caught is {what}" if what else "nothing is caught there",
            code,
        )

    return combined(claim, [one(node, text) for node in where for text in targets.texts])


def _raises_nothing(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """That nothing is raised is refuted by a statement that raises, or by what fails a test."""
    where = [n for n in place_of(match, clause, code) if not isinstance(n, ast.Module)]
    claim = in_words(match, clause)

    def one(node: ast.AST) -> Answer:
        found = [
            n
            for n in ast.walk(node)
            if isinstance(n, ast.Raise)
            or (isinstance(n, ast.Call) and last_name(n.func) in ("fail", "skipTest", "exit"))
        ]
        if found:
            return no(claim, code.evidence(found, "it raises there"))
        return unsure(claim, "what it calls may raise")

    return combined(claim, map(one, where), is_all=True) if where else None


def _asserts_nothing(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    where = place_of(match, clause, code)
    if not where:
        return None
    claim = in_words(match, clause)
    found = [
        n
        for node in where
        for n in ast.walk(node)
        if isinstance(n, ast.Assert)
        or (
            isinstance(n, ast.Call)
            and re.match(r"assert|fail|raises|expect|verify|check", last_name(n.func))
        )
    ]
    if found:
        return no(claim, code.evidence(found, "it asserts"))
    return yes(
        claim,
        code.evidence([n for n in where if hasattr(n, "lineno")], "there is no assertion in it"),
    )


def _expects(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    where, targets = place_of(match, clause, code), clause.group(match["t"])
    if not where or targets is None:
        return None
    claim = in_words(match, clause)
    found = [
        call
        for node in where
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and last_name(call.func) in ("raises", "assertRaises", "assertRaisesRegex", "warns")
        and call.args
        and targets.texts[0] in _spelt(call.args[0], code)
    ]
    return yes(claim, code.evidence(found, "it is expected there")) if found else None


def _expected(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """What a test expects to be raised: by what it says so with, if it says so at all."""
    targets = clause.group(match["t"])
    told = [
        call
        for call in code.module.calls()
        if last_name(call.func) in ("raises", "assertRaises", "assertRaisesRegex") and call.args
    ]
    if targets is None or len(targets.texts) != 1 or not told:
        return None
    claim = f"{targets.texts[0]} is expected to be raised"
    like = [call for call in told if targets.texts[0] in _spelt(call.args[0], code)]
    names = ", ".join(dict.fromkeys(ast.unparse(call.args[0])[:40] for call in told))
    if like:
        return yes(claim, code.evidence(like, "it is expected there"))
    return no(claim, code.evidence(told, f"what is expected is {names}"))


def _looped(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["s"])
    if group is None:
        return None
    is_denied = match["out"] == "outside"
    claim = in_words(match, clause)

    def one(text: str) -> Answer:
        calls = code.thing(text).calls
        if not calls:
            return unsure(claim, f"no call of {text} was found")
        looped = [c for c in calls if code.module.within(c, ast.While, ast.For, ast.AsyncFor)]
        if looped and len(looped) < len(calls):
            return unsure(claim, "some of the calls are in a loop, and some are not")
        return decided(
            bool(looped),
            is_denied,
            claim,
            list(calls),
            f"the call is {'in a' if looped else 'in no'} loop",
            code,
        )

    return combined(claim, map(one, group.texts))


_DISPLAYS: dict[str, tuple[type[ast.AST], ...]] = {
    "tuple": (ast.Tuple,),
    "list": (ast.List, ast.ListComp),
    "dict": (ast.Dict, ast.DictComp),
    "dictionary": (ast.Dict, ast.DictComp),
    "set": (ast.Set, ast.SetComp),
    "string": (ast.JoinedStr,),
}


def _returns(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    functions = [
        n for n in subject_nodes(match["s"], clause, code) if not isinstance(n, ast.ClassDef)
    ]
    if not functions:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])
    named = clause.group(match["what"])
    wanted = named.texts[0].strip("()") if named else match["what"]

    def one(node: ast.AST) -> Answer:
        own = [n for n in ast.walk(node) if isinstance(n, ast.Return) and code.container(n) is node]
        if not own:
            return unsure(claim, "it has no return statement")
        values = [n.value for n in own]
        kinds = _DISPLAYS.get(wanted, ())
        like = [
            n
            for n, v in zip(own, values, strict=True)
            if (kinds and isinstance(v, kinds)) or (v is not None and ast.unparse(v) == wanted)
        ]
        if len(like) == len(own):
            return decided(True, is_denied, claim, list(like), "what it returns", code)
        return unsure(claim, "what it returns is not seen in each return statement")

    return combined(claim, map(one, functions))


class Inside(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_LOOPED, _looped),
        (_RETURNS, _returns),
        (_CALLS, _calls),
        (_RAISED, _raises),
        (_RAISES, _raises),
        (_CATCHES, _catches),
        (_RAISES_NOTHING, _raises_nothing),
        (_ASSERTS_NOTHING, _asserts_nothing),
        (_EXPECTS, _expects),
        (_EXPECTED, _expected),
    )
