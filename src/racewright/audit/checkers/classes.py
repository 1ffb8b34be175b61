"""What classes inherit, define and override."""

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
from racewright.audit.families import family
from racewright.audit.spelling import last_word

__all__ = ["Classes"]

_INHERITS = re.compile(
    r"^(?:why (?:does|do) )?(?P<s>@\d+|#code|the class|this class|(?:every|each|all)(?: the)?"
    r"(?: test)? class(?:es)?) (?P<not>does not |do not )?"
    r"(?:inherits?(?: straight| directly| only)? from|extends?|subclass(?:es)?"
    r"|derives?(?: straight| directly| only)? from|(?:is|are) derived from"
    r"|(?:is|are) (?:a )?subclass(?:es)? of) (?P<b>@\d+)(?: and (?:from )?(?P<c>@\d+))?$"
)
_DEFINES = re.compile(
    r"^(?P<none>neither (?:of them |class )?|none of them |no class )?(?:(?P<s>@\d+|#code"
    r"|the class) )?(?P<not>does not |do not |did not )?"
    r"(?:overrides?|overwrites?|implements?|defines?|provides?"
    r"|declares?)(?: the)?(?: abstract)? (?P<m>@\d+)$"
)
_HAS_METHOD = re.compile(
    r"^(?P<s>@\d+|#code|the class|this class) (?P<not>(?:does|do) not (?:have|define)|has no"
    r"|lacks) "
    r"(?:an? )?(?P<m>@\d+)$"
)
_OVERRIDDEN = re.compile(
    r"^(?P<m>@\d+) (?:is|are) (?P<not>not )?(?:overridden|implemented|redefined"
    r"|defined)(?: (?:in|by) (?:(?P<s>@\d+)|this class|the class))?$"
)
_SUPER = re.compile(
    r"^(?P<s>@\d+|#code|the class|(?:its |the )?@\d+ of @\d+)? ?(?P<not>does not |do not "
    r"|never |not )?(?:calls?|calling|invokes?|initialize)(?: the| its"
    r"| their)? ?(?:constructors?|@\d+)?(?: (?:of|on) (?:the|its|their) (?:base|parent"
    r"|super) ?class(?:es)?|(?: ?(?:super|base|parent)(?: ?class(?:es)?)?)? constructors?)$"
)


