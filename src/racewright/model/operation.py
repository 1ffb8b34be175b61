"""What a task is about to do, on what, and where: the vocabulary of every decision and every trace.

An operation is a *kind* (a word of :data:`KINDS`) on a *resource* at a *site*. Two operations
conflict when they are on one resource and are not both reads; that is said here, once
(:func:`conflicts`), and everything that needs independence asks it.
"""

from __future__ import annotations

import linecache
import os
from collections.abc import Hashable
from functools import lru_cache
from types import CodeType
from typing import Any, ClassVar, Final

__all__ = [
    "ACCESS_SITES",
    "KINDS",
    "READS",
    "Resource",
    "Site",
    "Start",
    "access_key",
    "conflicts",
    "display_path",
    "site_of",
]

#: Kinds that leave what they look at unchanged: two of them on one resource commute.
READS: Final = frozenset({"read", "peek", "join", "wait"})

#: Every kind of operation, with the words in which a report says it ("{task} {phrase} {resource}").
KINDS: Final[dict[str, str]] = {
    "acquire": "acquires",
    "begin": "begins",
    "continue": "goes on after",
    "clear": "clears",
    "end": "ends",
    "fork": "forks",
    "get": "takes from",
    "hold": "passes",
    "interrupt": "is interrupted in",
    "join": "joins",
    "notify": "notifies",
    "peek": "looks at",
    "put": "puts into",
    "read": "reads",
    "release": "releases",
    "select": "waits for input on",
    "set": "sets",
    "sleep": "sleeps",
    "spawn": "starts",
    "time-out": "times out on",
    "system": "asks the system about",
    "try-acquire": "tries to acquire",
    "wait": "waits for",
    "wake": "is woken by",
    "write": "writes",
    "yield": "yields",
}


def conflicts(kind: str, resource: Hashable, other_kind: str, other_resource: Hashable) -> bool:
    """Whether two operations do not commute: one resource, and not both are reads."""
    return resource == other_resource and not (kind in READS and other_kind in READS)


class Resource:
    """What an operation is on: a lock, a queue, a task, the clock. Identity is the object's own.

    A memory location is not a ``Resource`` but a pair ``(id(owner), name)``: holding the owner
    would keep it alive and change the program.
    """

    __slots__ = ("is_closed", "kind", "made_at", "waiters")

    def __init__(self, kind: str, made_at: Site | None = None) -> None:
        self.kind = kind  #: the class name that its user knows: "Lock", "Event", "Queue"
        self.made_at = made_at
        self.is_closed = False  #: whether an operation that needs it open must wait
        self.waiters: list[Any] = []  #: tasks whose pending operation needs it open

    def label(self, number: int) -> str:
        """How reports name it; ``number`` counts the resources of its kind in an execution."""
        return f"{self.kind}#{number}"

    def __repr__(self) -> str:
        made = f" made at {self.made_at}" if self.made_at is not None else ""
        return f"<{self.kind}{made}>"


class Site:
    """A place in the source: file, line, function; and, for an access, what it touches.

    Sites are interned, one object per instruction, so identity is equality within a process; across
    processes two sites are the same when :attr:`key` is.
    """

    __slots__ = ("file", "function", "is_shared", "kind", "line", "member", "name")

    def __init__(self, file: str, line: int, function: str, kind: str = "", name: str = "") -> None:
        self.file = file
        self.line = line
        self.function = function
        self.kind = kind  #: "read" or "write" where an instruction touches memory, else ""
        self.name = name  #: ".balance", "[]", "counter": what is touched, as the source spells it
        #: The attribute that it touches; empty where the owner as a whole is the location.
        self.member = name if name.startswith(".") and not name.endswith("()") else ""
        #: Learnt while exploring: two tasks touched one location here, and one of them wrote.
        self.is_shared = False
        if kind:
            ACCESS_SITES[access_key(self)] = self

    @property
    def key(self) -> str:
        """``file:line function``, with the file relative to the working directory."""
        return f"{display_path(self.file)}:{self.line} {self.function}"

    @property
    def short(self) -> str:
        """``name.py:12``."""
        return f"{os.path.basename(self.file)}:{self.line}"

    @property
    def text(self) -> str:
        """The source line, stripped; empty where the source cannot be read."""
        return linecache.getline(self.file, self.line).strip()

    def __repr__(self) -> str:
        return self.short


class Start:
    """What paths are relative to, where that is not the working directory: a run may change it."""

    directory: ClassVar[str] = ""


def display_path(file: str) -> str:
    """``file`` as a person would write it here: relative below the working directory, else
    whole."""
    return _relative(file, Start.directory or os.getcwd())


@lru_cache(4096)
def _relative(file: str, start: str) -> str:
    try:
        relative = os.path.relpath(file, start)
    except ValueError:  # another drive
        return file
    return file if relative.startswith("..") else relative


#: The sites of accesses, by what identifies them in any process forked from this one.
ACCESS_SITES: Final[dict[tuple[str, int, str, str, str], Site]] = {}


def access_key(site: Site) -> tuple[str, int, str, str, str]:
    """What identifies the site of an access across processes."""
    return (site.file, site.line, site.function, site.kind, site.name)


_id = id  # the built-in one, whatever control makes of the name
_sites: dict[int, tuple[CodeType, dict[int, Site]]] = {}


def site_of(code: CodeType, instruction: int) -> Site:
    """The interned site of ``instruction`` (a byte offset, as ``frame.f_lasti``) in ``code``."""
    # Keyed by identity, for hashing a code object costs as much as hashing all its constants; the
    # code is kept beside its sites so that no other can take its address.
    entry = _sites.get(_id(code))
    if entry is None:
        entry = _sites[_id(code)] = (code, {})
    site = entry[1].get(instruction)
    if site is None:
        line = code.co_firstlineno
        for start, end, number in code.co_lines():
            if start <= instruction < end and number is not None:
                line = number
        name = getattr(code, "co_qualname", code.co_name)
        site = entry[1][instruction] = Site(code.co_filename, line, name)
    return site
