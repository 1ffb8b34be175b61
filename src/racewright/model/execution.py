"""One controlled run: schedule, trace and outcome, as values that outlive the program's objects."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass, field

from racewright import hot
from racewright.model.schedule import Schedule

__all__ = [
    "Event",
    "Execution",
    "Exploration",
    "Failure",
    "Found",
    "Frame",
    "HeldLock",
    "Outcome",
    "TaskState",
    "fingerprint_of",
]


class Outcome(str, enum.Enum):
    """How one execution ended."""

    PASSED = "passed"
    FAILED = "failed"
    DEADLOCKED = "deadlocked"
    LIVELOCKED = "livelocked"
    STALLED = "stalled"  #: blocked or computing outside our control for too long
    CRASHED = "crashed"  #: the interpreter died
    DIVERGED = "diverged"
    ABANDONED = "abandoned"  #: cut by its budget, or by the user
    SKIPPED = "skipped"  #: the test skipped itself

    @property
    def is_failure(self) -> bool:
        return self in _FAILURES


#: Not a set: the hash of a member is computed in Python.
_FAILURES = (
    Outcome.FAILED,
    Outcome.DEADLOCKED,
    Outcome.LIVELOCKED,
    Outcome.STALLED,
    Outcome.CRASHED,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of a stack, as text."""

    file: str
    line: int
    function: str
    text: str = ""

    @property
    def key(self) -> str:
        return f"{self.file}:{self.line} {self.function}"


@dataclass(frozen=True, slots=True)
class HeldLock:
    """A lock that a task holds, and where it took it."""

    lock: str  #: "Lock#1 (bank.py:14)"
    taken_at: str  #: "bank.py:31 transfer"


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task as it stood when the execution ended."""

    index: int
    name: str
    state: str  #: "finished", "blocked", "runnable"
    daemon: bool = False
    doing: str = ""  #: "acquires Lock#2 (bank.py:15)"
    waits_for: int | None = None  #: the task that holds what it waits for, where that is known
    holds: tuple[HeldLock, ...] = ()
    stack: tuple[Frame, ...] = ()  #: innermost last; only the user's own frames
    operations: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a trace, in full. ``value`` is what was read or written, as text, if known."""

    step: int
    task: int
    kind: str
    resource: str
    file: str
    line: int
    function: str
    text: str = ""
    value: str = ""
    clock: float = 0.0  #: virtual seconds since the start
    is_switch: bool = False  #: another task had the turn just before
    is_preemption: bool = False  #: ... and it could have gone on
    matters: bool = True  #: on a resource that two tasks touched in conflict


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, in words and as an identity."""

    kind: str  #: "assertion", "exception", "unhandled-exception", "deadlock", "livelock", ...
    message: str
    fingerprint: str
    site: str = ""  #: "test_bank.py:22 test_transfer"
    task: str = "main"
    traceback: str = ""
    tasks: tuple[TaskState, ...] = ()
    cycle: tuple[str, ...] = ()  #: the repeating events of a livelock


@dataclass(frozen=True, slots=True)
class Execution:
    """One controlled run."""

    outcome: Outcome
    schedule: Schedule
    failure: Failure | None = None
    tasks: int = 1
    operations: int = 0
    decisions: int = 0  #: points at which two or more tasks could have gone on
    overlapped: bool = False  #: two tasks were ever enabled at one time
    trace_hash: int = 0  #: equal for executions that differ only in the order of independent events
    virtual_seconds: float = 0.0
    slack_used: float = 0.0
    uncontrolled: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    strategy: str = ""
    number: int = 0  #: its place in the exploration, from 1


@dataclass(frozen=True, slots=True)
class Found:
    """A failure that an exploration found, with its lightest schedule and where that is kept."""

    failure: Failure
    execution: Execution
    number: int  #: the execution that hit it first, from 1
    schedule_file: str = ""
    strategy: str = ""


@dataclass(frozen=True, slots=True)
class Exploration:
    """What came of running one target under many schedules."""

    target: str
    outcome: str  #: "failed", "passed", "inconclusive", "fails-without-race", "error"
    executions: int
    distinct_traces: int
    seconds: float
    tasks: int = 0
    operations: int = 0
    decisions: int = 0
    failures: tuple[Found, ...] = ()
    uncontrolled: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""  #: why it is inconclusive, or what the error was
    strategies: dict[str, int] = field(default_factory=dict)  #: executions by strategy
    is_exhausted: bool = False  #: every schedule within a stated bound was run
    bound: str = ""  #: that bound, in words
    jobs: int = 1
    interrupted: bool = False

    @property
    def failed(self) -> bool:
        return bool(self.failures)


def fingerprint_of(kind: str, *parts: str) -> str:
    """What makes two failures the same one: its kind and places, never addresses or values."""
    digest = hashlib.sha256("\0".join((kind, *parts)).encode("utf-8", "replace"))
    return digest.hexdigest()[:12]


hot.quicken(Execution)
