"""What a fix is, and how the fixes are found: one module of ``changes`` each, none of them listed.

A fix makes the change that its rule's page advises, where that can be done without knowing more
than the file says. Whether it may be applied unasked is said by the rule (``fix = "safe"``). A fix
proves nothing: whether what it made is offered is decided by reviewing it again
(:mod:`racewright.fixes.attempt`).
"""

from __future__ import annotations

from functools import cache

from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.model.finding import Finding
from racewright.review.rule import classes_in

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

    found = [each() for each in classes_in(changes, Fix)]
    return {each.rule: each for each in found}
