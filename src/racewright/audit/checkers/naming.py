"""Naming conventions: how names are written, and which of them were the author's choice.

``setUp`` is unittest's word and ``visit_Name`` is ast's; a name that overrides another, or that a
framework looks up, says nothing about a convention.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.audit.checker import (
    Answer,
    Checker,
    combined,
    decided,
    no,
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.spelling import last_word

__all__ = ["Naming"]

_STYLE = (
    r"(?P<style>camel ?case|snake ?case|@\d+|pascal ?case|upper ?case|all caps"
    r"|mixed ?case|hungarian notation)"
)
_FOLLOWS = re.compile(
    r"^(?P<s>#code|@\d+|(?:the )?(?:test )?(?:functions?|methods?|variables?|names?"
    r"|class(?:es)?)(?: names?)?) (?P<not>does not |do not )?"
    rf"(?:follows?|uses?|adheres? to|sticks? to|(?:is|are) (?:named |written )?in) (?:the "
    rf"|a )?{_STYLE}(?: naming)?(?: convention| conventions| style| names?)?(?: (?:for"
    rf"|in) (?:its |the |all )?(?P<which>functions?|methods?|variables?|classes|names?"
    rf"|method names?|function names?|variable names?))?$"
)
_CONVENTIONS = re.compile(
    r"^#code (?P<not>does not )?(?:follows?|adheres? to|complies with|respects?) (?:the )?"
    r"(?:standard |usual |common |python |pep ?8 )*naming conventions? for "
    r"(?P<which>class(?:es| names)|functions?(?: names)?|methods?(?: names)?"
    r"|variables?(?: names)?)$"
)
_IS = re.compile(rf"^(?P<s>@\d+) (?:is|are) (?P<not>not )?(?:named |written )?(?:in )?{_STYLE}$")
_UNDERSCORES = re.compile(
    r"^(?P<s>@\d+) (?P<not>does not |do not )?(?:uses?|has|have|contains?) underscores$"
)
_PRIVATE = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?P<not>not )?(?:an? )?(?:private|internal|non-public|protected)"
    r"(?: (?:attributes?|methods?|functions?|members?|variables?|fields?|names?|properties"
    r"|property|class(?:es)?))?(?: of @\d+)?$"
)
_IMPOSED = frozenset(
    [
        "setUp",
        "tearDown",
        "setUpClass",
        "tearDownClass",
        "setUpModule",
        "tearDownModule",
        "asyncSetUp",
        "asyncTearDown",
        "addCleanup",
        "maxDiff",
        "longMessage",
        "runTest",
        "shortDescription",
        "failureException",
        "doCleanups",
    ]
)
_CAMEL = re.compile(r"_*[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)+$")
_SNAKE = re.compile(r"_*[a-z][a-z0-9]*(?:_[a-z0-9]+)*_*$")
_PASCAL = re.compile(r"_*[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$")
_UPPER = re.compile(r"_*[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_*$")
_STYLES: dict[str, re.Pattern[str]] = {
    "camelcase": _CAMEL,
    "mixedcase": _CAMEL,
    "snakecase": _SNAKE,
    "pascalcase": _PASCAL,
    "uppercase": _UPPER,
    "allcaps": _UPPER,
}


class Naming(Checker):
    kind = "style-metric"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        if clause.force in ("advice", "verdict"):
            return
        words = re.sub(
            r" ?,? ?(?:which|and|as (?:dictated|required|imposed|expected|demanded)) .*$",
            "",
            clause.words,
        )
        conventional = _CONVENTIONS.match(words)
        if conventional:
            yield from _conventions(conventional, code)
            return
        for pattern, test in _TESTS:
            match = pattern.match(words)
            if match:
                answer = test(match, clause, code)
                if answer is not None:
                    yield answer
                return


def _conventions(match: re.Match[str], code: Code) -> Iterator[Answer]:
    """PEP 8: classes in CapWords, the rest in lower case with underscores."""
    pattern = _PASCAL if match["which"].startswith("class") else _SNAKE
    own = [(n, w) for n, w in _own_names(match["which"], code.module.tree.root, code)]
    others = [(n, w) for n, w in own if not pattern.match(w)]
    if not own:
        return
    is_denied = bool(match["not"])
    claim = f"{match['which']} {'do not follow' if is_denied else 'follow'} the conventions"
    names = ", ".join(w for _, w in (others or own)[:4])
    evidence = code.evidence([n for n, _ in others or own], names)
    yield yes(claim, evidence) if bool(others) == is_denied else no(claim, evidence)


def _style(match: re.Match[str], clause: Clause) -> str:
    group = clause.group(match["style"])
    words = group.texts[0] if group else match["style"]
    return re.sub(r"[\s_-]", "", words).lower()


def _names(group_words: tuple[str, ...]) -> list[str]:
    return [last_word(text) for text in group_words]


def _private(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """By the convention of Python: a name that begins with an underscore is its owner's."""
    group = clause.group(match["s"])
    if group is None:
        return None
    names = _names(group.texts)
    claim = f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} private"
    are_so = [name.startswith("_") and not name.endswith("__") for name in names]
    if any(are_so) and not all(are_so):
        return unsure(claim, "some of the names begin with an underscore")
    nodes = [node for text in group.texts for node in code.occurrences(text)]
    told = f"{names[0]} begins with {'an' if are_so[0] else 'no'} underscore"
    return decided(are_so[0], bool(match["not"]), claim, nodes, told, code)


