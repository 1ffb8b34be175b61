"""The hot path in C, where it was built: each module that it speeds up binds itself to it.

``module`` is ``None`` where no C compiler was at hand when the package was installed, or where
``RACEWRIGHT_PURE=1`` asks for the Python functions, which mean the same.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

__all__ = ["module"]


def _load() -> Any:
    if os.environ.get("RACEWRIGHT_PURE") == "1":
        return None
    try:
        return importlib.import_module("racewright._hot")
    except ImportError:
        return None


module: Any = _load()
