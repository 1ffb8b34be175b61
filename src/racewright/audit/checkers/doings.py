"""What a function or a class is said to do with a thing: acquire it, set it, change it.

Each verb stands for calls and statements that do so. What a function does through another that it
calls is not seen from its lines, so that nothing of the kind stands there refutes a statement only
where the thing is not named there at all, and nobody in the file is called who names it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from racewright.audit.checker import (
    SUBJECT,
    Answer,
    PatternChecker,
    combined,
    in_words,
    no,
    place_of,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.uses import are_meant, last_name, names_it

__all__ = ["Doings"]

#: Gives the nodes below the first in which the thing of that name is done so.
_Finder = Callable[[ast.AST, str], Iterator[ast.AST]]
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Methods that change the container that they are called on.
_CHANGING = (
    *("append", "appendleft", "extend", "insert", "add", "update", "setdefault", "push"),
    *("pop", "popleft", "popitem", "remove", "discard", "clear", "sort", "reverse"),
)


def _is_it(node: ast.AST | None, text: str) -> bool:
    """Whether an expression is ``text``, written out or as an attribute of something."""
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return False
    spelt = ast.unparse(node)
    return spelt == text or spelt.endswith("." + text) or spelt == text.removeprefix("self.")


def _calls_of(*methods: str) -> _Finder:
    def find(where: ast.AST, text: str) -> Iterator[ast.AST]:
        for node in ast.walk(where):
            func = node.func if isinstance(node, ast.Call) else None
            if (
                isinstance(func, ast.Attribute)
                and func.attr in methods
                and _is_it(func.value, text)
            ):
                yield node

    return find


def _entered(where: ast.AST, text: str) -> Iterator[ast.AST]:
    for node in ast.walk(where):
        if isinstance(node, (ast.With, ast.AsyncWith)):
            yield from (i.context_expr for i in node.items if _is_it(i.context_expr, text))


def _locked(where: ast.AST, code: Code) -> Iterator[ast.expr]:
    """All that is entered or acquired: a condition is made of a lock, which that takes."""
    for node in ast.walk(where):
        if isinstance(node, (ast.With, ast.AsyncWith)):
            entered = [item.context_expr for item in node.items]
            yield from (each for each in entered if each not in code.opens)
        elif isinstance(node, ast.Attribute) and node.attr in ("acquire", "release"):
            yield node.value


def _acquired(where: ast.AST, text: str) -> Iterator[ast.AST]:
    yield from _entered(where, text)
    yield from _calls_of("acquire", "acquire_lock", "acquire_read", "acquire_write")(where, text)


def _released(where: ast.AST, text: str) -> Iterator[ast.AST]:
    yield from _entered(where, text)
    yield from _calls_of("release", "release_lock")(where, text)


def _stored(where: ast.AST, text: str) -> Iterator[ast.AST]:
    for node in ast.walk(where):
        is_stored = isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del))
        if is_stored and _is_it(node.value if isinstance(node, ast.Subscript) else node, text):
            yield node


def _changed(where: ast.AST, text: str) -> Iterator[ast.AST]:
    yield from _stored(where, text)
    yield from _calls_of(*_CHANGING)(where, text)


def _set(where: ast.AST, text: str) -> Iterator[ast.AST]:
    yield from _stored(where, text)
    yield from _calls_of("set", "set_result", "update")(where, text)


def _deleted(where: ast.AST, text: str) -> Iterator[ast.AST]:
    for node in ast.walk(where):
        is_deleted = isinstance(getattr(node, "ctx", None), ast.Del)
        if is_deleted and _is_it(node.value if isinstance(node, ast.Subscript) else node, text):
            yield node


def _iterated(where: ast.AST, text: str) -> Iterator[ast.AST]:
    for node in ast.walk(where):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            spelt = ast.unparse(node.iter)
            yield from (n for n in ast.walk(node.iter) if spelt == text or _is_it(n, text))


_DONE: dict[str, _Finder] = {
    r"acquires?|locks?|grabs?": _acquired,
    r"releases?|unlocks?": _released,
    r"(?:notif(?:y|ies)|wakes?(?: up)?|signals?)": _calls_of("notify", "notify_all", "notifyAll"),
    r"waits? (?:on|for)|awaits?": _calls_of("wait", "wait_for", "join", "get", "result"),
    r"joins?": _calls_of("join"),
    r"starts?": _calls_of("start"),
    r"clos(?:e|es)": _calls_of("close", "aclose"),
    r"cancels?": _calls_of("cancel"),
    r"stops?": _calls_of("stop"),
    r"clears?": _calls_of("clear"),
    r"sets?": _set,
    r"(?:re)?assigns?|overwrites?|rebinds?": _stored,
    r"modif(?:y|ies)|mutates?|changes?|updates?|alters?|increments?|decrements?": _changed,
    r"deletes?": _deleted,
    r"iterates? over|loops? over": _iterated,
}


def _check(find: _Finder) -> Callable[[re.Match[str], Clause, Code], Answer | None]:
    def check(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
        group = clause.group(match["o"])
        where = place_of(match, clause, code)
        if group is None or not where or clause.force not in ("fact", "opinion"):
            return None
        claim, is_denied = in_words(match, clause), bool(match["not"])
        answers = []
        for text in (each.removesuffix("()") for each in group.texts):
            meant = are_meant(where, text)
            answers += [_one(find, node, text, claim, is_denied, code) for node in meant]
        return combined(claim, answers)

    return check


def _one(
    find: _Finder, node: ast.AST, text: str, claim: str, is_denied: bool, code: Code
) -> Answer:
    found = list(find(node, text))
    if found:
        evidence = code.evidence(found, f"{text}: it is done here")
        return no(claim, evidence) if is_denied else yes(claim, evidence)
    if _is_handed_on(node, text, code):
        return unsure(claim, f"{text} is named there, but that this is done was not found")
    if find in (_acquired, _released) and (taken := next(_locked(node, code), None)):
        return unsure(claim, f"{ast.unparse(taken)} may be made of it")
    through = _through(node, text, code)
    if through:
        return unsure(claim, f"it calls {through}, which names {text}")
    here = [node] if hasattr(node, "lineno") else []
    evidence = code.evidence(here, f"nothing there does so with {text}")
    if not is_denied and not code.is_known(text):
        return unsure(claim, f"the name {text} does not occur in the code")
    return yes(claim, evidence) if is_denied else no(claim, evidence)


def _is_handed_on(node: ast.AST, text: str, code: Code) -> bool:
    """Whether the thing may be known by another name there: it is passed on, or named in a text."""
    word = text.rpartition(".")[2]
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and each.value == word:
            return True
        if word not in (
            getattr(each, "id", ""),
            getattr(each, "attr", ""),
            getattr(each, "arg", ""),
        ):
            continue
        parent = code.module.parent(each)
        is_looked_at = isinstance(
            parent, (ast.withitem, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.If, ast.While)
        )
        if isinstance(parent, ast.Attribute):
            above = code.module.parent(parent)
            is_looked_at = isinstance(above, ast.Call) and above.func is parent
        is_bound = isinstance(getattr(each, "ctx", None), (ast.Store, ast.Del))
        if not (is_looked_at or is_bound):
            return True
    return False


def _through(node: ast.AST, text: str, code: Code) -> str:
    """A function of the file that is called from there, directly or not, and names the thing."""
    seen: set[str] = set()
    queue: list[ast.AST] = [node]
    while queue:
        below = queue.pop()
        called = {last_name(c.func) for c in ast.walk(below) if isinstance(c, ast.Call)}
        for function in code.functions:
            if function is not node and function.name in called and function.name not in seen:
                seen.add(function.name)
                if names_it(function, text):
                    return function.name
                queue.append(function)
    return ""


class Doings(PatternChecker):
    kind = "identifier-usage"
    table = tuple(
        (
            re.compile(
                rf"^{SUBJECT} (?P<not>(?:does|do) not |never )?(?:\w+ly )?(?:{verb}) "
                r"(?:to )?(?P<o>@\d+)"
                r"(?: (?:at all|anywhere|here|directly|first))*$"
            ),
            _check(find),
        )
        for verb, find in _DONE.items()
    )
