"""A name that a test module assigns and nobody reads.

What it finds
-------------
A variable of a test module that is assigned another name, ``CONF = cfg.CONF``, and is never read in
that file. Nobody imports from a test module, so nobody else reads it either. Names that begin with
an underscore, dunder names, names in ``__all__``, and those that pytest or unittest look for are
not found.

Why it matters
--------------
A reader looks for what it configures. Often it is what is left of a test that was cut, and its
import keeps a module loaded whose import has effects.

Example
-------
::

    from oslo_config import cfg

    CONF = cfg.CONF

    def test_the_default():
        assert 1 + 1 == 2

Instead
-------
::

    def test_the_default():
        assert 1 + 1 == 2

How it is proved
----------------
By reading: the name does not occur again.

References
----------
CWE-563, assignment to variable without use.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.rule import Rule

__all__ = ["UnusedModuleName"]

_TEST_MODULE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.py$")
_LOOKED_FOR = frozenset({"collect_ignore", "pytest_plugins", "pytestmark", "load_tests"})


class UnusedModuleName(Rule):
    title = "A name of the module is never read"
    kind = "improvement"
    cwe = 563
    fix = "safe"

    def check(self, module: Module) -> Iterator[Finding]:
        if not _TEST_MODULE.search(module.file):
            return
        for word, bindings in module.tree.scopes[module.tree.root].bindings.items():
            (first, *others) = bindings
            if others or first.kind != "assign" or word.startswith("_") or word in _LOOKED_FOR:
                continue
            if not isinstance(first.value, (ast.Attribute, ast.Name)):
                continue
            if not isinstance(module.statement_of(first.node), ast.Assign):
                continue
            if _is_read(module, word) or _is_in_text(module, word):
                continue
            value = ast.unparse(first.value)
            statement = module.statement_of(first.node)
            yield self.finding(
                module.place(statement or first.node),
                title=f"{word} is never read",
                defect=f"{word} = {value} is assigned on import; no line reads it.",
                facts=[f"{word} is loaded nowhere in {module.file}."],
                solution="Remove the line, and the import if nothing else needs it.",
            )


def _is_read(module: Module, word: str) -> bool:
    """Whether a line loads the module's own name, not another of the same spelling."""
    root = module.tree.scopes[module.tree.root]
    for node in module.nodes(ast.Name):
        if node.id == word and isinstance(node.ctx, ast.Load):
            found = module.tree.find(module.tree.scope_of(node), word)
            if found is not None and found[0] is root:
                return True
    return False


def _is_in_text(module: Module, word: str) -> bool:
    """Whether a string names it: in ``__all__``, or in ``patch("tests.this_module.NAME")``."""
    return any(
        isinstance(each.value, str) and (each.value == word or each.value.endswith(f".{word}"))
        for each in module.nodes(ast.Constant)
    )
