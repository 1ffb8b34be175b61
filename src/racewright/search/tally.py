"""What an exploration has tried so far, in numbers that several processes add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from racewright.model.execution import (
    Execution,
)

__all__ = ["MAX_TRACES", "Tally"]

#: Distinct traces that are told apart; beyond, the number is a lower bound.
MAX_TRACES = 2_000_000


@dataclass
class Tally:
    """What has been tried so far."""

    executions: int = 0
    traces: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set, repr=False)  #: also by tallies sent off before
    tasks: int = 0
    operations: int = 0
    decisions: int = 0
    strategies: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    failures: int = 0

    def add(self, execution: Execution) -> bool:
        """Count one execution; whether its trace is new."""
        self.executions += 1
        is_new = execution.trace_hash not in self.seen
        if is_new and len(self.seen) < MAX_TRACES:
            self.seen.add(execution.trace_hash)
            self.traces.add(execution.trace_hash)
        # Not by max(): for a small program, counting is a part of its time.
        if execution.tasks > self.tasks:
            self.tasks = execution.tasks
        if execution.operations > self.operations:
            self.operations = execution.operations
        if execution.decisions > self.decisions:
            self.decisions = execution.decisions
        self.strategies[execution.strategy] = self.strategies.get(execution.strategy, 0) + 1
        for note in execution.notes:
            self.notes[note] = self.notes.get(note, 0) + 1
        return is_new

    def successor(self) -> Tally:
        """An empty tally that knows which traces are not new."""
        return Tally(seen=self.seen)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "seen": set()}

    def merge(self, other: Tally) -> None:
        self.executions += other.executions
        self.traces |= other.traces
        self.tasks = max(self.tasks, other.tasks)
        self.operations = max(self.operations, other.operations)
        self.decisions = max(self.decisions, other.decisions)
        for mine, theirs in ((self.strategies, other.strategies), (self.notes, other.notes)):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count
