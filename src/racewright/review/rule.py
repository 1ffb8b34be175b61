"""What a rule is, and how the rules are found: one module of ``rules`` each, none of them listed.

A rule looks at one file at a time (:meth:`Rule.check`), or at the facts of all of them together
(:meth:`Rule.check_project`). The first kind is run beside the parsing, and kept in the cache with
the file; whatever needs another file belongs to the second.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, ClassVar, TypeVar

from racewright.errors import UsageError
from racewright.model.finding import Finding, Place
from racewright.review.module import Module

if TYPE_CHECKING:
    from racewright.review.concurrency import Concurrency

__all__ = ["SECTIONS", "Rule", "all_rules", "classes_in", "constant", "find_rule"]

_Base = TypeVar("_Base")

#: The sections of a rule's manual page, in their order.
SECTIONS = (
    "What it finds",
    "Why it matters",
    "Example",
    "Instead",
    "How it is proved",
    "References",
)

#: Characters of a sentence of a finding, above which it repeats the code instead of naming it.
_LONGEST = 1500


class Rule:
    """The base of all rules; the docstring of the rule's module is its manual page."""

    title: ClassVar[str]  #: what was done, in the words of a heading
    kind: ClassVar[str]  #: "defect", or "improvement" for what cannot harm a user of the code
    cwe: ClassVar[int | None] = None
    confidence: ClassVar[str] = "high"
    proof: ClassVar[str] = "static"  #: of :data:`racewright.model.finding.PROOFS`
    fix: ClassVar[str] = "none"
    is_moot_in_time: ClassVar[bool] = False  #: where tests are ended that take too long
    preview: ClassVar[str] = ""  #: why it is not on by default; empty if it is

    @property
    def name(self) -> str:
        """The module's name, with hyphens."""
        return type(self).__module__.rpartition(".")[2].replace("_", "-")

    @property
    def page(self) -> str:
        """The manual page."""
        return inspect.cleandoc(sys.modules[type(self).__module__].__doc__ or "")

    def check(self, module: Module) -> Iterator[Finding]:
        """The findings in one file."""
        return iter(())

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        """The findings that need more than one function, or more than one file."""
        return iter(())

    def finding(
        self,
        places: Place | Iterable[Place],
        *,
        defect: str,
        solution: str,
        facts: Iterable[str] = (),
        corrected: str = "",
        title: str = "",
        kind: str = "",
        confidence: str = "",
    ) -> Finding:
        """A finding of this rule. The first of ``places`` is where the reader should look."""
        every = (places,) if isinstance(places, Place) else tuple(places)
        return Finding(
            rule=self.name,
            kind=kind or self.kind,
            title=_clipped(title or self.title),
            heading=self.title,
            places=every,
            defect=_clipped(defect),
            solution=_clipped(solution),
            facts=tuple(map(_clipped, facts)),
            corrected=_clipped(corrected),
            cwe=self.cwe,
            confidence=confidence or self.confidence,
            proof=self.proof,
            fix=self.fix,
        )


def _clipped(text: str) -> str:
    """``text``, or the beginning of what a file with lines of megabytes has made of it."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule there is, by name."""
    from racewright.review import rules

    found = [each() for each in classes_in(rules, Rule)]
    return tuple(sorted(found, key=lambda rule: rule.name))


def classes_in(package: ModuleType, base: type[_Base]) -> Iterator[type[_Base]]:
    """The subclasses of ``base`` that modules of ``package`` define; nothing else lists them."""
    for about in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{about.name}")
        for each in vars(module).values():
            is_own = isinstance(each, type) and each.__module__ == module.__name__
            if is_own and issubclass(each, base):
                yield each


def find_rule(name: str) -> Rule:
    """The rule of that name."""
    for rule in all_rules():
        if rule.name == name:
            return rule
    from difflib import get_close_matches

    near = get_close_matches(name, [rule.name for rule in all_rules()], 3, 0.5)
    hint = f"\nDid you mean {', '.join(near)}?" if near else ""
    raise UsageError(f"there is no rule {name!r}{hint}")


def constant(node: ast.AST | None) -> object:
    """The value of a constant, a negative number included; else nothing."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = constant(node.operand)
        return -value if isinstance(value, (int, float)) else None
    return node.value if isinstance(node, ast.Constant) else None
