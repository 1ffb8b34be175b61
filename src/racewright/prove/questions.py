"""From a finding to the question that an experiment answers: which lines, and what would count."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from racewright.model.finding import Finding, Note, Place
from racewright.prove.experiments import Question
from racewright.prove.ways import way_of
from racewright.review.source import parse, read_bytes
from racewright.strategies.aimed import Aim

__all__ = ["function_at", "question_of", "tree_of", "why_not_run"]

_GREEN: Final = ("eventlet", "gevent")
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_BLOCKS = (ast.With, ast.AsyncWith, ast.If, ast.Try)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


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
    way = way_of(finding)
    places = tuple(_aim(each, each.line, each.last_line) for each in finding.places)
    first = finding.place
    tree = tree_of(first.file)
    function = function_at(tree, first.line) if tree is not None else None
    if way.lines == "span":
        regions = _span(finding.places, function)
    else:
        regions = [_statement(each, way.lines) for each in finding.places]
    if function is None:
        regions.append(_aim(first, 1, 10**9))
    else:
        regions.append(_aim(first, function.lineno, function.end_lineno or function.lineno))
    return Question(key, places, tuple(regions), way.ties, needs_race=way.needs_race)


def _aim(place: Place, first: int, last: int) -> Aim:
    return Aim.parse(f"{place.file}:{max(first, 1)}-{max(last, first, 1)}")


def _span(
    places: Sequence[Place], function: ast.FunctionDef | ast.AsyncFunctionDef | None
) -> list[Aim]:
    """From the first line to the last of the places in one function; then the other places."""
    head = places[0]
    last = 10**9 if function is None else function.end_lineno or 0
    begin = 1 if function is None else function.lineno
    mine = [each for each in places if each.file == head.file and begin <= each.line <= last]
    others = [each for each in places if each not in mine]
    span = _aim(head, min(e.line for e in mine), max(e.last_line for e in mine))
    return [span, *(_aim(each, each.line, each.last_line) for each in others)]


def _statement(place: Place, lines: str) -> Aim:
    """The lines of the place; of the head of a loop, the whole loop; else as ``lines`` says."""
    first, last = place.line, place.last_line
    tree = tree_of(place.file)
    best: ast.With | None = None
    for node in ast.walk(tree) if tree is not None else ():
        if (
            isinstance(node, ast.stmt)
            and node.lineno == place.line
            and isinstance(node, (*_LOOPS, *(_BLOCKS if lines == "block" else ())))
        ):
            last = max(last, node.end_lineno or 0)
        if (
            lines == "with"
            and isinstance(node, ast.With)
            and node.lineno <= place.line <= (node.end_lineno or 0)
            and (best is None or node.lineno >= best.lineno)
        ):
            best = node
    if best is not None:
        # The taking of the lock and its release are not among what it keeps together.
        first, last = best.body[0].lineno, max(last, best.end_lineno or 0)
    return _aim(place, first, last)


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
