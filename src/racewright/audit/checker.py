"""What a checker is, and how the checkers are found: one module of ``checkers`` each, none listed.

A checker reads a clause. If it understands all of it, it gives an answer; what it does not
understand it leaves alone. A wrong verdict is far worse than none, so a checker that is in doubt
says why it is, or nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar, Final

from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.things import Thing
from racewright.audit.words import Group
from racewright.model.claim import NOT_CHECKABLE, REFUTED, SUPPORTED, Evidence
from racewright.review.rule import classes_in

__all__ = [
    "SUBJECT",
    "Answer",
    "Checker",
    "PatternChecker",
    "all_checkers",
    "calls_cited",
    "combined",
    "context_nodes",
    "decided",
    "in_words",
    "no",
    "place_of",
    "subject_nodes",
    "things",
    "unsure",
    "yes",
]


_CITED_FIRST = re.compile(r"^(@\d+) (?:on|at|in) lines? \d+(?: ?(?:,|and) \d+)* ")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Lines that are cited within a clause: they are checked by themselves.
_CITED = re.compile(r" on line \d+$| ?\( ?(?:lines? [\d ,-]+)?\)?$")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a checker says about a clause, or about a part of its words."""

    verdict: str
    claim: str
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    kind: str = ""
    start: int = 0  #: of the words that it is about; those of the clause, if there are none
    end: int = 0


class Checker:
    """The base of all checkers."""

    kind: ClassVar[str]  #: of the claims that it decides

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2].replace("_", "-")

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        """The answers to what ``clause`` says."""
        raise NotImplementedError


Test = Callable[["re.Match[str]", Clause, Code], "Answer | None"]


class PatternChecker(Checker):
    """A checker that is a table: the first pattern that fits a statement, and what tests it."""

    table: ClassVar[tuple[tuple[re.Pattern[str], Test], ...]]
    anywhere: ClassVar[frozenset[re.Pattern[str]]] = frozenset()  #: may stand amid other words

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        if clause.force in ("advice", "verdict"):
            return
        words = _CITED_FIRST.sub(r"\1 ", _CITED.sub("", clause.words))
        for pattern, test in self.table:
            match = pattern.search(words) if pattern in self.anywhere else pattern.match(words)
            answer = test(match, clause, code) if match else None
            if answer is not None:
                yield answer
                return


@cache
def all_checkers() -> tuple[Checker, ...]:
    """Every checker there is, by name."""
    from racewright.audit import checkers

    found = [each() for each in classes_in(checkers, Checker)]
    return tuple(sorted(found, key=lambda checker: checker.name))


# --- Answers ---


def yes(claim: str, *evidence: Evidence, kind: str = "") -> Answer:
    return Answer(SUPPORTED, claim, evidence, kind=kind)


def no(claim: str, *evidence: Evidence, kind: str = "") -> Answer:
    return Answer(REFUTED, claim, evidence, kind=kind)


def unsure(claim: str, reason: str, kind: str = "") -> Answer:
    return Answer(NOT_CHECKABLE, claim, reason=reason, kind=kind)


def combined(
    claim: str, answers: Iterable[Answer], kind: str = "", *, is_all: bool = False
) -> Answer | None:
    """One answer about several things: what is so of each.

    Where a review names each of them (``is_all``), one of which it is not so refutes it. Where one
    name stands for several, nobody knows which was meant, and they have to agree.
    """
    every = list(answers)
    if not every:
        return None
    if not is_all and {SUPPORTED, REFUTED} <= {each.verdict for each in every}:
        return unsure(claim, "it is so of one that has this name, and not of another", kind)
    for verdict in (REFUTED, NOT_CHECKABLE):
        found = [each for each in every if each.verdict == verdict]
        if found:
            evidence = tuple(e for each in found for e in each.evidence)
            return Answer(verdict, claim, evidence, found[0].reason, kind)
    return Answer(SUPPORTED, claim, tuple(e for each in every for e in each.evidence), kind=kind)


def decided(
    is_so: bool, is_denied: bool, claim: str, nodes: Iterable[ast.AST], text: str, code: Code
) -> Answer:
    """What was found, against what is said: that it is so, or that it is not."""
    evidence = code.evidence(nodes, text)
    return yes(claim, evidence) if is_so != is_denied else no(claim, evidence)


def in_words(match: re.Match[str] | str, clause: Clause) -> str:
    """What was matched, with the names that it stands for."""

    def name(found: re.Match[str]) -> str:
        group = clause.group(found[0])
        return " and ".join(group.texts) if group else found[0]

    text = match if isinstance(match, str) else match[0]
    return re.sub(r"@\d+", name, text).replace("#code", "the code")


# --- What a clause speaks of ---


