"""Which version of the file the cited lines fit, where several are given.

A review may be older than the code. Its line numbers then point elsewhere, and what it says of them
may have been right. Each version is audited alone; the one whose lines fit most of what is cited is
the one that the review was written for, if no other fits as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from racewright.audit.code import Code
from racewright.audit.engine import audit
from racewright.audit.texts import Text
from racewright.model.claim import SUPPORTED, Audit, Remark

__all__ = ["with_versions"]


def with_versions(made: Audit, texts: Sequence[Text], others: Sequence[Code]) -> Audit:
    """The same audit, with a remark on each review whose lines fit another version better."""
    remarks = list(made.remarks)
    for text in texts:
        fits = [(_fitting(made, text.name), made.file)]
        fits += [(_fitting(audit(code, [text]), text.name), code.file) for code in others]
        best, file = max(fits, key=lambda each: each[0])
        alike = [name for number, name in fits if number == best]
        if best > fits[0][0]:
            where = file if len(alike) == 1 else f"{' and '.join(alike)} alike"
            words = f"its cited lines fit {where}: {best} of them, and {fits[0][0]} in {made.file}"
            remarks.append(Remark(text.name, "", "moved-lines", words))
        elif best and len(alike) < len(fits):
            words = f"its cited lines fit this version best: {best} of them"
            remarks.append(Remark(text.name, "", "moved-lines", words))
    return replace(made, remarks=tuple(remarks))


def _fitting(made: Audit, review: str) -> int:
    """How many cited lines have to do with what is said of them."""
    return sum(
        claim.kind == "line-reference" and claim.verdict == SUPPORTED for claim in made.of(review)
    )
