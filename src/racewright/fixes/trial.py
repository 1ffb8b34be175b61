"""Tests that have to pass with what is offered, before anything is written.

They are run by pytest, or unittest, in a process of their own, below an overlay of the changed
files (:mod:`racewright.fixes.overlay`). They have to pass as the project stands, or their failure
would say nothing; and no run may take much longer than that one.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping

from racewright import originals
from racewright.errors import UsageError

__all__ = ["Trial"]

_SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "overlay.py")
#: Seconds that a run may take however short the first one was, and how often its time.
_LEAST = 60.0
_TIMES = 5.0
#: Lines of a failing run that are told.
_MOST_LINES = 15


class Trial:
    """The tests of ``targets``: selections as pytest takes them, or names for unittest."""

    def __init__(
        self, targets: tuple[str, ...], paths: Mapping[str, str], runner: str = "pytest"
    ) -> None:
        # Rewritten assertions are read from the file itself, around every finder.
        self._options = ["-q", "-x", "--assert=plain"] if runner == "pytest" else []
        self._runner = runner
        self._targets = targets
        self._paths = paths  #: from the name that reports use to the file
        self._limit: float | None = None
        self.runs = 0
        self.tried: set[str] = set()  #: files that some run had other contents of
        self.loaded: set[str] = set()  #: of these, what some run has imported
        began = originals.monotonic()
        reason = self.why_not({})
        if reason is not None:
            raise UsageError(f"the tests do not pass as the project stands\n{reason}")
        self._limit = max(_LEAST, _TIMES * (originals.monotonic() - began))

    def why_not(self, contents: Mapping[str, bytes]) -> str | None:
        """What fails with these contents; nothing where all passes."""
        self.runs += 1
        self.tried |= set(contents)
        with tempfile.TemporaryDirectory(prefix="racewright-") as folder:
            log = os.path.join(folder, "log")
            overlay = os.path.join(folder, "overlay.json")
            held = {
                os.path.realpath(self._paths[file]): base64.b64encode(data).decode()
                for file, data in contents.items()
            }
            with open(overlay, "w", encoding="utf-8") as file:
                json.dump({"contents": held, "log": log}, file)
            status, output = self._run(overlay, folder)
            self._note(log, contents)
        if status == 0:
            return None
        if status is None:
            return "the tests did not end in time"
        return "\n".join(["the tests fail", *output.splitlines()[-_MOST_LINES:]])

    def _run(self, overlay: str, folder: str) -> tuple[int | None, str]:
        options = list(self._options)
        if options:
            options += ["-o", f"cache_dir={folder}"]  # what failed last is not remembered
        with subprocess.Popen(
            [sys.executable, _SCRIPT, overlay, self._runner, *options, *self._targets],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        ) as child:
            try:
                output, _ = child.communicate(timeout=self._limit)
            except subprocess.TimeoutExpired:
                return None, ""
            finally:
                # Also what the tests have left running, and all of it when we are interrupted.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
        return child.returncode, output.decode(errors="replace")

    def _note(self, log: str, contents: Mapping[str, bytes]) -> None:
        try:
            with open(log, encoding="utf-8") as file:
                real = {json.loads(line) for line in file}
        except (OSError, ValueError):
            return
        self.loaded |= {file for file in contents if os.path.realpath(self._paths[file]) in real}
