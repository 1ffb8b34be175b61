"""Values that are written out in the code: ``hard-coded values like 'a' and 1``, ``magic numbers``.

Whether a number is a magic one is a matter of taste; whether it stands there is not.
"""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    SUBJECT,
    Answer,
    PatternChecker,
    in_words,
    no,
    place_of,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code

__all__ = ["Literals"]

_KIND = (
    r"(?:(?:hard-? ?coded|magic|literal|fixed|arbitrary|string|numeric|host|test|constant|sleep) )*"
    r"(?:values?|numbers?|strings?|constants?|literals?|names?|host ?names?|delays?|durations?"
    r"|times?|ids?|urls?|paths?|ports?)"
)
_SUCH_AS = (
    r"(?:,? ?(?:like|such as|e\.?g\.? ?,?|for example ,?|for instance ,?|including|namely)|:|\()"
)
_USES = re.compile(
    rf"^(?:{SUBJECT} (?:uses?|contains?|has|have|relies on|includes?)|there are) "
    rf"(?:many |several |some |a few |multiple )?(?:hard-? ?coded|magic|literal) {_KIND} ?"
    rf"{_SUCH_AS} (?P<v>[^@]{{1,120}}?)(?: (?:in|for|to|as|with) (?:the )?(?P<w>@\d+)(?: calls?)?"
    r"| (?:in|for|to|as) (?:the )?[a-z_ ]+)?(?: \)|\))?$"
)
_ARE = re.compile(
    rf"^(?:the )?(?:{_KIND} )?(?P<v>[^@]{{1,60}}?) (?:is|are) hard-? ?coded"
    r"(?: (?:in|inside|within) (?P<w>@\d+))?$"
)
_JOINT = re.compile(r" ?,(?: and| or)? | and | or |$")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BETWEEN = re.compile(r"[^a-z0-9]+")


def _written(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    parts = (part.strip(" .,'\"") for part in _JOINT.split(match["v"]))
    words = [part for part in parts if part and part != "etc"]
    if not words or len(words) > 8 or clause.force not in ("fact", "opinion"):
        return None
    where = place_of(match, clause, code) if match.groupdict().get("s") else []
    root = where[0] if len(where) == 1 else code.module.tree.root
    called = clause.group(match["w"])
    below: list[ast.AST] = [root]
    if called is not None:
        things = [code.thing(text) for text in called.texts]
        below = [*(c for t in things for c in t.calls), *(f for t in things for f in t.functions)]
    nodes = [n for each in below for n in ast.walk(each) if isinstance(n, ast.Constant)]
    claim = in_words(match, clause)
    found: list[ast.AST] = []
    for word in words:
        same = [node for node in nodes if _is(node, word)]
        if not same:
            # A word that is no value at all is not read as one.
            is_number = _NUMBER.fullmatch(word) is not None
            return no(claim, code.evidence((), f"no {word} is there")) if is_number else None
        found += same
    return yes(claim, code.evidence(found, f"written out: {', '.join(words)}"))


def _is(node: ast.Constant, word: str) -> bool:
    if isinstance(node.value, (str, bytes)):
        text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
        # A review's marks are gone: ``bug-1896463`` comes as two words.
        wanted = _BETWEEN.sub("", word)
        return bool(wanted) and _BETWEEN.sub("", text.lower()) == wanted
    return not isinstance(node.value, bool) and str(node.value) == word


class Literals(PatternChecker):
    kind = "identifier-usage"
    table = ((_USES, _written), (_ARE, _written))
