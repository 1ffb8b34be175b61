"""From a finding to the question that an experiment answers: which lines, and what would count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from racewright.model.finding import Finding, Note, Place
from racewright.prove.experiments import Question
from racewright.review.source import parse, read_bytes
from racewright.strategies.aimed import Aim

__all__ = ["PROVABLE", "function_at", "is_provable", "question_of", "tree_of", "why_not_run"]

#: The means of confirmation that are a schedule of tasks.
PROVABLE: Final = ("explore", "hand-off")

#: How a failure is tied to the lines, where it is not as the means of confirmation says.
_TIES: Final[dict[str, tuple[str, ...]]] = {
    "lock-order-inversion": ("blocked-all",),
    "wait-outside-loop": ("relied-upon",),
}
_BY_PROOF: Final = {"explore": ("interrupted",), "hand-off": ("interrupted", "ordered")}

_GREEN: Final = ("eventlet", "gevent")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def is_provable(finding: Finding) -> bool:
    """Whether there is an experiment that could confirm the finding."""
    return finding.source == "racewright" and finding.proof in PROVABLE


def why_not_run(finding: Finding) -> str | None:
    """Why no schedule can be tried, whatever tests there are; ``None`` where one can."""
    tree = tree_of(finding.place.file)
    if tree is None:
        return "Not run: the file cannot be read any more."
    if isinstance(function_at(tree, finding.place.line), ast.AsyncFunctionDef):
        return "Not run: tasks of asyncio are not scheduled yet."
    if any(name.partition(".")[0] in _GREEN for name in _imported(tree)):
        return "Not run: greenlets of eventlet and gevent are not scheduled yet."
    return None


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


def question_of(key: int, finding: Finding) -> Question:
    """What is asked about ``finding``, whose number is ``key``."""
    places = tuple(_aim(each, each.line, each.last_line) for each in finding.places)
    regions = [_statement(each) for each in finding.places]
    first = finding.place
    tree = tree_of(first.file)
    function = function_at(tree, first.line) if tree is not None else None
    if function is None:
        regions.append(_aim(first, 1, 10**9))
    else:
        regions.append(_aim(first, function.lineno, function.end_lineno or function.lineno))
    return Question(key, places, tuple(regions), _ties_of(finding))


def _ties_of(finding: Finding) -> tuple[str, ...]:
    if finding.rule == "wait-outside-loop" and len(finding.places) == 1:
        return ("blocked",)
    return _TIES.get(finding.rule) or _BY_PROOF[finding.proof]


def _aim(place: Place, first: int, last: int) -> Aim:
    return Aim.parse(f"{place.file}:{max(first, 1)}-{max(last, first, 1)}")


def _statement(place: Place) -> Aim:
    """The lines of the place; of the head of a loop, the whole loop."""
    last = place.last_line
    tree = tree_of(place.file)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)) and node.lineno == place.line:
            last = max(last, node.end_lineno or 0)
    return _aim(place, place.line, last)


def function_at(tree: ast.Module, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The innermost function that holds the line."""
    found: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    for node in ast.walk(tree):
        if (
            isinstance(node, _FUNCTIONS)
            and node.lineno <= line <= (node.end_lineno or 0)
            and (found is None or node.lineno >= found.lineno)
        ):
            found = node
    return found


@lru_cache(64)
def tree_of(file: str) -> ast.Module | None:
    """The tree of a file, as the review has read it; ``None`` if it cannot be read."""
    data = read_bytes(file)
    source = None if isinstance(data, Note) else parse(file, data)
    return None if source is None or isinstance(source, Note) else source.tree
