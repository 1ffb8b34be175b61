"""What a task waits for that is held under control: closed until its point's turn has come."""

from __future__ import annotations

from collections.abc import Hashable

from racewright.model.operation import Resource

__all__ = ["Gate", "is_held_at"]


class Gate(Resource):
    """What a held task waits for."""

    __slots__ = ("is_end",)

    def __init__(self, kind: str, *, is_end: bool = False) -> None:
        super().__init__(kind)
        self.is_end = is_end

    def label(self, number: int) -> str:
        return self.kind


def is_held_at(resource: Hashable) -> bool:
    """Whether it is the gate of a point, of whichever scenario; the end is no point."""
    return isinstance(resource, Gate) and not resource.is_end
