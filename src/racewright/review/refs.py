"""A small language for "the object that this expression stands for", without running anything.

A reference is a tuple whose first item says its form. It can be kept as JSON and be evaluated
later, when the other files are known (:mod:`racewright.review.project`)::

    ("name", "time.sleep")                the object of that dotted name
    ("self", "bank.Account")              an instance of that class
    ("new", callee)                       what calling ``callee`` gives
    ("new", callee, lock)                 a condition over that lock
    ("attr", owner, "lock")               an attribute
    ("item", owner)                       some item of a container
    ("local", "bank.test", "t", value)    a local name, bound once to ``value``
    ("param", "bank.transfer", "source")  a parameter nothing is known of
    ("super", "bank.Account")             ``super()`` in that class
    ("star", "bank", "Account")           a name that only ``from bank import *`` could bring
    ("label", "compute_resources")        a lock known by this text: ``@synchronized("…")``
    ("maybe", "bank:self.transaction")    what a ``with`` names, and may be a lock

What cannot be said in it has no reference, and rules say nothing about it.
"""

from __future__ import annotations

from typing import Any, TypeAlias

__all__ = ["Ref", "as_seen_by", "attribute", "height", "last_word", "name", "show", "to_ref"]

Ref: TypeAlias = tuple[Any, ...]


def name(dotted: str) -> Ref:
    return ("name", dotted)


def attribute(owner: Ref, word: str) -> Ref:
    """``owner.word``; of a name, a longer name."""
    if owner[0] == "name":
        return ("name", f"{owner[1]}.{word}")
    return ("attr", owner, word)


def height(ref: Ref) -> int:
    """How many references lie inside one another in it."""
    levels = 0
    inner: Any = ref
    while isinstance(inner, tuple) and inner:
        levels += 1
        inner = inner[3] if inner[0] == "local" else inner[1] if len(inner) > 1 else None
    return levels


def to_ref(value: Any) -> Any:
    """The reference that JSON gave back as lists."""
    if isinstance(value, list):
        return tuple(to_ref(item) for item in value)
    return value


def as_seen_by(ref: Ref, class_name: str, bases: tuple[str, ...]) -> Ref:
    """The same in an object of ``class_name``, where ``self`` is one of any of its ``bases``."""
    if ref[0] == "self":
        return ("self", class_name) if ref[1] in bases else ref
    return tuple(
        as_seen_by(part, class_name, bases) if isinstance(part, tuple) else part for part in ref
    )


def last_word(ref: Ref) -> str:
    """The word that a person would know it by: ``_lock`` for ``self._lock``."""
    form = ref[0]
    if form in ("attr", "local", "param", "star"):
        return str(ref[2])
    if form in ("new", "item"):
        return last_word(ref[1])
    return str(ref[1]).rpartition(".")[2]


def show(ref: Ref) -> str:
    """As a report names it."""
    form = ref[0]
    if form == "attr":
        return f"{show(ref[1])}.{ref[2]}"
    if form == "self":
        return str(ref[1]).rpartition(".")[2]
    if form in ("local", "param", "star"):
        return str(ref[2])
    if form == "new":
        return f"{show(ref[1])}()"
    if form == "item":
        return f"{show(ref[1])}[…]"
    if form == "label":
        return repr(ref[1])
    if form == "super":
        return "super()"
    return ".".join(str(ref[1]).split(".")[-2:]).replace("<locals>.", "")
