"""Which scenarios are open, and which were of late: what runners ask at the end of a test."""

from __future__ import annotations

import atexit
import sys
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from racewright.errors import ScenarioLeaked

if TYPE_CHECKING:
    from racewright.scenarios.block import Scenario

__all__ = ["close_leaked", "entered", "left", "open_scenarios", "recent_scenarios"]

_open: Final[dict[int, Scenario]] = {}
_recent: Final[deque[Scenario]] = deque(maxlen=20)


def entered(scenario: Scenario) -> None:
    """It begins."""
    _open[id(scenario)] = scenario


def left(scenario: Scenario) -> None:
    """It is over."""
    if _open.pop(id(scenario), None) is not None:
        _recent.append(scenario)


def open_scenarios() -> tuple[Scenario, ...]:
    """Those that have been entered and not left."""
    return tuple(_open.values())


def recent_scenarios() -> tuple[Scenario, ...]:
    """The last that were left, the latest last."""
    return tuple(_recent)


def close_leaked(test: str, before: Iterable[Scenario], thread: int) -> ScenarioLeaked | None:
    """Leave those that ``test`` has entered in ``thread`` and not left; the error that says so.

    ``before`` were open when it began, and are somebody else's, as those of other threads are.
    """
    known = {id(scenario) for scenario in before}
    leaked = [
        scenario
        for scenario in open_scenarios()
        if id(scenario) not in known and scenario.opened_by == thread
    ]
    for scenario in reversed(leaked):
        scenario.close()
    if not leaked:
        return None
    which = "\n".join(f"  {scenario!r}" for scenario in leaked)
    return ScenarioLeaked(
        f"{test} entered a scenario and did not leave it\n{which}\n"
        "Use it in a `with` block, as a decorator or as a fixture. It has been left now."
    )


def _warn_at_exit() -> None:
    for scenario in reversed(open_scenarios()):
        # Warnings may be off by now, and the thread that would read one is this one.
        print(f"racewright: {scenario!r} was entered and never left", file=sys.stderr)
        scenario.close()


atexit.register(_warn_at_exit)
