"""Docstrings, comments and annotations: whether they are there, on what a review says."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from racewright.audit.checker import (
    Answer,
    Checker,
    combined,
    context_nodes,
    no,
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code

__all__ = ["Documentation"]

_WHAT = (
    r"(?P<what>docstrings?|documentation(?: strings?)?|(?:inline |code "
    r"|single )?comments?(?: (?:or|and|nor) docstrings?)?|docstrings? (?:or|and) comments?"
    r"|(?:python )?type (?:hints?|annotations?)|type-hints|annotations?|typing"
    r"|return (?:type )?(?:annotations?|hints?|types?)(?: annotation| hint)?|return type)"
)
_ON = r"(?: (?:on|for|in|of) (?P<where>(?:the |its )?(?:parameters?|arguments?)|(?P<w>@\d+)))?"
_LACKS = re.compile(
    r"^(?P<s>@\d+|#code|neither|both|none|all|every function|each function|no function"
    r"|the functions?|the methods?|the class(?:es)?"
    r"|(?:all|none|every one)(?: of)?(?: the)?(?: @\d+)? ?"
    r"(?:functions|methods|classes)) "
    r"(?P<verb>has no|have no|lacks?|(?:is|are) (?:missing|lacking|without)|miss(?:es)?"
    r"|(?:does|do) not (?:have|contain|include|use|provide)|has not|without|has|have"
    r"|contains?|contains? no"
    r"|uses?|includes?|provides?|carry|carries) "
    rf"(?P<few>any |a |an |a single |proper |(?:good|clear|some|full"
    rf"|complete) )*{_WHAT}{_ON}(?: at all| whatsoever| anywhere| either)*$"
)
_NONE = re.compile(
    rf"^(?:there (?:is|are) )?(?P<not>not (?:a single|any|one)|no"
    rf"|missing) {_WHAT}{_ON}(?: at all| whatsoever| anywhere| either| here)*$"
)
_NOT_ONE = re.compile(
    r"^(?P<s>not a single|not one|no|none of the|not any of the|only) (?P<n>method|function|test"
    rf"|class)(?:s|es)? (?P<verb>has|have|comes with|carries) (?:any |a |an )?{_WHAT}"
    r"(?: ,? ?(?:except|apart from|but|other than|besides)(?: for)? (?P<x>@\d+))?$"
)
_ABSENT = re.compile(
    rf"^{_WHAT} (?:is|are) (?P<not>absent|missing|not (?:used|present|provided)|lacking"
    rf"|present|used)(?: everywhere| throughout| for (?P<w>@\d+)| from (?P<v>@\d+))?$"
)
_STATE = re.compile(
    r"^(?P<s>@\d+|#code|the class(?:es)?|neither|both|(?:the )?functions?|(?:the )?methods) "
    r"(?:(?:is|are) )?(?:well )?(?P<not>not |never |un)?(?:well )?(?P<what>documented|annotated"
    r"|typed|type-hinted|commented)(?: at all| anywhere)?$"
)
_ANNOTATED_AS = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?P<not>not )?(?:annotated|typed|declared) (?:with|as) (?P<t>@\d+)$"
)
_EVERY = (
    "the function",
    "the method",
    "functions",
    "methods",
    "all",
    "every",
    "each",
    "no function",
    "none of",
)
_OF_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Documentation(Checker):
    kind = "style-metric"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        if clause.force in ("advice", "verdict"):
            return
        words = re.sub(r" ?\( ?(?:lines? [\d ,-]+)?\)?$", "", clause.words)
        words = re.sub(r"\bno (\w+) (?:and|or|nor) no (?=\w+)", r"no \1 or ", words)
        annotated = _ANNOTATED_AS.match(words)
        if annotated:
            yield from _annotated_as(annotated, clause, code)
            return
        not_one = _NOT_ONE.match(words)
        if not_one and not_one["s"] != "only":
            yield from _not_one(not_one, clause, code)
            return
        for pattern in (_LACKS, _NONE, _ABSENT, _STATE):
            match = pattern.match(words)
            if match:
                yield from _decide(match, clause, code)
                return


def _decide(match: re.Match[str], clause: Clause, code: Code) -> Iterator[Answer]:
    parts = match.groupdict()
    subject = parts.get("s") or ""
    token = parts.get("w") or parts.get("v") or subject
    is_denied = _denied(match, parts)
    what = _kind_of(parts["what"] or "")
    nodes = _subjects(token, subject, what, clause, code)
    if not nodes:
        return
    if parts.get("where") and not parts.get("w"):
        what = "parameters"
    test = _TESTS[what]
    noun = _NOUNS[what]
    names = ", ".join(getattr(node, "name", "the file") for node in nodes)
    claim = f"{names} {'have' if len(nodes) > 1 else 'has'} {'no ' if is_denied else ''}{noun}"

    def one(node: ast.AST) -> Answer:
        found = test(node, code)
        if found is None:
            return unsure(claim, "there is nothing to annotate")
        lines, is_all = found
        if is_denied:
            return (
                no(claim, code.evidence(lines, f"there are {noun} here"))
                if lines
                else yes(
                    claim,
                    code.evidence(
                        [node] if hasattr(node, "lineno") else (), f"there are no {noun}"
                    ),
                )
            )
        if lines and is_all:
            return yes(claim, code.evidence(lines, f"there are {noun} here"))
        if not lines:
            return no(
                claim,
                code.evidence([node] if hasattr(node, "lineno") else (), f"there are no {noun}"),
            )
        return unsure(claim, f"some {noun} are there, and some are not")

    answer = combined(claim, map(one, nodes), is_all=subject.startswith(_EVERY) or "," in claim)
    if answer is not None:
        yield answer


def _not_one(match: re.Match[str], clause: Clause, code: Code) -> Iterator[Answer]:
    """``not a single method has a docstring``, with or without exceptions."""
    but = subject_nodes(match["x"], clause, code) if match["x"] else []
    nodes: list[ast.AST] = list(code.classes if match["n"] == "class" else code.functions)
    if match["n"] == "method":
        nodes = [n for n in nodes if isinstance(code.container(n), ast.ClassDef)]
    if match["n"] == "test":
        nodes = [n for n in nodes if str(getattr(n, "name", "")).startswith("test")]
    nodes = [n for n in nodes if n not in but]
    if not nodes or (match["x"] and not but):
        return
    what = _kind_of(match["what"])
    found = [(n, _TESTS[what](n, code)) for n in nodes]
    having = [n for n, there in found if there is not None and there[0]]
    claim = f"no {match['n']} has {_NOUNS[what]}"
    if having:
        names = ", ".join(str(getattr(n, "name", "")) for n in having[:3])
        yield no(claim, code.evidence(having, f"{names} {'have' if len(having) > 1 else 'has'}"))
    else:
        yield yes(claim, code.evidence(nodes, f"none of the {len(nodes)} has"))


def _denied(match: re.Match[str], parts: dict[str, str | None]) -> bool:
    verb = parts.get("verb") or ""
    said = (parts.get("not") or "").strip()
    if verb:
        negative = bool(re.search(r"\b(?:no|not|lack|miss|without)", verb))
        if (parts.get("s") or "") in ("neither", "none", "no function") or (
            parts.get("s") or ""
        ).startswith("none"):
            return not negative
        return negative
    if match.re is _STATE and (parts.get("s") or "") == "neither":
        return True
    return said not in ("", "present", "used")


def _kind_of(what: str) -> str:
    if what.startswith("return"):
        return "return"
    if "type" in what or "annot" in what or "typ" in what:
        return "annotations"
    if "comment" in what and "docstring" in what:
        return "either"
    if "comment" in what:
        return "comments"
    return "docstrings" if "docstring" in what else "documented"


def _subjects(token: str, subject: str, what: str, clause: Clause, code: Code) -> list[ast.AST]:
    if token.startswith("@"):
        return subject_nodes(token, clause, code)
    if token in ("neither", "both", "none"):
        if clause.topic is None and code.functions and "function" in clause.said_before + " ":
            return [f for f in code.functions if f.name.startswith("test")] or []
        return []
    if token in ("#code", ""):
        context = [] if token == "#code" else context_nodes(clause, code)
        return context or [code.module.tree.root]
    if token.startswith("the class"):
        return list(code.classes) if len(code.classes) == 1 or token == "the classes" else []
    if token.startswith(_EVERY):
        context = context_nodes(clause, code)
        return context if context and "s" not in token[-1] else list(code.functions)
    return []


# --- What there is ---

_Found = tuple[list[int], bool]


def _docstrings(node: ast.AST, code: Code) -> _Found:
    every = [n for n in ast.walk(node) if isinstance(n, (*_OF_SCOPE, ast.Module))]
    own = code.docstring(node)
    if isinstance(node, _OF_SCOPE):
        return list(own), True
    lines = [line for each in every for line in code.docstring(each)]
    return lines, all(code.docstring(each) for each in every)


def _comments(node: ast.AST, code: Code) -> _Found:
    if isinstance(node, ast.Module):
        lines = [n for n in code.comments if code.says_something(n)]
        return lines, bool(lines)
    own = node
    inside = range(int(getattr(own, "lineno", 0)), int(getattr(own, "end_lineno", 0) or 0) + 1)
    lines = [n for n in inside if n in code.comments and code.says_something(n)]
    return sorted({*lines, *code.comment_at(node)}), True


def _either(node: ast.AST, code: Code) -> _Found:
    inner = [n for n in ast.walk(node) if isinstance(n, _OF_SCOPE)]
    documented = [line for each in inner for line in code.docstring(each)]
    return sorted({*documented, *_comments(node, code)[0]}), True


def _documented(node: ast.AST, code: Code) -> _Found:
    own = list(code.docstring(node)) or code.comment_at(node)
    return own, True


def _signatures(node: ast.AST) -> list[_Function]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [node]
    return [n for n in ast.walk(node) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _arguments(function: _Function) -> list[ast.arg]:
    a = function.args
    every = [*a.posonlyargs, *a.args, *a.kwonlyargs, *(x for x in (a.vararg, a.kwarg) if x)]
    return [x for place, x in enumerate(every) if not (place == 0 and x.arg in ("self", "cls"))]


def _annotations(node: ast.AST, code: Code) -> _Found | None:
    functions = _signatures(node)
    slots = [x for f in functions for x in _arguments(f)]
    lines = [x.lineno for x in slots if x.annotation] + [f.lineno for f in functions if f.returns]
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        lines += [n.lineno for n in ast.walk(node) if isinstance(n, ast.AnnAssign)]
    if not functions and not lines:
        return None
    whole = all(x.annotation for x in slots) and (bool(slots) or all(f.returns for f in functions))
    return lines, whole


def _parameters(node: ast.AST, code: Code) -> _Found | None:
    slots = [x for f in _signatures(node) for x in _arguments(f)]
    if not slots:
        return None
    return [x.lineno for x in slots if x.annotation], all(x.annotation for x in slots)


def _returns(node: ast.AST, code: Code) -> _Found | None:
    functions = _signatures(node)
    if not functions:
        return None
    return [f.returns.lineno for f in functions if f.returns], all(f.returns for f in functions)


_TESTS: dict[str, Callable[[ast.AST, Code], _Found | None]] = {
    "docstrings": _docstrings,
    "comments": _comments,
    "either": _either,
    "documented": _documented,
    "annotations": _annotations,
    "parameters": _parameters,
    "return": _returns,
}
_NOUNS = {
    "docstrings": "docstrings",
    "comments": "comments",
    "either": "comments or docstrings",
    "documented": "comments or docstrings",
    "annotations": "annotations",
    "parameters": "annotations of parameters",
    "return": "return annotations",
}


def _annotated_as(match: re.Match[str], clause: Clause, code: Code) -> Iterator[Answer]:
    group, wanted = clause.group(match["s"]), clause.group(match["t"])
    if group is None or wanted is None:
        return
    is_denied = bool(match["not"])
    text = wanted.texts[0].replace(" ", "").replace('"', "'")
    claim = (
        f"{' and '.join(group.texts)} "
        f"{'are' if len(group.texts) > 1 else 'is'}{' not' if is_denied else ''} "
        f"annotated with {wanted.texts[0]}"
    )

    def one(name: str) -> Answer:
        found = list(_annotations_of(name, code))
        if not found:
            return unsure(claim, f"no annotation of {name} was found")
        like = [
            n
            for n, words in found
            if words.replace(" ", "") == text or words.replace(" ", "").partition("[")[0] == text
        ]
        if len(like) == len(found):
            evidence = code.evidence(like, f"each annotation of {name} is {wanted.texts[0]}")
            return no(claim, evidence) if is_denied else yes(claim, evidence)
        if not like:
            evidence = code.evidence(
                [n for n, _ in found], f"{name} is annotated with {found[0][1]}"
            )
            return yes(claim, evidence) if is_denied else no(claim, evidence)
        return unsure(claim, f"{name} is annotated in different ways")

    answer = combined(claim, map(one, group.texts))
    if answer is not None:
        yield answer


def _annotations_of(name: str, code: Code) -> Iterator[tuple[ast.AST, str]]:
    word = name.strip("`").rpartition(".")[2]
    for argument in code.module.nodes(ast.arg):
        if argument.arg == word and argument.annotation:
            yield argument, ast.unparse(argument.annotation)
    for node in code.module.nodes(ast.AnnAssign):
        target = node.target
        if (getattr(target, "id", "") or getattr(target, "attr", "")) == word:
            yield node, ast.unparse(node.annotation)
