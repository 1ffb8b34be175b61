"""How the tests of reviews ask one rule about one text."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import racewright
from racewright.model.finding import Finding
from racewright.review import review_source
from racewright.review.rule import Rule

EXAMPLES = Path(__file__).parent / "examples"
_HERE = re.compile(r"#.*\bhere\b")


def found_by(rule: Rule, text: str, path: str = "tests/test_example.py") -> list[Finding]:
    """What ``rule`` finds in ``text``, as if it were the file at ``path``."""
    return review_source(path, text.encode(), [rule])


def expected_lines(text: str) -> list[int]:
    """The lines that a comment marks with *here*."""
    return [number for number, line in enumerate(text.splitlines(), 1) if _HERE.search(line)]


def path_of(example: Path) -> str:
    """Where an example says that it lies; in a file of tests, unless its first line says other."""
    return path_said_in(example.read_text())


def path_said_in(text: str) -> str:
    """The path that the first line of ``text`` gives; one of a file of tests, if it gives none."""
    first = text.partition("\n")[0]
    return first.removeprefix("# file: ") if first.startswith("# file: ") else "tests/test_it.py"


def block_of(page: str, section: str) -> str:
    """The code of a section of a manual page."""
    text = re.split(rf"^{section}\n-+\n", page, flags=re.MULTILINE)[1]
    text = re.split(r"^[A-Z][^\n]*\n-{5,}\n", text, flags=re.MULTILINE)[0]
    lines = text.split("::\n", 1)[1].splitlines()
    kept = [line[4:] for line in lines if not line.strip() or line.startswith("    ")]
    return "\n".join(kept).strip("\n") + "\n"


#: A program in a shape that some schedule makes fail, and the one that stands instead.
Pair = tuple[Callable[[], None], Callable[[], None]]


def pairs_of(shapes: dict[str, list[Pair]]) -> list[Any]:
    """The parameters of a test: each pair of each rule."""
    return [
        pytest.param(wrong, right, id=f"{rule}-{wrong.__name__}")
        for rule, pairs in shapes.items()
        for wrong, right in pairs
    ]


def assert_demonstrated(wrong: Callable[[], None], right: Callable[[], None]) -> None:
    """Some schedule makes an assertion of ``wrong`` fail; ``right`` passes in several orders."""
    found = racewright.explore(wrong, schedules=300, save=False, corpus=False, jobs=1)
    assert [each.failure.kind for each in found.failures] == ["assertion"]
    other = racewright.explore(right, schedules=300, save=False, corpus=False, jobs=1)
    assert other.outcome == "passed"
    assert other.distinct_traces > 1


#: Runs right, or wrong, as it is told.
Program = Callable[[bool], None]


def together(*works: Callable[[], object]) -> None:
    """Run ``works`` in a thread each, to their ends; what one raises is the caller's."""
    errors: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
