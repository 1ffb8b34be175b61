"""What a fix is, and how the fixes are found: one module of ``changes`` each, none of them listed.

A fix makes the change that its rule's page advises, where that can be done without knowing more
than the file says. Whether it may be applied unasked is said by the rule (``fix = "safe"``). A fix
proves nothing: whether what it made is offered is decided by reviewing it again
(:mod:`racewright.fixes.attempt`).
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.model.finding import Finding

__all__ = ["Fix", "all_fixes"]


class Fix:
    """The base of all fixes. The module's name, with hyphens, is that of the rule."""

    @property
    def rule(self) -> str:
        return type(self).__module__.rpartition(".")[2].replace("_", "-")

    def change(self, finding: Finding, document: Document) -> Edits | None:
        """The change that takes ``finding`` away; nothing where it cannot be made."""
        raise NotImplementedError


@cache
def all_fixes() -> dict[str, Fix]:
    """Every fix there is, by the name of its rule."""
    from racewright.fixes import changes

    found: dict[str, Fix] = {}
    for about in pkgutil.iter_modules(changes.__path__):
        module = importlib.import_module(f"{changes.__name__}.{about.name}")
        for each in vars(module).values():
            if (
                isinstance(each, type)
                and issubclass(each, Fix)
                and each.__module__ == module.__name__
            ):
                fix = each()
                found[fix.rule] = fix
    return found
