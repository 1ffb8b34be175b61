"""What comments and docstrings say, and the licence that stands above the code."""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    in_words,
    no,
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.consistency import stem
from racewright.audit.explained import content, passages_about

__all__ = ["Told"]

_SAYS = (
    r"(?:mentions?|says?|references?|refers? to|names?|talks? about|cites?|states?|notes?"
    r"|explains?)"
)
_MENTIONS = re.compile(
    rf"^(?:the )?(?:(?:class|module|method|function|test) )?(?P<where>docstrings?|comments?)"
    rf"(?: (?:of|in|for) (?P<s>@\d+))? (?:also )?{_SAYS} (?:that )?(?:the )?(?P<what>.+)$"
)
_DOCUMENTS = re.compile(
    r"^(?P<s>@\d+) (?:documents?|is documented|says in its docstring)(?: that| to)? (?P<what>.+)$"
)
_NUMBER = re.compile(rf"^.{{0,60}}\b{_SAYS} .{{0,40}}?#?(?P<n>\d{{4,9}})$")
_LICENSED = re.compile(
    r"^#code (?:is|are) (?:licensed|released|published|distributed) under (?:the )?(?:terms of )?"
    r"(?:the )?(?P<what>[a-z0-9 .]+?)(?: licen[sc]e)?(?: ,? ?version [\d.]+)?$"
)
_LICENCES = {
    "mit": r"\bMIT\b|Permission is hereby granted, free of charge",
    "apache": r"Apache License",
    "lgpl": r"Lesser General Public\s+(?:#\s*)?License|\bLGPL\b|Library General Public",
    "gpl": r"GNU General Public\s+(?:#\s*)?License|\bGPLv",
    "bsd": r"\bBSD\b|Redistribution and use in source and binary",
    "mozilla": r"Mozilla Public License|\bMPL\b",
    "isc": r"\bISC\b",
}
_ALSO = {"apache 2.0": "apache", "apache 2": "apache", "mpl": "mozilla", "gnu lgpl": "lgpl"}


def _mentions(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    parts = match.groupdict()
    stems = content(re.sub(r"@\d+", " ", match["what"]))
    names = [t for n, g in enumerate(clause.groups) if f"@{n}" in match["what"] for t in g.texts]
    stems += [stem(word) for name in names for word in re.findall(r"[a-z]+", name.lower())]
    if not stems:
        return None
    claim = in_words(match, clause)
    nodes = subject_nodes(parts["s"], clause, code) if parts.get("s") else []
    if nodes:
        lines = [n for node in nodes for n in code.docstring(node)]
        text = " ".join(code.lines[n - 1] for n in lines)
        words = {stem(w) for w in re.findall(r"[a-z][a-z0-9]+", text.lower().replace("_", " "))}
        if lines and all(each in words for each in stems):
            return yes(claim, code.evidence(lines, "the docstring says so"))
        return unsure(claim, "its docstring does not have these words")
    evidence = list(passages_about(stems, code))
    return yes(claim, evidence[0]) if evidence else unsure(claim, "nothing has these words")


def _number(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """A number that stands in comments and texts, or nowhere."""
    lines = [n for n, line in enumerate(code.lines, 1) if re.search(rf"\b{match['n']}\b", line)]
    claim = f"{match['n']} is mentioned"
    if lines:
        told = [n for n in lines if n in code.comments or _is_in_docstring(n, code)]
        return yes(claim, code.evidence(told, "it stands there")) if told else None
    return no(claim, code.evidence((), f"{match['n']} is nowhere in the file"))


def _is_in_docstring(line: int, code: Code) -> bool:
    nodes: list[ast.AST] = [code.module.tree.root, *code.classes, *code.functions]
    return any(line in code.docstring(node) for node in nodes)


def _licensed(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    what = match["what"].strip()
    what = _ALSO.get(what, what)
    key = next((name for name in _LICENCES if what.partition(" ")[0] == name), "")
    if not key:
        return None
    head = "\n".join(code.lines[: max(code.licence_end, 1)])
    found = [name for name, words in _LICENCES.items() if re.search(words, head)]
    if not found or not code.licence_end:
        return None
    claim = in_words(match, clause)
    evidence = code.evidence([1], f"the comment above the code says {', '.join(found)}")
    return yes(claim, evidence) if key in found else no(claim, evidence)


class Told(PatternChecker):
    kind = "behaviour"
    table = (
        (_LICENSED, _licensed),
        (_NUMBER, _number),
        (_MENTIONS, _mentions),
        (_DOCUMENTS, _mentions),
    )
