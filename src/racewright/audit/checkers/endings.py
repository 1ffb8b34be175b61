"""Whether what is begun is ended: files closed, threads joined, executors shut down."""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    combined,
    decided,
    in_words,
    no,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.uses import last_name

__all__ = ["Endings"]

_AS_CONTEXT = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?P<not>not |never )?(?:used as (?:an? )?context managers?"
    r"|shut ?down|closed|released)(?: throughout| everywhere)?$"
)
_NEVER_JOINED = re.compile(
    r"^(?P<s>@\d+|the thread|threads?) (?:is |are )?(?P<not>never|not) (?P<v>joined|closed"
    r"|awaited|cancelled|stopped|released)(?: anywhere)?$"
)
_OPENED_NOT_CLOSED = re.compile(
    r"^(?:files?|handles?|the file|file handles?|@\d+) (?:(?:is|are) )?(?:opened with @\d+"
    r"|(?:never|not) closed|left open)$|^(?:leaves? it open|never closed)$"
)


def _context(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """A thing that a with statement closes, or that is closed by a call."""
    group = clause.group(match["s"])
    if group is None:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(text: str) -> Answer:
        calls = list(code.thing(text).calls)
        if not calls:
            return unsure(claim, f"no call of {text} was found")
        scoped = [c for c in calls if isinstance(code.module.parent(c), ast.withitem)]
        if len(scoped) == len(calls):
            return decided(
                True,
                is_denied,
                claim,
                list(calls),
                "it stands in a with statement, which ends it",
                code,
            )
        if "context" in match[0] and not scoped:
            return decided(False, is_denied, claim, list(calls), "no with statement is there", code)
        return unsure(claim, "who ends it, is not seen")

    return combined(claim, map(one, group.texts))


def _never_joined(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    verb = {
        "joined": "join",
        "closed": "close",
        "awaited": "await",
        "cancelled": "cancel",
        "stopped": "stop",
        "released": "release",
    }[match["v"]]
    if verb in ("await", "close", "release"):
        return _not_closed(match, clause, code) if verb == "close" else None
    group = clause.group(match["s"])
    if group is not None and any(code.thing(text).functions for text in group.texts):
        return None  # a function is not what is joined
    claim = in_words(match, clause)
    calls = [
        c
        for c in code.module.calls()
        if last_name(c.func) == verb
        and not isinstance(getattr(c.func, "value", None), ast.Constant)
    ]
    calls = [c for c in calls if not code.module.dotted(c.func).startswith("os.path")]
    if calls:
        return unsure(claim, f"there are calls of {verb}()")
    return yes(claim, code.evidence((), f"no call of {verb}() is in the file"))


def _not_closed(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    """Files that are opened: each by a with statement, or by something that is closed elsewhere."""
    opens = code.opens
    if clause.lines:
        at = [c for c in opens if c.lineno in clause.lines]
        near = [c for c in opens if any(abs(c.lineno - line) <= 3 for line in clause.lines)]
        opens = at or near or opens
    claim = "files are left open"
    if not opens:
        return None
    scoped = [c for c in opens if isinstance(code.module.parent(c), ast.withitem)]
    if len(scoped) == len(opens):
        return no(
            claim,
            code.evidence(opens, "each open() stands in a with statement, which closes the file"),
        )
    return unsure(claim, "who closes the file, is not seen")


class Endings(PatternChecker):
    kind = "identifier-usage"
    table = (
        (_AS_CONTEXT, _context),
        (_NEVER_JOINED, _never_joined),
        (_OPENED_NOT_CLOSED, _not_closed),
    )
