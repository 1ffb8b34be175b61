"""How an execution ended, and all that is told of it, as values."""

from __future__ import annotations

import concurrent.futures.thread
import sys
import unittest
from collections.abc import Container, Hashable, Iterable
from functools import lru_cache
from types import CodeType, FrameType
from typing import Protocol

from racewright import originals
from racewright.analysis.labels import Labels
from racewright.analysis.traces import class_of, contended
from racewright.kernel.clock import NANOSECONDS
from racewright.kernel.ledger import Stop
from racewright.kernel.resources import Mutex, Signal
from racewright.kernel.scheduler import Kernel
from racewright.kernel.sites import is_plumbing
from racewright.kernel.stacks import as_frames, format_error, stack_of
from racewright.kernel.task import Task, TaskHandle
from racewright.model.execution import (
    Event,
    Execution,
    Failure,
    Frame,
    HeldLock,
    Outcome,
    TaskState,
    fingerprint_of,
)
from racewright.model.operation import KINDS, Site, display_path
from racewright.model.schedule import Deviation, Schedule
from racewright.run.traces import RecordingTrace, VerifyingTrace, digest_of, steps_of
from racewright.settings import Settings
from racewright.strategies.base import Strategy

__all__ = [
    "MAX_EVENTS_TOLD",
    "Program",
    "describe",
    "deviations_of",
    "events_of",
    "judge",
    "raised",
    "schedule_of",
    "stopped",
    "task_states",
    "unending",
]

#: Events of a recorded execution that are told in full: as many from its start as from its end.
MAX_EVENTS_TOLD = 20_000


class Program(Protocol):
    """Something that can be run again and again, and raises when it fails."""

    name: str
    #: Whether a program that leaves blocked threads behind would hang at its end.
    must_finish: bool

    def run(self) -> None:
        """Run it once, from its beginning."""


def describe(
    program: Program,
    kernel: Kernel,
    strategy: Strategy,
    settings: Settings,
    error: BaseException | None,
    states: tuple[TaskState, ...],
    known: Container[str] = (),
    *,
    is_kept: bool = False,
) -> Execution:
    """The execution as a value."""
    outcome, failure = judge(program, kernel, error, states)
    trace = kernel.trace
    keeps = (
        is_kept or isinstance(trace, (RecordingTrace, VerifyingTrace))
        if failure is None
        else failure.fingerprint not in known
    )
    notes = kernel.notes
    if kernel.left and kernel.stop is None:
        left = [task.name for task in unending(kernel.left)]
        if left:
            notes.append(f"{len(left)} tasks were left behind: " + ", ".join(left[:5]))
    return Execution(
        outcome=outcome,
        schedule=(
            schedule_of(program, kernel, settings, outcome, failure)
            if keeps
            else _not_kept(program.name, id(outcome))
        ),
        failure=failure,
        tasks=len(kernel.tasks),
        operations=len(trace),
        decisions=kernel.decisions,
        overlapped=kernel.decisions > 0,
        trace_hash=class_of(trace),
        virtual_seconds=kernel.clock.seconds,
        slack_used=kernel.slack_used / NANOSECONDS,
        uncontrolled=beside(kernel) if keeps else (),
        notes=tuple(notes),
        events=events_of(kernel, trace) if isinstance(trace, RecordingTrace) else (),
        strategy=strategy.name,
    )


def beside(kernel: Kernel) -> tuple[str, ...]:
    """What ran in this process, as far as we can see, without asking us."""
    ours = {task.os_ident for task in kernel.tasks} | {originals.get_ident()}
    others = [ident for ident in sys._current_frames() if ident not in ours]
    if not others:
        return tuple(kernel.uncontrolled)
    threads = f"{len(others)} threads that were started outside our control"
    return (*kernel.uncontrolled, threads)


def schedule_of(
    program: Program,
    kernel: Kernel,
    settings: Settings,
    outcome: Outcome,
    failure: Failure | None,
) -> Schedule:
    """The schedule of a run that is over, for whoever wants to follow it again."""
    trace = kernel.trace
    labels = Labels()
    return Schedule(
        target=program.name,
        steps=steps_of(trace, labels),
        deviations=deviations_of(kernel, labels),
        tasks=tuple(task.name for task in kernel.tasks),
        switches=kernel.switches,
        length=len(trace),
        trace_digest=digest_of(trace),
        outcome=outcome.value,
        message=failure.message if failure else "",
        fingerprint=failure.fingerprint if failure else "",
        timeout_dependent=kernel.slack_used / NANOSECONDS if kernel.slack_used else None,
        seed=settings.seed,
        slack=kernel.slack / NANOSECONDS,
        clock=settings.clock,
        carrier=settings.carrier,
        max_steps=settings.max_steps,
        instrument=settings.instrument,
    )


