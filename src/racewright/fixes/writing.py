"""Files are written whole or not at all, and only over what was read.

The new bytes are put into a file beside the old one, which then takes its name, with its mode. A
link is followed, so that it stays one. Whoever has changed the file in the meantime keeps their
change.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile

__all__ = ["write_over"]


def write_over(path: str, before: bytes, after: bytes) -> str | None:
    """Write ``after`` where ``before`` is; or why that is not done."""
    path = os.path.realpath(path)
    try:
        if not stat.S_IMODE(os.stat(path).st_mode) & 0o222:
            return "it is read-only"
        number, partial = tempfile.mkstemp(prefix=".racewright-", dir=os.path.dirname(path))
        try:
            with os.fdopen(number, "wb") as file:
                file.write(after)
                file.flush()
                os.fsync(file.fileno())
            _like(path, partial)
            with open(path, "rb") as old:
                if old.read() != before:
                    return "it has been changed in the meantime"
            os.replace(partial, path)
            partial = ""
        finally:
            if partial:
                with contextlib.suppress(OSError):
                    os.unlink(partial)
    except OSError as error:
        return error.strerror or str(error)
    return None


def _like(path: str, partial: str) -> None:
    """Give ``partial`` the mode and, where we may, the owner of ``path``, but not its age."""
    about = os.stat(path)
    shutil.copystat(path, partial)
    os.utime(partial)
    if (about.st_uid, about.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(OSError):
            os.chown(partial, about.st_uid, about.st_gid)
            os.chmod(partial, stat.S_IMODE(about.st_mode))
