"""The hot path in C, where it was built: each module that it speeds up binds itself to it.

``module`` is ``None`` where no C compiler was at hand when the package was installed, or where
``RACEWRIGHT_PURE=1`` asks for the Python functions, which mean the same. A build of another version
of ``_hot.c`` than lies beside it (an editable installation that was updated) is not used either.
"""

from __future__ import annotations

import hashlib
import importlib
import os
from pathlib import Path
from typing import Any

__all__ = ["module"]


def _load() -> Any:
    if os.environ.get("RACEWRIGHT_PURE") == "1":
        return None
    try:
        found: Any = importlib.import_module("racewright._hot")
        source = Path(__file__).with_name("_hot.c").read_bytes()
    except (ImportError, OSError):
        return None
    return found if getattr(found, "source", "") == hashlib.sha256(source).hexdigest() else None


module: Any = _load()
