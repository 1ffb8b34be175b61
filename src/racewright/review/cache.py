"""What was found in a file, kept under the digest of its bytes, its name and our version.

JSON, one file each, below ``.racewright/cache/review``. Entries can be lost or be somebody else's:
whatever cannot be read is as if it were not there. Deleting the folder is always allowed.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any

from racewright import __version__
from racewright.review.source import digest

__all__ = ["Cache", "rules_digest"]

_FOLDER = os.path.join(".racewright", "cache", "review")


class Cache:
    """A folder of entries; without a folder, always empty."""

    def __init__(self, folder: str = _FOLDER, *, is_on: bool = True) -> None:
        self.folder = folder if is_on else ""

    def get(self, key: str) -> Any:
        """The entry, or nothing."""
        if not self.folder:
            return None
        try:
            with open(self._path(key), encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError, RecursionError):
            return None

    def put(self, key: str, value: Any) -> None:
        """Keep an entry; that a disk is full or read-only is no reason not to review."""
        if not self.folder:
            return
        path = self._path(key)
        with contextlib.suppress(OSError, ValueError):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            partial = f"{path}.{os.getpid()}"
            with open(partial, "w", encoding="utf-8") as file:
                file.write(json.dumps(value, separators=(",", ":")))
            os.replace(partial, path)

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, key[:2], f"{key[2:]}.json")


def rules_digest() -> str:
    """A name for our own code: an entry that other code made is none of ours."""
    here = os.path.dirname(os.path.abspath(__file__))
    parts = [__version__.encode()]
    for folder in (here, os.path.join(here, "rules")):
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py"):
                with open(os.path.join(folder, name), "rb") as file:
                    parts += [name.encode(), file.read()]
    return digest(*parts)
