"""What is known of those who run: where their tasks begin, what they reach, what they hold there.

These are values. How they are found is :mod:`racewright.review.concurrency`'s matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from racewright.review.facts import Access, FunctionFacts
from racewright.review.refs import Ref

__all__ = ["CALLERS", "Root", "SharedAccess", "Side"]

#: The kind of a root that is no task of this project's: whoever calls an object that is shared.
CALLERS = "callers"


@dataclass(frozen=True, slots=True)
class Root:
    """A function that some task runs."""

    kind: str
    function: str
    file: str
    line: int
    starter: str
    is_many: bool  #: whether several tasks may run it on one object at the same time
    is_bound: bool  #: whether it runs on an object that the starter also has
    joined_at: int = 0
    one: str = ""  #: the name of that object, where it is a local of the starter
    given: tuple[tuple[str, Ref], ...] = ()  #: what its parameters are, where that is known
    why: str = ""  #: of callers that nobody here starts as tasks: who they are
    #: Of these, the attributes that are shared, and where each is seen to be; if not all are.
    guarded: tuple[tuple[str, str], ...] | None = None
    own: str = ""  #: the parameter whose objects each have one task at a time

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(slots=True)
class Side:
    """A root's functions, or, without a root, those that are called from outside."""

    root: Root | None
    locks: dict[str, frozenset[str]] = field(default_factory=dict)  #: held on every way there
    #: Functions whose ``self`` others have as well, with the names of the objects; an empty name
    #: stands for whichever object the starter has.
    shared: dict[str, frozenset[str]] = field(default_factory=dict)
    callers: dict[str, str] = field(default_factory=dict)
    words: frozenset[str] | None = None  #: the attributes that are shared, if not all are
    apart: frozenset[str] = frozenset()  #: functions that take locks in a way of their own

    def way_to(self, function: str) -> list[str]:
        """The calls from the root to ``function``."""
        way = [function]
        while (caller := self.callers.get(way[0])) is not None and caller not in way:
            way.insert(0, caller)
        return way


@dataclass(frozen=True, slots=True)
class SharedAccess:
    """An access that a side makes, and the locks it holds there."""

    side: Side = field(hash=False, compare=False)
    function: FunctionFacts = field(hash=False, compare=False)
    access: Access
    locks: frozenset[str]
    file: str
    objects: frozenset[str] = frozenset()  #: on which of several objects of its class
    #: The classes of which that object may be; of an attribute of ``self`` only.
    kin: frozenset[str] = frozenset()
