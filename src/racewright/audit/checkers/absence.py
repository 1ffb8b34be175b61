"""Names that are said not to be there: ``there is no `tearDown```, ``no `x` on `Y```."""

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
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.families import family
from racewright.audit.spelling import last_word
from racewright.model.claim import Evidence

__all__ = ["Absence"]

_NONE = re.compile(
    r"^(?:there (?:is|are) |i see |we have |(?:the class|#code|it) has )?(?P<no>no|not a|not any)"
    r" (?P<t>@\d+)(?: methods?| functions?| attributes?)?"
    r"(?: (?P<of>on|in|of|for|inside) (?P<o>@\d+))?"
    r"(?: anywhere| at all| defined| here| either)*$"
)
_LACKS = re.compile(
    r"^(?P<o>@\d+|the class) (?:lacks|misses|does (?P<no>not) (?:have|define)|has no) "
    r"(?:an? |any )?(?P<t>@\d+)(?: methods?| attributes?)?$"
)
_MISSING = re.compile(
    r"^(?P<t>@\d+) (?:is|are) (?P<no>missing|absent|lacking|not present|not there)"
    r"(?: (?:from|in) (?P<o>@\d+)| on top of the (?:file|module)| at the top(?: of the file)?"
    r"| here| completely)*$"
)


