"""What is real is real, whoever came before us."""

from __future__ import annotations

import subprocess
import sys

PATCHED_BEFORE = """
import _thread, sys, threading
before, real = _thread.get_ident, _thread.get_ident()

def get_ident():
    return 7  # as eventlet and gevent do: of a greenlet, not of a thread

_thread.get_ident = threading.get_ident = get_ident
from racewright import originals
assert originals.get_ident is not get_ident
assert originals.get_ident() == real
assert originals.get_ident() in sys._current_frames()
assert _thread.get_ident is get_ident and threading.get_ident() == 7
seen = []
_thread.start_new_thread(lambda: seen.append(originals.get_ident()), ())
while not seen:
    pass
assert seen[0] != real, seen
_thread.get_ident = threading.get_ident = before  # the interpreter needs it to come to its end
"""

UNPATCHED = """
import _thread
from racewright import originals
assert originals.get_ident is _thread.get_ident
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )


def test_the_identity_of_a_thread_is_real_although_it_was_patched_before_us() -> None:
    finished = run(PATCHED_BEFORE)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_the_identity_of_a_thread_is_the_functions_own_where_nobody_has_patched_it() -> None:
    finished = run(UNPATCHED)
    assert (finished.returncode, finished.stderr) == (0, "")
