"""Where in the user's code an operation was asked for."""

from __future__ import annotations

import os
import threading
from types import CodeType, FrameType

from racewright import hot
from racewright.model.operation import Site, site_of
from racewright.originals import getframe

__all__ = ["STDLIB", "caller_site", "classify", "is_ours", "is_plumbing", "maker_site"]

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
STDLIB = os.path.dirname(os.path.abspath(threading.__file__)) + os.sep
#: Standard modules that stand between a program and what it waits for; a report looks past them.
_PLUMBING = tuple(
    STDLIB + name
    for name in (
        "threading.py",
        "queue.py",
        "contextlib.py",
        "sched.py",
        "selectors.py",
        "weakref.py",
        "_weakrefset.py",
        f"concurrent{os.sep}futures{os.sep}",
        f"multiprocessing{os.sep}pool.py",
        f"asyncio{os.sep}",
    )
)
#: The file of code that was made at run time, such as a dataclass's ``__init__``.
_GENERATED = "<string>"
_id = id  # the built-in one, whatever control makes of the name
#: What is known of a code object, by its identity: itself (so that no other takes its address),
#: whether it is ours, whether it is plumbing, and the sites in it that were asked for.
_known: dict[int, tuple[CodeType, bool, bool, dict[int, Site]]] = {}


def is_ours(file: str) -> bool:
    """Whether ``file`` is part of this package."""
    return file.startswith(_OURS)


def is_plumbing(file: str) -> bool:
    """Whether ``file`` is ours, or a standard module that only passes an operation on."""
    return file.startswith((_OURS, *_PLUMBING))


def _known_of(code: CodeType) -> tuple[CodeType, bool, bool, dict[int, Site]]:
    known = _known.get(_id(code))
    if known is None:
        file = code.co_filename
        known = _known[_id(code)] = (code, file.startswith(_OURS), is_plumbing(file), {})
    return known


def classify(code: CodeType, instruction: int) -> Site | None:
    """The site of an instruction (a byte offset), or ``None`` where its code is plumbing.

    Code and site are kept for ever, so that their addresses stay theirs.
    """
    known = _known_of(code)
    if known[2]:
        return None
    site = known[3].get(instruction)
    if site is None:
        site = known[3][instruction] = site_of(code, instruction)
    return site


def maker_site() -> Site:
    """Where a lock is made; of a dataclass's field, where the instance is."""
    site = caller_site()
    if site.file != _GENERATED:
        return site
    frame: FrameType | None = getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_filename != _GENERATED and not _known_of(code)[2]:
            return site_of(code, frame.f_lasti)
        frame = frame.f_back
    return site


def caller_site() -> Site:
    """The innermost place outside ours and the plumbing; failing that, outside ours."""
    frame: FrameType | None = getframe(1)
    fallback: FrameType | None = None
    while frame is not None:
        code = frame.f_code
        known = _known.get(_id(code)) or _known_of(code)
        if not known[2]:
            instruction = frame.f_lasti
            site = known[3].get(instruction)
            if site is None:
                site = known[3][instruction] = site_of(code, instruction)
            return site
        if fallback is None and not known[1]:
            fallback = frame
        frame = frame.f_back
    if fallback is None:
        fallback = getframe(1)
    return site_of(fallback.f_code, fallback.f_lasti)


if hot.module is not None:
    hot.module.bind_sites(classify, caller_site)
    caller_site = hot.module.caller_site
