"""Which programs are asked: those that are named; else scripts, and the tests nearest to the code.

A file that is reviewed and runs something by itself is a program already. Of the test files those
come first that import a reviewed module, then those that import what does. Where none does, the
module may be reached by its name in a text: the test files that mention it are asked, and, where no
file does, all of them, those that lie nearest first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from racewright.prove.imports import Sources, is_script
from racewright.review.source import files_in, module_name

__all__ = ["default_targets", "installed_packages", "is_test_file", "scripts_among"]

_TEST_FILE = re.compile(r"(?:test_[^/]*|[^/]*_test)\.py$")
_FOLDERS = ("tests", "test")
_FOREIGN = frozenset({"dist-packages", "site-packages"})


def is_test_file(path: str) -> bool:
    """Whether pytest would take the file for one of tests by its name."""
    return _TEST_FILE.fullmatch(os.path.basename(path)) is not None


def scripts_among(reviewed: Iterable[str]) -> list[str]:
    """Those of the files that run something by themselves, and are no tests."""
    return [file for file in sorted(reviewed) if not is_test_file(file) and is_script(file)]


def default_targets(paths: Sequence[str], reviewed: Iterable[str]) -> list[str]:
    """The test files that may come to a file of ``reviewed``, nearest first.

    They are looked for below ``paths``, below ``tests/``, and where the reviewed files are.
    """
    wanted = sorted({os.path.relpath(file) for file in reviewed})
    places = [*paths, *(folder for folder in _FOLDERS if os.path.isdir(folder))]
    places += sorted({home for file in wanted if os.path.isdir(home := _home_of(file))})
    sources = Sources(files_in(places))
    tests = [file for file in sources.files if is_test_file(file)]
    found = {file: far for file, far in sources.importers(wanted).items() if is_test_file(file)}
    if not found:
        speaking = set(sources.speaking_of(wanted))
        found = dict.fromkeys([file for file in tests if file in speaking] or tests, 0)
    return sorted(found, key=lambda file: (found[file], _way(file, wanted), file))


def _home_of(file: str) -> str:
    """The folder of a file, or of the outermost package that it is in."""
    folder = os.path.dirname(os.path.abspath(file))
    while os.path.exists(os.path.join(os.path.dirname(folder), "__init__.py")):
        folder = os.path.dirname(folder)
    return os.path.relpath(folder)


def _way(file: str, wanted: Sequence[str]) -> int:
    """The folders between a file and the nearest of the wanted ones."""
    here = os.path.dirname(os.path.abspath(file)).split(os.sep)
    ways = []
    for each in wanted:
        there = os.path.dirname(os.path.abspath(each)).split(os.sep)
        same = next(
            (n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b),
            min(len(here), len(there)),
        )
        ways.append(len(here) + len(there) - 2 * same)
    return min(ways, default=0)


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
