"""Forked children that run executions: a crash, a leak or an endless loop costs one of them.

A child inherits everything that its parent has imported, runs a function, and sends values back
through a pipe. The parent never waits without a bound: a child tells by a counter in shared memory
that it moves, and one that does not is asked for its stacks (by a signal that ``faulthandler``
answers even when Python cannot) and killed.
"""

from __future__ import annotations

import contextlib
import faulthandler
import mmap
import os
import pickle
import select
import signal
import struct
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from racewright import originals
from racewright.errors import InternalError

__all__ = ["Child", "call_in_child"]

_HEADER = struct.Struct("!I")
_COUNT = struct.Struct("Q")
_STACK_SIGNAL = signal.SIGUSR1
_NAME_SIZE = 200
#: How often a child that was asked for its stacks is looked at, and the real seconds between.
_LOOKS = 250
_BETWEEN_LOOKS = 0.02


class Child:
    """A forked child that runs ``function(child)``. In the child, ``send`` and ``beat`` report."""

    def __init__(self, function: Callable[[Child], None]) -> None:
        #: A counter of beats, and the name of the task that has the turn.
        self.beats = mmap.mmap(-1, 8 + _NAME_SIZE)
        self.buffer = b""
        self.count = 0  #: beats, in the child
        #: Who had the turn when it ended, and the stack that ``faulthandler`` left, as text.
        self.last_words = ""
        self.is_open = True
        self.status: int | None = None
        self.last_beat = (0, originals.monotonic())
        self.stacks = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        with warnings.catch_warnings():
            # 3.12 warns where threads exist; ours fork before any task does.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = originals.fork()
        if pid:
            self.pid = pid
            os.close(writing)
            self.reading = reading
            os.set_blocking(reading, False)
            return
        status = 70
        try:
            os.close(reading)
            self.writing = writing
            self._settle_in()
            function(self)
            status = 0
        except BaseException:
            with contextlib.suppress(BaseException):
                self.send("broken", traceback.format_exc())
        finally:
            originals.exit_now(status)

    # ------------------------------------------------------------------ in the child

    def _settle_in(self) -> None:
        os.register_at_fork(after_in_child=self._let_go)
        os.setpgid(0, 0)  # Ctrl-C is for the parent, who decides what becomes of us
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        devnull = os.open(os.devnull, os.O_RDWR)
        os.dup2(devnull, 0)
        if os.environ.get("RACEWRIGHT_SHOW_OUTPUT") != "1":
            os.dup2(devnull, 1)
            os.dup2(devnull, 2)
        os.close(devnull)
        with contextlib.suppress(Exception):
            faulthandler.enable(file=self.stacks, all_threads=False)
            faulthandler.register(_STACK_SIGNAL, file=self.stacks, all_threads=True)

    def _let_go(self) -> None:
        """What the target forks must not keep our pipe open when we are gone. What that forks in
        its turn has no pipe of ours any more: its number may be another's."""
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1

    def send(self, kind: str, value: Any) -> None:
        data = pickle.dumps((kind, value), pickle.HIGHEST_PROTOCOL)
        data = _HEADER.pack(len(data)) + data
        while data:
            data = data[os.write(self.writing, data) :]

    def beat(self) -> None:
        """Say that something moves."""
        self.count += 1
        _COUNT.pack_into(self.beats, 0, self.count)

    def say_turn(self, name: str) -> None:
        """Say which task goes on."""
        data = name.encode("utf-8", "replace")[: _NAME_SIZE - 1]
        self.beats[8 : 8 + len(data) + 1] = data + b"\0"

    # ------------------------------------------------------------------ in the parent

    def receive(self) -> Iterator[tuple[str, Any]]:
        """What the child has sent since the last call; marks the child closed at its end."""
        while self.is_open:
            try:
                data = os.read(self.reading, 1 << 16)
            except BlockingIOError:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:  # a process that the target left behind may hold the pipe open
                    self.status = status
                    self._drain()
                break
            if not data:
                self._reap()
                break
            self.buffer += data
        while len(self.buffer) >= _HEADER.size:
            (size,) = _HEADER.unpack_from(self.buffer)
            if len(self.buffer) < _HEADER.size + size:
                break
            message = self.buffer[_HEADER.size : _HEADER.size + size]
            self.buffer = self.buffer[_HEADER.size + size :]
            kind, value = pickle.loads(message)
            if kind == "broken":
                raise InternalError(f"a worker broke:\n{value}")
            yield kind, value

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self.reading, 1 << 16):
                self.buffer += data
        self._reap()

    def _reap(self) -> None:
        if self.is_open:
            self.is_open = False
            os.close(self.reading)
            if self.status is None:
                _, self.status = os.waitpid(self.pid, 0)
            with contextlib.suppress(OSError):  # what the target has left running in its group
                os.killpg(self.pid, signal.SIGKILL)
            self.stacks.seek(0)
            dump = self.stacks.read().decode("utf-8", "replace")
            self.last_words = f"{self.turn()}\n{dump}"
            self.stacks.close()

    def silence(self) -> float:
        """Real seconds since the child was last seen to move."""
        (beat,) = _COUNT.unpack_from(self.beats)
        now = originals.monotonic()
        if beat != self.last_beat[0]:
            self.last_beat = (beat, now)
        return now - self.last_beat[1]

    def ask_for_stacks(self) -> str:
        """The stacks of all its threads, as text, even if it is stuck in C."""
        self.stacks.seek(0, os.SEEK_END)
        start = self.stacks.tell()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, _STACK_SIGNAL)
        size = start
        for _ in range(_LOOKS):  # on a busy machine it may not have the processor for long
            originals.sleep(_BETWEEN_LOOKS)
            before, size = size, self.stacks.seek(0, os.SEEK_END)
            if size == before > start:  # it has come, and grows no more
                break
        self.stacks.seek(start)
        return f"{self.turn()}\n" + self.stacks.read().decode("utf-8", "replace")

    def turn(self) -> str:
        """The task that had the turn when that was last noted."""
        return self.beats[8:].partition(b"\0")[0].decode("utf-8", "replace") or "main"

    def kill(self) -> None:
        if self.is_open:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self._reap()

    def death(self) -> str:
        """How it died, in words; empty for an orderly end."""
        status = self.status
        if status is None or status == 0:
            return ""
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            try:
                name = signal.Signals(number).name
            except ValueError:
                name = str(number)
            return f"the interpreter was killed by signal {name}"
        return f"the process ended itself with exit status {os.WEXITSTATUS(status)}"


def call_in_child(
    function: Callable[[Child], Any], *, silence: float, time: float | None = None
) -> tuple[Any, str, str]:
    """Run ``function`` in a child: (its value or ``None``, how it died or "", its stacks or "").

    A child that does not beat for ``silence`` real seconds, or lives for more than ``time``, is
    killed.
    """

    def run(child: Child) -> None:
        child.send("value", function(child))

    child = Child(run)
    value = None
    stacks = death = ""
    began = originals.monotonic()
    try:
        while child.is_open:
            select.select([child.reading], [], [], 0.1)
            for kind, sent in child.receive():
                if kind == "value":
                    value = sent
            if not child.is_open:
                break
            too_long = time is not None and originals.monotonic() - began > time
            if too_long or child.silence() > silence:
                stacks = child.ask_for_stacks()
                child.kill()
                death = "it ran out of time" if too_long else "nothing moved"
    finally:
        child.kill()
    if not death and child.death():
        stacks = child.last_words
    return value, death or child.death(), stacks
