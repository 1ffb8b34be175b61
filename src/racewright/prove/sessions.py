"""A session: a process in which control is taken, tests are loaded, and each is run or explored.

The reviewer's own process never imports what it reviews. Each session is forked from it, so what
one test file does to the interpreter is gone with it. What a session finds is written to a file as
it comes, so that it is there whatever becomes of the process.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Sequence
from typing import IO, Any, TypeVar

from racewright import originals
from racewright.errors import InternalError, RacewrightError
from racewright.run import Program
from racewright.search.targets import each_program
from racewright.settings import Settings

__all__ = ["Session", "in_session"]

Result = TypeVar("Result")

#: Real seconds between two looks at a session, and until one that was asked to end is killed.
_BETWEEN_LOOKS = 0.01
_PATIENCE = 10.0


class Session:
    """What came of a session: values in the order in which they came, and why there are no more."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.problem = ""
        self.is_interrupted = False


def in_session(
    target: str,
    settings: Settings,
    action: Callable[[Program, Settings, Callable[[object], None]], bool],
    *,
    more: Sequence[str] = (),
    limit: float | None = None,
) -> Session:
    """Call ``action(program, settings, send)`` with each program of ``target``, in a process.

    What it sends is in the result. It returns whether an end is wanted. After ``limit`` seconds the
    process is asked to end, as Ctrl-C asks it. ``more`` is as for ``each_program``.
    """
    session = Session()
    with tempfile.TemporaryFile() as file:
        sys.stdout.flush()
        sys.stderr.flush()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: threads of the host's
            pid = originals.fork()
        if not pid:
            _work(file, (target, *more), settings, action)
        status = _wait(pid, limit, session)
        file.seek(0)
        _read(file, session)
    if status and not session.problem and not session.is_interrupted:
        session.problem = _death(status)
    return session


# ------------------------------------------------------------------ in the child


class _Ended:
    """A result that ends what is done with each program."""

    interrupted = True


def _work(
    file: IO[bytes],
    targets: Sequence[str],
    settings: Settings,
    action: Callable[[Program, Settings, Callable[[object], None]], bool],
) -> None:
    status = 70
    try:
        os.setpgid(0, 0)  # Ctrl-C is for the parent, who passes it on
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, _interrupt)
        devnull = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            if number == 0 or os.environ.get("RACEWRIGHT_SHOW_OUTPUT") != "1":
                os.dup2(devnull, number)
        send = _sender(file)

        def act(program: Program, mine: Settings) -> object:
            try:
                return _Ended() if action(program, mine, send) else None
            except RacewrightError:
                raise
            except Exception:
                send(_Broken(traceback.format_exc()))  # a test runner might swallow it
                raise

        try:
            each_program(targets[0], settings, act, more=targets[1:])
        except KeyboardInterrupt:
            pass
        except RacewrightError as error:
            send(_Problem(str(error)))
        status = 0
    except BaseException:
        with contextlib.suppress(BaseException):
            _sender(file)(_Broken(traceback.format_exc()))
    finally:
        originals.exit_now(status)


class _Problem:
    """What kept a session from its work."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Broken:
    """An error of ours."""

    def __init__(self, text: str) -> None:
        self.text = text


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _sender(file: IO[bytes]) -> Callable[[object], None]:
    """Appends values to the file; descriptors of processes that are forked later share its end."""
    owner = os.getpid()

    def send(value: object) -> None:
        if os.getpid() == owner:
            data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
            os.write(file.fileno(), len(data).to_bytes(8, "big") + data)

    return send


# ------------------------------------------------------------------ in the parent


def _wait(pid: int, limit: float | None, session: Session) -> int:
    """Until the child has ended; its status."""
    began = originals.monotonic()
    asked = 0.0
    while True:
        try:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return status
            now = originals.monotonic()
            if asked and now - asked > _PATIENCE:
                _signal(pid, signal.SIGKILL)
            elif not asked and limit is not None and now - began > limit:
                session.problem = "the time was up"
                _signal(pid, signal.SIGTERM)
                asked = now
            originals.sleep(_BETWEEN_LOOKS)
        except KeyboardInterrupt:
            session.is_interrupted = True
            _signal(pid, signal.SIGTERM)
            asked = asked or originals.monotonic()


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _read(file: IO[bytes], session: Session) -> None:
    """What was written, but for a last value that is not whole."""
    data = file.read()
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 8], "big")
        if at + 8 + size > len(data):
            return
        value = pickle.loads(data[at + 8 : at + 8 + size])
        if isinstance(value, _Broken):
            raise InternalError(f"a session broke:\n{value.text}")
        if isinstance(value, _Problem):
            session.problem = value.text
        else:
            session.values.append(value)
        at += 8 + size


def _death(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"the process was killed by signal {os.WTERMSIG(status)}"
    return f"the process ended itself with exit status {os.WEXITSTATUS(status)}"
