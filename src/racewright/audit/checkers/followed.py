"""Advice that is followed already, so that there is nothing to be done.

Whether advice is good is not decided here. It is refuted only where what it asks for is there, in
the place that the review speaks of: in the named function, or, if what it complains of is nowhere
in the file, anywhere in it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.audit.checker import Answer, Checker, combined, context_nodes, no, things
from racewright.audit.checkers.patches import is_scoped
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.model.claim import Evidence

__all__ = ["Followed"]

_USE = re.compile(
    r"(?:^|\b(?:to|should|could|can|please|instead ,|,) )(?:better to )?(?:use|call"
    r"|utili[sz]e|switch to|prefer|replace it with|raise|adding|add)(?: a| an"
    r"| the)? (?P<s>@\d+)"
    r"(?: (?:instead|here|there|in (?P<w>@\d+)|on (?P<v>@\d+)))*$"
)
_SHOULD_BE = re.compile(r"^(?:(?P<o>@\d+) )?should (?:be|inherit from|extend) (?P<s>@\d+)$")
_COME_FROM = re.compile(r"^(?P<s>@\d+) should (?:come|be imported) from (?P<m>@\d+)\b")
_CONTEXT = re.compile(r"\b(?:context managers?|with statements?|with blocks?|@\d+ statements?)\b")
_WITH = re.compile(r"^with\b")
_LOOP = re.compile(
    r"^(?:wrap|put|place|call|guard) (?:(?P<s>@\d+)"
    r"|the \w+) (?:call )?in(?:side)? (?:a )?(?:@\d+|while|for)?(?: loop)?$"
)
_FILES = re.compile(r"\b(?:opens?|opened|files?|handles?|leaves? it open|closed)\b")
_PATCHES = re.compile(r"\b(?:patch\w*|mock\w*|overrid\w+|modifications?|monkey-?patch\w*)\b")
_CONSTRUCTOR = frozenset(("ValueError", "TypeError"))


class Followed(Checker):
    kind = "advice"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        if clause.force not in ("advice", "question"):
            return
        words = clause.words
        for test in (_imported_from, _inherits, _with_statement, _in_loop, _used):
            answer = test(words, clause, code)
            if answer is not None:
                yield answer
                return


def _earlier_words(clause: Clause) -> str:
    return " ".join(spot[0] for each in (*clause.earlier, clause) for spot in each.spots)


def _imported_from(words: str, clause: Clause, code: Code) -> Answer | None:
    match = _COME_FROM.match(words)
    group = clause.group(match["s"]) if match else None
    module = clause.group(match["m"]) if match else None
    if group is None or module is None:
        return None
    found: list[ast.AST] = []
    for text in group.texts:
        thing = code.thing(text)
        good = [
            d.node
            for d in thing.definitions
            if d.scope is not None
            for b in d.scope.bindings.get(thing.word, ())
            if b.node is d.node and b.dotted == f"{module.texts[0]}.{thing.word}"
        ]
        if not good:
            return None
        found += good
    return no(
        "it should be changed",
        code.evidence(found, f"it is imported from {module.texts[0]} already"),
    )


def _inherits(words: str, clause: Clause, code: Code) -> Answer | None:
    match = _SHOULD_BE.match(words)
    target = clause.group(match["s"]) if match else None
    if match is None or target is None or len(target.texts) != 1:
        return None
    before = next((e for e in reversed(clause.earlier) if "inherit" in e.words), None)
    group = (
        clause.group(match["o"])
        if match["o"]
        else (before.groups[0] if before and before.groups else None)
    )
    if group is None or before is None:
        return None
    for thing in things(group, code):
        for node in thing.classes:
            if any(ast.unparse(base).partition("[")[0] == target.texts[0] for base in node.bases):
                return no(
                    "another base should be used",
                    code.evidence([node], f"{target.texts[0]} is its base already"),
                )
    return None


def _with_statement(words: str, clause: Clause, code: Code) -> Answer | None:
    """Use a context manager: for files, for patches, or for the thing that is named."""
    is_with = any(text in ("with", "async with") for g in clause.groups for text in g.texts)
    if not (_CONTEXT.search(words) or is_with):
        return None
    story = _earlier_words(clause)
    if _PATCHES.search(story) and code.patches and not _FILES.search(story):
        ways = [is_scoped(patch, code) for patch in code.patches]
        if all(ways):
            nodes = [patch.call for patch in code.patches]
            return no(
                "the patches need a safeguard", code.evidence(nodes, "; ".join(dict.fromkeys(ways)))
            )
        return None
    named = [
        call
        for each in (*clause.earlier, clause)
        for group in each.groups
        for text in group.texts
        for call in code.thing(text).calls
    ]
    if _FILES.search(story):
        opens = code.opens
        at = [c for c in opens if c.lineno in clause.lines]
        near = [c for c in opens if any(abs(c.lineno - n) <= 2 for n in clause.lines)]
        named = at or near or (opens if not clause.lines else [])
    if not named:
        # The function that the item speaks of has everything that must be ended in a with.
        spoken: list[ast.AST] = [
            n
            for e in (*clause.earlier, clause)
            for g in e.groups
            for t in things(g, code)
            for n in t.functions
        ]
        inside = [
            w for node in spoken for w in ast.walk(node) if isinstance(w, (ast.With, ast.AsyncWith))
        ]
        if inside and len({id(n) for n in spoken}) == 1:
            return no("a with statement is missing", code.evidence(inside, "there is one"))
        return None
    scoped = [call for call in named if isinstance(code.module.parent(call), ast.withitem)]
    if len(scoped) == len(named):
        return no("a with statement is missing", code.evidence(scoped, "it stands in one"))
    return None


def _in_loop(words: str, clause: Clause, code: Code) -> Answer | None:
    match = _LOOP.match(words)
    if match is None:
        return None
    calls = [
        call
        for each in (*clause.earlier, clause)
        for group in each.groups
        for text in group.texts
        for call in code.thing(text).calls
    ]
    looped = [call for call in calls if code.module.within(call, ast.While, ast.For, ast.AsyncFor)]
    if calls and len(looped) == len(calls):
        return no("a loop is missing", code.evidence(looped, "it stands in a loop already"))
    return None


def _used(words: str, clause: Clause, code: Code) -> Answer | None:
    match = _USE.search(words)
    group = clause.group(match["s"]) if match else None
    if match is None or group is None or group.is_or:
        return None
    if any(text in _CONSTRUCTOR for text in group.texts) or words.startswith("avoid"):
        return None
    where = _place(match, clause, code)
    complained = _complained(clause, code)
    claim = f"{' and '.join(group.texts)} should be used"

    def one(text: str) -> Answer | None:
        for node in where:
            found = [
                n
                for n in code.occurrences(text, node)
                if not isinstance(n, (ast.Import, ast.ImportFrom))
            ]
            if found:
                return no(claim, code.evidence(found, f"{text} is used there already"))
        if not where and complained:
            found = list(code.thing(text).reads)
            if found:
                return no(claim, code.evidence(found, f"{text} is used already"), *complained[:1])
        return None

    answers = [one(text) for text in group.texts]
    if not all(answers):
        return None
    return combined(claim, [answer for answer in answers if answer is not None])


def _place(match: re.Match[str], clause: Clause, code: Code) -> list[ast.AST]:
    """The one function that the advice is about."""
    token = match["w"] or match["v"]
    groups = [clause.group(token)] if token else []
    nodes: list[ast.AST] = []
    for group in groups:
        if group is not None:
            nodes += [n for t in things(group, code, clause) for n in (*t.functions, *t.classes)]
    if not nodes:
        nodes = [
            n
            for each in clause.earlier
            if each.groups
            for t in things(each.groups[0], code, each)
            for n in t.functions
        ]
        nodes = list(dict.fromkeys(nodes)) or [
            n for n in context_nodes(clause, code) if not isinstance(n, ast.ClassDef)
        ]
    return nodes if len(nodes) == 1 else []


def _complained(clause: Clause, code: Code) -> list[Evidence]:
    """That what the item complains of is nowhere in the file, if it is so."""
    named = [
        text
        for each in clause.earlier
        if each.force in ("fact", "possibility", "opinion")
        for number, group in enumerate(each.groups)
        if f"@{number}" in each.words.split()
        for text in group.texts
    ]
    if named and all(code.is_absent(text) for text in named):
        return [Evidence("", (), f"{named[0]}, which is complained of, is not in the file")]
    denied = [e for e in clause.earlier if re.search(r"\b(?:not|never) use @", e.words)]
    if denied:
        return [Evidence("", (), "that it is not used, is not so")]
    return []
