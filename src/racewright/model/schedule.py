"""A schedule: the sequence of decisions, kept as deviations from a default that is never written.

The default scheduler is deterministic and non-preemptive: the current task goes on while it can;
when it cannot, the next enabled task in the order of creation gets the turn (and, for fairness,
when it has just yielded or has run for a whole quantum). A schedule then is the short list of
places at which something else was chosen, so that the empty list is the ordinary run and "simpler"
has a meaning: :attr:`Schedule.weight`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

__all__ = ["SEMANTICS_VERSION", "Deviation", "Schedule", "Step", "Weight"]

#: Changes whenever scheduling points move, so that a saved schedule says which rules it was made
#: by.
SEMANTICS_VERSION = 1


@dataclass(frozen=True, slots=True)
class Deviation:
    """At one decision, the task that was chosen in place of the default one.

    ``task`` and ``operation`` name the decision point: the task that had the turn, and how many
    operations it had begun. ``chosen`` is the index of the task that got the turn. ``waits``
    (seconds of virtual time) is positive where a timer was let fire while others could still run.
    """

    task: int
    operation: int
    chosen: int
    is_preemption: bool = True
    waits: float = 0.0
    site: str = ""

    @property
    def point(self) -> tuple[int, int]:
        return (self.task, self.operation)


@dataclass(frozen=True, slots=True, order=True)
class Weight:
    """What "simpler" means, in this order: preemptions, deviations, context switches, steps."""

    preemptions: int
    deviations: int
    switches: int
    steps: int


@dataclass(frozen=True, slots=True)
class Step:
    """One event as a schedule file remembers it: enough to notice that a replay has left the
    path."""

    task: int
    kind: str
    resource: str
    site: str

    def __str__(self) -> str:
        return f"{self.task} {self.kind} {self.resource} at {self.site}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Deviations, and all else that another process needs to take the same path again."""

    target: str
    deviations: tuple[Deviation, ...] = ()
    steps: tuple[Step, ...] = ()
    tasks: tuple[str, ...] = ()
    switches: int = 0
    length: int = 0  #: events in the execution; may exceed ``len(steps)``, which is bounded
    trace_digest: str = ""
    outcome: str = ""
    message: str = ""
    fingerprint: str = ""
    timeout_dependent: float | None = None  #: the virtual delay (seconds) that the failure needs
    runner: str = ""
    seed: int = 0
    hash_seed: str = "0"
    clock: str = "virtual"
    epoch: float = 0.0  #: wall-clock time (seconds) at which the virtual clock started
    slack: float = 0.0
    carrier: str = "greenlets"
    max_steps: int = 250_000
    instrument: tuple[str, ...] = ()
    root: str = "."
    arguments: tuple[str, ...] = ()
    mutant: str = ""  #: what was neutralised: "lock bank.py:14"
    python: str = ""
    semantics: int = SEMANTICS_VERSION
    created_by: str = ""

    @property
    def preemptions(self) -> int:
        return sum(1 for deviation in self.deviations if deviation.is_preemption)

    @property
    def weight(self) -> Weight:
        return Weight(self.preemptions, len(self.deviations), self.switches, self.length)

    def replace(self, **changes: object) -> Schedule:
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]
