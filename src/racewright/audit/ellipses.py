"""What a clause leaves out because the one before has said it: ``neither is X``, ``X does not``."""

from __future__ import annotations

import re

from racewright.audit.words import Group

__all__ = ["completed"]

_AT = r"(?P<s>@\d+)"
_SAME = re.compile(
    r"^(?:and )?(?:(?:neither|nor|so) (?:is|are|was|were|does|do|has|have|can) (?P<s>@\d+)"
    r"|(?:the )?same (?:story |thing |problem |issue )?(?:(?:goes|applies|holds|is true|is so) )?"
    r"(?:for|to|of|with) (?P<t>@\d+)|(?P<v>@\d+) neither|neither (?P<u>@\d+))$"
)
_OPPOSITE = re.compile(
    rf"^(?:but |and |while |whereas )?{_AT} (?:does|do|is|are|has|have|did|was) not$"
)
_TOKEN = re.compile(r"@(\d+)")
_SUBJECT = re.compile(r"^@\d+ (?P<said>.+)$")


def completed(words: str, said_before: str, before: list[Group], groups: list[Group]) -> str:
    """``words`` with what was said of another thing before; ``groups`` may get what that names."""
    same, opposite = _SAME.match(words), _OPPOSITE.match(words)
    said = _SUBJECT.match(said_before)
    if said is None or (same is None and opposite is None):
        return words
    if same is not None:
        token = same["s"] or same["t"] or same["u"] or same["v"]
        return f"{token} {_moved(said['said'], before, groups)}"
    assert opposite is not None
    predicate = _denied(said["said"])
    return f"{opposite['s']} {_moved(predicate, before, groups)}" if predicate else words


def _moved(said: str, before: list[Group], groups: list[Group]) -> str:
    """The words of another sentence, with the names that they speak of."""
    if before is groups:
        return said

    def token(match: re.Match[str]) -> str:
        groups.append(before[int(match[1])])
        return f"@{len(groups) - 1}"

    return _TOKEN.sub(token, said)


def _denied(said: str) -> str:
    """``has a docstring`` the other way round; nothing, if it is denied already."""
    if re.search(r"\b(?:not|no|never|none|neither|only)\b", said):
        return ""
    verb, _, rest = said.partition(" ")
    if verb in ("is", "are"):
        return f"{verb} not {rest}"
    if verb in ("has", "have"):
        return f"{verb} no {re.sub(r'^(?:an?|the) ', '', rest)}"
    if verb.endswith("s") and not verb.endswith("ss"):
        bare = verb[:-2] if verb.endswith(("ches", "shes", "sses", "xes")) else verb[:-1]
        return f"does not {bare} {rest}".strip()
    return ""
