"""What becomes of exceptions: ignored, swallowed, translated, raised again, let through."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    combined,
    context_nodes,
    decided,
    in_words,
    no,
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.counting import number_in

__all__ = ["Handlers"]

_IGNORED = re.compile(
    r"^(?:if .{1,60} )?(?P<e>@\d+) (?:is|are|gets?) (?:silently |quietly |just )?"
    r"(?P<not>not )?(?:ignored|swallowed|suppressed|silenced|discarded)"
    r"(?: silently| in @\d+| here| without .*)?$"
)
_SWALLOWS = re.compile(
    r"^(?P<s>@\d+|#code) (?P<not>(?:does|do) not |never )?(?:silently )?(?:swallows?|ignores?"
    r"|suppress(?:es)?|hides?) (?:(?:all|any|every|each|the) )?(?:(?P<e>@\d+)|exceptions?|errors?)"
    r"(?: silently)?(?: \( @\d+ \))?$"
)
_WRAPS_BARE = re.compile(
    r"^(?P<s>@\d+|#code) (?:wraps|has|contains|uses|puts|guards) .{0,60}?(?:in|with|by)? ?"
    r"(?P<e>@\d+)$"
)
_CATCH_COUNT = re.compile(
    r"^(?P<s>@\d+|#code) (?:catches|handles) (?P<e>@\d+) (?P<n>once|twice|thrice|\d+ times"
    r"|(?:three|four|five|six) times)$"
)
_NO_CATCH = re.compile(
    r"^(?:no exceptions? (?:is|are)|nothing is) (?:ever )?(?:caught|handled)"
    r"(?: anywhere| at all| here)*$"
)
_PROPAGATES = re.compile(
    r"^(?:a |an |the )?(?P<e>@\d+) (?:(?:is|are) (?P<not>not |never )?(?:propagated|passed on)"
    r"|propagates?|escapes?|bubbles? up|leaks? out|(?:is|are) (?P<un>not |never |un)(?:caught"
    r"|handled))(?: (?:to|by) (?:the|its) callers?| upwards?| anywhere| here)*$"
)
_OF_CALL = re.compile(
    r"^(?:an? |any |the )?(?:exceptions?|errors?) (?:raised |thrown |coming )?(?:by|from|in) "
    r"(?P<t>@\d+) (?:is|are) (?P<not>not |never )?(?:caught|handled)(?: anywhere| here)*$"
)
_TRANSLATED = re.compile(
    r"^(?P<e>@\d+) (?:is |are |gets )?(?:translated|converted|turned|re-raised|reraised|wrapped"
    r"|mapped|changed) (?:to|into|as|in) (?P<t>@\d+)$"
)
_AGAIN = re.compile(
    r"^(?P<e>@\d+) (?:is|are) caught(?: here| there)?(?: and|,) (?:then )?(?:re-raised|reraised"
    r"|raised again|re-thrown)$"
)


def _handlers(name: str, where: ast.AST, code: Code) -> list[ast.ExceptHandler]:
    return [n for n in code.below(where, ast.ExceptHandler) if name in _caught(n, code)]


def _caught(handler: ast.ExceptHandler, code: Code) -> set[str]:
    node = handler.type
    each = node.elts if isinstance(node, ast.Tuple) else [node] if node is not None else []
    words: set[str] = set()
    for one in each:
        dotted = code.module.dotted(one)
        spelt = ast.unparse(one)
        words |= {spelt, spelt.rpartition(".")[2], dotted, dotted.rpartition(".")[2]}
    return words - {""}


def _is_silent(handler: ast.ExceptHandler) -> bool:
    """Whether nothing at all is done about what is caught."""
    return all(
        isinstance(each, (ast.Pass, ast.Continue))
        or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in handler.body
    )


def _is_broad(handler: ast.ExceptHandler, code: Code) -> bool:
    return handler.type is None or bool(_caught(handler, code) & {"Exception", "BaseException"})


def _scope(clause: Clause, code: Code) -> ast.AST:
    """The function that the item speaks of, or the file."""
    nodes = context_nodes(clause, code)
    is_one = len(nodes) == 1 and not isinstance(nodes[0], ast.ClassDef)
    return nodes[0] if is_one else code.module.tree.root


def _each_name(match: re.Match[str], clause: Clause) -> list[str]:
    group = clause.group(match["e"])
    return [text.partition("(")[0] for text in group.texts] if group else []


def _ignored(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    claim, is_denied = in_words(match, clause), bool(match["not"])
    where = _scope(clause, code)

    def one(name: str) -> Answer:
        found = _handlers(name, where, code)
        if not found:
            return unsure(claim, f"no handler of {name} was found")
        silent = [h for h in found if _is_silent(h)]
        if silent and len(silent) < len(found):
            return unsure(claim, "one handler ignores it, and another does not")
        text = "its handler does nothing" if silent else "its handler does something"
        return decided(bool(silent), is_denied, claim, list(found), text, code)

    names = _each_name(match, clause)
    if not names or not all(name[:1].isupper() for name in names):
        return None
    return combined(claim, map(one, names), is_all=True)


def _swallows(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    where = subject_nodes(match["s"], clause, code)
    if len(where) != 1:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])
    names = _each_name(match, clause) if match["e"] else []
    every = list(code.below(where[0], ast.ExceptHandler))
    if names:
        found = [h for name in names for h in _handlers(name, where[0], code)]
    else:
        found = [h for h in every if _is_broad(h, code)]
    silent = [h for h in found if _is_silent(h)]
    if silent:
        return decided(True, is_denied, claim, list(silent), "what is caught is ignored", code)
    if not every:
        nodes = [n for n in where if hasattr(n, "lineno")]
        return decided(False, is_denied, claim, nodes, "nothing is caught there", code)
    return unsure(claim, "what is caught there is not ignored as a whole")


def _catch_count(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    where, names = subject_nodes(match["s"], clause, code), _each_name(match, clause)
    if len(where) != 1 or len(names) != 1:
        return None
    found = _handlers(names[0], where[0], code)
    wanted = number_in(match["n"])
    claim = in_words(match, clause)
    if not found:
        return unsure(claim, f"no handler of {names[0]} was found")
    evidence = code.evidence(found, f"handlers of {names[0]}: {len(found)}")
    return yes(claim, evidence) if len(found) == wanted else no(claim, evidence)


def _no_catch(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    found = list(code.module.nodes(ast.ExceptHandler))
    claim = "no exception is caught"
    if found:
        return no(claim, code.evidence(found, "one is caught there"))
    return yes(claim, code.evidence((), "there is no except clause in the file"))


def _wraps_bare(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``f wraps the call in a bare except:``, by what f catches."""
    group = clause.group(match["e"])
    if group is None or len(group.texts) != 1:
        return None
    words = re.sub(r"\s+", " ", group.texts[0].strip())
    if not re.fullmatch(r"except(?: \w+)?:(?: pass)?", words):
        return None
    where = subject_nodes(match["s"], clause, code)
    if len(where) != 1:
        return None
    claim = in_words(match, clause)
    every = list(code.below(where[0], ast.ExceptHandler))
    kind = words.removeprefix("except").strip(": ").partition(":")[0]
    like = [h for h in every if (ast.unparse(h.type) if h.type else "") == kind]
    nodes: list[ast.AST] = [*like] or [*every] or [n for n in where if hasattr(n, "lineno")]
    if like:
        return yes(claim, code.evidence(nodes, f"it has {words}"))
    return no(claim, code.evidence(nodes, f"it has no {words}"))


