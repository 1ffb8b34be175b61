"""Whether a failure has to do with the lines that a finding speaks of.

A test may fail under some schedule for a reason of its own, while a suspicion about other lines is
being tried. That must not demonstrate the suspicion. So a failing execution is watched once more,
and is tied to the lines in one of these ways, or not at all:

* **interrupted**: the schedule takes the turn from a task that is between two operations inside the
  lines, and before that task goes on another one does, inside the finding's lines too, what
  conflicts. And the interruption decides: the same schedule passes when the turn is taken just
  before the lines instead, just after them, and not at all::

      task 1   │ reads 5                     │ reads 5, writes 6          │
      task 2   │          reads 5, writes 6  │                   reads 6… │
      task 1   │ writes 6                    │                            │
                 fails                         must pass

* **ordered**: for findings about which of two comes first. The turn is taken from a task that is
  about to do something inside the lines, another does what conflicts inside them, and the same
  schedule without that passes.
* **interrupted-by-any**: likewise, where the finding does not say where the other task is.
* **straddled**: as *interrupted*, where the lines lie apart, even in different functions: the turn
  is taken from a task that has done something on the first of them and not yet come to the last.
* **early**: the test's assertion fails, on the finding's line, before anybody has done anything on
  the line whose work it asserts.
* **blocked**: the tasks that wait for one another for ever stand at the finding's lines.
* **relied upon**: a task was woken at the line of a wait, and failed below it in the same call, at
  a line that uses what it had asked about before.
* **left-locked**, **for-itself**: likewise, where nobody who could still go on has the lock, or
  where the task that waits has it itself.
* **raised**: a lock was released on the finding's line that was not held.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from racewright.model.execution import Failure, Found, TaskState
from racewright.model.operation import READS, conflicts
from racewright.model.schedule import Deviation, Schedule
from racewright.prove.watch import Seen
from racewright.report.wording import listing
from racewright.strategies.aimed import Aim

__all__ = [
    "Interruption",
    "blocked_at",
    "interruptions",
    "raised_at",
    "straddles",
    "tie",
    "variants",
]

#: Whether an execution with these deviations in place of the schedule's passes.
Passes = Callable[[tuple[Deviation, ...]], bool]


@dataclass(frozen=True, slots=True)
class Interruption:
    """The turn was taken from a task inside the lines."""

    deviation: Deviation
    task: int
    by: int  #: who did what conflicts
    first: int  #: the operation with which the task's stay in the lines began
    after: int  #: the operation with which it went on after them; 0 where it did nothing more
    is_between: bool  #: the task had done something in this stay before


def interruptions(
    seen: Sequence[Seen], schedule: Schedule, regions: Sequence[Aim], *, by_any: bool = False
) -> list[Interruption]:
    """The deviations of ``schedule`` that let another task into the lines, in their order.

    What counts is done on the lines themselves, and the turn is taken just before or after such a
    step. In the functions that they call there may be races of which the finding says nothing.
    ``by_any``: the other task may do what conflicts anywhere.
    """
    found = []
    for deviation in schedule.deviations:
        task = deviation.task
        mine = [n for n, each in enumerate(seen) if each.task == task]
        at = next((n for n in mine if seen[n].ops >= deviation.operation), None)
        if at is None:
            continue
        before = max((n for n in mine if n < at), default=-1)
        for region, stay in seen[at].inside:
            if region >= len(regions) or not any(
                n >= 0 and seen[n].stay_in(region) == stay and _is_on(seen[n], regions[region])
                for n in (before, at)
            ):
                continue
            inside = [n for n in mine if seen[n].stay_in(region) == stay]
            direct = [n for n in inside if _is_on(seen[n], regions[region])]
            by = next(
                (
                    other.task
                    for other in seen[before + 1 : at]
                    if other.task != task
                    and (by_any or any(_is_on(other, each) for each in regions))
                    and any(_conflict(other, seen[n]) for n in direct)
                ),
                None,
            )
            if by is None:
                continue
            after = next((seen[n].ops for n in mine if n > inside[-1]), 0)
            first = seen[inside[0]].ops
            found.append(Interruption(deviation, task, by, first, after, inside[0] < at))
            break
    return found


def straddles(
    seen: Sequence[Seen], schedule: Schedule, regions: Sequence[Aim]
) -> list[Interruption]:
    """The deviations that let another task in after a task has been on the first of the regions
    and before it comes to the last; the other does what conflicts, on these lines."""
    found = []
    end = len(regions) - 1
    for deviation in schedule.deviations:
        mine = [n for n, each in enumerate(seen) if each.task == deviation.task]
        on = [n for n in mine if any(_is_on(seen[n], each) for each in regions)]
        before = [n for n in on if seen[n].ops < deviation.operation]
        closed = [n for n in on if n not in before and _is_on(seen[n], regions[end])]
        begun = [n for n in before if _is_on(seen[n], regions[0])]
        if not begun or not closed or any(_is_on(seen[n], regions[end]) for n in before[-1:]):
            continue
        by = next(
            (
                other.task
                for other in seen[begun[-1] + 1 : closed[0]]
                if other.task != deviation.task
                and any(_is_on(other, each) for each in regions)
                and any(_conflict(other, seen[n]) for n in on)
            ),
            None,
        )
        if by is None:
            continue
        stays = seen[begun[-1]].stay_in(0), seen[closed[0]].stay_in(end)
        first = next(n for n in mine if seen[n].stay_in(0) == stays[0])
        last = max(n for n in mine if seen[n].stay_in(end) == stays[1])
        after = next((seen[n].ops for n in mine if n > last), 0)
        found.append(
            Interruption(deviation, deviation.task, by, seen[first].ops, after, is_between=True)
        )
    return found


def _is_on(each: Seen, region: Aim) -> bool:
    return each.file in region.files and region.first <= each.line <= region.last


def _conflict(one: Seen, other: Seen) -> bool:
    return conflicts(one.kind, one.resource, other.kind, other.resource)


def variants(schedule: Schedule, found: Sequence[Interruption]) -> dict[str, tuple[Deviation, ...]]:
    """The schedule with the turn taken just before the lines, just after them, and not at all."""
    by_point = {each.deviation.point: each for each in found}

    def moved(where: Callable[[Interruption], int]) -> tuple[Deviation, ...]:
        result = []
        for deviation in schedule.deviations:
            mine = by_point.get(deviation.point)
            if mine is None:
                result.append(deviation)
            elif where(mine):
                result.append(replace(deviation, operation=where(mine)))
        return tuple(result)

    return {
        "before": moved(lambda each: each.first),
        "after": moved(lambda each: each.after),
        "never": moved(lambda _: 0),
    }


def tie(
    kinds: Sequence[str],
    found: Found,
    seen: Sequence[Seen],
    regions: Sequence[Aim],
    passes: Passes,
) -> str:
    """How the failure is tied to the lines, as a sentence; empty if it is not.

    ``regions`` are the finding's places, then the function of the first. ``kinds`` are the ways
    that count for its rule.
    """
    for kind in kinds:
        told = _TIES[kind](found, seen, regions, passes)
        if told:
            return told
    return ""


def _interrupted(found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes) -> str:
    schedule = found.execution.schedule
    return _between(found, interruptions(seen, schedule, regions[:-1]), passes)


def _interrupted_by_any(
    found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes
) -> str:
    schedule = found.execution.schedule
    return _between(found, interruptions(seen, schedule, regions[:-1], by_any=True), passes)


def _straddled(found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes) -> str:
    return _between(found, straddles(seen, found.execution.schedule, regions[:-1]), passes)


def _between(found: Found, at: Sequence[Interruption], passes: Passes) -> str:
    schedule = found.execution.schedule
    between = [each for each in at if each.is_between]
    if not between or not all(passes(each) for each in variants(schedule, between).values()):
        return ""
    one, other = _names(schedule, between[0].task, between[0].by)
    return (
        f"{other} comes between two steps of {one} at these lines; with the turn taken before "
        "them, after them, or not at all, the same schedule passes."
    )


def _ordered(found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes) -> str:
    schedule = found.execution.schedule
    at = interruptions(seen, schedule, regions[:-1])
    if not at or not passes(variants(schedule, at)["never"]):
        return ""
    one, other = _names(schedule, at[0].task, at[0].by)
    return f"{other} comes first at these lines, before {one}; without that, the schedule passes."


def _blocked(found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes) -> str:
    del seen, passes
    return _wait_for_ever(blocked_at(found.failure, regions[:1]))


def _blocked_all(found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes) -> str:
    del seen, passes
    return _wait_for_ever(blocked_at(found.failure, regions[:-1]))


def _left_locked(found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes) -> str:
    """Who waits at the lines waits for nobody who could still go on."""
    del seen, passes
    blocked = {task.index for task in found.failure.tasks if task.state == "blocked"}
    tasks = blocked_at(found.failure, regions[:1])
    if any(task.waits_for in blocked for task in tasks):
        return ""  # the other is not gone: that is a deadlock of another kind
    return _wait_for_ever(tasks)


def _for_itself(found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes) -> str:
    del seen, passes
    tasks = blocked_at(found.failure, regions[:1])
    return _wait_for_ever([task for task in tasks if task.waits_for == task.index])


def _wait_for_ever(tasks: Sequence[TaskState]) -> str:
    if not tasks:
        return ""
    names = listing([task.name for task in tasks])
    return f"{names} {'wait' if len(tasks) > 1 else 'waits'} at these lines for ever."


def blocked_at(failure: Failure, regions: Sequence[Aim]) -> list[TaskState]:
    """A blocked task for each of the regions, all of them different; empty where one has none."""
    if failure.kind != "deadlock":
        return []
    blocked = [task for task in failure.tasks if task.state == "blocked"]

    def choose(left: Sequence[Aim], taken: list[TaskState]) -> list[TaskState]:
        if not left:
            return taken
        for task in blocked:
            if task not in taken and _stands_in(task, left[0]):
                chosen = choose(left[1:], [*taken, task])
                if chosen:
                    return chosen
        return []

    return choose(regions, [])


def _stands_in(task: TaskState, region: Aim) -> bool:
    return any(
        frame.file in region.files and region.first <= frame.line <= region.last
        for frame in task.stack
    )


def _relied_upon(found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes) -> str:
    del passes
    if len(regions) < 3:
        return ""
    file, line = _place_of(found.failure)
    body = regions[-1]
    if file not in body.files or not regions[0].last < line <= body.last:
        return ""
    task = _number_of(found)
    mine = [each for each in seen if each.task == task]
    woken = [
        n for n, each in enumerate(mine) if each.kind == "wake" and each.stay_in(0) is not None
    ]
    if not woken:
        return ""
    asked = {each.resource for each in mine[: woken[-1]] if each.stay_in(1) is not None}
    uses = [each for each in mine[woken[-1] :] if each.line == line and each.resource in asked]
    if not uses:
        return ""
    name = found.failure.task
    return f"{name} is woken at the wait, does not ask again, and fails below it."


def raised_at(failure: Failure, regions: Sequence[Aim]) -> bool:
    """Whether the exception was raised on one of the lines."""
    file, line = _place_of(failure)
    return any(file in each.files and each.first <= line <= each.last for each in regions)


def _raised(found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes) -> str:
    del seen, passes
    message = found.failure.message
    is_meant = message.startswith("RuntimeError") and "release" in message
    if not is_meant or not raised_at(found.failure, regions[:-1]):
        return ""
    return f"{found.failure.task} releases on these lines what is not held."


def _early(found: Found, seen: Sequence[Seen], regions: Sequence[Aim], passes: Passes) -> str:
    del passes
    failure = found.failure
    if failure.kind != "assertion" or not raised_at(failure, regions[:1]) or len(regions) < 3:
        return ""
    task = _number_of(found)
    end = max((n for n, each in enumerate(seen) if each.task == task), default=0)
    if any(each.task != task and _acts_in(each, 1) for each in seen[:end]):
        return ""  # what comes later, the test that has failed does not wait for
    return f"{failure.task} asserts before anybody has done what it asserts."


def _acts_in(each: Seen, region: int) -> bool:
    """Whether the event changes something, inside the region."""
    return each.kind not in READS and each.stay_in(region) is not None


_TIES: Final = {
    "early": _early,
    "interrupted-by-any": _interrupted_by_any,
    "interrupted": _interrupted,
    "straddled": _straddled,
    "ordered": _ordered,
    "blocked": _blocked,
    "blocked-all": _blocked_all,
    "for-itself": _for_itself,
    "left-locked": _left_locked,
    "relied-upon": _relied_upon,
    "raised": _raised,
}


def _place_of(failure: Failure) -> tuple[str, int]:
    """``bank.py:14 transfer`` as file and line."""
    file, _, line = failure.site.partition(" ")[0].rpartition(":")
    return file, int(line) if line.isdecimal() else 0


def _number_of(found: Found) -> int:
    names = found.execution.schedule.tasks
    return names.index(found.failure.task) if found.failure.task in names else 0


def _names(schedule: Schedule, *tasks: int) -> list[str]:
    names = dict(enumerate(schedule.tasks))
    return [names.get(task, f"task-{task}") for task in tasks]
