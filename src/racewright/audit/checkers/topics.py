"""What a test or a file is about: its own documentation, comments and names say the same, or not.

Only agreement is decided. That nothing in the file speaks of a thing does not show that the file
has nothing to do with it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.audit.checker import Answer, Checker, yes
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.consistency import stem
from racewright.audit.explained import content, passages_about

__all__ = ["Topics"]

_ABOUT = re.compile(
    r"^#code (?:primarily |mainly |mostly )?(?:is |are )?(?:trying to |attempting to "
    r"|designed to |intended to |meant to )?"
    r"(?:deals? with|tests?|testing|simulat(?:es?|ing)|reproduc(?:es?|ing)|demonstrat(?:es?"
    r"|ing)|triggers?|triggering|exercises?|covers?|checks? for|about) "
    r"(?:the |a |an |for )?(?P<what>.+)$"
)
_FORCED = re.compile(
    r"^(?!it |this |that |there )(?:the |a )?(?P<what>[a-z ]{4,60}?) is (?:being )?"
    r"(?:forced|triggered|simulated"
    r"|reproduced|provoked)(?: ?\(? ?(?:using|with|by|via"
    r"|through) (?P<by>[a-z ]+?)\)?)?(?: \))?$"
)
_ASSERTS = re.compile(
    r"^(?:#code|@\d+) (?:is |are )?(?:assert(?:s|ing)?|verif(?:y|ies|ying)|check(?:s|ing)?"
    r"|ensur(?:es?|ing)) (?:that |whether |if )(?P<what>.+)$"
)
_SETTING = re.compile(r" (?:with)?in an? (?:controlled|simulated|test|isolated) environment$")
_VERBS = re.compile(
    r"^(?:simulating|reproducing|testing|demonstrating|triggering) (?:the |a |an )?"
)


class Topics(Checker):
    kind = "behaviour"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        if clause.force in ("advice", "verdict", "question", "possibility"):
            return
        words = clause.words
        asserts = _ASSERTS.match(words)
        if asserts:
            yield from _asserted(asserts["what"], code)
            return
        match = _ABOUT.match(words) or _FORCED.match(words)
        if match is None:
            return
        what = _VERBS.sub("", _SETTING.sub("", match["what"]))
        stems = _stems(what)
        by = _stems(match.groupdict().get("by") or "")
        if not stems or "@" in what:
            return
        evidence = list(passages_about([*stems, *by], code))
        if evidence:
            yield yes(f"it is about {what.strip()}", *evidence[:2])


def _stems(what: str) -> list[str]:
    """Also words that are too common elsewhere count here: a *race condition* is one."""
    every = [stem(w) for w in re.findall(r"[a-z][a-z0-9]+", what) if len(w) > 3]
    return [s for s in every if s in content(what) or s in ("rac", "condition", "race")]


def _asserted(what: str, code: Code) -> Iterator[Answer]:
    """A helper that asserts, whose name or documentation has all the words, and that is called."""
    stems = _stems(what)
    if len(stems) < 2:
        return
    for function in code.functions:
        lines = code.docstring(function)
        text = f"{function.name} " + " ".join(code.lines[n - 1] for n in lines)
        words = {stem(w) for w in re.findall(r"[a-z][a-z0-9]+", text.lower().replace("_", " "))}
        if not all(any(w == s or (len(s) > 3 and w.startswith(s)) for w in words) for s in stems):
            continue
        asserts = [
            n
            for n in ast.walk(function)
            if isinstance(n, ast.Assert)
            or (isinstance(n, ast.Call) and "assert" in ast.unparse(n.func).lower())
        ]
        calls = code.thing(function.name).calls
        if asserts and (calls or function.name.startswith("test")):
            yield yes(
                f"it asserts that {what}",
                code.evidence([function, *asserts], f"{function.name} does"),
                *([code.evidence(calls, f"{function.name} is called")] if calls else []),
            )
            return