def _propagates(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    names = _each_name(match, clause)
    if not names or not all(re.search(r"(?:^|\.)[A-Z]\w+$", name) for name in names):
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])
    where = _scope(clause, code)

    def one(name: str) -> Answer:
        found = _handlers(name, where, code)
        kept = [h for h in found if not any(isinstance(n, ast.Raise) for n in ast.walk(h))]
        if kept:
            return decided(False, is_denied, claim, list(kept), f"{name} is caught", code)
        every = list(code.below(where, ast.ExceptHandler))
        if not found and not any(_is_broad(h, code) for h in every) and match["un"]:
            return unsure(claim, f"nothing catches {name} by that name; a base of it may be caught")
        return unsure(claim, f"what becomes of {name}, is not seen")

    return combined(claim, map(one, names), is_all=True)


def _of_call(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["t"])
    if group is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(text: str) -> Answer:
        calls = list(code.thing(text).calls)
        if not calls:
            return unsure(claim, f"no call of {text} was found")
        guarded = [c for c in calls if _is_guarded(c, code)]
        if not guarded:
            return decided(False, is_denied, claim, list(calls), "it is in no try statement", code)
        return unsure(claim, "it is in a try statement; whether that catches it, is open")

    return combined(claim, map(one, group.texts), is_all=True)


def _is_guarded(call: ast.AST, code: Code) -> bool:
    return code.module.within(call, ast.Try, ast.With, ast.AsyncWith) is not None


def _translated(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    names, target = _each_name(match, clause), clause.group(match["t"])
    if len(names) != 1 or target is None or len(target.texts) != 1:
        return None
    claim = in_words(match, clause)
    found = _handlers(names[0], _scope(clause, code), code)
    if not found:
        return no(claim, code.evidence((), f"no handler catches {names[0]}"))
    wanted = target.texts[0].partition("(")[0]
    raised = [r for h in found for r in _raises(h) if _raised(r) == wanted.rpartition(".")[2]]
    if raised:
        return yes(claim, code.evidence([*found, *raised], f"{wanted} is raised in its place"))
    return no(claim, code.evidence(list(found), f"its handler does not raise {wanted}"))


def _raises(node: ast.AST) -> Iterator[ast.Raise]:
    return (n for n in ast.walk(node) if isinstance(n, ast.Raise))


def _raised(node: ast.Raise) -> str:
    made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return ast.unparse(made).rpartition(".")[2] if made is not None else ""


def _again(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    claim = in_words(match, clause)
    where = _scope(clause, code)

    def one(name: str) -> Answer:
        found = _handlers(name, where, code)
        if not found:
            return no(claim, code.evidence((), f"no handler catches {name}"))
        again = [r for h in found for r in _raises(h) if r.exc is None or _raised(r) == h.name]
        if again:
            return yes(claim, code.evidence([*found, *again], "it is caught, and raised again"))
        return no(claim, code.evidence(list(found), "its handler does not raise it again"))

    return combined(claim, map(one, _each_name(match, clause)), is_all=True)


class Handlers(PatternChecker):
    kind = "language-construct"
    table = (
        (_NO_CATCH, _no_catch),
        (_AGAIN, _again),
        (_CATCH_COUNT, _catch_count),
        (_TRANSLATED, _translated),
        (_OF_CALL, _of_call),
        (_PROPAGATES, _propagates),
        (_IGNORED, _ignored),
        (_SWALLOWS, _swallows),
        (_WRAPS_BARE, _wraps_bare),
    )