def things(group: Group, code: Code, clause: Clause | None = None) -> list[Thing]:
    """What each mention of ``group`` stands for, inside of what it is said to be a part of."""
    within = _owner(group, code) or (_near(group, code, clause) if clause is not None else None)
    found = []
    for mention in group.mentions:
        thing = code.thing(mention.text, within)
        if not thing.is_here and within is not None and group.owner is None:
            thing = code.thing(mention.text)
        found.append(_of_role(thing, group.role, code))
    return found


def _of_role(thing: Thing, role: str, code: Code) -> Thing:
    """Of what has the name, what is of the kind that the review says: a parameter, an attribute."""
    if role in ("parameter", "argument"):
        kept = [d for d in thing.definitions if d.kind == "parameter"]
    elif role == "attribute":
        kept = [d for d in thing.definitions if d.scope is None or d.scope.is_class]
    else:
        return thing
    if not kept or len(kept) == len(thing.definitions):
        return thing
    scopes = {id(d.scope) for d in kept}

    def is_of(read: ast.AST) -> bool:
        if not isinstance(read, ast.Name):
            return role == "attribute"
        found = code.module.tree.find(code.module.tree.scope_of(read), read.id)
        return found is not None and id(found[0]) in scopes

    reads = tuple(read for read in thing.reads if is_of(read))
    calls = tuple(call for call in thing.calls if is_of(call.func))
    return replace(thing, definitions=tuple(kept), reads=reads, calls=calls)


def _owner(group: Group, code: Code) -> ast.AST | None:
    if group.owner is None or len(group.owner.mentions) != 1:
        return None
    owner = code.thing(group.owner.mentions[0].text)
    nodes = [*owner.classes, *owner.functions]
    return nodes[0] if len(nodes) == 1 else None


def _near(group: Group, code: Code, clause: Clause) -> ast.AST | None:
    """Where the item speaks of one function or class, a method of many is that one's."""
    if not all(len(code.thing(m.text).definitions) > 1 for m in group.mentions):
        return None
    nodes = context_nodes(clause, code)
    node = nodes[0] if len(nodes) == 1 else None
    while node is not None and not isinstance(node, ast.ClassDef):
        node = code.container(node)
    return node


def context_nodes(clause: Clause, code: Code) -> list[ast.AST]:
    """The functions and classes that the item is about, by its place or its cited lines."""
    if clause.topic is not None:
        found: list[ast.AST] = []
        for mention in clause.topic.mentions:
            thing = code.thing(mention.text)
            found += [*thing.classes, *thing.functions]
        if found:
            return found
    if clause.lines:
        nodes = [code.at_line(line) for line in clause.lines]
        return list(dict.fromkeys(node for node in nodes if node is not None))
    return []


def subject_nodes(token: str, clause: Clause, code: Code) -> list[ast.AST]:
    """The functions and classes that ``@0`` stands for; of ``#code``, the whole file."""
    group = clause.group(token)
    if group is None and "class" in token:
        return list(code.classes) if len(code.classes) == 1 else context_nodes(clause, code)
    if group is None and ("method" in token or "function" in token):
        return context_nodes(clause, code)
    if group is None:
        return [code.module.tree.root]
    found: list[ast.AST] = []
    for thing in things(group, code, clause):
        found += [*thing.classes, *thing.functions]
    return found


def calls_cited(text: str, clause: Clause, code: Code) -> list[ast.Call]:
    """The calls of a thing: those at the lines that the clause cites, if any are there."""
    calls = list(code.thing(text).calls)
    return [call for call in calls if call.lineno in clause.lines] or calls


#: Where something is said to be done; what :func:`place_of` understands.
SUBJECT: Final = (
    r"(?P<s>@\d+|#code|the (?:method|function|class|constructor)|both @\d+"
    r"|both (?:wrappers|wrapper functions|inner functions|nested functions))"
)


def place_of(match: re.Match[str], clause: Clause, code: Code) -> list[ast.AST]:
    """The functions and classes that the :data:`SUBJECT` of a statement stands for."""
    token = (match.groupdict().get("s") or "").removeprefix("both ")
    if token == "the constructor":
        near = context_nodes(clause, code)
        made: list[ast.AST] = [f for f in code.functions if f.name == "__init__"]
        return [f for f in made if f in near] or (made if len(made) == 1 else [])
    if token.endswith(("wrappers", "functions")):
        inner = [f for f in code.functions if isinstance(code.container(f), _FUNCTIONS)]
        return [*inner] if len(inner) == 2 else []
    if token.startswith("@"):
        return subject_nodes(token, clause, code)
    if token == "#code":
        return [code.module.tree.root]
    return context_nodes(clause, code)
