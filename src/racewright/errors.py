"""Everything that can be said to have gone wrong, in three families and one exception.

*User mistakes* derive from :class:`UsageError` (exit status 2), *replays that cannot be followed*
from :class:`ReplayError` (5), and our own bugs are :class:`InternalError` (4). What travels through
user code to end a task derives from ``BaseException``, so that ``except Exception`` there cannot
swallow it. Each error has a ``slug`` with an entry in ``docs/reference/messages.md``.
"""

from __future__ import annotations

__all__ = [
    "InternalError",
    "RacewrightError",
    "ReplayError",
    "ScheduleDiverged",
    "ScheduleFileError",
    "TargetError",
    "TaskAbandoned",
    "UsageError",
]


class RacewrightError(Exception):
    """The base of all our errors: what happened, where, the likely cause, the next command."""

    slug = "error"
    exit_status = 4

    def __str__(self) -> str:
        # On the first line, for the last one often is a command that somebody will copy.
        first, line_end, rest = super().__str__().partition("\n")
        return f"{first}    [{self.slug}]{line_end}{rest}"


class UsageError(RacewrightError):
    """The command or the call was wrong; nothing was run."""

    slug = "usage"
    exit_status = 2


class TargetError(UsageError):
    """The target could not be found, imported or collected."""

    slug = "target"


class ScheduleFileError(UsageError):
    """A schedule file could not be read: truncated, corrupted, foreign, too large, too new."""

    slug = "schedule-file"


class ReplayError(RacewrightError):
    """A recorded schedule could not be followed."""

    slug = "replay"
    exit_status = 5


class ScheduleDiverged(ReplayError):
    """The program did something else than was recorded, at a named step."""

    slug = "schedule-diverged"


class InternalError(RacewrightError):
    """A bug of ours."""

    slug = "internal"
    exit_status = 4


class TaskAbandoned(BaseException):
    """Thrown into a task when its execution is over, so that its ``finally`` blocks run.

    A task that catches it and goes on gets it again at its next operation.
    """
