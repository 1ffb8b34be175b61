"""Whether a function does what it does under a lock, as far as its own text says."""

from __future__ import annotations

import ast
import re

from racewright.audit.checker import (
    Answer,
    PatternChecker,
    combined,
    context_nodes,
    decided,
    in_words,
    no,
    subject_nodes,
    unsure,
    yes,
)
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.constructs import CONSTRUCTS, nodes_in
from racewright.audit.locked import is_all_locked, locked_nodes, touches_locks

__all__ = ["Locking"]

_LOCK = r"(?:the |a |an |any |its |that )?(?:same )?(?:lock|mutex|locking|synchroni[sz]ation|locks)"
_VERB = r"(?:hold(?:ing|s)?|tak(?:ing|e|es)|acquir(?:ing|e|es)|using|use|uses|obtain(?:ing|s)?|any)"
_WITHOUT = re.compile(
    rf"^(?P<s>@\d+|the method|the function) (?:(?!not )[a-z]+ )*?(?P<t>@\d+ |)(?:(?!not )[a-z]+ )*?"
    rf"(?P<how>without|while|under|with)(?: (?:first |ever )?{_VERB})? {_LOCK}(?: held| @\d+)?$"
)
_STATE = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?P<not>not |un)?(?:properly )?(?:synchroni[sz]ed|locked"
    r"|protected(?: by (?:a|the|any) lock)?|guarded(?: by (?:a|the|any) lock)?)$"
)
_ACQUIRES = re.compile(
    rf"^(?P<s>@\d+) (?P<not>(?:does|do) not |never )?(?:actually )?{_VERB} {_LOCK}"
    r"(?: at all| at any point)*$"
)
_TAKEN_IN = re.compile(
    r"^(?:the |a )?(?:lock|mutex) is (?P<not>not |never )?(?:acquired|taken|held|obtained|locked)"
    r" (?:in|by|inside|within) (?P<s>@\d+)$"
)
_AROUND = re.compile(
    rf"^(?:there is )?(?P<not>no |not a )?{_LOCK} (?:around|for|on|protecting|guarding) (?P<a>@\d+)"
    r"(?: access(?:es)?)?$"
)
_SYNC_WORDS = re.compile(
    r"^(?:there is )?no (?:locking|locks?|synchroni[sz]ation|mutex)(?: whatsoever| at all)?$"
)


def _functions(token: str, clause: Clause, code: Code) -> list[ast.AST]:
    nodes = subject_nodes(token, clause, code) if token.startswith("@") else []
    nodes = nodes or (context_nodes(clause, code) if not token.startswith("@") else [])
    return [n for n in nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _one(
    node: ast.AST, attribute: str, is_denied: bool, is_taken: bool, claim: str, code: Code
) -> Answer:
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    held = locked_nodes(node, code)
    if attribute:
        uses = [
            n
            for n in ast.walk(node)
            if isinstance(n, ast.Attribute) and n.attr == attribute.rpartition(".")[2]
        ]
        if uses and all(id(n) in held for n in uses):
            return decided(True, is_denied, claim, list(uses), "a lock is held there", code)
    if held and (is_taken or is_all_locked(node, code)):
        return decided(True, is_denied, claim, [node], "it runs under a lock", code)
    if not touches_locks(node, code) and (is_taken or is_denied):
        if not is_taken:
            return unsure(claim, "it takes no lock itself; its caller may hold one")
        return decided(False, is_denied, claim, [node], "no lock is named in it", code)
    return unsure(claim, "a part of it runs under a lock, or another names one")


def _without(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    nodes = _functions(match["s"], clause, code)
    group = clause.group(match["t"].strip())
    if not nodes or (group is not None and len(group.texts) != 1):
        return None
    claim = in_words(match, clause)
    is_denied = match["how"] == "without"
    is_taken = bool(re.search(r"\b(?:taking|acquiring|using|any|obtaining) ", match[0]))
    attribute = group.texts[0] if group is not None else ""
    return combined(
        claim, [_one(node, attribute, is_denied, is_taken, claim, code) for node in nodes]
    )


def _state(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    nodes = _functions(match["s"], clause, code)
    claim, is_denied = in_words(match, clause), bool(match["not"])
    if not nodes or (not is_denied and "lock" not in match[0]):
        return None  # there are other ways to synchronise than locks
    return combined(claim, [_one(node, "", is_denied, True, claim, code) for node in nodes])


def _acquires(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    nodes = _functions(match["s"], clause, code)
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(node: ast.AST) -> Answer:
        has = bool(locked_nodes(node, code))
        if not has and touches_locks(node, code):
            return unsure(claim, "a lock is named in it")
        text = "it runs under a lock" if has else "no lock is named in it"
        return decided(has, is_denied, claim, [node], text, code)

    return combined(claim, map(one, nodes))


def _taken_in(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    nodes = _functions(match["s"], clause, code)
    claim, is_denied = in_words(match, clause), bool(match["not"])

    def one(node: ast.AST) -> Answer:
        if touches_locks(node, code):
            found = [
                n
                for n in ast.walk(node)
                if (isinstance(n, ast.Attribute) and n.attr == "acquire")
                or isinstance(n, (ast.With, ast.AsyncWith))
            ]
            if found:
                return decided(True, is_denied, claim, [*found], "it is taken there", code)
            return unsure(claim, "a lock is named in it")
        return decided(False, is_denied, claim, [node], "no lock is named in it", code)

    return combined(claim, map(one, nodes))


def _around(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    group = clause.group(match["a"])
    if group is None or len(group.texts) != 1:
        return None
    claim, is_denied = in_words(match, clause), bool(match["not"])
    thing = code.thing(group.texts[0])
    uses = [*thing.reads, *(d.node for d in thing.definitions if d.kind != "import")]
    uses = [n for n in uses if getattr(code.container(n), "name", "") != "__init__"]
    if not uses:
        return None
    held = locked_nodes(code.module.tree.root, code)
    locked = [n for n in uses if id(n) in held]
    if len(locked) == len(uses):
        return decided(True, is_denied, claim, uses, "a lock is held at each use", code)
    if not locked and not touches_locks(code.module.tree.root, code):
        return decided(False, is_denied, claim, uses, "no lock is named in the file", code)
    return unsure(claim, "some uses are under a lock, or callers may hold one")


def _none(match: re.Match[str], clause: Clause, code: Code) -> Answer | None:
    construct = next(each for each in CONSTRUCTS if each.name == "locks")
    nodes = nodes_in(construct, code, code.module.tree.root)
    if touches_locks(code.module.tree.root, code):
        return no("nothing is locked", code.evidence(nodes, "a lock"))
    return yes("nothing is locked", code.evidence((), "no lock is in the file"))


class Locking(PatternChecker):
    kind = "behaviour"
    table = (
        (_SYNC_WORDS, _none),
        (_AROUND, _around),
        (_TAKEN_IN, _taken_in),
        (_STATE, _state),
        (_ACQUIRES, _acquires),
        (_WITHOUT, _without),
    )
