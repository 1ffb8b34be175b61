"""What happened in a failing execution, cut down to what a reader needs: rows, one column per task.

A trace may have a hundred thousand events of which ten explain the failure. Those kept are the ones
on resources that tasks touched in conflict, the changes of task, the starts and joins of the tasks
concerned, and the last thing that the failing task did. What lies between is folded into a count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from racewright.model.execution import Event, Failure, Found

__all__ = ["Row", "Story", "circle_of", "tell"]

_MAX_ROWS = 48  #: events shown of one story ...
_HEAD = 16  #: ... of which so many from its start where there are more
_CYCLE_ROWS, _CYCLE_HEAD = 12, 6  #: the same where there is a cycle
_MAX_TURN = 8  #: events shown of one turn of a task ...
_TURN_HEAD = 3  #: ... of which so many from its start where there are more
_MAX_PERIOD = 12  #: events of a loop that is noticed to repeat
_MIN_FOLD = 3  #: fewer events than this are left out without a word: step numbers show the gap

_QUIET = frozenset({"begin", "continue", "end"})  # told only where the turn changed by preemption


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a timeline: an event, or a fold of ``count`` events, or how it ended.

    ``tasks`` has one member, except where a fold is of several. ``preempted`` is the task that lost
    the turn just before this event although it could have gone on.
    """

    tasks: tuple[int, ...]
    event: Event | None = None
    count: int = 0
    preempted: int | None = None
    ending: str = ""  #: how it ended, in words
    site: str = ""  #: "bank.py:14 transfer", of an ending
    text: str = ""  #: the source line of an ending, if known


@dataclass(frozen=True, slots=True)
class Story:
    """The rows, and the tasks that have a column, in the order of their creation."""

    rows: tuple[Row, ...] = ()
    columns: tuple[int, ...] = ()
    names: tuple[tuple[int, str], ...] = ()

    def name_of(self, task: int) -> str:
        return dict(self.names).get(task, f"task-{task}")


def tell(found: Found) -> Story:
    """The story of ``found``; without rows where its execution kept no events."""
    events = found.execution.events
    names = _names(found)
    if not events:
        return Story(names=tuple(sorted(names.items())))
    failing = _failing_task(found, names)
    kept = _keep(events, _concerned(found, failing), names, failing, _taken(found.failure))
    # The drawing of a cycle says it better than its events.
    most, head = (_MAX_ROWS, _HEAD) if not found.failure.cycle else (_CYCLE_ROWS, _CYCLE_HEAD)
    kept = _cut(events, kept, most, head)
    rows = _rows(events, kept) + _endings(found, failing)
    columns = {task for row in rows for task in row.tasks if len(row.tasks) == 1}
    columns |= {row.preempted for row in rows if row.preempted is not None}
    return Story(tuple(rows), tuple(sorted(columns)), tuple(sorted(names.items())))


def _names(found: Found) -> dict[int, str]:
    names = {event.task: f"task-{event.task}" for event in found.execution.events}
    names[0] = "main"
    names.update(enumerate(found.execution.schedule.tasks))
    names.update((task.index, task.name) for task in found.failure.tasks)
    return names


def _failing_task(found: Found, names: dict[int, str]) -> int:
    for task, name in sorted(names.items()):
        if name == found.failure.task:
            return task
    return found.execution.events[-1].task


def _concerned(found: Found, failing: int) -> set[int]:
    """The tasks without which the failure cannot be understood."""
    concerned = {event.task for event in found.execution.events if event.matters}
    concerned |= {task.index for task in found.failure.tasks if task.state == "blocked"}
    return concerned | {failing}


def _taken(failure: Failure) -> set[tuple[int, str]]:
    """The locks in a circle of tasks, as (task, place where it took one)."""
    circle = circle_of(failure)
    return {
        (task.index, held.taken_at.partition(" ")[0])
        for task in failure.tasks
        if task.index in circle
        for held in task.holds
        if held.taken_at
    }


def _keep(
    events: Sequence[Event],
    concerned: set[int],
    names: dict[int, str],
    failing: int,
    taken: set[tuple[int, str]],
) -> list[int]:
    """The places in ``events`` of those that are to be told."""
    named = {names[task] for task in concerned if task in names}
    last_of_failing = max(
        (place for place, event in enumerate(events) if event.task == failing), default=-1
    )
    kept = []
    for place, event in enumerate(events):
        if event.is_preemption or place == last_of_failing:
            kept.append(place)
        elif event.kind in _QUIET:
            continue
        elif (
            event.matters
            or (place + 1 < len(events) and events[place + 1].is_preemption)
            or ("acquire" in event.kind and (event.task, f"{event.file}:{event.line}") in taken)
            or (event.is_switch and event.task in concerned)
            or (event.kind in ("spawn", "join") and _is_of(event.resource, named))
        ):
            kept.append(place)
    return kept