def _underscores(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["s"])
    if group is None:
        return None
    is_denied = bool(match["not"])
    claim = f"{' and '.join(group.texts)} has {'no ' if is_denied else ''}underscores"
    has = ["_" in name.strip("_") for name in _names(group.texts)]
    if len(set(has)) != 1:
        return None
    nodes = [d.node for text in group.texts for d in code.thing(text).definitions]
    if not nodes:
        return None
    evidence = code.evidence(nodes, "see the name")
    return yes(claim, evidence) if has[0] != is_denied else no(claim, evidence)


def _is(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["s"])
    pattern = _STYLES.get(_style(match, clause))
    if group is None or pattern is None:
        return None
    is_denied = bool(match["not"])
    claim = (
        f"{' and '.join(group.texts)} is {'not ' if is_denied else ''}in {_style(match, clause)}"
    )

    def one(text: str) -> Answer:
        nodes = [d.node for d in code.thing(text).definitions]
        if not nodes:
            return unsure(claim, f"{text} is not defined in the file")
        is_so = bool(pattern.match(_names((text,))[0]))
        evidence = code.evidence(nodes, "see the name")
        return yes(claim, evidence) if is_so != is_denied else no(claim, evidence)

    return combined(claim, map(one, group.texts))


def _follows(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    style = _style(match, clause)
    pattern = _STYLES.get(style)
    if pattern is None:
        return None
    if match["s"].startswith("@") and not match["which"]:
        return _is(match, clause, code)
    which = match["which"] or ("" if match["s"].startswith(("#", "@")) else match["s"])
    where = (
        subject_nodes(match["s"], clause, code)
        if match["s"].startswith("@")
        else [code.module.tree.root]
    )
    if len(where) != 1:
        return None
    own = [(n, w) for n, w in _own_names(which, where[0], code) if re.search(r"[A-Za-z]", w)]
    # A word without a joint could be of either style.
    telling = [(n, w) for n, w in own if "_" in w.strip("_") or re.search(r"[a-z][A-Z]", w)]
    like = [n for n, w in telling if pattern.match(w)]
    is_denied = bool(match["not"])
    what = re.sub(r"^the ", "", which) or "names"
    claim = f"the {what} are {'not ' if is_denied else ''}in {style}"
    if not telling:
        return unsure(claim, "no name tells the styles apart")
    if len(like) == len(telling):
        evidence = code.evidence(like, f"all {len(telling)} names that tell are")
        return no(claim, evidence) if is_denied else yes(claim, evidence)
    if not like:
        evidence = code.evidence(
            [n for n, _ in telling], f"none of the {len(telling)} names of the author's choice is"
        )
        return yes(claim, evidence) if is_denied else no(claim, evidence)
    return unsure(claim, f"{len(like)} of {len(telling)} names are")


def _own_names(which: str, where: ast.AST, code: Code) -> Iterator[tuple[ast.AST, str]]:
    for function in code.functions:
        is_method = isinstance(code.container(function), ast.ClassDef)
        wanted = (
            not which
            or which.removeprefix("the ").startswith("name")
            or "function" in which
            or ("method" in which and is_method)
        )
        if wanted and code.is_in(function, where) and not _is_imposed(function):
            yield function, function.name
    if "class" in which:
        yield from ((c, c.name) for c in code.classes if code.is_in(c, where))
    if not which or "variable" in which or which.startswith("name"):
        for scope in code.module.tree.scopes.values():
            for word, bindings in scope.bindings.items():
                node = bindings[0].node
                is_chosen = bindings[0].kind in ("assign", "parameter", "with")
                if is_chosen and not word.isupper() and code.is_in(node, where):
                    yield node, word


def _is_imposed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    name = function.name
    is_special = name.startswith("__") and name.endswith("__")
    return is_special or name in _IMPOSED or name.startswith(("visit_", "do_", "assert"))


_TESTS = (
    (_PRIVATE, _private),
    (_UNDERSCORES, _underscores),
    (_IS, _is),
    (_FOLLOWS, _follows),
)
