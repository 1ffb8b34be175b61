"""What a lock, a flag and a counter *are*: who holds them, who waits. Nothing here ever blocks.

A resource is open or closed. A task whose pending operation needs it open is enabled exactly while
it is open; the scheduler keeps that true by being told of every change (``Kernel.shut``,
``Kernel.unlock``). What these look like to a program is in :mod:`racewright.primitives`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from racewright.model.operation import Resource, Site

if TYPE_CHECKING:
    from racewright.kernel.task import Task

__all__ = ["Flag", "Mutex", "Signal"]


class Flag(Resource):
    """What is waited for and set; once set it stays so."""

    __slots__ = ("is_set",)

    def __init__(self) -> None:
        super().__init__("Event")
        self.is_set = False


class Mutex(Resource):
    """Held by one task, or by nobody. ``owner`` is the one that took it; anybody may release it."""

    __slots__ = ("depth", "owner", "taken_at")

    def __init__(self, kind: str, made_at: Site | None = None) -> None:
        # What `Resource` does, without asking it: every lock of the program passes here.
        self.kind = kind
        self.made_at = made_at
        self.is_closed = False
        self.waiters = []
        self.owner: Task | None = None
        self.depth = 0
        self.taken_at: Site | None = None


class Signal(Resource):
    """One waiter's place in a condition: closed until it is notified or its time is up.

    ``then`` is the mutex that the waiter must hold again before it goes on. When the signal comes,
    the waiter moves from here to there at once: waking it only to find the mutex taken would be a
    decision about nothing.
    """

    __slots__ = ("came", "subject", "then")

    def __init__(self, subject: Resource, then: Mutex | None) -> None:
        super().__init__(subject.kind, subject.made_at)
        self.is_closed = True
        self.subject = subject
        self.then = then
        self.came = False
