"""Stacks as values: the frames that are the user's."""

from __future__ import annotations

import os
import traceback
from types import CodeType, FrameType

from racewright.kernel.sites import is_ours, is_plumbing
from racewright.model.execution import Frame
from racewright.model.operation import Site, display_path

__all__ = ["as_frames", "format_error", "is_users", "stack_of"]


_HARNESS = (
    "racewright_pytest.py",
    "/pytest/__main__.py",
    "/bin/pytest",
    "/unittest/case.py",
    "/unittest/suite.py",
    "/runpy.py",
)
#: Characters of a traceback, the exception's message included.
MAX_TEXT = 20_000
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: Where the user's part of a stack begins: what called us is nobody's business. These are files
#: that are never compiled, for a compiled function has no frame.
_BEGINNINGS = (
    os.path.join(_PACKAGE, "run", "once.py"),
    os.path.join(_PACKAGE, "carriers", ""),
)


def is_users(file: str) -> bool:
    """Whether frames in ``file`` are worth telling: the user's, or a library's that it uses."""
    return not (
        is_plumbing(file)
        or "/_pytest/" in file
        or "/pluggy/" in file
        or file.startswith("<frozen")
        or file.endswith(_HARNESS)
    )


def stack_of(frame: FrameType | None) -> tuple[Frame, ...]:
    """The user's frames, outermost first; all of them where none is the user's."""
    frames: list[tuple[CodeType, int]] = []
    while frame is not None and is_ours(frame.f_code.co_filename):
        frame = frame.f_back  # a suspended task stands in its carrier
    while frame is not None and not frame.f_code.co_filename.startswith(_BEGINNINGS):
        frames.append((frame.f_code, frame.f_lineno))
        frame = frame.f_back
    return as_frames(list(reversed(frames)))


def as_frames(frames: list[tuple[CodeType, int]]) -> tuple[Frame, ...]:
    """Pairs of code and line, as values; those that are not the user's are left out."""
    users = [pair for pair in frames if is_users(pair[0].co_filename)]
    if not users:  # a method of the standard library is what the thread was made of
        users = [pair for pair in frames if not is_ours(pair[0].co_filename)][-3:] or frames[-3:]
    if len(users) > 60:
        users = users[:20] + users[-40:]
    result = []
    for code, line in users:
        site = Site(code.co_filename, line, getattr(code, "co_qualname", code.co_name))
        result.append(Frame(display_path(site.file), line, site.function, site.text))
    return tuple(result)


def format_error(error: BaseException, stack: tuple[Frame, ...]) -> str:
    """A traceback of these frames alone, bounded."""
    lines = ["Traceback (most recent call last):"]
    for frame in stack:
        lines.append(f'  File "{frame.file}", line {frame.line}, in {frame.function}')
        if frame.text:
            lines.append(f"    {frame.text}")
    lines.extend(line.rstrip("\n") for line in traceback.format_exception_only(type(error), error))
    return "\n".join(lines)[:MAX_TEXT]
