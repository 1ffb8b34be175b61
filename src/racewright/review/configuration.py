"""What a review is asked to do: from the command line, over ``[tool.racewright.review]``."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatch
from typing import Any, Final

from racewright.errors import UsageError
from racewright.review.rule import Rule, all_rules, find_rule

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

__all__ = [
    "SEVERITIES",
    "ReviewSettings",
    "chosen_rules",
    "from_pyproject",
    "is_code",
    "project_table",
]

#: What ``severity`` may say of a rule.
SEVERITIES: Final = ("defect", "improvement", "off")

_CODE = re.compile(r"[A-Z]{1,7}[0-9]{0,4}")
_TABLE = "[tool.racewright.review]"


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """The options of a review; each is also a key of ``[tool.racewright.review]``."""

    paths: tuple[str, ...] = (".",)
    exclude: tuple[str, ...] = ()  #: files and folders that are not read
    #: Names or patterns of rules, or codes of ruff's; none means all but previews.
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    #: For files that match the pattern, not these rules.
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    severity: tuple[tuple[str, str], ...] = ()  #: a rule, and one of :data:`SEVERITIES`
    preview: bool = False  #: whether rules in preview are on by default
    ruff: bool = True
    ruff_select: tuple[str, ...] = ()  #: codes for ruff; none means our short selection
    cache: bool = True
    jobs: int = 0  #: 0: one process for each core
    time_limit: int = 60  #: seconds for one file; 0: as long as it takes
    baseline: str = ""  #: the file of findings that are accepted as they are
    root: str = ""  #: the folder of pyproject.toml, which patterns are relative to; no key


def from_pyproject(folder: str) -> ReviewSettings:
    """The settings of the nearest ``pyproject.toml`` at or above ``folder``."""
    path, values = project_table(folder, "review")
    if not path:
        return ReviewSettings()
    here = os.path.dirname(path)
    settings = _checked(values, path)
    # Paths in a file are relative to it, whichever folder one is in.
    relative = os.path.relpath(here)
    return replace(
        settings,
        paths=tuple(os.path.normpath(os.path.join(relative, each)) for each in settings.paths),
        exclude=tuple(os.path.normpath(os.path.join(relative, each)) for each in settings.exclude),
        baseline=settings.baseline and os.path.normpath(os.path.join(relative, settings.baseline)),
        root=here,
    )


def project_table(folder: str, name: str) -> tuple[str, Any]:
    """The nearest ``pyproject.toml`` at or above ``folder``, and what ``[tool.racewright.NAME]``
    is there; no path and nothing where there is no such file."""
    here = os.path.abspath(folder)
    while not os.path.isfile(os.path.join(here, "pyproject.toml")):
        above = os.path.dirname(here)
        if above == here:
            return "", {}
        here = above
    path = os.path.join(here, "pyproject.toml")
    try:
        with open(path, "rb") as file:
            values: Any = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    for key in ("tool", "racewright", name):
        values = values.get(key, {}) if isinstance(values, dict) else {}
    return path, values


def _checked(values: Any, path: str) -> ReviewSettings:
    if not isinstance(values, dict):
        raise UsageError(f"{path}: {_TABLE} is no table")
    defaults = ReviewSettings()
    known = {field.name.replace("_", "-") for field in fields(ReviewSettings)} - {"root"}
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            raise UsageError(f"{path}: {_TABLE} has no key {key!r}{_near(key, known)}")
        word = key.replace("-", "_")
        default = getattr(defaults, word)
        where = f"{path}: {key} of {_TABLE}"
        if word in _TABLES:
            value = _TABLES[word](value, where)
        elif isinstance(default, tuple):
            value = _list(value, where)
        elif type(value) is not type(default):
            raise UsageError(f"{where} is no {type(default).__name__}")
        elif isinstance(value, int) and value < 0:
            raise UsageError(f"{where} is less than 0")
        found[word] = value
    return ReviewSettings(**found)


def _near(key: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, sorted(known), 1, 0.6)
    return f"\nDid you mean {near[0]}?" if near else ""


def _list(value: Any, where: str) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        raise UsageError(f"{where} is no list of strings")
    return tuple(value)


def _per_file(value: Any, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise UsageError(f'{where} is no table, such as {{ "tests/*" = ["unbounded-wait"] }}')
    return tuple((name, _list(rules, f"{where}, at {name!r},")) for name, rules in value.items())


def _severity(value: Any, where: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise UsageError(f'{where} is no table, such as {{ unbounded-wait = "off" }}')
    for name, word in value.items():
        if word not in SEVERITIES:
            raise UsageError(f"{where}, at {name!r}, is none of {', '.join(SEVERITIES)}")
    return tuple(value.items())


_TABLES: Final[dict[str, Callable[[Any, str], Any]]] = {
    "per_file_ignores": _per_file,
    "severity": _severity,
}


def is_code(word: str) -> bool:
    """Whether ``word`` is a code of ruff's, or the beginning of some: ``F401``, ``ASYNC``."""
    return _CODE.fullmatch(word) is not None


def chosen_rules(settings: ReviewSettings) -> tuple[Rule, ...]:
    """The rules that are on. A word that matches none is an error, for it is a slip."""
    rules = all_rules()
    words = [*settings.select, *settings.ignore, *(name for name, _ in settings.severity)]
    words += [word for _, each in settings.per_file_ignores for word in each]
    for word in words:
        if not is_code(word) and not any(fnmatch(rule.name, word) for rule in rules):
            find_rule(word)  # raises, and knows what may have been meant
    return tuple(rule for rule in rules if _is_on(rule, settings))


def _is_on(rule: Rule, settings: ReviewSettings) -> bool:
    if _matches(rule, settings.ignore):
        return False
    if settings.select:
        return _matches(rule, settings.select)
    return settings.preview or not rule.preview


def _matches(rule: Rule, words: Iterable[str]) -> bool:
    return any(fnmatch(rule.name, word) for word in words)
