"""What is so in Python, whatever the code: facts that reviews often give, or get wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from racewright.audit.checker import Answer, Checker
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.model.claim import Evidence

__all__ = ["Language"]

_ASSERT = r"(?:assert(?:ion)?s?|assert statements?|assertions?|@\d+ statements?|they)"
#: A pattern, whether what it says is so, the claim, and where that is written.
_FACTS: tuple[tuple[re.Pattern[str], bool, str, str], ...] = (
    (
        re.compile(
            (
                rf"^(?:{_ASSERT}|@\d+) (?:is|are|can be|will be|get|gets) (?:removed|disabled"
                rf"|stripped(?: out)?|skipped|ignored|optimi[sz]ed away)\b.*(?:\bo\b|optimi[sz]"
                rf"|@\d+|-o)"
            )
        ),
        True,
        "assertions are removed under python -O",
        "the language reference, “The assert statement”: none is executed under optimisation",
    ),
    (
        re.compile(
            r"^(?:@\d+|lists?|dicts?|(?:a )?mutable default arguments?) (?:is|are) (?:shared"
            r"|evaluated once|created once)\b.*\bcalls?\b"
        ),
        True,
        "a default argument is made once, and shared by the calls",
        (
            "the language reference, “Function definitions”: defaults are evaluated when the "
            "definition is"
        ),
    ),
    (
        re.compile(
            r"^(?:the gil|@\d+|global interpreter lock) (?:makes|guarantees"
            r"|ensures) .*\b(?:thread-safe|atomic)\b"
        ),
        False,
        "the interpreter's lock makes code thread-safe",
        (
            "the library FAQ, “What kinds of global value mutation are thread-safe?”: single "
            "operations are, sequences of them are not"
        ),
    ),
)


class Language(Checker):
    kind = "language-fact"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        if clause.force == "advice":
            return
        for pattern, is_so, claim, source in _FACTS:
            if pattern.match(clause.words) and " not " not in f" {clause.words} ":
                evidence = (Evidence("", (), source),)
                yield Answer("supported" if is_so else "refuted", claim, evidence)
                return
