"""With what force something is said: as a fact, as advice, as a possibility, as an opinion."""

from __future__ import annotations

import re

__all__ = ["force_of"]

_ADVICE = re.compile(
    r"\b(?:recommended|recommend|should|consider|suggest|suggestion|suggested|better to"
    r"|be better|safer to|be safer"
    r"|advisable|need to|needs to|must be|please|worth|could be|could we|can we"
    r"|i would (?!have)|we would|you could|you can"
    r"|instead|it would be|prefer|preferable|ideally|advise|ought to|better if|could use"
    r"|can use|can be removed"
    r"|can be replaced|can be simplified|would be (?:more|nice|better|a))\b"
)
_IMPERATIVE = re.compile(
    r"^(?!use of |test |check for )(?:please |ideally , |instead , |always |ideally |and |or "
    r"|also |then )?(?:add|avoid|break|call|catch|change|check|clarify"
    r"|close|consider|convert|create|declare|define|delete|document|drop|encrypt|ensure"
    r"|explain|extract|filter|fix|handle"
    r"|implement|improve|include|initialize|inject|introduce|keep|limit|log|make|mark|merge"
    r"|move|parametri[sz]e|pass|perform"
    r"|prefer|properly|protect|provide|raise|reduce|refactor|register|reuse|release|remove"
    r"|rename|replace|restrict|return|rewrite"
    r"|sanitise|sanitize|seed|set|simplify|split|store|switch|synchroni[sz]e|try|use"
    r"|utili[sz]e|validate|verify|wrap|write"
    r"|flag|tighten|annotate|guard|cover|swap|test|mock|patch)(?= |$)"
)
_POSSIBLE = re.compile(
    r"\b(?:may|might|could|can|potentially|possibly|potential|likely|would|risk|perhaps"
    r"|in theory|if)\b"
)
_OPINION = re.compile(
    r"\b(?:readable|readability|elegant|pythonic|clean|cleaner|ugly|nice|nicely|nitpick|tidy"
    r"|odd|great|good|bad|difficult"
    r"|hard to|easy to|easier|confusing|simple|complex|complicated|matter of taste"
    r"|well[- ]structured"
    r"|well[- ]written|well[- ]organi[sz]ed|robust|maintainable|maintain|understand|follow"
    r"|appropriate|ideal|concern"
    r"|unnecessary|redundant|verbose|inherently|fine|surprising|weird|sensible|reasonable"
    r"|expected|prefer)\b"
)
_WHOLE_VERDICT = re.compile(
    r"\b(?:no|any|several|some|\d+)(?: \w+){0,3} (?:security )?(?:defects?|vulnerabilit\w+"
    r"|security issues?|security concerns?"
    r"|security problems?|bugs?)\b(?: \w+){0,3}|\b(?:lgtm|looks good)\b|\bis secure\b"
)


def force_of(words: str, joint: str, is_question: bool, is_solution: bool, is_heading: bool) -> str:
    """What a checker may do with the words: *fact*, *advice*, *opinion*, *possibility*, …"""
    if _WHOLE_VERDICT.search(words):
        return "verdict"
    if is_solution or (_IMPERATIVE.match(words) and not is_heading):
        return "advice"
    if joint in ("instead of", "rather than"):
        return "fact"
    if _ADVICE.search(words) and not words.startswith("it would be expected"):
        return "advice"
    if joint in ("if", "when", "unless"):
        return "possibility"
    if is_question:
        return "question"
    if _POSSIBLE.search(words):
        return "possibility"
    return "opinion" if _OPINION.search(words) else "fact"
