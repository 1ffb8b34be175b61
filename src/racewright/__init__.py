"""Racewright reviews concurrent Python and proves what it says.

``racewright.explore(function)`` runs a function under many schedules; the command line is
``racewright explore TARGET``. This module imports nothing of the rest until it is asked for it,
since control must be installed before much else is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from racewright.model.execution import Exploration
    from racewright.search.api import explore

__all__ = ["Exploration", "__version__", "explore"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "explore":
        from racewright.search.api import explore

        return explore
    if name == "Exploration":
        from racewright.model.execution import Exploration

        return Exploration
    raise AttributeError(f"module 'racewright' has no attribute {name!r}")