def _is_of(resource: str, names: set[str]) -> bool:
    """Whether ``resource``, as a report names it, is one of the tasks called ``names``."""
    return resource in names or any(name and name in resource for name in names)


def _cut(events: Sequence[Event], kept: list[int], most: int, head: int) -> list[int]:
    """``kept`` without the middle of long turns, nor the middle of a long story."""
    turns: list[list[int]] = []
    for place in _without_repeats(events, kept):
        if turns and events[turns[-1][-1]].task == events[place].task:
            turns[-1].append(place)
        else:
            turns.append([place])
    short: list[int] = []
    for turn in turns:
        if len(turn) > _MAX_TURN:
            tail = turn[-(_MAX_TURN - _TURN_HEAD) :]
            middle = [p for p in turn[_TURN_HEAD : -len(tail)] if events[p].is_preemption]
            turn = turn[:_TURN_HEAD] + middle + tail
        short.extend(turn)
    if len(short) > most:
        short = short[:head] + short[head - most :]
    return short


def _without_repeats(events: Sequence[Event], kept: list[int]) -> list[int]:
    """``kept`` without the middle of a loop: it is told by its first and its last round."""
    keys = [
        (e.task, e.kind, e.resource, e.file, e.line, e.is_preemption)
        for e in (events[place] for place in kept)
    ]
    told: list[int] = []
    at = 0
    while at < len(kept):
        for period in range(1, _MAX_PERIOD + 1):
            block = keys[at : at + period]
            end = at + period
            while keys[end : end + period] == block:
                end += period
            if end - at >= 4 * period:
                told += kept[at : at + period] + kept[end - period : end]
                at = end
                break
        else:
            told.append(kept[at])
            at += 1
    return told


def _rows(events: Sequence[Event], kept: list[int]) -> list[Row]:
    rows: list[Row] = []
    done = 0
    for place in [*kept, len(events)]:
        skipped = Counter(event.task for event in events[done:place])
        if sum(skipped.values()) >= _MIN_FOLD:
            rows.append(Row(tuple(sorted(skipped)), count=sum(skipped.values())))
        if place < len(events):
            event = events[place]
            is_cut = event.is_preemption and place > 0
            rows.append(
                Row((event.task,), event, preempted=events[place - 1].task if is_cut else None)
            )
        done = place + 1
    return rows


def _endings(found: Found, failing: int) -> list[Row]:
    """Where each task stood at the end: those that are blocked, or else the one that failed."""
    failure = found.failure
    if failure.kind == "livelock":
        return []
    circle = circle_of(failure)
    blocked = [
        task
        for task in failure.tasks
        if task.state == "blocked" and (not circle or task.index in circle)
    ]
    if blocked and failure.kind == "deadlock":
        return [
            Row(
                (task.index,),
                ending=f"blocked: {task.doing}" if task.doing else "blocked",
                site=f"{task.stack[-1].file}:{task.stack[-1].line}" if task.stack else "",
                text=task.stack[-1].text if task.stack else "",
            )
            for task in blocked
        ]
    first_line = failure.message.strip().partition("\n")[0]
    if failure.kind == "assertion":
        first_line = first_line.removeprefix("AssertionError: ")
    text = next(
        (e.text for e in reversed(found.execution.events) if _at(e, failure.site) and e.text), ""
    )
    return [Row((failing,), ending=first_line or failure.kind, site=failure.site, text=text)]


def circle_of(failure: Failure) -> list[int]:
    """The first circle in the graph of who waits for whom, starting at its lowest task."""
    waits_for = {task.index: task.waits_for for task in failure.tasks if task.state == "blocked"}
    for start in sorted(waits_for):
        path: list[int] = []
        task: int | None = start
        while task in waits_for and task not in path:
            path.append(task)
            task = waits_for[task]
        if task == start:
            return path
    return []


def _at(event: Event, site: str) -> bool:
    """Whether ``event`` is at ``site``, which may give the file's last name only."""
    place = site.split(" ")[0]
    return bool(place) and f"/{event.file}:{event.line}".endswith("/" + place)
