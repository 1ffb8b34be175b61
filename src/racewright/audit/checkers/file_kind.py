"""What kind of file this is: a test is not production code, and a module without tests no test."""

from __future__ import annotations

import re
from collections.abc import Iterator

from racewright.audit.checker import Answer, Checker, no, yes
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.model.claim import Evidence

__all__ = ["FileKind"]

_PRODUCTION = re.compile(
    r"^in production ,|\b(?:in|affects?|impacts?) (?:the )?production(?: code| environments?"
    r"| systems?| system)?$|^#code is (?:a )?production code\b"
)
_IS_TEST = re.compile(
    r"^#code is an? (?P<not>not )?(?:python |nova |simple )*"
    r"(?:functional |integration |regression |automated )*"
    r"tests?(?: file| module| case| suite| class)?(?: (?:for|of) .{1,80})?$"
)
_UNIT = re.compile(r"^(?:the |this )unit tests? |^#code (?:is|contains|has) (?:an? )?unit tests?\b")
_OTHER_TESTS = re.compile(
    r"(?:^|/)(functional|integration|e2e|system|acceptance)(?:_tests?|/tests?)?/"
)
_NOT_TEST = re.compile(r"^#code is not an? (?:unit )?tests?(?: file)?$")


class FileKind(Checker):
    kind = "file-kind"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        words = clause.words
        if clause.force in ("advice", "verdict"):
            return
        reason = f"its path says that it holds tests: {code.file.rpartition('/')[2]}"
        if _PRODUCTION.search(words) and code.module.is_test:
            yield no("this is production code", Evidence(code.file, (), reason))
            return
        folder = _OTHER_TESTS.search(code.file)
        if folder and _UNIT.match(words) and "/unit/" not in code.file:
            evidence = Evidence(code.file, (), f"its folder holds {folder[1]} tests")
            yield no("this is a unit test", evidence)
            return
        if _NOT_TEST.match(words):
            if code.module.is_test:
                yield no("this is no test", Evidence(code.file, (), reason))
        elif _IS_TEST.match(words) and code.module.is_test:
            yield yes("this is a test", Evidence(code.file, (), reason))
