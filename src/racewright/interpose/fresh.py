"""Modules that are imported anew: a second copy of ``_thread`` or ``time`` is controlled, too.

Whatever waits is built upon a few modules written in C. Who throws one of them out of
``sys.modules`` and imports it again gets an unreplaced copy, and what is built upon it there
(a fresh ``queue``, say) would block for real. So each fresh copy gets its replacements at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import BuiltinImporter, ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from racewright.interpose.patching import replace_for_good

__all__ = ["FreshModules"]


class FreshModules(MetaPathFinder):
    """``table``: by the name of a module, what becomes of names in it."""

    def __init__(self, table: Mapping[str, Mapping[str, object]]) -> None:
        self.table = table

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self.table:
            return None
        # They are built in, or extensions: no other finder has a say.
        spec = BuiltinImporter.find_spec(fullname) or PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _ReplacingLoader(spec.loader, self.table[fullname])
        return spec


class _ReplacingLoader(Loader):
    """Loads as ``real`` does, then puts the replacements in place."""

    def __init__(self, real: Any, replacements: Mapping[str, object]) -> None:
        self.real = real
        self.replacements = replacements

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self.real.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = module.__loader__ = self.real
        self.real.exec_module(module)
        replace_for_good(module, self.replacements)
