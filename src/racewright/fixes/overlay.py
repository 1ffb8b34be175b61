"""A program run with some of its files as they could be. This module is a script, and alone.

Nothing is written for that. A finder before all others gives each named module the bytes of the
overlay in place of those of its file, whoever imports it. What is read without an import, or by a
process that the program starts, is as it lies on the disk; so it is noted which files were asked
for, and a test that asked for none of them has tested nothing.
"""

from __future__ import annotations

import base64
import importlib.abc
import importlib.machinery
import json
import os
import runpy
import sys
from collections.abc import Sequence
from types import CodeType, ModuleType

__all__ = ["OverlayFinder", "main"]


class _OverlayLoader(importlib.machinery.SourceFileLoader):
    """Loads a file whose bytes are given; what is kept compiled beside it is of the old ones."""

    def __init__(self, name: str, path: str, data: bytes) -> None:
        super().__init__(name, path)
        self._data = data

    def get_data(self, path: str) -> bytes:
        return self._data if path == self.path else super().get_data(path)

    def get_code(self, fullname: str) -> CodeType | None:
        return self.source_to_code(self._data, self.path)


class OverlayFinder(importlib.abc.MetaPathFinder):
    """Finds what the finders behind it find, with other bytes for some of it."""

    def __init__(self, contents: dict[str, bytes], log: str = "") -> None:
        self._contents = {os.path.realpath(path): data for path, data in contents.items()}
        self._log = log

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        spec = self._found(fullname, path, target)
        if spec is None or not spec.origin or not spec.has_location:
            return None
        if not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            return None
        real = os.path.realpath(spec.origin)
        if real not in self._contents:
            return None
        spec.loader = _OverlayLoader(fullname, spec.origin, self._contents[real])
        spec.cached = None
        if self._log:
            with open(self._log, "a", encoding="utf-8") as log:
                log.write(json.dumps(real) + "\n")
        return spec

    def _found(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> importlib.machinery.ModuleSpec | None:
        behind = sys.meta_path[sys.meta_path.index(self) + 1 :]
        for finder in behind:
            find = getattr(finder, "find_spec", None)
            spec: importlib.machinery.ModuleSpec | None = find and find(fullname, path, target)
            if spec is not None:
                return spec
        return None


def main(arguments: list[str]) -> None:
    """``FILE MODULE ARGUMENT…``: run the module below the overlay that the file holds."""
    where, module, *rest = arguments
    # As with ``python -m``: what lies in the working directory, not what lies beside us.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [os.getcwd(), *(each for each in sys.path if os.path.abspath(each) != here)]
    with open(where, encoding="utf-8") as file:
        values = json.load(file)
    contents = {path: base64.b64decode(data) for path, data in values["contents"].items()}
    sys.meta_path.insert(0, OverlayFinder(contents, values["log"]))
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
