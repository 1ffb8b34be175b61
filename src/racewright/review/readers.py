"""Files are read in processes that are watched: none can hold up, or take down, the whole review.

A process that is at one file for too long is ended, and so is, by itself, one that dies of a file;
another takes its place. What was read by then is kept, and of the file it is said why it was not
read. Each process is given some files ahead, so that it need not wait for us; the time of a file
begins when we have the one before it.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import signal
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from racewright import originals
from racewright.errors import InternalError

__all__ = ["Lost", "can_fork", "each_read"]

_Work = TypeVar("_Work")
_Made = TypeVar("_Made")

#: Files that a process is given before it is done with the first of them.
_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Lost:
    """What came of a file that could not be read."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Broken:
    """An error of ours, as the process that made it saw it."""

    told: str


def can_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


def each_read(
    work: Sequence[_Work],
    act: Callable[[_Work], _Made],
    *,
    jobs: int,
    limit: float,
    clock: Callable[[], float] = originals.monotonic,
    wait: Callable[[list[Connection], float | None], list[Any]] = multiprocessing.connection.wait,
) -> Generator[_Made | Lost, None, None]:
    """What ``act`` makes of each of ``work``, in their order, in ``jobs`` processes.

    ``limit`` is the seconds for each of them; 0: as long as it takes. Needs :func:`can_fork`.
    """
    crew = _Crew(work, act, min(jobs, len(work)), limit, clock, wait)
    try:
        yield from crew.results()
    finally:
        crew.end()


@dataclass
class _Reader:
    process: BaseProcess
    connection: Connection
    given: deque[int] = field(default_factory=deque)  #: the first of them is being read
    since: float = 0.0  #: when it began with that


class _Crew(Generic[_Work, _Made]):
    def __init__(
        self,
        work: Sequence[_Work],
        act: Callable[[_Work], _Made],
        size: int,
        limit: float,
        clock: Callable[[], float],
        wait: Callable[[list[Connection], float | None], list[Any]],
    ) -> None:
        self._work = work
        self._act = act
        self._size = size
        self._limit = limit
        self._clock = clock
        self._wait = wait
        self._left = deque(range(len(work)))
        self._done: dict[int, _Made | Lost] = {}
        self._readers: list[_Reader] = []

    def results(self) -> Iterator[_Made | Lost]:
        for number in range(len(self._work)):
            while number not in self._done:
                self._give()
                self._take()
            yield self._done.pop(number)

    def end(self) -> None:
        for reader in self._readers:
            _end(reader)
        self._readers = []

    # --- Giving ---

    def _give(self) -> None:
        while self._left and len(self._readers) < self._size:
            self._readers.append(self._begin())
        for reader in self._readers:
            while self._left and len(reader.given) < _AHEAD:
                if not reader.given:
                    reader.since = self._clock()
                number = self._left.popleft()
                reader.given.append(number)
                try:
                    reader.connection.send(number)
                except OSError:
                    break  # it is dead, which will be seen

    def _begin(self) -> _Reader:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        others = [ours, *(each.connection for each in self._readers)]
        process = context.Process(target=self._read, args=(theirs, others), daemon=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: threads of the host's
            process.start()
        theirs.close()
        return _Reader(process, ours)

    def _read(self, connection: Connection, others: list[Connection]) -> None:
        """In the process: read what is given until nobody gives any more."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends us
        for each in others:
            each.close()  # else we would not see the parent's end as long as another one is there
        while True:
            try:
                number = connection.recv()
            except (EOFError, OSError):
                return
            made = self._made(number)
            try:
                connection.send((number, made))
            except RecursionError:
                connection.send((number, Lost("it is nested too deeply")))

    def _made(self, number: int) -> _Made | Lost | _Broken:
        try:
            return self._act(self._work[number])
        except MemoryError:
            return Lost("there is not enough memory for it")
        except Exception:
            return _Broken(traceback.format_exc())

    # --- Taking ---

    def _take(self) -> None:
        """Wait for a result, or for the time of a file to be up."""
        busy = [each for each in self._readers if each.given]
        until: float | None = None
        if self._limit:
            first = min(each.since for each in busy)
            until = max(0.0, first + self._limit - self._clock())
        ready = self._wait([each.connection for each in busy], until)
        now = self._clock()
        for reader in busy:
            if reader.connection in ready:
                self._receive(reader, now)
            elif self._limit and now - reader.since >= self._limit:
                self._lose(reader, f"it takes longer than {self._limit:g} seconds")

    def _receive(self, reader: _Reader, now: float) -> None:
        try:
            number, made = reader.connection.recv()
        except (EOFError, OSError):
            self._lose(reader, "the process that read it ended")
            return
        if isinstance(made, _Broken):
            raise InternalError(f"a file could not be read:\n{made.told}")
        reader.given.popleft()
        reader.since = now
        self._done[number] = made

    def _lose(self, reader: _Reader, reason: str) -> None:
        """Give up the file that ``reader`` is at; the others that it was given are read anew."""
        self._readers.remove(reader)
        _end(reader)
        self._done[reader.given.popleft()] = Lost(reason)
        self._left.extendleft(reversed(reader.given))


def _end(reader: _Reader) -> None:
    reader.process.kill()
    reader.process.join()
    reader.connection.close()