def _inherits(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    is_every = match["s"].startswith(("every", "each", "all"))
    classes = [n for n in subject_nodes(match["s"], clause, code) if isinstance(n, ast.ClassDef)]
    if not match["s"].startswith("@"):
        classes = list(code.classes) if is_every else classes or list(code.classes)
    if is_every and "test" in match["s"]:
        classes = [n for n in classes if "Test" in n.name]
    if match["s"] == "#code" and len(classes) != 1:
        return None  # a file inherits nothing; of one class it is that class
    bases, more = clause.group(match["b"]), clause.group(match["c"])
    if not classes or bases is None:
        return None
    named = (*bases.texts, *(more.texts if more else ()))
    claim = (
        f"{in_words(match['s'], clause)} inherits{' not' if match['not'] else ''} from "
        f"{in_words(match['b'], clause)}"
    )

    def one(node: ast.ClassDef, base: str) -> Answer:
        names, whole = family(node, code)
        word = base.partition("[")[0].strip("()")
        direct = [ast.unparse(each).partition("[")[0] for each in node.bases]
        is_so = word in direct or any(n == word or n.endswith("." + word) for n in names)
        own = {code.module.dotted(each) for each in node.bases}
        is_own = word in direct or any(n == word or n.endswith("." + word) for n in own)
        if is_so and not is_own:
            # Who says so may mean the class statement, or all that the class is.
            return unsure(claim, f"only by way of {', '.join(direct)}")
        if is_so or whole:
            found = decided(
                is_so,
                bool(match["not"]),
                claim,
                [node],
                f"its bases are {', '.join(direct) or 'none'}",
                code,
            )
            assert found is not None
            return found
        return unsure(claim, "a base could not be read")

    return combined(claim, [one(node, base) for node in classes for base in named], is_all=is_every)


def _defines(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    methods = clause.group(match["m"])
    if methods is None:
        return None
    token = match["s"] or ""
    is_denied = bool(match["not"] or match["none"])
    nodes = (
        [n for n in subject_nodes(token, clause, code) if isinstance(n, ast.ClassDef)]
        if token.startswith("@")
        else []
    )
    if not nodes and not token.startswith("@"):
        nodes = [n for n in context_nodes(clause, code) if isinstance(n, ast.ClassDef)]
        nodes = nodes or (list(code.classes) if (match["none"] or len(code.classes) == 1) else [])
    if not nodes:
        return None
    names = ", ".join(node.name for node in nodes)
    claim = f"{names} {'do not define' if is_denied else 'defines'} {' and '.join(methods.texts)}"
    return combined(
        claim, [_has_own(node, m, is_denied, claim, code) for node in nodes for m in methods.texts]
    )


def _has_own(node: ast.ClassDef, method: str, is_denied: bool, claim: str, code: Code) -> Answer:
    word = last_word(method)
    bindings = code.module.tree.scopes[node].bindings.get(word, [])
    found = [each.node for each in bindings]
    text = f"{node.name} has {'its own' if found else 'no'} {word} in its body"
    answer = decided(bool(found), is_denied, claim, found or [node], text, code)
    assert answer is not None
    return answer


def _overridden(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    methods = clause.group(match["m"])
    if methods is None or ("defined" in match[0].split()[-1:] and not match["s"]):
        return None
    nodes: list[ast.AST] = (
        subject_nodes(match["s"], clause, code) if match["s"] else list(code.classes)
    )
    classes = [n for n in nodes if isinstance(n, ast.ClassDef)]
    if len(classes) != 1:
        return None
    is_denied = bool(match["not"])
    if "defined" in match[0] and is_denied and classes[0].bases and " this class" not in match[0]:
        return None  # it may be inherited, and so be there all the same
    claim = (
        f"{classes[0].name} {'does not override' if is_denied else 'overrides'} "
        f"{' and '.join(methods.texts)}"
    )
    return combined(claim, [_has_own(classes[0], m, is_denied, claim, code) for m in methods.texts])


def _super(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    token = match["s"] or ""
    nodes = subject_nodes(token, clause, code) if token.startswith("@") and " " not in token else []
    classes = [n for n in nodes if isinstance(n, ast.ClassDef)]
    if not classes and len(code.classes) == 1:
        classes = list(code.classes)
    if not classes:
        return None
    is_denied = bool(match["not"])
    claim = (
        f"{', '.join(c.name for c in classes)} "
        f"{'does not call' if is_denied else 'calls'} the constructor of its base"
    )

    def one(node: ast.ClassDef) -> Answer:
        bases = {ast.unparse(b).partition("[")[0] for b in node.bases}
        calls = [
            call
            for call in ast.walk(node)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "__init__"
            and (
                ast.unparse(call.func.value).startswith("super(")
                or ast.unparse(call.func.value) in bases
            )
        ]
        own = [f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"]
        if not own:
            return unsure(claim, f"{node.name} has no constructor of its own")
        text = "the constructor of the base is called" if calls else "no call of it is in the class"
        answer = decided(bool(calls), is_denied, claim, [*calls] or [*own], text, code)
        assert answer is not None
        return answer

    return combined(claim, map(one, classes))


def _has_method(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """``the test has no `tearDown` method``: in any class of the file."""
    methods = clause.group(match["m"])
    if methods is None or methods.role not in ("method", "function", "constructor"):
        return None
    nodes = subject_nodes(match["s"], clause, code)
    claim = in_words(match, clause)

    def one(name: str) -> Answer:
        found = [
            function
            for function in code.functions
            if function.name == name.strip("()") and any(code.is_in(function, n) for n in nodes)
        ]
        text = f"{name} is defined here" if found else f"no {name} is defined there"
        inherited = None if found else _inherited(name.strip("()"), nodes, code)
        if inherited is not None:
            return unsure(claim, inherited)
        return decided(bool(found), True, claim, list(found), text, code)

    return combined(claim, map(one, methods.texts)) if nodes else None


def _inherited(name: str, nodes: list[ast.AST], code: Code) -> str | None:
    """Why a class may have a method that it does not define."""
    for node in nodes:
        if not isinstance(node, ast.ClassDef):
            continue
        names, whole = family(node, code)
        for dotted in sorted(names - {"builtins.object"}):
            place = code.around.class_node(dotted)
            body = place[1].body if place is not None else []
            if any(getattr(each, "name", "") == name for each in body):
                return f"{node.name} inherits {name} from {dotted}"
        if not whole:
            return f"{node.name} may inherit {name}: a base could not be read"
    return None


class Classes(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_INHERITS, _inherits),
        (_SUPER, _super),
        (_HAS_METHOD, _has_method),
        (_OVERRIDDEN, _overridden),
        (_DEFINES, _defines),
    )
