"""Racewright reviews concurrent Python and proves what it says.

``racewright.explore(function)`` runs a function under many schedules; the command line is
``racewright explore TARGET``. ``racewright.scenario(...)`` asks for an order of named points
instead of searching for one. This module imports nothing of the rest until it is asked for it,
since control must be installed before much else is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from racewright.model.execution import Exploration
    from racewright.scenarios import after, at, before, scenario
    from racewright.search.api import explore
    from racewright.search.controlled import controlled

__all__ = [
    "Exploration",
    "__version__",
    "after",
    "at",
    "before",
    "controlled",
    "explore",
    "scenario",
]

__version__ = "0.1.0"


#: Where each name is.
_PLACES = {
    "Exploration": "racewright.model.execution",
    "after": "racewright.scenarios",
    "at": "racewright.scenarios",
    "before": "racewright.scenarios",
    "controlled": "racewright.search.controlled",
    "explore": "racewright.search.api",
    "scenario": "racewright.scenarios",
}


def __getattr__(name: str) -> object:
    if name in _PLACES:
        import importlib

        return getattr(importlib.import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'racewright' has no attribute {name!r}")
