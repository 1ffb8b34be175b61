"""Whether constructs that a review sees, misses or warns of are in the code.

A warning about something that the code does not have ("the logger may write secrets") has no
ground. One about something that it has is left open: that it is there makes no danger real.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.audit.checker import Answer, Checker, no, subject_nodes, unsure, yes
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.constructs import CONSTRUCTS, Construct, nodes_in
from racewright.audit.counting import number_of

__all__ = ["Presence"]

_MANY = r"(?P<many>a few|several|multiple|many|some|various|numerous|lots of|a lot of|a number of)"
_ADJECTIVE = (
    r"(?P<adjectives>(?:complex|complicated|large|unnecessary|excessive|heavy"
    r"|extensive|proper|long|simple|deep|deeply|direct|its own|own|redundant) )*"
)
_HAS = re.compile(
    rf"^(?P<s>#code|@\d+) (?P<not>does not |do not )?(?:has|have|contains?|includes?|handles?|uses?"
    rf"|using|is using|relies on|rely on|performs?|makes?|requires?|writes to|needs?"
    rf"|employs?|adds?|makes use of|features?)"
    rf"(?P<no> no| any| not any)? (?:the |a |an |any )?(?:{_MANY} )?{_ADJECTIVE}(?P<what>.+)$"
)
_SOMETHING_HAS = re.compile(
    rf"^the [a-z]+ (?:relies on|uses|contains|has|performs|makes use of) (?:the |a "
    rf"|an )?(?:{_MANY} )?{_ADJECTIVE}(?P<what>.+)$"
)
_THERE = re.compile(
    rf"^there (?:is|are|exists?)(?P<not> not)?(?P<no> no)? (?:the |a |an "
    rf"|any )?(?:{_MANY} )?{_ADJECTIVE}(?P<what>.+)$"
)
_NO = re.compile(rf"^no (?:{_MANY} )?{_ADJECTIVE}(?P<what>.+)$")
_NOTHING = re.compile(
    r"^nothing (?:(?:is|gets) )?(?:ever )?(?P<verb>logs?|logged|prints?|printed|sleeps?|locks?"
    r"|locked|mocks?|mocked|blocks|asserts?|asserted)(?: anything)?$"
)
_DOES_NOT = re.compile(
    r"^(?P<s>#code|@\d+) (?:does|do) not (?P<verb>log|print|sleep|lock|mock|assert"
    r"|use) (?:anything|at all)$"
)
_POSSIBLE = re.compile(
    r"^(?:the |a |an |any )?(?P<what>.+?)(?: ,.*)? (?:may|might|could|can|is possible"
    r"|are possible)\b(?P<rest>.*)$"
)
_AT_LINE = re.compile(r" (?:on|at|in) lines? \d+(?: ,? ?(?:and )?\d+)*$| ?\( ?lines? [\d ,-]+\)?$")
_NOT_SHOWN = re.compile(r"^(?:while|although|though) not shown(?: in the \w+)? ,")
_IN = re.compile(r" (?:in|inside|within|by|on) (?P<w>@\d+)$")
_TAIL = re.compile(
    r" (?:anywhere|at all|here|throughout|either|in the tests?|in general|as well|in places"
    r"|instead|whatsoever)$"
)
_CALLS_ITSELF = re.compile(
    r"^(?P<s>@\d+) (?P<not>never |does not )?calls? @?itself(?: recursively)?$"
    r"|^(?P<t>@\d+) calls recursively$|^(?P<u>@\d+) is recursive$"
)
_DOES = re.compile(
    r"^(?P<s>#code|@\d+) (?P<not>does not |never )?(?:itself )?(?P<what>(?:opens?|reads?|writes?"
    r"|creates?) (?:any |a |to )?(?:network )?(?:sockets?|files?|connections?)|(?:executes?|runs?"
    r"|invokes?) (?:any )?(?:shell|system|external|os) commands?|(?:spawns?|starts?) (?:any |a )?"
    r"(?:sub)?process(?:es)?)(?: itself| directly| at all)*$"
)
_MEANS = (
    (re.compile(r"socket|connection"), ("socket", "ssl", "asyncio", "http", "urllib", "requests")),
    (re.compile(r"command|process"), ("subprocess", "os", "multiprocessing", "pty", "asyncio")),
    (re.compile(r"file"), ("builtins.open", "io", "os", "pathlib", "shutil", "tempfile")),
)
_PLAIN_TEXT = re.compile(
    r"^(?:sensitive (?:information|data)(?: such as [a-z ,]{1,40}?)?|passwords?|credentials?"
    r"|secrets?|tokens?|api keys?)(?: (?:and|or) [a-z]+)? (?:is|are) (?:stored|kept|hard-?coded"
    r"|written|saved)(?: (?:in plain ?text|in clear ?text|unencrypted|in))*$"
)
_VERBS = {
    "log": "logging",
    "print": "print calls",
    "sleep": "sleeps",
    "lock": "locks",
    "mock": "mocks",
    "assert": "assertions",
}
_HANDLES = re.compile(
    r"^(?P<s>#code|@\d+) (?P<not>(?:does|do) not |never )?(?:handles?|catch(?:es)?) (?:any |the )?"
    r"(?:potential |possible )*(?:exceptions?|errors?)(?: at all| anywhere)*$"
)
_EXAMPLES = re.compile(r"^ (?:like|such as|e\.?g\.?|for example|for instance) .*$")
_USED = re.compile(r"^(?P<what>[a-z -]+) (?:is|are) (?P<not>not |never )?used$")
_NO_USED = re.compile(r"^no (?P<what>[a-z -]+) (?:is|are) used$")


class Presence(Checker):
    kind = "language-construct"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        words = _AT_LINE.sub("", clause.words)
        if clause.force == "advice" or clause.force == "verdict":
            return
        answer = _verbal(words, clause, code) or _spoken(words, clause, code)
        if answer is None and (clause.force == "possibility" or clause.item.label):
            answer = _warned(words, clause, code)
        if answer is not None and clause.own_lines and answer.evidence:
            there = {line for each in answer.evidence for line in each.lines}
            if there and not there & set(clause.own_lines):
                answer = unsure(answer.claim, "it is in the file, but not at the cited lines")
        if answer is not None:
            yield answer
            if answer.kind == "behaviour" and _NOT_SHOWN.match(words):
                yield from _not_shown(answer, clause)


def _not_shown(answer: Answer, clause: Clause) -> Iterator[Answer]:
    """“While not shown in the code, logging might …”: that it is not shown, is so."""
    comma = next((spot for spot in clause.spots if spot[0] == ","), None)
    if comma is not None:
        claim = "it is not shown in the code"
        yield Answer(
            "supported", claim, answer.evidence, kind="behaviour", start=clause.start, end=comma[1]
        )


def _construct(what: str) -> tuple[Construct, str] | None:
    """The construct that a phrase begins with, and what comes behind."""
    for construct in CONSTRUCTS:
        match = construct.pattern.match(what)
        if match and (match.end() == len(what) or what[match.end()] == " "):
            return construct, what[match.end() :]
    return None


def _scope(rest: str, token: str, clause: Clause, code: Code) -> tuple[ast.AST | None, str]:
    """Where it is said to be, and what of the phrase was not understood."""
    inside = _IN.search(rest)
    if inside:
        token, rest = inside["w"], rest[: inside.start()]
    while (tail := _TAIL.search(rest)) is not None:
        rest = rest[: tail.start()]
    if token in ("", "#code"):
        return code.module.tree.root, rest
    nodes = subject_nodes(token, clause, code)
    return (nodes[0] if len(nodes) == 1 else None), rest


def _of_same(found: tuple[Construct, str] | None) -> tuple[Construct, str] | None:
    """``locks or synchronisation primitives`` is one construct by two names."""
    if found is None:
        return None
    also = re.match(r" (?:or|and) (?:other )?(?P<what>.+)$", found[1])
    other = _construct(also["what"]) if also else None
    return other if other is not None and other[0] is found[0] else found


def _spoken(words: str, clause: Clause, code: Code) -> Answer | None:
    done = _does(words, clause, code)
    if done is not None:
        return done
    if _PLAIN_TEXT.match(words):
        secrets = next(each for each in CONSTRUCTS if each.name == "hard-coded secrets")
        if nodes_in(secrets, code, code.module.tree.root):
            return None
        return _answer(secrets, code.module.tree.root, False, "", False, code)
    used = _NO_USED.match(words) or _USED.match(words)
    if used:
        found = _construct(used["what"])
        if found is None or found[1].strip():
            return None
        is_denied = used.re is _NO_USED or bool(used.groupdict().get("not"))
        return _answer(found[0], code.module.tree.root, is_denied, "", False, code)
    match = _HAS.match(words) or _THERE.match(words) or _NO.match(words)
    if match is None:
        return _of_something(words, code)
    parts = match.groupdict()
    is_denied = match.re is _NO or bool(parts.get("not")) or (parts.get("no") or "").strip() == "no"
    what = parts["what"] or ""
    number, what = number_of(what)
    found = _of_same(_construct(what))
    if found is None:
        return None
    where, rest = _scope(found[1], parts.get("s") or "", clause, code)
    if where is None:
        return None
    if is_denied:  # where there is none at all, there is none of the examples
        rest = _EXAMPLES.sub("", rest)
    is_qualified = bool(parts.get("adjectives")) or bool(rest.strip())
    if number is not None:
        return None
    return _answer(found[0], where, is_denied, parts.get("many") or "", is_qualified, code)


def _does(words: str, clause: Clause, code: Code) -> Answer | None:
    """That nothing of the kind is done: none of the modules that it is done with is named."""
    match = _DOES.match(words)
    if match is None or not match["not"] or match["s"] != "#code":
        return None
    modules = next(each for pattern, each in _MEANS if pattern.search(match["what"]))
    tops = {name.partition(".")[0] for name in code.imported}
    opened = [c for c in code.module.calls() if code.module.dotted(c.func) in modules]
    if opened or tops & set(modules) or code.module.tree.stars:
        return None
    claim = f"the code does not {match['what']}"
    return yes(claim, code.evidence((), f"it imports none of {', '.join(modules)}"))


def _of_something(words: str, code: Code) -> Answer | None:
    """``the parser uses regular expressions``: whatever the parser is, the file has none."""
    match = _SOMETHING_HAS.match(words)
    found = _construct(match["what"]) if match else None
    if found is None or found[1].strip() or not found[0].is_whole:
        return None
    if nodes_in(found[0], code, code.module.tree.root):
        return None
    return _answer(found[0], code.module.tree.root, False, "", False, code)


def _answer(
    construct: Construct, where: ast.AST, is_denied: bool, many: str, is_qualified: bool, code: Code
) -> Answer | None:
    nodes = nodes_in(construct, code, where)
    place = getattr(where, "name", "the file")
    claim = f"{place} has {'no ' if is_denied else ''}{construct.name}"
    if nodes:
        if is_qualified:
            return (
                None
                if is_denied
                else unsure(claim, f"there are {construct.name}; whether as it is said, is open")
            )
        few = {"several": 2, "multiple": 2, "some": 1, "a few": 2, "various": 2}.get(
            many, 3 if many else 1
        )
        lines = {getattr(node, "lineno", 0) for node in nodes}
        evidence = code.evidence(nodes, f"{construct.name}: {len(lines)}")
        if is_denied:
            return no(claim, evidence)
        if len(nodes) < few:
            return (
                no(claim, evidence)
                if len(nodes) < 2 <= few
                else unsure(claim, "how many are many, is open")
            )
        return yes(claim, evidence)
    if not construct.is_absent(code, where):
        return None
    nothing = code.evidence(
        [where] if where is not code.module.tree.root else (),
        f"there is no sign of {construct.name} in {place}",
    )
    if is_denied:
        return None if is_qualified else yes(claim, nothing)
    return no(claim, nothing)


def _verbal(words: str, clause: Clause, code: Code) -> Answer | None:
    match = _CALLS_ITSELF.match(words)
    if match:
        token = match["s"] or match["t"] or match["u"]
        nodes = subject_nodes(token, clause, code)
        if len(nodes) != 1:
            return None
        recursion = next(each for each in CONSTRUCTS if each.name == "recursion")
        return _answer(recursion, nodes[0], bool(match["not"]), "", False, code)
    match = _HANDLES.match(words)
    if match:
        handlers = next(each for each in CONSTRUCTS if each.name == "exception handlers")
        where, _ = _scope("", match["s"], clause, code)
        is_denied = bool(match["not"])
        if where is None:
            return None
        return _answer(handlers, where, is_denied, "", False, code)
    match = _NOTHING.match(words) or _DOES_NOT.match(words)
    if match is None:
        return None
    verb = re.sub(r"(?:ged|ed|s)$", "", match["verb"])
    name = _VERBS.get(verb) or _VERBS.get(match["verb"])
    construct = next((each for each in CONSTRUCTS if each.name == name), None)
    where, _ = _scope("", match.groupdict().get("s") or "", clause, code)
    if construct is None or where is None:
        return None
    return _answer(construct, where, True, "", False, code)


def _warned(words: str, clause: Clause, code: Code) -> Answer | None:
    """A danger of something that is not there at all."""
    words = re.sub(r"^(?:(?:while|although|though) not shown(?: in the \w+)? ,|if) ", "", words)
    match = _POSSIBLE.match(words)
    if match is None:
        return None
    found = _construct(match["what"])
    if found is None or not found[0].is_whole or found[0].name not in _DANGERS:
        return None
    _where, _ = _scope(match["rest"], "", clause, code)
    whole = code.module.tree.root
    if nodes_in(found[0], code, whole):
        return None
    claim = f"{found[0].name} here may do harm"
    return no(
        claim,
        code.evidence((), f"there is no sign of {found[0].name} in the file"),
        kind="behaviour",
    )


_DANGERS = frozenset(
    (
        "raw SQL",
        "logging",
        "regular expressions",
        "hard-coded secrets",
        "eval or exec",
        "recursion",
        "nested loops",
        "sleeps",
        "print calls",
    )
)
