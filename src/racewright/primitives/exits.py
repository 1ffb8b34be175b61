"""``os._exit`` under control: an execution in which the process would be gone is over, and failed.

Nobody has to die for it: who called it, and where, is known, and the schedule can be replayed.
"""

from __future__ import annotations

from racewright import originals
from racewright.errors import TaskAbandoned
from racewright.kernel.scheduler import here

__all__ = ["exit_now"]


def exit_now(status: int) -> None:
    """``os._exit``; the end of the run where there is one, not of the process."""
    kernel = here()
    if kernel is None:
        originals.exit_now(status)
    elif kernel.is_over:
        raise TaskAbandoned
    else:
        message = f"the process was ended by os._exit({status})"
        kernel.halt("crashed", "crash", message, kernel.current)
