"""Calls of the file system as scheduling points: what one finds there, another may change.

``os.path.exists``, ``pathlib``, ``shutil`` and the like end in a few functions of ``os``, and those
are what is announced, where code that is instrumented asks for them; not what the import system, a
logger or a test runner does with files. They are all on one resource: telling which paths lie below
one another would take the very calls that are announced.
"""

from __future__ import annotations

import builtins
import functools
import io
import os
import pathlib
from collections.abc import Callable, Collection, Iterator
from types import FrameType
from typing import Any

from racewright.kernel.scheduler import here
from racewright.kernel.sites import STDLIB
from racewright.model.operation import Resource, Site, Start, site_of
from racewright.originals import getframe

__all__ = [
    "announced",
    "change_directory",
    "copies_in_classes",
    "count_for",
    "functions",
    "sets_of_functions",
]

#: The functions of ``os`` that look at the names in the file system, or change them.
_NAMES = (
    "access",
    "link",
    "listdir",
    "lstat",
    "mkdir",
    "open",
    "remove",
    "rename",
    "replace",
    "rmdir",
    "scandir",
    "stat",
    "symlink",
    "truncate",
    "unlink",
)
#: Standard modules that pass such a call on; some of them are frozen into the interpreter.
_FROZEN = tuple(f"<frozen {name}>" for name in ("codecs", "genericpath", "os", "posixpath"))
_BETWEEN = _FROZEN + tuple(
    os.path.join(STDLIB, name)
    for name in (
        "codecs.py",
        "contextlib.py",
        "genericpath.py",
        "glob.py",
        "os.py",
        "pathlib",
        "posixpath.py",
        "shutil.py",
        "tempfile.py",
    )
)
FILES = Resource("the file system")
_chdir = os.chdir


class Users:
    """Whose calls count: the modules that are instrumented, by name."""

    modules: Collection[str] = ()


def count_for(modules: Collection[str]) -> None:
    """Announce what ``modules``, a collection that may still grow, ask for."""
    Users.modules = modules


def announced(original: Callable[..., Any], module: str) -> Callable[..., Any]:
    """``original``, to be found in ``module``, with a scheduling point before it."""

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        kernel = here()
        if kernel is not None and not kernel.is_over and kernel.alive > 1:
            site = _users_site()
            if site is not None:
                kernel.point("system", FILES, site)
        return original(*args, **kwargs)

    call.__module__ = module  # so that it can be pickled
    return call


def change_directory(path: Any) -> None:
    """``os.chdir``; a run's end takes the process back to where it began."""
    kernel = here()
    if kernel is not None and not Start.directory:
        before = Start.directory = os.getcwd()

        def go_back() -> None:
            Start.directory = ""
            _chdir(before)

        kernel.cleanups.append(go_back)
    _chdir(path)


def _users_site() -> Site | None:
    """Where a user asked for this, if it was not somebody else."""
    frame: FrameType | None = getframe(2)
    while frame is not None and frame.f_code.co_filename.startswith(_BETWEEN):
        frame = frame.f_back
    if frame is None or frame.f_globals.get("__name__") not in Users.modules:
        return None
    return site_of(frame.f_code, frame.f_lasti)


def functions() -> Iterator[tuple[Any, str]]:
    """The module and the name of each; one function may have two names."""
    for name in _NAMES:
        if hasattr(os, name):
            yield os, name
    yield builtins, "open"
    yield io, "open"


def sets_of_functions() -> Iterator[tuple[str, set[Any]]]:
    """The sets of ``os`` that say which function can do what, and are asked with the function."""
    for name in ("dir_fd", "effective_ids", "fd", "follow_symlinks"):
        members = getattr(os, f"supports_{name}", None)
        if isinstance(members, set):
            yield f"supports_{name}", members


def copies_in_classes() -> Iterator[type]:
    """Classes that keep copies of the functions: 3.10's ``pathlib`` has one."""
    accessor = getattr(pathlib, "_NormalAccessor", None)
    if accessor is not None:
        yield accessor
