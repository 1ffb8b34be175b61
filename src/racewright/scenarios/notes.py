"""A story told in the message of a failure."""

from __future__ import annotations

import sys
import unittest

__all__ = ["attach"]


def attach(error: BaseException, text: str) -> None:
    """Add ``text`` to what is shown of ``error``; once, and not to what ends a test unharmed.

    From 3.11 on that is a note. Before, runners show the message alone, so it is put there; where
    an exception has no message of that kind, it goes to standard error, which runners capture.
    """
    if isinstance(error, (unittest.SkipTest, GeneratorExit, SystemExit)):
        return
    if type(error).__name__ in ("Skipped", "XFailed", "Exit", "TaskAbandoned"):
        return
    notes = getattr(error, "__notes__", [])
    if text in notes or any(text in str(argument) for argument in error.args):
        return
    if sys.version_info >= (3, 11):
        error.add_note(text)
        return
    try:
        error.__notes__ = [*notes, text]
    except AttributeError:
        pass
    first = error.args[0] if error.args else ""
    if isinstance(first, str) and first in str(error):
        error.args = (f"{first}\n{text}" if first else text, *error.args[1:])
    else:
        print(text, file=sys.stderr)
