"""“It is not clear …”: whether what is missed stands in a comment, in a docstring, or at a line.

That an explanation is there can be shown. That one is clear enough cannot, so nothing here is ever
supported but by finding none where the review says that there is none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.audit.checker import Answer, Checker, no, unsure
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.consistency import stem
from racewright.audit.explained import content, explanations, passages_about
from racewright.audit.words import Group
from racewright.model.claim import Evidence

__all__ = ["Clarity"]

_UNCLEAR = re.compile(
    r"^(?:it |this |that |(?P<o>@\d+) )?(?:is|remains) (?:not (?:immediately |entirely |very "
    r"|so )?(?:clear|obvious|apparent|explained|documented|evident)|unclear|unexplained"
    r"|undocumented)"
    r"(?: (?:to me|from the code|at first))?(?: (?:as to )?(?P<word>how|what|why|where|which"
    r"|when|whether|if)\b(?P<rest>.*))?$"
)
_NOT_EXPLAINED = re.compile(r"^(?P<rest>.+?) (?:is|are) (?:not|never) (?:explained|documented)$")
_ASKED = re.compile(
    r"^(?P<word>what|why) (?:does|is|do|are) (?P<rest>@\d+)(?: do| for| used for| needed| there)?$"
)
_MISSING = re.compile(
    r"\b(?:add|adding|include|provide|needs?|write|a|some|more) (?:\w+ ){0,2}?(?:comments?"
    r"|documentation|docstrings?|explanations?)\b"
    r"(?P<rest> (?:to|that|which|for|explaining|about|on|would|in).*|)$"
)
_DOCUMENTED_REASONS = re.compile(
    r"\b(?:documentation|comments?|docstrings?) (?:\w+ )?(?:explains?|describes?|states?"
    r"|documents?) (?P<rest>.+)$"
)

_REASONS = re.compile(
    r"^ ?(?:to explain )?(?:the |its |their )?(?:reasons?|rationale|purpose|intent|motivation)\b"
)


class Clarity(Checker):
    kind = "clarity"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        words = clause.words
        match = _UNCLEAR.match(words) or (
            _ASKED.match(words) if clause.force == "question" else None
        )
        if not match and clause.force != "advice":
            match = _NOT_EXPLAINED.match(words)
            if match and not re.search(r"@\d+", match["rest"]):
                match = None
        if match:
            yield from _unclear(match.groupdict(), clause, code)
            return
        if clause.force == "advice":
            advice = _DOCUMENTED_REASONS.search(words) or _MISSING.search(words)
            if advice:
                yield from _advised(advice["rest"], clause, code)


def _unclear(parts: dict[str, str | None], clause: Clause, code: Code) -> Iterator[Answer]:
    word, rest = parts.get("word") or "", parts.get("rest") or ""
    group = _topic(rest, parts.get("o"), clause)
    what = _phrase(word, rest, group, clause)
    claim = f"it is not clear {what}"
    if word == "where" and group is not None:
        yield from _where(claim, group, code)
        return
    if word in ("which", "what"):
        listed = _listed(claim, rest, code)
        if listed is not None:
            yield listed
            return
    if group is None and not content(rest):
        rest = clause.said_before
    evidence = _found(group, rest, clause, code)
    if evidence:
        yield no(claim, *evidence[:3])
    else:
        yield unsure(claim, "no comment or docstring about it was found")


def _topic(rest: str, owner: str | None, clause: Clause) -> Group | None:
    token = re.search(r"@\d+", rest)
    if token:
        return clause.group(token[0])
    if owner:
        return clause.group(owner)
    if content(rest):
        return None
    # "how it is being used": what was spoken of before.
    return clause.groups[0] if clause.groups else None


def _phrase(word: str, rest: str, group: Group | None, clause: Clause) -> str:
    def name(match: re.Match[str]) -> str:
        each = clause.group(match[0])
        return " and ".join(each.texts) if each else match[0]

    shown = re.sub(r"@\d+", name, rest).strip()
    if group is not None and "@" not in rest:
        shown = f"{shown} ({' and '.join(group.texts)})".strip()
    return f"{word} {shown}".strip()


def _where(claim: str, group: Group, code: Code) -> Iterator[Answer]:
    found = []
    for text in group.texts:
        thing = code.thing(text)
        if not thing.definitions:
            yield unsure(claim, f"{text} is not defined in this file")
            return
        found.append(code.evidence([d.node for d in thing.definitions], f"{text} is defined here"))
    yield no(claim, *found)


def _listed(claim: str, rest: str, code: Code) -> Answer | None:
    """“Which fixtures are used”: each one is named where it is made."""
    noun = re.match(
        r" (?:the |different |these )?([a-z]{4,20})s (?:are|is) (?:being )?(?:used|set up"
        r"|needed|applied)",
        rest,
    )
    if noun is None:
        return None
    named = [
        call
        for call in code.module.calls()
        if noun[1] in ast.unparse(call.func).rpartition(".")[2].lower()
        and ast.unparse(call.func).rpartition(".")[2][:1].islower()
        and call.args
    ]
    spelt = [
        call
        for call in named
        if isinstance(call.args[0], ast.Call)
        and isinstance(call.args[0].func, (ast.Name, ast.Attribute))
    ]
    if not named or len(spelt) != len(named):
        return None
    classes = dict.fromkeys(
        ast.unparse(call.args[0].func).replace("\n", "").rpartition(".")[2]  # type: ignore[attr-defined]
        for call in spelt
    )
    return no(claim, code.evidence(spelt, f"each is named where it is made: {', '.join(classes)}"))


def _found(group: Group | None, rest: str, clause: Clause, code: Code) -> list[Evidence]:
    evidence: list[Evidence] = []
    if group is not None:
        every = [explanations(code.thing(text), code) for text in group.texts]
        if all(every):
            evidence = [each for found in every for each in found[:2]]
        elif len(group.texts) == 1 and not code.thing(group.texts[0]).definitions:
            word = code.thing(group.texts[0]).word
            evidence = list(passages_about([stem(word.lower())], code))[:2] if len(word) > 4 else []
    if not evidence:
        stems = list(content(re.sub(r"@\d+", " ", rest)))
        if len(stems) >= 2 or (len(stems) == 1 and len(stems[0]) > 4):
            evidence = list(passages_about(stems, code))[:2]
    return evidence


def _advised(rest: str, clause: Clause, code: Code) -> Iterator[Answer]:
    """“Add a comment that explains …”: there is one."""
    if _REASONS.match(rest):
        spoken = [group for each in clause.earlier for group in each.groups[:1]]
        evidence = _found(spoken[0], "", clause, code) if spoken else []
        if evidence:
            yield no("an explanation is missing", *evidence[:2], kind="advice")
        return
    group = _topic(rest, None, clause) if re.search(r"@\d+", rest) or content(rest) else None
    if group is None and not content(rest):
        if not clause.is_subject_given and not clause.groups:
            return
        group = clause.groups[-1] if clause.groups else None
    evidence = _found(group, rest, clause, code)
    if evidence:
        yield no("an explanation is missing", *evidence[:2], kind="advice")
