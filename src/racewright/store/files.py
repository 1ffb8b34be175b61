"""Schedule files in a folder: one for each pair of target and fingerprint, the lightest one known;
likewise for each mutant of a target.

A file appears and changes as a whole (written aside, then renamed over), and the comparison that
precedes a change is made under a lock on the folder, so that explorations can share it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from racewright.errors import ScheduleFileError
from racewright.model.schedule import Schedule, Weight
from racewright.store.text import (
    MAX_BYTES,
    NewerScheduleFormat,
    clip,
    decode,
    encode,
    file_error,
    megabytes,
)

__all__ = ["corpus", "folder_for", "name_for", "read", "write", "write_to"]

SUFFIX: Final = ".schedule"


def folder_for(root: str | os.PathLike[str]) -> Path:
    """Where the schedules of the project at ``root`` are kept."""
    return Path(root) / ".racewright"


def name_for(schedule: Schedule, digits: int = 8) -> str:
    """The file name of ``schedule``: one for each pair of target and fingerprint."""
    identity = f"{schedule.target}\0{schedule.fingerprint}"
    if schedule.mutant:
        identity += f"\0{schedule.mutant}"
    data = identity.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:digits] + SUFFIX


def read(path: str | os.PathLike[str]) -> Schedule:
    """The schedule in the file at ``path``.

    Its ``semantics`` is what the file says: whether it can still be followed is the caller's
    question. Everything else that can be wrong with a file is a :class:`ScheduleFileError`.
    """
    source = os.fspath(path)
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise file_error(
            source,
            "there is no such file",
            "Schedules are kept below the root of the project they were found in. To list them:\n"
            "  ls .racewright/",
            None,
        ) from None
    except (OSError, ValueError) as error:
        raise _unreadable(source, error) from None
    try:
        data = _read_bytes(descriptor, source)
    except OSError as error:
        raise _unreadable(source, error) from None
    finally:
        os.close(descriptor)
    return decode(data, source)


def _read_bytes(descriptor: int, source: str) -> bytes:
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise file_error(
            source, "this is a directory", "Name one of the schedule files in it.", None
        )
    if not stat.S_ISREG(status.st_mode):
        raise file_error(source, "this is not a regular file", "Copy it to one first.", None)
    data = b""
    if status.st_size <= MAX_BYTES:
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(MAX_BYTES + 1)  # it may be growing
    if max(len(data), status.st_size) > MAX_BYTES:
        raise file_error(
            source,
            f"the file has {megabytes(max(len(data), status.st_size))}, "
            f"and a schedule file at most {megabytes(MAX_BYTES)}",
            "It was not written by Racewright; it was not read.",
            None,
        )
    return data


def _unreadable(source: str, error: OSError | ValueError) -> ScheduleFileError:
    cause = "Check its permissions:\n  ls -l .racewright/"
    return file_error(source, f"the file cannot be read: {_why(error)}", cause, None)


def _why(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def write(schedule: Schedule, folder: str | os.PathLike[str], *, replace: bool = False) -> Path:
    """Keep ``schedule`` in ``folder``, and return the file that now stands for its failure.

    Where the folder has a schedule for the same target and fingerprint already, the lighter of the
    two stays; with ``replace`` the new one does, as it must where the old one no longer reproduces.
    """
    place = Path(folder)
    data = encode(schedule)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with _locked(place):
            path, known = _find(schedule, place)
            if known is None or replace or _should_replace(known, schedule):
                _write_whole(path, data)
    except (OSError, ValueError) as error:
        raise file_error(
            str(place),
            f"the schedule cannot be saved: {_why(error)}",
            "The folder must be a directory that you may write to. To see:\n"
            f"  ls -ld {clip(str(place), 300)}",
            None,
        ) from None
    return path


def write_to(path: str | os.PathLike[str], schedule: Schedule) -> None:
    """Make ``schedule`` the contents of the file at ``path``, whatever was there."""
    try:
        _write_whole(Path(path), encode(schedule))
    except (OSError, ValueError) as error:
        cause = "Its folder must be there, and one that you may write to."
        why = f"the schedule cannot be saved: {_why(error)}"
        raise file_error(os.fspath(path), why, cause, None) from None


def _find(schedule: Schedule, folder: Path) -> tuple[Path, Schedule | None]:
    """The file for this failure, and the schedule it holds; past those of others."""
    for digits in range(8, 65, 8):
        path = folder / name_for(schedule, digits)
        if not os.path.lexists(path):
            return path, None
        if path.is_dir():
            continue
        try:
            known = read(path)
        except NewerScheduleFormat:
            continue
        except ScheduleFileError:
            return path, None  # what cannot be read stands for nothing
        if _failure_of(known) == _failure_of(schedule):
            return path, known
    raise FileExistsError(f"{folder} is full of files that are not ours")


def _failure_of(schedule: Schedule) -> tuple[str, str, str]:
    """Whose failure it is, and which."""
    return (schedule.target, schedule.mutant, schedule.fingerprint)


def _should_replace(known: Schedule, schedule: Schedule) -> bool:
    if known.semantics != schedule.semantics:
        return known.semantics < schedule.semantics
    return schedule.weight < known.weight


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock on ``folder``, where the file system has one."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_whole(path: Path, data: bytes) -> None:
    """Make ``data`` the contents of ``path``, all at once for whoever looks."""
    aside = _open_aside(path)
    try:
        with open(aside[0], "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside[1], path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(aside[1])
        raise


def _open_aside(path: Path) -> tuple[int, Path]:
    number = 0
    while True:
        aside = path.with_name(f".{path.name}.{os.getpid()}-{number}")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            return os.open(aside, flags, 0o666), aside
        except FileExistsError:
            number += 1


def corpus(
    folder: str | os.PathLike[str], target: str, mutant: str = ""
) -> tuple[list[Path], list[str]]:
    """The files in ``folder`` that hold schedules of ``target``, lightest first; and warnings.

    What fails with a ``mutant`` says nothing of the target without it, so these are kept apart.
    There is one warning for each file that could not be read. A folder that is not there is empty.
    """
    warnings: list[str] = []
    found: list[tuple[Weight, Path]] = []
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX))
    except FileNotFoundError:
        return [], []
    except (OSError, ValueError) as error:
        return [], [f"{clip(os.fspath(folder), 300)}: cannot be listed: {_why(error)}"]
    for name in names:
        path = Path(folder) / name
        try:
            schedule = read(path)
        except ScheduleFileError as error:
            warnings.append(str(error))
            continue
        if (schedule.target, schedule.mutant) == (target, mutant):
            found.append((schedule.weight, path))
    found.sort(key=lambda entry: entry[0])
    return [path for _, path in found], warnings
