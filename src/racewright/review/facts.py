"""What other files need to know about a file, as values that JSON can hold.

Facts are taken from each file once (:mod:`racewright.review.extract`), kept in the cache beside
the digest of its bytes, and joined in :mod:`racewright.review.project`. They are tuples of tuples,
never pickles: a cache that somebody else wrote can lie, but it cannot run anything.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from racewright.review.refs import Ref, to_ref

__all__ = [
    "Access",
    "Acquire",
    "Call",
    "ClassFacts",
    "Facts",
    "FunctionFacts",
    "Registration",
    "Spawn",
]


class Call(NamedTuple):
    """A call of something that may be the project's."""

    callee: Ref
    line: int
    held: tuple[Ref, ...]
    is_in_loop: bool
    is_awaited: bool = False
    is_certain: bool = True  #: whether each call of the function comes to it, whatever it is asked
    one: str = ""  #: the object it is called on, where an outer function has made it once


class Access(NamedTuple):
    """An access to something that several tasks may share."""

    owner: Ref  #: whose attribute it is; for a variable, ("scope", dotted name of the scope)
    word: str
    kind: str  #: read, write, update (``x += 1``), or check (``if x is None: x = …``)
    line: int
    end_line: int
    held: tuple[Ref, ...]
    detail: str = (
        ""  #: of a check, what the act is; of a write, how; of a read, "loop" and over what
    )
    key: str = ""  #: of a check, the parameter that it looks for
    made: Ref | None = None  #: of a check, what it puts there


class Acquire(NamedTuple):
    """A lock that is taken while others are held."""

    lock: Ref
    line: int
    held: tuple[Ref, ...]
    is_certain: bool = True  #: whether each call of the function takes it, whatever it is asked


class Spawn(NamedTuple):
    """A call that starts a task."""

    kind: str
    target: Ref
    line: int
    is_many: bool
    arguments: tuple[tuple[str, Ref], ...]  #: position (as text) or keyword, and what is given
    joined_at: int  #: the line at which the task is known to be over, or 0
    is_own: bool  #: whether the object that it works on is made for it alone


class Registration(NamedTuple):
    """A call that gives a function, or a class, away: who will call it is known with all files."""

    callee: Ref
    target: Ref
    place: str  #: of the target among the arguments: its position, or its keyword
    line: int


class FunctionFacts(NamedTuple):
    name: str
    class_name: str
    outer: str
    line: int
    parameters: tuple[str, ...]
    is_async: bool
    is_test: bool
    on_entry: tuple[Ref, ...]
    returns: Ref | None
    calls: tuple[Call, ...]
    accesses: tuple[Access, ...]
    acquires: tuple[Acquire, ...]
    spawns: tuple[Spawn, ...]
    starts_as: str  #: the kind of task that a decorator makes of it, or empty
    is_property: bool
    #: What it gives back to a pool in the middle of a conversation: its name, and the lines of the
    #: ``try``, of the conversation and of its end.
    conversations: tuple[tuple[str, int, int, int], ...] = ()
    ends_when_cancelled: bool = False  #: whether it is a part of one, and ends it if cancelled
    decorated_by: tuple[Ref, ...] = ()
    registers: tuple[Registration, ...] = ()


class ClassFacts(NamedTuple):
    name: str
    line: int
    bases: tuple[Ref, ...]
    attributes: tuple[tuple[str, tuple[Ref | None, ...]], ...]
    methods: tuple[str, ...]
    is_said_safe: bool = False  #: whether its docstring says that threads may share an object
    is_a_function: bool = False  #: whether an object of it takes the place of a function
    #: What is put into its containers: the attribute, and what makes the item.
    contents: tuple[tuple[str, Ref], ...] = ()


class Facts(NamedTuple):
    module: str
    file: str
    is_package: bool
    is_test: bool
    imports: tuple[tuple[str, str], ...]
    stars: tuple[str, ...]
    variables: tuple[tuple[str, tuple[Ref | None, ...]], ...]
    classes: tuple[ClassFacts, ...]
    functions: tuple[FunctionFacts, ...]

    @classmethod
    def from_json(cls, values: list[Any]) -> Facts:
        """The facts that JSON gave back as lists; raises ``TypeError`` if they are not."""
        facts = cls(*(to_ref(value) for value in values))
        return facts._replace(
            classes=tuple(ClassFacts(*each) for each in facts.classes),
            functions=tuple(_function(each) for each in facts.functions),
        )


def _function(values: tuple[Any, ...]) -> FunctionFacts:
    function = FunctionFacts(*values)
    return function._replace(
        calls=tuple(Call(*each) for each in function.calls),
        accesses=tuple(Access(*each) for each in function.accesses),
        acquires=tuple(Acquire(*each) for each in function.acquires),
        spawns=tuple(Spawn(*each) for each in function.spawns),
        registers=tuple(Registration(*each) for each in function.registers),
    )
