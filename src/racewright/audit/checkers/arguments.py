"""What a call is given: an argument, a timeout, a function to be called; or not."""

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
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.spelling import last_word
from racewright.audit.uses import are_meant, handed_to, last_name

__all__ = ["Arguments"]

_WITHOUT = re.compile(
    r"^(?P<s>@\d+) (?:(?:is|are) (?:called|created|used|invoked|constructed"
    r"|opened)|blocks|waits) (?P<how>without|with)(?: an?| any| the| specifying| passing)* "
    r"(?P<t>@\d+|timeouts?|arguments?|parameters?)(?: argument| parameter| set)?$"
)
_HAS_NO_ARGUMENT = re.compile(r"^(?P<s>@\d+) (?:has|have) no (?P<t>timeouts?)$")
_PASSES = re.compile(
    rf"^{SUBJECT} (?P<not>(?:does|do) not )?(?:passes|pass|sets?"
    rf"|specifies) (?P<t>@\d+)(?: to (?P<to>@\d+))?$"
)
_CALLS_WITH = re.compile(
    rf"^{SUBJECT} (?P<not>(?:does|do) not |never )?(?:calls?|invokes?|creates?|starts?) "
    r"(?P<to>@\d+) with (?:the )?(?P<t>@\d+)(?: set)?$"
)
_PASSED = re.compile(
    r"^(?P<t>@\d+) (?:(?:is|are) )?(?P<not>not )?(?:passed|given|handed|submitted|stored"
    r"|assigned)(?: on)? to (?P<to>@\d+|the instance|the executor)(?: twice)?$"
)


def _without(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["s"])
    if group is None:
        return None
    named = clause.group(match["t"])
    word = named.texts[0].strip("=()") if named else match["t"].rstrip("s")
    is_denied = match.re is _HAS_NO_ARGUMENT or match["how"] == "without"
    claim = in_words(match, clause)
    if named is not None and len(named.texts) != 1:
        return None

    def one(text: str) -> Answer:
        calls = list(code.thing(text).calls)
        if clause.lines:
            calls = [
                c
                for c in calls
                if set(range(c.lineno, (c.end_lineno or c.lineno) + 1)) & set(clause.lines)
            ] or calls
        if not calls and not is_denied and code.is_absent(text):
            return no(claim, code.evidence((), f"{text} is nowhere in the file"))
        if not calls:
            return unsure(claim, f"no call of {text} was found")
        if any(k.arg is None for c in calls for k in c.keywords) or any(
            isinstance(a, ast.Starred) for c in calls for a in c.args
        ):
            return unsure(claim, "arguments are passed on that are not named")
        has = [c for c in calls if any(k.arg == word for k in c.keywords)]
        if word == "timeout":
            # It may have been given by its place.
            placed = [c for c in calls if c.args]
            if placed and not has:
                return unsure(claim, "it may be among the arguments that are not named")
        elif word == "argument" or word == "parameter":
            has = [c for c in calls if c.args or c.keywords]
        elif any(len(c.args) > 2 for c in calls) and not has:
            return unsure(claim, "it may be among the arguments that are not named")
        if has and len(has) < len(calls):
            return unsure(claim, "some calls have it, and some have not")
        return decided(
            bool(has),
            is_denied,
            claim,
            list(calls),
            f"the call{'s' if len(calls) > 1 else ''} {'have' if has else 'have no'} {word}",
            code,
        )

    return combined(claim, map(one, group.texts))


def _passes(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    where, targets = place_of(match, clause, code), clause.group(match["t"])
    if not where or targets is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])
    to = clause.group(match["to"])

    def is_given(call: ast.Call, text: str) -> bool:
        if any(k.arg == text.partition("=")[0] and _matches(k, text) for k in call.keywords):
            return True
        if to is not None and last_name(call.func) != last_word(to.texts[0]):
            return False
        return any(handed_to(v, text) for v in [*call.args, *(k.value for k in call.keywords)])

    def one(node: ast.AST, text: str) -> Answer:
        calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
        found = [call for call in calls if is_given(call, text)]
        if found:
            return decided(True, is_denied, claim, list(found), f"{text} is passed there", code)
        if is_denied and code.is_absent(text, node if not isinstance(node, ast.Module) else None):
            return yes(claim, code.evidence([node], f"{text} is not named there"))
        if match.re is _CALLS_WITH and to is not None:
            own = [call for call in calls if last_name(call.func) == last_word(to.texts[0])]
            if own and all(_has_not(call, to.texts[0], text, code) for call in own):
                told = "; ".join(ast.unparse(call)[:60] for call in own[:3])
                return decided(False, is_denied, claim, list(own), told, code)
        return unsure(claim, f"no call with {text} was found there")

    return combined(
        claim, [one(node, text) for text in targets.texts for node in are_meant(where, text)]
    )


def _has_not(call: ast.Call, callee: str, text: str, code: Code) -> bool:
    """Whether ``name=value`` is certainly not given, also not by its place."""
    name, mark, value = (part.strip() for part in text.partition("="))
    is_open = any(isinstance(a, ast.Starred) for a in call.args)
    if not mark or is_open or any(k.arg is None for k in call.keywords):
        return False
    for keyword in call.keywords:
        if keyword.arg == name:
            return ast.unparse(keyword.value) != value
    functions = code.thing(last_word(callee)).functions
    for function in functions:
        names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
        names = names[1:] if names[:1] in (["self"], ["cls"]) else names
        place = names.index(name) if name in names else len(call.args)
        if place < len(call.args) and ast.unparse(call.args[place]) == value:
            return False
    return bool(functions)


def _matches(keyword: ast.keyword, text: str) -> bool:
    _, mark, value = text.partition("=")
    return not mark or ast.unparse(keyword.value) == value.strip()


def _passed(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group, to = clause.group(match["t"]), clause.group(match["to"])
    if group is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(text: str) -> Answer:
        found: list[ast.AST] = []
        if match["to"] == "the instance":
            for assign in code.module.nodes(ast.Assign):
                if any(
                    isinstance(t, ast.Attribute) and ast.unparse(t.value) == "self"
                    for t in assign.targets
                ) and handed_to(assign.value, text):
                    found.append(assign)
        else:
            word = last_word(to.texts[0]) if to else "submit"
            found = [
                call
                for call in code.module.calls()
                if last_name(call.func) == word
                and any(handed_to(v, text) for v in [*call.args, *(k.value for k in call.keywords)])
            ]
        if found:
            if "twice" in match[0]:
                return (
                    yes(claim, code.evidence(found, "twice"))
                    if len(found) == 2
                    else unsure(claim, f"{len(found)} places pass it")
                )
            return decided(True, is_denied, claim, found, f"{text} is passed there", code)
        return unsure(claim, f"no place was found that passes {text}")

    return combined(claim, map(one, group.texts))


class Arguments(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_WITHOUT, _without),
        (_HAS_NO_ARGUMENT, _without),
        (_PASSED, _passed),
        (_PASSES, _passes),
        (_CALLS_WITH, _passes),
    )
