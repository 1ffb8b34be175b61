"""Which scenarios are open, and which were of late: what runners ask at the end of a test."""

from __future__ import annotations

import atexit
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from racewright.errors import ScenarioLeaked
from racewright.scenarios.notes import attach

if TYPE_CHECKING:
    from racewright.scenarios.block import Scenario

__all__ = ["Watch", "entered", "left"]

_open: Final[dict[int, Scenario]] = {}
_recent: Final[deque[Scenario]] = deque(maxlen=20)


def entered(scenario: Scenario) -> None:
    """It begins."""
    _open[id(scenario)] = scenario


def left(scenario: Scenario) -> None:
    """It is over."""
    if _open.pop(id(scenario), None) is not None:
        _recent.append(scenario)


class Watch:
    """What is seen of scenarios between the beginning of a test and its end."""

    def __init__(self, *, is_first: bool = False) -> None:
        # Kept, not only their identities, which would be used again.
        self._before = [] if is_first else [*_open.values(), *_recent]
        self._thread = threading.get_ident()

    def _is_new(self, scenario: Scenario) -> bool:
        return all(scenario is not each for each in self._before)

    def stories(self) -> list[str]:
        """The stories of those that were entered since, the latest last."""
        return [each.story for each in [*_recent, *_open.values()] if self._is_new(each)]

    def tell(self, error: BaseException) -> None:
        """Tell the stories in the message of a failure."""
        for story in self.stories():
            attach(error, story)

    def close_leaked(self, test: str) -> ScenarioLeaked | None:
        """Leave those that ``test`` has entered and not left; the error that says so.

        Those of other threads may be those of other tests, and are left alone.
        """
        leaked = [
            each for each in _open.values() if self._is_new(each) and each.opened_by == self._thread
        ]
        for each in reversed(leaked):
            each.close()
        if not leaked:
            return None
        which = "\n".join(f"  {each!r}" for each in leaked)
        return ScenarioLeaked(
            f"{test} entered a scenario and did not leave it\n{which}\n"
            "Use it in a `with` block, as a decorator or as a fixture. It has been left now."
        )


def _warn_at_exit() -> None:
    for scenario in reversed(list(_open.values())):
        # Warnings may be off by now, and the thread that would read one is this one.
        print(f"racewright: {scenario!r} was entered and never left", file=sys.stderr)
        scenario.close()


atexit.register(_warn_at_exit)
