"""Everything that can be said to have gone wrong, in four families and one exception.

*User mistakes* derive from :class:`UsageError` (exit status 2), *replays that cannot be followed*
from :class:`ReplayError` (5), and our own bugs are :class:`InternalError` (4). An order that came
out otherwise than a test asked for is a :class:`ScenarioError`, which is an assertion's. What
travels through user code to end a task derives from ``BaseException``, so that ``except Exception``
there cannot swallow it. Each error has a ``slug`` with an entry in ``docs/reference/messages.md``.
"""

from __future__ import annotations

__all__ = [
    "ControlledRunFailed",
    "InternalError",
    "OrderHappened",
    "OrderImpossible",
    "OrderNotReached",
    "RacewrightError",
    "ReplayError",
    "ScenarioError",
    "ScenarioLeaked",
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


class ScenarioError(RacewrightError, AssertionError):
    """An order of points came out otherwise than the test asked for.

    ``story`` draws what was seen of it; ``tasks`` says of each task how it stood when the order was
    given up, as values (:class:`racewright.scenarios.Stuck`).
    """

    slug = "scenario"
    exit_status = 1

    def __init__(self, message: str, story: str = "", tasks: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.story = story
        self.tasks = tasks


class OrderImpossible(ScenarioError):
    """Somebody is held for the order's sake, and nobody who could bring it on can move."""

    slug = "order-impossible"


class OrderNotReached(ScenarioError):
    """A point was not reached: nobody came, or (running free) not in time."""

    slug = "order-not-reached"


class OrderHappened(ScenarioError):
    """The order that was said to be impossible happened."""

    slug = "order-happened"


class ScenarioLeaked(RacewrightError):
    """A scenario was entered and never left: its functions were still wrapped."""

    slug = "scenario-leaked"
    exit_status = 1


class ControlledRunFailed(RacewrightError, AssertionError):
    """A run under ``@controlled`` ended otherwise than by its own end: a deadlock, for example."""

    slug = "controlled-run-failed"
    exit_status = 1


class InternalError(RacewrightError):
    """A bug of ours."""

    slug = "internal"
    exit_status = 4


class TaskAbandoned(BaseException):
    """Thrown into a task when its execution is over, so that its ``finally`` blocks run.

    A task that catches it and goes on gets it again at its next operation.
    """
