"""What a review is asked to do: from the command line, over ``[tool.racewright.review]``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatch
from typing import Any

from racewright.errors import UsageError
from racewright.review.rule import Rule, all_rules, find_rule

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

__all__ = ["ReviewSettings", "chosen_rules", "from_pyproject"]


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """The options of a review; each is also a key of ``[tool.racewright.review]``."""

    paths: tuple[str, ...] = (".",)
    exclude: tuple[str, ...] = ()  #: files and folders that are not read
    select: tuple[str, ...] = ()  #: names or patterns of rules; none means all but previews
    ignore: tuple[str, ...] = ()
    preview: bool = False  #: whether rules in preview are on by default
    ruff: bool = True
    ruff_select: tuple[str, ...] = ()  #: codes for ruff; none means our short selection
    cache: bool = True
    jobs: int = 0  #: 0: one process for each core


def from_pyproject(folder: str) -> ReviewSettings:
    """The settings of the nearest ``pyproject.toml`` at or above ``folder``."""
    here = os.path.abspath(folder)
    while not os.path.isfile(os.path.join(here, "pyproject.toml")):
        above = os.path.dirname(here)
        if above == here:
            return ReviewSettings()
        here = above
    path = os.path.join(here, "pyproject.toml")
    try:
        with open(path, "rb") as file:
            values = tomllib.load(file).get("tool", {}).get("racewright", {}).get("review", {})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    settings = _checked(values, path)
    # Paths in a file are relative to it, whichever folder one is in.
    relative = os.path.relpath(here)
    return replace(
        settings,
        paths=tuple(os.path.normpath(os.path.join(relative, each)) for each in settings.paths),
        exclude=tuple(os.path.normpath(os.path.join(relative, each)) for each in settings.exclude),
    )


def _checked(values: Any, path: str) -> ReviewSettings:
    if not isinstance(values, dict):
        raise UsageError(f"{path}: [tool.racewright.review] is no table")
    defaults = ReviewSettings()
    known = {field.name for field in fields(ReviewSettings)}
    found: dict[str, Any] = {}
    for key, value in values.items():
        word = key.replace("-", "_")
        if word not in known:
            raise UsageError(f"{path}: [tool.racewright.review] has no key {key!r}")
        default = getattr(defaults, word)
        if isinstance(default, tuple):
            if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
                raise UsageError(f"{path}: {key} of [tool.racewright.review] is no list of strings")
            value = tuple(value)
        elif type(value) is not type(default):
            kind = type(default).__name__
            raise UsageError(f"{path}: {key} of [tool.racewright.review] is no {kind}")
        found[word] = value
    return ReviewSettings(**found)


def chosen_rules(settings: ReviewSettings) -> tuple[Rule, ...]:
    """The rules that are on. A word that matches none is an error, for it is a slip."""
    rules = all_rules()
    for word in (*settings.select, *settings.ignore):
        if not any(fnmatch(rule.name, word) for rule in rules):
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
