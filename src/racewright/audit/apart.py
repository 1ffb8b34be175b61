"""A piece of work in a process of its own, that ends when its time is over.

What is run there is somebody's program. It may end the process, change it, print, or never come to
an end, and none of that may cost the audit that was made by reading.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from racewright import originals
from racewright.errors import RacewrightError
from racewright.search.workers import Child

__all__ = ["Outcome", "message_of", "run_apart"]

Result = TypeVar("Result")
#: Real seconds in which a process that was told to end may end what it has started itself.
_GRACE = 10.0


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """What the work gave, or why it gave nothing."""

    value: Result | None
    why_not: str = ""


def run_apart(work: Callable[[], Result], seconds: float) -> Outcome[Result]:
    """The result of ``work``, which is told to end after ``seconds``, and then made to."""

    def run(child: Child) -> None:
        try:
            child.send("value", work())
        except RacewrightError as error:
            child.send("why not", str(error.args[0] if error.args else error))
        except KeyboardInterrupt:
            pass
        except SystemExit as error:
            child.send("why not", f"it ended the process with {error.code!r}")

    child = Child(run)
    found: dict[str, object] = {}
    end = originals.monotonic() + seconds
    is_told = False
    try:
        while child.is_open:
            select.select([child.reading], [], [], 0.1)
            found.update(child.receive())
            if child.is_open and originals.monotonic() > end:
                if is_told:
                    break
                is_told = True
                end = originals.monotonic() + _GRACE
                _tell_to_end(child)
    except KeyboardInterrupt:
        _tell_to_end(child)
        _wait(child)
        raise
    finally:
        child.kill()
    if "value" in found:
        return Outcome(found["value"])  # type: ignore[arg-type]
    if "why not" in found:
        return Outcome(None, str(found["why not"]))
    reason = f"it took longer than {seconds:g} s" if is_told else child.death()
    return Outcome(None, reason or "the process ended itself")


def message_of(error: RacewrightError) -> str:
    """The first line of what it says, without the word that messages are looked up by."""
    return str(error.args[0] if error.args else error).partition("\n")[0]


def _tell_to_end(child: Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGINT)


def _wait(child: Child) -> None:
    end = originals.monotonic() + _GRACE
    while child.is_open and originals.monotonic() < end:
        select.select([child.reading], [], [], 0.1)
        for _ in child.receive():
            pass
