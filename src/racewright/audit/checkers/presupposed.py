"""What a statement takes for granted: that the names and texts that it writes out are in the code.

``the action is registered with X`` and ``X is sent as 'y'`` are not so where no X, no 'y' stands in
the file, whatever the other words mean. Only plain statements of fact are read so: what is denied,
compared, supposed or advised may well be about what is not there, and what is raised, caught or
given by others need not be named.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import replace

from racewright.audit.checker import Answer, Checker, in_words, no
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.words import Group

__all__ = ["Presupposed"]

#: Words of statements that may be about what is not there.
_OTHER = re.compile(
    r"\b(?:not|no|never|nor|neither|none|nothing|nobody|nowhere|without|lacks?|lacking|missing"
    r"|absent|omits?|omitted|misses|forgets?|if|unless|when|whenever|whether|until|would|could|should|might"
    r"|may|can|must|will|instead|rather|than|like|unlike|similar\w*|equivalent|compar\w+ to"
    r"|differ\w*|confus\w+|compatib\w+|replacement|supersed\w+|deprecat\w+|prefer\w*|better|worse|avoid\w*"
    r"|prevent\w*|raises?|raised|throws?|fails?|errors?|exceptions?|known|typo|e\.?g|example"
    r"|inspired|associated|integrated|familiar|concerned|shipped|bundled|tested|combined|aligned"
    r"|related|dealt|based|adapted|ported|borrowed|written for|possibl[ey]|likely"
    r"|probably|perhaps|seems?|why|how|python|versions?|bug|issue|ticket|commit)\b"
)
#: What a plain statement does; the names are then what it is done with, to or from.
_DONE = re.compile(
    r"\b(?:is|are|was|were|gets?|uses|calls?|takes?|reads?|writes?|sets?|passes|defines?|imports?"
    r"|creates?|builds?|starts?|stores?|keeps?|holds?|returns?|wraps?|patches|mocks?|fetch(?:es)?"
    r"|sends?|opens?|closes|waits?|sleeps?|asserts?|checks?|compares?|registers?|decorates?"
    r"|overrides?|sorts?|logs?|protects?|guards?|measures?|\w+ed)\b"
)
_KNOWN = frozenset(
    [*dir(builtins), *keyword.kwlist, *keyword.softkwlist, "self", "cls", "args", "kwargs"]
)
_LITERAL = re.compile(r"^[rbf]?(['\"]).{2,80}\1$")


class Presupposed(Checker):
    kind = "identifier-usage"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        words = clause.words
        if clause.force != "fact" or clause.role in ("heading", "quotation"):
            return
        if clause.joint in ("if", "when", "unless") or _OTHER.search(words):
            return
        if not _DONE.search(re.sub(r"@\d+", "", words)):
            return
        for number, group in enumerate(clause.groups):
            if f"@{number}" not in words.split() or group.is_or:
                continue
            for text in group.texts:
                if _is_nowhere(text, group, code):
                    claim = in_words(words, clause)
                    start, end = _part(clause, f"@{number}")
                    said = no(claim, code.evidence((), f"{text} is nowhere in the file"))
                    yield replace(said, start=start, end=end)
                    return


def _part(clause: Clause, token: str) -> tuple[int, int]:
    """What stands between commas around a mention: the rest of the statement may be so."""
    place = next((n for n, spot in enumerate(clause.spots) if spot[0] == token), None)
    if place is None:
        return 0, 0
    first, last = place, place
    while first and clause.spots[first - 1][0] != ",":
        first -= 1
    while last + 1 < len(clause.spots) and clause.spots[last + 1][0] != ",":
        last += 1
    if last - first < 1 or last - first + 1 == len(clause.spots):
        return 0, 0
    return clause.spots[first][1], clause.spots[last][2]


def _is_nowhere(text: str, group: Group, code: Code) -> bool:
    """Whether neither the code nor a text or a comment of the file has it."""
    if _LITERAL.match(text):
        return text.strip("rbf")[1:-1].lower() not in code.lower_text
    if group.role in ("exception", "error", "library", "framework", "package", "type", "module"):
        return False
    spelt = text.partition("(")[0].strip("@ ")
    parts = spelt.split(".")
    if not all(part.isidentifier() for part in parts) or parts[0] in ("self", "cls"):
        return False  # what an object has may be its base's
    word = parts[-1]
    if len(parts) == 1 and (word in _KNOWN or len(word) < 3 or not _is_coined(word)):
        return False
    if code.module.tree.stars:
        return False
    if word in code.spellings:
        return len(parts) > 1 and parts[0] not in code.spellings and code.is_absent(text)
    return True


def _is_coined(word: str) -> bool:
    """A name that is no word of prose: ``slow_drop``, ``MockPatch``, ``MAX``."""
    return "_" in word.strip("_") or not (word.islower() or word.istitle())
