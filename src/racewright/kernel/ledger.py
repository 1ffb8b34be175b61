"""The books of one run: who could go on, what has happened, and why it was ended.

The kernel is one class in five layers, each a module, and each calls only itself and those below:
the ledger, :mod:`timers <racewright.kernel.timers>`, :mod:`turns <racewright.kernel.turns>`,
:mod:`limits <racewright.kernel.limits>`, :mod:`operations <racewright.kernel.operations>`, and
:class:`~racewright.kernel.scheduler.Kernel` itself. They share one object, because at every event
all of them are needed, and a hop from object to object would cost more than what it leads to; so
every field is here, and the layers above have none.
"""

from __future__ import annotations

import itertools
from bisect import insort
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Protocol

from racewright import hot, originals
from racewright.errors import TaskAbandoned
from racewright.kernel.clock import NANOSECONDS, Clock
from racewright.kernel.resources import Mutex
from racewright.kernel.task import Carrier, Task
from racewright.model.operation import Site

if TYPE_CHECKING:
    from racewright.strategies.base import Strategy

__all__ = ["QUANTUM", "Ledger", "Poller", "Stop", "TraceItem", "by_index"]

#: Events after which a task that others wait for gives the turn away, whatever the strategy says.
QUANTUM = 1000

#: One event: task index, kind, resource, site.
TraceItem = tuple[int, str, Hashable, "Site | None"]

_get_ident = originals.get_ident


class Poller(Protocol):
    """Somebody outside may make a closed resource open: a socket, an uncontrolled thread."""

    @property
    def is_external(self) -> bool:
        """Whether anything but our own tasks could do it, so that real time is worth waiting."""

    def poll(self, seconds: float) -> bool:
        """Wait up to ``seconds`` of real time; whether anything changed."""


class Stop:
    """Why a run was ended before its program was: an outcome, a kind of failure, and words."""

    __slots__ = ("kind", "message", "outcome", "task")

    def __init__(self, outcome: str, kind: str, message: str, task: Task) -> None:
        self.outcome = outcome
        self.kind = kind
        self.message = message
        self.task = task


def by_index(task: Task) -> int:
    return task.index


class Ledger:
    """One run's fields. Those that are public are its record."""

    __slots__ = (
        "alive",
        "at_rest",
        "carrier",
        "cleanups",
        "clock",
        "current",
        "cycles",
        "decisions",
        "deviations",
        "drain_until",
        "enabled",
        "failed_before_end",
        "failures",
        "fuse",
        "is_draining",
        "is_focused",
        "is_over",
        "is_waiting",
        "left",
        "max_steps",
        "newly_shared",
        "notes",
        "numbers",
        "on_end",
        "on_halt",
        "passed_alone",
        "path",
        "pollers",
        "preempted_at",
        "quanta",
        "records",
        "sees_accesses",
        "slack",
        "slack_used",
        "stall_seconds",
        "stop",
        "strategy",
        "switches",
        "tasks",
        "threads_outside",
        "timer_count",
        "timers",
        "touched",
        "trace",
        "turn_checked",
        "uncontrolled",
    )

    def __init__(
        self,
        strategy: Strategy,
        carrier: Carrier,
        clock: Clock,
        *,
        max_steps: int = 250_000,
        slack: float = 0.0,
        stall_seconds: float = 5.0,
        trace: list[TraceItem] | None = None,
        is_focused: bool = True,
    ) -> None:
        self.strategy = strategy
        self.carrier = carrier
        self.clock = clock
        self.max_steps = max_steps
        self.slack = int(slack * NANOSECONDS)
        self.stall_seconds = stall_seconds
        #: Whether accesses at sites that were never seen to be shared are passed over by decisions.
        self.is_focused = is_focused
        self.sees_accesses = strategy.sees_accesses

        main = Task(0, "main")
        main.is_started = main.is_enabled = True
        main.ident = main.os_ident = _get_ident()
        self.tasks = [main]
        self.enabled = [main]  #: in the order of creation
        self.current = main
        self.alive = 1
        self.threads_outside: int = originals.count()
        # Not `list[TraceItem]`, whose `append` a compiled kernel would take for the built-in one.
        self.trace: Any = [] if trace is None else trace
        self.fuse = QUANTUM  #: events until the next check-up
        self.numbers = itertools.count(1)  #: for what must be numbered alike in every execution
        self.begin()

    def begin(self) -> None:
        """The fields that begin alike in every run."""
        #: Called when main is done and the tasks that it left have come to rest, if any are left.
        self.on_end: Callable[[], None] | None = None
        #: Called once, before anything is unwound, while every stack still stands.
        self.on_halt: Callable[[], None] | None = None
        self.quanta = 0
        self.passed_alone = 0  #: operations while there was but one task
        self.turn_checked: Task | None = None  #: who had the turn at the last check-up
        self.switches = 0
        self.preempted_at: set[int] = set()  #: the numbers of the events that began so
        self.decisions = 0
        self.slack_used = 0
        #: (task, operation, chosen, is_preemption, waited ns, kind, resource, site)
        self.deviations: list[tuple[int, int, int, bool, int, str, Hashable, Site | None]] = []
        self.path: list[tuple[int, int]] = []  #: who took the turn, after how many events
        self.timers: list[tuple[int, int, Task]] = []
        self.timer_count = 0
        self.cycles: list[tuple[int, Task, Mutex]] = []  #: since when, and who waits for what
        self.pollers: list[Poller] = []
        self.stop: Stop | None = None
        self.is_over = False
        self.is_draining = False
        self.is_waiting = False  #: for the world outside, in real time
        self.records = False  #: whether the trace takes note of values
        self.drain_until = 0
        self.newly_shared: set[Site] = set()
        self.touched: dict[Hashable, list[object]] = {}
        self.failures: list[tuple[Task, BaseException]] = []  #: unhandled exceptions in tasks
        self.failed_before_end = 0  #: how many of them came before main's own end
        self.left: list[Task] = []  #: the tasks that were not done when the run ended
        self.notes: list[str] = []
        self.uncontrolled: list[str] = []  #: what the program left to somebody else
        self.cleanups: list[Callable[[], None]] = []
        #: Asked in turn when nobody is enabled, before time jumps or a deadlock is declared: given
        #: the task that cannot go on and the moment (ns) of the next timer, if there is one. True:
        #: somebody was made enabled.
        self.at_rest: list[Callable[[Task, int | None], bool]] = []

    def enable(self, task: Task) -> None:
        if not task.is_enabled and not task.is_done:
            task.is_enabled = True
            task.timer = 0  # `shut` sets it anew if the task has to go on waiting
            enabled = self.enabled
            if not enabled or enabled[-1].index < task.index:
                enabled.append(task)
            else:
                insort(enabled, task, key=by_index)

    def disable(self, task: Task) -> None:
        if task.is_enabled:
            task.is_enabled = False
            self.enabled.remove(task)

    def halt(self, outcome: str, kind: str, message: str, task: Task) -> None:
        """End the run: every task, main included, is unwound from where it stands."""
        if self.stop is None:
            self.stop = Stop(outcome, kind, message, task)
            if self.on_halt is not None:
                self.on_halt()
        self.is_over = True
        self.fuse = -1
        raise TaskAbandoned


if hot.fresh is not None:
    hot.fresh.bind_ledger(Ledger)
