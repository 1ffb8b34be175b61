"""What instrumented code calls before each access to memory that tasks may share."""

from __future__ import annotations

from racewright import hot, originals
from racewright.kernel.scheduler import STATE
from racewright.model.operation import Site

__all__ = ["touch"]

_id = id  # the built-in one, whatever control makes of the name
_get_ident = originals.get_ident


def touch(site: Site, owner: object) -> None:
    """The current task is about to do ``site.kind`` on ``site.name`` of ``owner``.

    While one task is alone, nothing that it does can be interleaved, and nothing is recorded.
    """
    kernel = STATE.kernel
    if (
        kernel is None
        or kernel.alive == 1
        or kernel.is_over
        or _get_ident() != kernel.current.os_ident
    ):
        return
    kernel.access(site, (_id(owner), site.member))
    if kernel.records:
        kernel.trace.note(site, owner)


if hot.module is not None:
    touch = hot.module.touch
