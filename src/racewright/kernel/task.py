"""A task as the kernel knows it, and what it asks of the mechanism that carries it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Protocol

from racewright import hot
from racewright.model.operation import Resource, Site

if TYPE_CHECKING:
    from racewright.kernel.scheduler import Kernel

__all__ = ["Carrier", "Task", "TaskHandle"]


class TaskHandle(Resource):
    """What others join; closed until the task is done."""

    __slots__ = ("index",)

    def __init__(self, name: str, index: int) -> None:
        # What `Resource` does, without asking it: every thread of the program passes here.
        self.kind = name
        self.made_at = None
        self.is_closed = True
        self.waiters = []
        self.index = index

    def label(self, number: int) -> str:
        return self.kind


class Task:
    """A unit of concurrency. Strategies may read the first group of fields and nothing else."""

    __slots__ = (
        "body",
        "daemon",
        "deadline",
        "handle",
        "ident",
        "index",
        "is_done",
        "is_enabled",
        "is_started",
        "kind",
        "locals",
        "name",
        "ops",
        "os_ident",
        "resource",
        "ride",
        "sentinel",
        "site",
        "timed_out",
        "timer",
    )

    def __init__(self, index: int, name: str, *, daemon: bool = False) -> None:
        # What a strategy may see: who it is and what it is about to do.
        self.index = index
        self.name = name
        self.ops = 0  #: operations begun
        self.kind = "begin"
        self.resource: Hashable = None
        self.site: Site | None = None

        # What the scheduler owns.
        self.is_enabled = False
        self.is_started = False
        self.is_done = False
        self.timed_out = False
        self.deadline: int | None = None  #: of the pending operation, in nanoseconds
        self.timer = 0  #: the number of its live entry among the timers, or 0
        self.handle = TaskHandle(name, index)

        # What the carrier and the primitives own.
        self.daemon = daemon
        self.ident = 0  #: what ``threading.get_ident()`` says in it
        self.os_ident = 0  #: the operating system's thread that carries it
        self.ride: Any = None
        self.body: Callable[[], None] | None = None
        self.locals: dict[int, dict[str, object]] = {}
        self.sentinel: Any = None  #: a lock to be released when it is over

    def __repr__(self) -> str:
        return f"<task {self.index} {self.name}>"


class Carrier(Protocol):
    """The mechanism a task rides on. Exactly one task has the turn at any moment."""

    name: str

    def open(self, kernel: Kernel, main: Task) -> None:
        """A run begins; ``main`` is the caller."""

    def mount(self, task: Task) -> None:
        """Prepare ``task`` so that the first switch to it calls ``task.body()``."""

    def switch(self, task: Task, to: Task) -> None:
        """Give the turn of ``task``, the caller, to ``to``; return when ``task`` gets it again."""

    def leave(self, task: Task, to: Task) -> None:
        """``task`` is done: give the turn to ``to`` for ever. Called last in ``task.body()``."""

    def close(self) -> None:
        """The run is over; every task is done or has been abandoned."""

    def stack_of(self, task: Task) -> Any:
        """The innermost frame of a suspended task, or ``None``."""


if hot.fresh is not None:
    hot.fresh.bind_tasks(Task, TaskHandle)
