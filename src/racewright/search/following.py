"""Following a schedule in this process, and what a strict replay of it came to."""

from __future__ import annotations

from collections.abc import Callable

from racewright.model.schedule import Schedule
from racewright.run import Program, RunResult, run_once
from racewright.settings import Settings
from racewright.strategies.replay import Replay

__all__ = ["Confirmation", "replay_once"]


def replay_once(
    program: Program,
    settings: Settings,
    schedule: Schedule,
    *,
    is_strict: bool = True,
    is_recorded: bool = False,
    heartbeat: Callable[[], None] | None = None,
) -> tuple[RunResult, Replay]:
    """Follow ``schedule`` in this process; the strategy says what could not be followed."""
    strategy = Replay(schedule.deviations)
    strategy.begin()
    run = run_once(
        program,
        strategy,
        settings,
        slack=schedule.slack,
        epoch=schedule.epoch,
        is_recorded=is_recorded,
        expected=schedule.steps if is_strict else None,
        heartbeat=heartbeat,
    )
    return run, strategy


class Confirmation:
    """What a strict replay came to, as a value that travels between processes."""

    def __init__(self, run: RunResult, strategy: Replay) -> None:
        self.execution = run.execution
        self.difference = run.difference
        self.length = run.execution.operations
        self.refused = ""
        if strategy.refused is not None:
            deviation, enabled = strategy.refused
            self.refused = (
                f"at operation {deviation.operation} of task {deviation.task}, "
                f"task {deviation.chosen} was chosen; enabled now: {list(enabled)}"
            )

    def is_whole(self, schedule: Schedule) -> bool:
        """Whether the trace is the recorded one to its last event."""
        return (
            self.difference is None
            and self.length == schedule.length
            and self.execution.schedule.trace_digest == schedule.trace_digest
        )
