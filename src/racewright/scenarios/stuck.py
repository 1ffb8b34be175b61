"""A task as it stood when an order was given up, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from racewright.model.execution import Frame

__all__ = ["Stuck"]


@dataclass(frozen=True, slots=True)
class Stuck:
    """What kept a task from going on."""

    name: str
    state: str  #: "held", "waits", "sleeps", "could run"
    point: str = ""  #: the point at which it is held, or which it is inside
    is_due: bool = False  #: whether it is the one that should have reached the next point
    doing: str = ""  #: "acquires Lock#2 (bank.py:15)"
    holder: str = ""  #: who holds that, where that is known
    taken_at: str = ""  #: where the holder took it
    suspects: tuple[str, ...] = ()  #: who probably holds it, and why
    stack: tuple[Frame, ...] = ()  #: outermost first

    @property
    def line(self) -> str:
        """The innermost line: ``bank.py:12 deposit``."""
        return self.stack[-1].key if self.stack else ""