def _absent(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group, owner = clause.group(match["t"]), clause.group(match["o"])
    if group is None or (owner is None and match["o"]):
        return None
    claim = in_words(match, clause)
    if owner is not None:
        return combined(
            claim,
            [_of_owner(t, o, claim, clause, code) for t in group.texts for o in owner.texts],
            is_all=True,
        )
    return combined(claim, [_in_file(text, claim, code) for text in group.texts], is_all=True)


def _lacks(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``Attempt lacks `__slots__```: special names, which an object may have without a word."""
    group, owner = clause.group(match["t"]), clause.group(match["o"])
    if group is None or owner is None or len(owner.texts) != 1:
        return None
    if not all(text.startswith("__") for text in group.texts):
        return None
    claim = in_words(match, clause)

    def one(node: ast.ClassDef, text: str) -> Answer:
        scope = code.module.tree.scopes[node]
        own = [each.node for each in scope.bindings.get(text.strip("()"), ())]
        told = f"{node.name} has {'its own' if own else 'no'} {text} in its body"
        return decided(bool(own), True, claim, own or [node], told, code)

    nodes = code.thing(owner.texts[0]).classes
    return combined(claim, [one(n, t) for n in nodes for t in group.texts], is_all=True)


def _in_file(text: str, claim: str, code: Code) -> Answer:
    statement = _statement(text)
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        wanted = ast.dump(statement)
        found = [
            n
            for kind in (ast.Import, ast.ImportFrom)
            for n in code.module.nodes(kind)
            if ast.dump(n) == wanted
        ]
        if found:
            return no(claim, code.evidence(found, "it is there"))
        return unsure(claim, "that import is not there; another may bring the same")
    thing = code.thing(text)
    word = text.strip("()")
    if not word.isidentifier():
        return unsure(claim, f"{text} is no name")
    own = [d.node for d in thing.definitions if d.kind != "import"]
    if own:
        return no(claim, code.evidence(own, f"{text} is defined here"))
    if code.is_absent(text):
        return yes(claim, code.evidence((), f"nothing in the file defines or names {text}"))
    return unsure(claim, f"{text} is named in the file, and defined elsewhere")


def _of_owner(text: str, owner: str, claim: str, clause: Clause, code: Code) -> Answer:
    """An attribute of a class: of this file, or of a module that can be read."""
    word = last_word(text)
    thing = code.thing(owner)
    for node in thing.classes:
        scope = code.module.tree.scopes[node]
        own = [each.node for each in scope.bindings.get(word, ())]
        own += [
            n
            for n in code.attributes.get(word, ())
            if isinstance(n.ctx, ast.Store) and code.is_in(n, node)
        ]
        if own:
            return no(claim, code.evidence(own, f"{owner} has {word}"))
        names, whole = family(node, code)
        places = [code.around.find(f"{name}.{word}") for name in names]
        found = [place for place in places if place is not None]
        if found:
            return no(claim, Evidence(found[0].path.rpartition("/")[2], (found[0].line,), "here"))
        if whole:
            return yes(claim, code.evidence([node], f"{owner} and its bases have no {word}"))
        return unsure(claim, "a base could not be read")
    if thing.functions:
        inner = thing.functions[0]
        parameters = [a.arg for a in ast.walk(inner.args) if isinstance(a, ast.arg)]
        if word in parameters:
            return no(claim, code.evidence([inner], f"{word} is a parameter of it"))
        if code.occurrences(text, inner):
            return no(claim, code.evidence(code.occurrences(text, inner), f"{word} is used there"))
        if code.is_absent(text, inner):
            return yes(claim, code.evidence([inner], f"{word} is not in it"))
    dotted = {code.module.dotted(read) for read in thing.reads} - {""}
    tails = [n for names in code.attributes.values() for n in names if n.attr == owner]
    dotted |= {code.module.dotted(n) for n in tails} - {""}
    for name in sorted(dotted):
        place = code.around.find(f"{name}.{word}")
        if place is not None:
            file = place.module.file if place.module is not None else ""
            return no(claim, Evidence(file, (place.line,), f"{name} has {word}"))
    used = [
        n for n in code.attributes.get(word, ()) if ast.unparse(n.value).rpartition(".")[2] == owner
    ]
    if used:
        return unsure(claim, f"{owner}.{word} is used here, and defined elsewhere")
    return unsure(claim, f"what {owner} has, is not seen")


def _statement(text: str) -> ast.stmt | None:
    try:
        body = ast.parse(text.strip()).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return body[0] if len(body) == 1 else None


def _module_docstring(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    lines = code.docstring(code.module.tree.root)
    is_denied = bool(match["no"])
    text = "the module has one" if lines else "the file does not begin with one"
    return decided(bool(lines), is_denied, in_words(match, clause), list(lines), text, code)  # type: ignore[arg-type]


_MODULE_DOCSTRING = re.compile(
    r"^(?:there is |#code has |has )?(?P<no>no |not a |missing |lacks? a )?(?:a )?"
    r"module(?:-level)? docstring(?: is missing)?$"
)
_DECORATED = re.compile(
    r"^(?:neither|none) of (?:the |these )?(?P<s>@\d+|wrappers|functions|methods|helpers"
    r"|nested functions|inner functions) (?:is|are) (?P<what>decorated|documented|annotated)$"
)


def _neither(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``neither of the wrappers is decorated``: the inner functions, or those that are named."""
    token = match["s"]
    if token.startswith("@"):
        nodes = [n for n in subject_nodes(token, clause, code) if not isinstance(n, ast.ClassDef)]
    elif token == "methods":
        nodes = [f for f in code.functions if isinstance(code.container(f), ast.ClassDef)]
    elif token == "functions":
        nodes = list(code.functions)
    else:
        inner = (ast.FunctionDef, ast.AsyncFunctionDef)
        nodes = [f for f in code.functions if isinstance(code.container(f), inner)]
    if not nodes:
        return None
    claim = in_words(match, clause)

    def has(node: ast.AST) -> bool:
        if match["what"] == "decorated":
            return bool(getattr(node, "decorator_list", []))
        if match["what"] == "documented":
            return bool(code.docstring(node) or code.comment_at(node))
        return any(isinstance(a, ast.arg) and a.annotation for a in ast.walk(node)) or bool(
            getattr(node, "returns", None)
        )

    found = [node for node in nodes if has(node)]
    if found:
        return no(claim, code.evidence(found, f"{match['what']}"))
    return yes(claim, code.evidence(nodes, f"none of the {len(nodes)} is"))


_INHERITED = re.compile(
    r"^(?P<t>@\d+) (?:is|are) (?P<not>not )?(?:inherited|taken|provided|defined|declared"
    r"|implemented) (?:from|by|in) (?P<o>@\d+)$"
)


def _inherited(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """Of a class that another file has: whether the method is there."""
    group, owner = clause.group(match["t"]), clause.group(match["o"])
    if group is None or owner is None or len(owner.texts) != 1 or match["not"]:
        return None
    base = owner.texts[0]
    if code.thing(base).classes or code.thing(base).functions:
        return None
    claim = in_words(match, clause)

    def one(text: str) -> Answer:
        found = _of_owner(text, base, claim, clause, code)
        if found.verdict != "refuted":
            return unsure(claim, f"what {base} has, is not seen")
        return yes(claim, *found.evidence)

    return combined(claim, map(one, group.texts), is_all=True)


class Absence(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_MODULE_DOCSTRING, _module_docstring),
        (_DECORATED, _neither),
        (_LACKS, _lacks),
        (_INHERITED, _inherited),
        (_NONE, _absent),
        (_MISSING, _absent),
    )