@lru_cache(64)
def _not_kept(target: str, outcome: int) -> Schedule:
    """What stands for the schedule of an execution that nobody will want to follow again.

    ``outcome`` is the identity of one: hashing a member of an enumeration takes longer.
    """
    return Schedule(target=target, outcome=next(o.value for o in Outcome if id(o) == outcome))


def judge(
    program: Program, kernel: Kernel, error: BaseException | None, states: tuple[TaskState, ...]
) -> tuple[Outcome, Failure | None]:
    """How the run ended, and what went wrong."""
    stop = kernel.stop
    if stop is not None:
        outcome = Outcome(stop.outcome)
        if outcome is Outcome.DIVERGED:
            return outcome, None
        return outcome, stopped(kernel, stop, states)
    if error is not None:
        if isinstance(error, (unittest.SkipTest,)) or type(error).__name__ == "Skipped":
            return Outcome.SKIPPED, None
        # What went wrong first: an assertion in main may well be but the consequence.
        is_exit = isinstance(error, SystemExit) and error.code in (None, 0)
        if not is_exit and not kernel.failed_before_end:
            kind = "assertion" if isinstance(error, AssertionError) else "exception"
            return Outcome.FAILED, raised(kind, error, "main")
    if kernel.failures:
        task, unhandled = kernel.failures[0]
        return Outcome.FAILED, raised("unhandled-exception", unhandled, task.name)
    blocked = unending(kernel.left) if kernel.left else []
    if blocked and program.must_finish:
        stop = Stop("deadlocked", "deadlock", "the program would never end", blocked[0])
        return Outcome.DEADLOCKED, stopped(kernel, stop, states)
    return Outcome.PASSED, None


def unending(tasks: Iterable[Task]) -> list[Task]:
    """Those that would keep an interpreter from ending: neither daemons, nor woken at its exit."""
    lasting = [task for task in tasks if not task.daemon]
    if not lasting:
        return lasting
    woken = {thread.ident for thread in vars(concurrent.futures.thread)["_threads_queues"]}
    return [task for task in lasting if task.ident not in woken]


def raised(kind: str, error: BaseException, task: str) -> Failure:
    """A failure that is an exception."""
    places = []
    tb = error.__traceback__
    while tb is not None:
        places.append((tb.tb_frame.f_code, tb.tb_lineno))
        tb = tb.tb_next
    # While a search goes on, the same exception comes again and again.
    key = (kind, task, type(error), str(error), *((id(code), line) for code, line in places))
    entry = _raised.get(key)
    if entry is None:
        if len(_raised) >= 100:
            _raised.clear()
        failure = _raised_first(kind, error, task, as_frames(places))
        entry = _raised[key] = (failure, [code for code, _ in places])
    return entry[0]


#: Failures by kind, task, exception and traceback; with the code whose identity stands for it.
_raised: dict[tuple[Hashable, ...], tuple[Failure, list[CodeType]]] = {}


def _raised_first(kind: str, error: BaseException, task: str, stack: tuple[Frame, ...]) -> Failure:
    site = stack[-1].key if stack else ""
    text = str(error).strip()
    first = text.splitlines()[0] if text else ""
    name = type(error).__name__
    message = f"{name}: {first}" if first else name
    return Failure(
        kind=kind,
        message=message[:400],
        fingerprint=fingerprint_of(kind, name, site),
        site=site,
        task=task,
        traceback=format_error(error, stack),
    )


def stopped(kernel: Kernel, stop: Stop, states: tuple[TaskState, ...]) -> Failure:
    """A failure that is a state of all tasks together."""
    mine = next((state for state in states if state.index == stop.task.index), None)
    site = mine.stack[-1].key if mine and mine.stack else ""
    if stop.kind == "crash":
        places = [stop.message, site.partition(":")[0]]
    elif stop.kind == "deadlock":
        places = sorted(
            f"{state.doing.split(' ')[0]} {state.stack[-1].key if state.stack else ''}"
            for state in states
            if state.state == "blocked"
        )
    else:
        places = sorted({item[3].key for item in kernel.trace[-200:] if item[3] is not None})[:3]
        if stop.kind == "stall":
            places = [stop.message.rpartition(" at ")[2].partition(":")[0]]
    cycle: tuple[str, ...] = ()
    if stop.kind == "livelock":
        labels = Labels()
        recent = [
            f"{kernel.tasks[item[0]].name} {KINDS.get(item[1], item[1])} "
            f"{labels.of(item[2], item[3])} at {item[3].short if item[3] else '?'}"
            for item in kernel.trace[-60:]
        ]
        cycle = _cycle_in(recent)
    return Failure(
        kind=stop.kind,
        message=stop.message,
        fingerprint=fingerprint_of(stop.kind, *places),
        site=site,
        task=stop.task.name,
        tasks=states,
        cycle=cycle,
    )


