"""The sole user of ``setattr`` on foreign objects: every replacement remembers what was there.

Who gives functions other code does it through here as well.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from types import CodeType
from typing import Any

__all__ = ["Patches", "give_code", "replace_for_good", "set_attribute"]

_MISSING = object()


class Patches:
    """Replacements that are undone together, in reverse order."""

    def __init__(self) -> None:
        self._done: list[tuple[Any, str, Any, Any]] = []

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Set ``owner.name``; the value that was in ``owner`` itself, if any, comes back later."""
        before = vars(owner).get(name, _MISSING)
        setattr(owner, name, value)
        self._done.append((owner, name, before, value))

    def replace_copies(self, values: Mapping[int, Any], *, keep: Iterable[str]) -> None:
        """In every module, replace what *is* one of the originals, given by ``id``.

        ``from threading import Lock`` keeps a copy that patching ``threading`` does not reach.
        Modules whose names start with one of ``keep`` are left alone.
        """
        kept = tuple(keep)
        for module_name, module in list(sys.modules.items()):
            if module is None or module_name.startswith(kept):
                continue
            try:
                names = vars(module)
            except TypeError:
                continue
            for name, value in list(names.items()):
                replacement = values.get(id(value))
                if replacement is not None and value is not replacement:
                    self.replace(module, name, replacement)

    def undo(self) -> tuple[str, ...]:
        """Put everything back, but for what somebody else has replaced since; the names of that.

        A program that wraps ``time.sleep`` when it is imported would have done so natively too.
        What it wraps is ours, which is as the original outside a run, so its wrapper may stay.
        """
        foreign: list[str] = []
        while self._done:
            owner, name, before, value = self._done.pop()
            current = vars(owner).get(name, _MISSING)
            if current is not value and not _same_method(current, value):
                foreign.append(f"{getattr(owner, '__name__', owner)!s}.{name}")
                continue
            if before is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
        return tuple(foreign)


def give_code(function: Any, code: CodeType) -> None:
    """Let ``function`` run ``code``; calls that are under way finish as they began."""
    if function.__code__ is not code:
        function.__code__ = code


def set_attribute(owner: Any, name: str, value: Any) -> None:
    """What the program sets on a stand-in of ours, it means to set on the real object."""
    setattr(owner, name, value)


def replace_for_good(owner: Any, replacements: Mapping[str, object]) -> None:
    """Set those attributes of ``owner``, a fresh copy that is the program's own, that it has."""
    for name, replacement in replacements.items():
        if hasattr(owner, name):
            setattr(owner, name, replacement)


def _same_method(current: Any, value: Any) -> bool:
    return getattr(current, "__func__", current) is getattr(value, "__func__", value)
