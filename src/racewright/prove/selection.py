"""Which tests are asked: those that are named, or those below the root that speak of the code.

A test that reaches some lines names the module they are in, or something between the two. So, where
nothing is named, the test files are those that mention the name of a reviewed module, and, where no
file does, all of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from racewright.model.finding import Note
from racewright.review.source import files_in, module_name, read_bytes

__all__ = ["default_targets", "installed_packages", "is_test_file"]

_TEST_FILE = re.compile(r"(?:test_[^/]*|[^/]*_test)\.py$")
_FOLDERS = ("tests", "test")
_FOREIGN = frozenset({"dist-packages", "site-packages"})


def is_test_file(path: str) -> bool:
    """Whether pytest would take the file for one of tests by its name."""
    return _TEST_FILE.fullmatch(os.path.basename(path)) is not None


def default_targets(paths: Sequence[str], reviewed: Iterable[str]) -> list[str]:
    """The test files below ``paths`` and below ``tests/`` that speak of a file of ``reviewed``."""
    places = [*paths, *(folder for folder in _FOLDERS if os.path.isdir(folder))]
    files = sorted({os.path.relpath(each) for each in files_in(places) if is_test_file(each)})
    names = {_name_of(file) for file in reviewed}
    wanted = re.compile(
        rb"\b(?:" + b"|".join(re.escape(n).encode() for n in sorted(names)) + rb")\b"
    )
    found = []
    for file in files:
        data = read_bytes(file)
        if not isinstance(data, Note) and (wanted.search(data) or _name_of(file) in names):
            found.append(file)
    return found or files


def installed_packages(reviewed: Iterable[str], root: str) -> tuple[str, ...]:
    """The packages of the files that are none of the project's, and must be named to be
    instrumented."""
    home = os.path.abspath(root) + os.sep
    found = set()
    for file in reviewed:
        path = os.path.abspath(file)
        if not path.startswith(home) or _FOREIGN.intersection(path.split(os.sep)):
            found.add(module_name(path)[0].partition(".")[0])
    return tuple(sorted(found))


def _name_of(file: str) -> str:
    """``bank`` for ``src/bank.py``; of a package, the name of its folder."""
    stem = os.path.basename(file).removesuffix(".py")
    return os.path.basename(os.path.dirname(os.path.abspath(file))) if stem == "__init__" else stem
