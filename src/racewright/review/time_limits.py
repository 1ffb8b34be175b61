"""Whether whoever runs the tests ends one that takes too long: as their configuration says.

pytest-timeout is configured where pytest is (``timeout`` and ``addopts`` in the first of its files
at or above the test, or ``--timeout`` in what tox runs); the test cases of OpenStack's projects end
after ``OS_TEST_TIMEOUT`` seconds, which tox and stestr set. What a ``conftest.py`` sets holds for
the tests around it. Nothing is imported; what cannot be read says nothing.
"""

from __future__ import annotations

import configparser
import os
import re
import sys
from collections.abc import Iterator
from typing import Any, Final

from racewright.model.finding import Note
from racewright.review.source import read_bytes

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

__all__ = ["LIMITS", "TimeLimits"]

#: What a file of tests says that sets a limit for them.
LIMITS: Final = ("pytest.mark.timeout", "faulthandler.dump_traceback_later", "signal.alarm")
#: Where a project ends: what is above is somebody else's.
_ENDS = (".git", ".hg")
#: pytest's files, in the order in which it takes the first, and the section that makes them its.
_INI = (
    ("pytest.ini", ""),
    (".pytest.ini", ""),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)
#: Files that say how tests are run.
_RUNS = ("tox.ini", "tox.toml", "pyproject.toml", ".stestr.conf", ".testr.conf", "stestr.conf")
_OF_TEST_CASES = re.compile(r"OS_TEST_TIMEOUT\W{1,8}?(?:\{OS_TEST_TIMEOUT:-)?([0-9]+)")
_OPTION = re.compile(r"--timeout[= ]+([0-9.]+)")
_PYTEST = re.compile(r"\bpy\.?test\b")


class TimeLimits:
    """The limits of the tests of some files; each folder is looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def is_limited(self, file: str) -> bool:
        """Whether a test of ``file`` is ended from outside, however long it waits."""
        return self._in(os.path.dirname(os.path.abspath(file)))

    def _in(self, folder: str) -> bool:
        if folder not in self._known:
            above = os.path.dirname(folder)
            is_end = above == folder or any(os.path.exists(os.path.join(folder, e)) for e in _ENDS)
            found = _is_set_in(folder)
            if found is None:
                found = not is_end and self._in(above)
            self._known[folder] = found
        return self._known[folder]


def _is_set_in(folder: str) -> bool | None:
    """What the files of one folder say, if anything."""
    conftest = _text(folder, "conftest.py")
    if any(limit in conftest for limit in LIMITS):
        return True
    if any(_is_above_0(each) for name in _RUNS for each in _run_with(_text(folder, name))):
        return True
    table = _table_of_pytest(folder)
    if table is None:
        return None
    options = table.get("addopts", "")
    words = " ".join(map(str, options)) if isinstance(options, list) else str(options)
    # What an option says goes before what a key says.
    given = [*_OPTION.findall(words), *([str(table["timeout"])] if "timeout" in table else [])]
    return _is_above_0(given[0]) if given else False


def _run_with(text: str) -> Iterator[str]:
    """The seconds that tests are run with."""
    for line in text.splitlines():
        if not line.lstrip().startswith(("#", ";")):
            yield from _OF_TEST_CASES.findall(line)
            yield from _OPTION.findall(line) if _PYTEST.search(line) else ()


def _table_of_pytest(folder: str) -> dict[str, Any] | None:
    """pytest's own configuration in this folder; ``None`` if it has none here."""
    for name, section in _INI[:2]:
        if os.path.isfile(os.path.join(folder, name)):
            return _section(_text(folder, name), section or "pytest") or {}
    try:
        values: Any = tomllib.loads(_text(folder, "pyproject.toml"))
    except (tomllib.TOMLDecodeError, RecursionError):
        values = {}
    for key in ("tool", "pytest"):
        values = values.get(key) if isinstance(values, dict) else None
    if isinstance(values, dict) and values:
        inner = values.get("ini_options", values)  # pytest 9 has both
        return inner if isinstance(inner, dict) else {}
    for name, section in _INI[2:]:
        found = _section(_text(folder, name), section)
        if found is not None:
            return found
    return None


def _section(text: str, name: str) -> dict[str, Any] | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return dict(parser[name]) if parser.has_section(name) else None


def _is_above_0(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False


def _text(folder: str, name: str) -> str:
    path = os.path.join(folder, name)
    data = read_bytes(path) if os.path.isfile(path) else b""
    return "" if isinstance(data, Note) else data.decode("utf-8", "replace")
