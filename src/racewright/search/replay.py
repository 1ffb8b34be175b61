"""Following a saved schedule in fresh processes, and making a saved schedule lighter."""

from __future__ import annotations

import os
import pdb
import platform
import sys

from racewright.errors import ReplayError, ScheduleDiverged, TargetError
from racewright.interpose.mutation import applied
from racewright.model.execution import Execution, Exploration, Outcome
from racewright.model.schedule import SEMANTICS_VERSION, Schedule
from racewright.run import Program
from racewright.search.explore import Explorer
from racewright.search.following import Confirmation, replay_once
from racewright.search.targets import each_program
from racewright.search.workers import Child, call_in_child
from racewright.settings import Settings

__all__ = ["Replays", "minimise_schedule", "replay_schedule", "settings_of"]


class Replays:
    """What came of following one schedule a number of times."""

    def __init__(self, schedule: Schedule, program: Program) -> None:
        self.schedule = schedule
        self.program = program
        self.times = 0
        self.same = 0  #: that ended as recorded
        self.identical = 0  #: traces equal to the recorded one, to the last event
        self.other: Execution | None = None  #: the first that ended otherwise
        self.diverged: str = ""
        self.recorded: Execution | None = None

    @property
    def status(self) -> int:
        if self.diverged:
            return 5
        return 1 if self.same and self.schedule.outcome != Outcome.PASSED.value else 0


def settings_of(schedule: Schedule) -> Settings:
    """The settings under which ``schedule`` was made."""
    return Settings(
        seed=schedule.seed,
        slack=schedule.slack or None,
        clock=schedule.clock,
        carrier=schedule.carrier,
        max_steps=schedule.max_steps,
        runner=schedule.runner,
        instrument=schedule.instrument,
        mutant=schedule.mutant,
        root=schedule.root,
        schedules=1,
    )


def at_home(schedule: Schedule) -> Schedule:
    """Go to where the project lies: where it did, or, on another machine, where we are.

    All paths in a schedule are relative to it, so one that was made elsewhere can be followed.
    """
    if not os.path.isdir(schedule.root):
        return schedule.replace(root=os.getcwd())
    os.chdir(schedule.root)
    return schedule


def replay_schedule(
    schedule: Schedule, *, times: int = 1, is_debugged: bool = False, show: bool = True
) -> Replays:
    """Follow ``schedule`` ``times`` times, each in a fresh process. Raises ``UsageError``.

    The working directory becomes the one in which it was made, where that is still there.
    """
    schedule = at_home(schedule)
    settings = settings_of(schedule)

    def action(program: Program, _: Settings) -> Replays | None:
        if program.name != schedule.target:
            return None
        with applied(schedule.mutant):
            return follow_in(Replays(schedule, program))

    def follow_in(result: Replays) -> Replays:
        program = result.program
        if is_debugged:
            debug(program, settings, schedule)
            return result
        for _number in range(times):
            follow(result, settings)
            if result.diverged:
                break
        if show and result.status == 1:
            result.recorded = record(program, settings, schedule)
        return result

    for result in each_program(schedule.target, settings, action):
        if result is not None:
            return result
    raise TargetError(f"{schedule.target} is no longer among the tests that its name selects")


def follow(result: Replays, settings: Settings) -> None:
    schedule = result.schedule

    def once(child: Child) -> Confirmation:
        return Confirmation(*replay_once(result.program, settings, schedule, heartbeat=child.beat))

    value, death, _ = call_in_child(once, silence=settings.stall + 6)
    result.times += 1
    if death or value is None:
        if schedule.outcome in (Outcome.CRASHED.value, Outcome.STALLED.value):
            result.same += 1
            return
        raise ReplayError(f"the process that followed {schedule.target} died: {death}")
    execution = value.execution
    # Of one that died, or could not be interrupted, no trace was left to compare with.
    is_whole = value.is_whole(schedule)
    if value.difference is not None or (schedule.trace_digest and not is_whole):
        result.diverged = divergence(schedule, value)
        return
    result.identical += is_whole
    fingerprint = execution.failure.fingerprint if execution.failure is not None else ""
    if execution.outcome.value == schedule.outcome and fingerprint == schedule.fingerprint:
        result.same += 1
    elif result.other is None:
        result.other = execution


def record(program: Program, settings: Settings, schedule: Schedule) -> Execution | None:
    def once(child: Child) -> Execution:
        run, _ = replay_once(
            program,
            settings,
            schedule,
            is_strict=False,
            is_recorded=True,
            heartbeat=child.beat,
        )
        return run.execution

    value, death, _ = call_in_child(once, silence=settings.stall + 6)
    return None if death else value


def debug(program: Program, settings: Settings, schedule: Schedule) -> None:
    """Follow the schedule in this process, and open the debugger where it fails."""
    run, _ = replay_once(program, settings.replace(stall=0.0), schedule, is_strict=False)
    if run.error is not None and run.error.__traceback__ is not None:
        pdb.post_mortem(run.error.__traceback__)
    elif run.execution.failure is not None:
        print(f"there is no exception to look at: {run.execution.failure.message}", file=sys.stderr)


def divergence(schedule: Schedule, value: Confirmation) -> str:
    """The message of a replay that left the recorded path."""
    lines = []
    if value.difference is not None:
        number, recorded, now = value.difference
        lines.append(f"step {number + 1} is not what was recorded")
        lines.append(f"  recorded  {recorded if recorded is not None else 'the end'}")
        lines.append(f"  now       {now if now is not None else 'the end'}")
    else:
        digest = value.execution.schedule.trace_digest
        lines.append(f"something differs after step {len(schedule.steps)}, the last that was kept")
        lines.append(f"  recorded  {schedule.length} events, digest {schedule.trace_digest}")
        lines.append(f"  now       {value.length} events, digest {digest}")
    if value.refused:
        lines.append(f"a recorded decision could not be taken: {value.refused}")
    lines.append(
        "The code, a library or the Python has probably changed since this schedule was saved"
        + (
            f" (made by Python {schedule.python}, this is {platform.python_version()})."
            if schedule.python != platform.python_version()
            else "."
        )
    )
    if schedule.semantics != SEMANTICS_VERSION:
        lines.append(
            f"It was saved under scheduling rules {schedule.semantics}; these are "
            f"{SEMANTICS_VERSION}."
        )
    command = f"mutate --undo {schedule.mutant.partition(' ')[2]}" if schedule.mutant else "explore"
    lines.append(f"To search anew:  racewright {command} {schedule.target}")
    return str(ScheduleDiverged("\n".join(lines)))


def minimise_schedule(schedule: Schedule, file: str) -> Exploration:
    """Make ``schedule`` lighter and save it; what was found, as an exploration of one failure."""
    schedule = at_home(schedule)
    settings = settings_of(schedule).replace(corpus=False)

    def action(program: Program, _: Settings) -> Exploration | None:
        if program.name != schedule.target:
            return None
        explorer = Explorer(program, settings, None, epoch=schedule.epoch)
        with applied(schedule.mutant):
            return explorer.minimise_only(schedule)

    for result in each_program(schedule.target, settings, action):
        if result is not None:
            return result
    raise TargetError(f"{schedule.target} is no longer among the tests that its name selects")
