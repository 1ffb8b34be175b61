"""How the tests of reviews ask one rule about one text."""

from __future__ import annotations

import re
from pathlib import Path

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
