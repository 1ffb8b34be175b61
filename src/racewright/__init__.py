"""Racewright reviews concurrent Python and proves what it says."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
