"""What stands at a line that a review cites.

A cited line fits if what the words name stands in the statement there. It does not, if the file
ends before. Lines that say something else are only called so where the named thing stands
elsewhere in the file, and not near.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from racewright.audit.checker import Answer, Checker, no, unsure, yes
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.consistency import stem
from racewright.audit.explained import content
from racewright.audit.source_words import words_at

__all__ = ["Lines"]

_LOOSE = frozenset(
    stem(w)
    for w in ["use", "line", "lines", "simulat", "missing", "potential", "race", "condition"]
)


class Lines(Checker):
    kind = "line-reference"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        lines = clause.own_lines or clause.lines
        if not clause.own_lines and not _is_first(clause):
            answer = _each(clause, lines, _shown(lines), code) if lines else None
            if answer is not None:
                yield answer
            return
        if not lines or clause.force == "verdict":
            return
        cited = _shown(lines)
        last = len(code.lines)
        if min(lines) > last:
            claim = f"{cited} {'say' if len(lines) > 1 else 'says'} so"
            yield no(claim, code.evidence([last], f"the file ends at line {last}"))
            return
        answer = (
            _named(clause, lines, cited, code)
            or _misplaced(clause, lines, cited, code)
            or _described(clause, lines, cited, code)
            or _each(clause, lines, cited, code)
        )
        if answer is not None:
            yield answer


def _is_first(clause: Clause) -> bool:
    parts = [part for part in clause.item.parts if part.role != "location"]
    return bool(parts) and parts[0].start <= clause.start <= parts[0].start + 4


def _shown(lines: list[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]}"
    if lines == list(range(lines[0], lines[-1] + 1)):
        return f"lines {lines[0]}-{lines[-1]}"
    return "lines " + ", ".join(map(str, lines[:8]))


def _groups(clause: Clause) -> list[str]:
    return [
        text
        for number, group in enumerate(clause.groups)
        if f"@{number}" in clause.words.split()
        for text in group.texts
    ]


def _extent(line: int, code: Code) -> set[int]:
    """The lines of the statements at a line: of one with a body, its head alone."""
    found = {line}
    for first, last in code.extents.get(line, ()):
        found.update(range(first, last + 1))
    return found


def _named(clause: Clause, lines: list[int], cited: str, code: Code) -> Answer | None:
    """Whether the code that is named stands there."""
    texts = _groups(clause)
    if not texts:
        return None
    extent = set().union(*(_extent(line, code) for line in lines[:40]))
    there: list[int] = []
    for text in texts:
        found = _places(text, code)
        near = sorted(found & extent)
        if not near:
            return None
        there += near
    claim = f"{' and '.join(dict.fromkeys(texts))} {'are' if len(texts) > 1 else 'is'} at {cited}"
    evidence = code.evidence(sorted(set(there)), "it stands there")
    rest = re.sub(r"@\d+|lines?|\d+|[(),]", " ", clause.words)
    if clause.role == "heading" or not content(rest):
        return yes(claim, evidence)
    # Of the rest of the words nothing is said: the name alone stands there.
    named = [g for n, g in enumerate(clause.groups) if f"@{n}" in clause.words.split()]
    first, last = named[0].mentions[0].start - 1, named[-1].mentions[-1].end + 1
    if not clause.start <= first < last <= clause.end + 1:
        return None
    return Answer(
        "supported", claim, (evidence,), start=max(first, clause.start), end=min(last, clause.end)
    )


#: ``@0 is defined on line 7``: the verb is said of the line.
_DONE_AT = re.compile(
    r"^@\d+ (?:is|are|was|were|gets) (?:\w+ly |first |being )?"
    r"(?:(?P<bound>defined|declared|imported|assigned|bound|written|implemented)|set|created"
    r"|initiali[sz]ed|instantiated|called|invoked|used|referenced|read|raised|caught|patched|mocked|started|acquired|released|found"
    r"|located|accessed|modified|opened|closed|returned|passed)"
    r"(?: (?:to|in|inside|by|from|as) @\d+)? (?:on|at|in) (?:the )?lines? \d"
)
#: Lines between what is cited and what is meant that are no reason to say that it is elsewhere:
#: a statement has a first line, a decorator, a comment above.
_NEAR = 3


def _misplaced(clause: Clause, lines: list[int], cited: str, code: Code) -> Answer | None:
    """Whether something is said of these lines that is done elsewhere, and nowhere near."""
    match = _DONE_AT.match(clause.words)
    group = clause.group(clause.words.split()[0])
    if not clause.own_lines or match is None or group is None:
        return None
    claim = f"{' and '.join(group.texts)} {'are' if len(group.texts) > 1 else 'is'} at {cited}"
    extent = set().union(*(_extent(line, code) for line in lines[:40]))
    around = {line + off for line in extent for off in range(-_NEAR, _NEAR + 1)}
    every: set[int] = set()
    for text in group.texts:
        bound = {int(getattr(d.node, "lineno", 0)) for d in code.thing(text).definitions}
        places = bound if match["bound"] and bound else _places(text, code)
        if not places or around & places:
            return None
        every |= places
    return no(claim, code.evidence(sorted(every), "it stands here"))


def _places(text: str, code: Code) -> set[int]:
    thing = code.thing(text)
    nodes = [*thing.reads, *(d.node for d in thing.definitions), *code.occurrences(text)]
    found = {int(getattr(node, "lineno", 0)) for node in nodes}
    found |= {int(getattr(node, "end_lineno", 0) or 0) for node in thing.reads}
    return found | set(code.snippet(text))


def _described(clause: Clause, lines: list[int], cited: str, code: Code) -> Answer | None:
    """Whether each line has to do with what its description is about."""
    if clause.role != "heading" and not clause.own_lines:
        return None
    if _groups(clause) or clause.force == "advice":
        return None
    stems = [s for s in content(re.sub(r"\d+", " ", clause.words)) if s not in _LOOSE]
    if not stems:
        return None
    for line in lines[:40]:
        words = words_at(_extent(line, code), code)
        same = sum(each in words for each in stems)
        # A heading says what it is about; a sentence says more, and one word of it is too little.
        if not same or (clause.role != "heading" and 2 * same < len(stems)):
            return unsure(f"{cited} fit", f"line {line} names little of this")
    claim = f"{cited} {'have' if len(lines) > 1 else 'has'} to do with it"
    return yes(claim, code.evidence(lines, "; ".join(code.line_text(n)[:50] for n in lines[:3])))


_LIST = re.compile(
    r"(?:^|[(:] )([a-z][\w-]+(?: ?, [a-z][\w-]+){1,7}(?: ?,)? and [a-z][\w-]+)(?= |$)"
)


def _each(clause: Clause, lines: list[int], cited: str, code: Code) -> Answer | None:
    """A list of as many words as there are lines: each word at its line."""
    match = _LIST.search(clause.words)
    if match is None or clause.force == "advice":
        return None
    members = re.split(r" ?, and | ?, | and ", match[1])
    if len(members) != len(lines):
        return None
    for member, line in zip(members, lines, strict=True):
        if stem(member) not in words_at({line}, code):
            return None
    claim = f"{cited} are about {', '.join(members)}"
    return yes(claim, code.evidence(lines, "; ".join(code.line_text(n)[:50] for n in lines[:4])))
