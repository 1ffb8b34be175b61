"""What is in C, where it was built: each module that it speeds up binds itself to it.

``module`` is the hot path, what runs at every event; ``fresh`` makes what every execution needs
anew. Both are ``None`` where no C compiler was at hand when the package was installed, or where
``RACEWRIGHT_PURE=1`` asks for the Python functions, which mean the same. A build of another version
of a C file than lies beside it (an editable installation that was updated) is not used either.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import os
from pathlib import Path
from typing import Any

__all__ = ["fresh", "module", "quicken"]


def _load(name: str) -> Any:
    if os.environ.get("RACEWRIGHT_PURE") == "1":
        return None
    try:
        found: Any = importlib.import_module(f"racewright.{name}")
        source = Path(__file__).with_name(f"{name}.c").read_bytes()
    except (ImportError, OSError):
        return None
    return found if getattr(found, "source", "") == hashlib.sha256(source).hexdigest() else None


module: Any = _load("_hot")
fresh: Any = _load("_fresh")


def quicken(cls: type) -> None:
    """Give a frozen dataclass with slots an ``__init__`` in C that does the same.

    Its own sets field by field through ``object.__setattr__``; an execution's took as long as forty
    accesses to memory. Fields are plain: no factories, nothing after ``__init__``.
    """
    if fresh is None:
        return
    fields = dataclasses.fields(cls)
    plain = all(each.init and each.default_factory is dataclasses.MISSING for each in fields)
    if not plain or hasattr(cls, "__post_init__"):
        raise TypeError(f"{cls.__name__} has more than plain fields")
    defaults = (... if each.default is dataclasses.MISSING else each.default for each in fields)
    fresh.bind_record(cls, tuple(each.name for each in fields), tuple(defaults))