def _cycle_in(lines: list[str]) -> tuple[str, ...]:
    """The shortest run of lines that the end repeats; the last few where there is none."""
    for size in range(1, len(lines) // 2 + 1):
        if lines[-size:] == lines[-2 * size : -size]:
            return tuple(lines[-size:])
    return tuple(lines[-8:])


def task_states(kernel: Kernel, current: FrameType | None) -> tuple[TaskState, ...]:
    """Every task that is not done, as it stands now. ``current`` is the running task's stack."""
    labels = Labels()
    held: dict[int, list[HeldLock]] = {}
    seen: set[int] = set()
    for _, _, resource, site in kernel.trace:
        labels.of(resource, site)
        if isinstance(resource, Mutex) and id(resource) not in seen:
            seen.add(id(resource))
            if resource.owner is not None:
                taken = resource.taken_at.key if resource.taken_at is not None else ""
                lock = HeldLock(labels.in_full(resource), taken)
                held.setdefault(resource.owner.index, []).append(lock)
    states = []
    for task in kernel.tasks:
        if task.is_done:
            continue
        frame = current if task is kernel.current else kernel.carrier.stack_of(task)
        resource = task.resource
        if isinstance(resource, Signal):
            resource = resource.subject
        waits_for = None
        if isinstance(resource, Mutex) and resource.owner is not None:
            waits_for = resource.owner.index
        elif isinstance(resource, TaskHandle):
            waits_for = resource.index if resource.index != task.index else None
        is_waiting = not task.is_enabled
        states.append(
            TaskState(
                index=task.index,
                name=task.name,
                state="blocked" if is_waiting else "runnable",
                daemon=task.daemon,
                doing=f"{KINDS.get(task.kind, task.kind)} "
                f"{labels.in_full(resource, task.site)}".strip(),
                waits_for=waits_for if is_waiting else None,
                holds=tuple(held.get(task.index, ())),
                stack=stack_of(frame) if task.is_started else (),
                operations=task.ops,
            )
        )
    return tuple(states)


def deviations_of(kernel: Kernel, labels: Labels) -> tuple[Deviation, ...]:
    result = []
    for task, operation, chosen, preempts, waited, kind, resource, site in kernel.deviations:
        words = f"{kind} {labels.of(resource, site)}".strip()
        place = f"{words} at {site.key}" if site is not None else words
        result.append(Deviation(task, operation, chosen, preempts, waited / NANOSECONDS, place))
    return tuple(result)


def events_of(kernel: Kernel, trace: RecordingTrace) -> tuple[Event, ...]:
    """Every event in full."""
    labels = Labels()
    pending = [
        (task.index, task.kind, task.resource, task.site)
        for task in (kernel.tasks[0], *kernel.left)
        if kernel.stop is not None
    ]
    matter = contended([*trace, *pending])
    mentioned: set[Hashable] = set()
    places: dict[Site | None, tuple[str, int, str, str]] = {None: ("", 0, "", "")}
    events = []
    last: int | None = None
    half = MAX_EVENTS_TOLD // 2
    for number, (task, kind, resource, site) in enumerate(trace):
        if half <= number < len(trace) - half:
            labels.of(resource, site)  # so that the numbers of the later ones are as in the steps
            last = task
            continue
        is_first = resource not in mentioned
        mentioned.add(resource)
        label = labels.in_full(resource, site) if is_first else labels.of(resource, site)
        owner = trace.owners.get(number, "")
        switched = last is not None and last != task
        if site is not None and site not in places:
            places[site] = (display_path(site.file), site.line, site.function, site.text)
        file, line, function, text = places[site]
        events.append(
            Event(
                step=number + 1,
                task=task,
                kind=kind,
                resource=f"{owner}{label}" if owner else label,
                file=file,
                line=line,
                function=function,
                text=text,
                value=trace.values.get(number, ""),
                clock=trace.clocks[number] / NANOSECONDS,
                is_switch=switched,
                is_preemption=switched and number in kernel.preempted_at,
                # What a library does on the user's behalf would bury what the user's lines do.
                matters=resource in matter and (site is None or not is_plumbing(site.file)),
            )
        )
        last = task
    return tuple(events)
