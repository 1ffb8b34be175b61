"""A failure is tied to lines by what happened on them, and by what happens without it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from racewright.model.execution import Execution, Failure, Found, Frame, Outcome, TaskState
from racewright.model.schedule import Deviation, Schedule
from racewright.prove.ties import blocked_at, interruptions, straddles, tie, variants
from racewright.prove.watch import Seen
from racewright.strategies.aimed import Aim

LINES = Aim(frozenset({"a.py"}), 5, 6)
BODY = Aim(frozenset({"a.py"}), 1, 20)
REGIONS = (LINES, BODY)


def seen(task: int, ops: int, kind: str, line: int, stay: int | None, resource: int = 1) -> Seen:
    inside = () if stay is None else ((0, stay), (1, 100 + stay))
    return Seen(task, ops, kind, resource, "a.py", line, inside)


#: Task 1 reads on the lines, task 2 does all of it, task 1 writes.
LOST_UPDATE = [
    seen(1, 1, "read", 5, 1),
    seen(2, 1, "read", 5, 2),
    seen(2, 2, "write", 6, 2),
    seen(2, 3, "end", 9, None, 8),
    seen(1, 2, "write", 6, 1),
    seen(1, 3, "end", 9, None, 9),
]


def found(*deviations: Deviation, kind: str = "assertion", site: str = "t.py:3 test") -> Found:
    failure = Failure(kind, "it fails", "f", site, "main")
    schedule = Schedule("t", deviations, tasks=("main", "first", "second"))
    return Found(failure, Execution(Outcome.FAILED, schedule, failure), 1)


def test_an_interruption_between_two_steps_is_seen_with_where_the_stay_begins_and_ends() -> None:
    schedule = found(Deviation(1, 2, 2)).execution.schedule
    (one,) = interruptions(LOST_UPDATE, schedule, [LINES])
    assert (one.task, one.by, one.first, one.after, one.is_between) == (1, 2, 1, 3, True)


def test_the_variants_take_the_turn_before_the_lines_after_them_and_never() -> None:
    schedule = found(Deviation(1, 2, 2), Deviation(2, 9, 1)).execution.schedule
    at = interruptions(LOST_UPDATE, schedule, [LINES])
    points = {k: [d.point for d in v] for k, v in variants(schedule, at).items()}
    assert points == {
        "before": [(1, 1), (2, 9)],
        "after": [(1, 3), (2, 9)],
        "never": [(2, 9)],
    }


@pytest.mark.parametrize("fails", ["before", "after", "never"])
def test_a_failure_that_stays_without_the_interruption_is_not_tied(fails: str) -> None:
    failing = found(Deviation(1, 2, 2))
    at = interruptions(LOST_UPDATE, failing.execution.schedule, [LINES])
    bad = variants(failing.execution.schedule, at)[fails]
    kinds = ("interrupted",)
    assert tie(kinds, failing, LOST_UPDATE, REGIONS, lambda d: d != bad) == ""
    told = tie(kinds, failing, LOST_UPDATE, REGIONS, lambda _: True)
    assert told.startswith("second comes between two steps of first")


def test_what_is_done_before_the_first_step_is_no_interruption() -> None:
    events = [*LOST_UPDATE[1:4], replace(LOST_UPDATE[0], ops=2), replace(LOST_UPDATE[4], ops=3)]
    failing = found(Deviation(1, 2, 2))
    assert tie(("interrupted",), failing, events, REGIONS, lambda _: True) == ""
    assert "comes first" in tie(("ordered",), failing, events, REGIONS, lambda _: True)


def test_another_task_that_does_what_does_not_conflict_ties_nothing() -> None:
    elsewhere = [replace(each, resource=7) if each.task == 2 else each for each in LOST_UPDATE]
    reads = [replace(each, kind="read") for each in LOST_UPDATE]
    for events in (elsewhere, reads):
        assert interruptions(events, found(Deviation(1, 2, 2)).execution.schedule, [LINES]) == []


def test_the_function_around_the_lines_is_not_the_lines() -> None:
    around = [
        replace(each, line=12, inside=((1, 100 + each.task),)) if each.inside else each
        for each in LOST_UPDATE
    ]
    assert tie(("interrupted",), found(Deviation(1, 2, 2)), around, REGIONS, lambda _: True) == ""


def test_a_race_in_a_function_that_the_lines_call_is_not_theirs() -> None:
    inner = [
        seen(1, 1, "read", 5, 1),
        seen(1, 2, "read", 12, 1, 2),
        seen(2, 1, "write", 6, 2),
        seen(2, 2, "write", 12, 2, 2),
        seen(1, 3, "write", 12, 1, 2),
        seen(1, 4, "write", 6, 1),
    ]
    assert interruptions(inner, found(Deviation(1, 3, 2)).execution.schedule, [LINES]) == []


def test_another_task_may_be_anywhere_only_where_the_finding_does_not_say_where() -> None:
    events = [replace(e, line=15, inside=()) if e.task == 2 else e for e in LOST_UPDATE]
    schedule = found(Deviation(1, 2, 2)).execution.schedule
    assert interruptions(events, schedule, [LINES]) == []
    assert len(interruptions(events, schedule, [LINES], by_any=True)) == 1


def blocked(index: int, line: int) -> TaskState:
    return TaskState(index, f"t{index}", "blocked", stack=(Frame("a.py", line, "f"),))


def test_tasks_that_wait_for_one_another_must_stand_at_all_the_lines() -> None:
    here, there = Aim(frozenset({"a.py"}), 5, 5), Aim(frozenset({"a.py"}), 9, 9)
    both = Failure("deadlock", "", "f", tasks=(blocked(1, 5), blocked(2, 9)))
    assert [task.index for task in blocked_at(both, [here, there])] == [1, 2]
    alike = Failure("deadlock", "", "f", tasks=(blocked(1, 5), blocked(2, 5)))
    assert blocked_at(alike, [here, there]) == []
    assert [task.index for task in blocked_at(alike, [here, here])] == [1, 2]
    assert blocked_at(replace(both, kind="livelock"), [here, there]) == []


def test_an_assertion_is_early_only_where_the_work_has_not_been_done() -> None:
    regions = (Aim(frozenset({"t.py"}), 3, 3), LINES, BODY)
    early = [
        Seen(0, 1, "read", 1, "t.py", 3, ((0, 1),)),
        Seen(1, 1, "write", 1, "a.py", 5, ((1, 2),)),
    ]
    late = list(reversed(early))
    failing = found()
    assert "before anybody" in tie(("early",), failing, early, regions, lambda _: True)
    assert tie(("early",), failing, late, regions, lambda _: True) == ""
    elsewhere = found(site="t.py:8 test")
    assert tie(("early",), elsewhere, early, regions, lambda _: True) == ""


def test_a_lock_that_is_left_locked_is_told_from_one_that_another_waits_with() -> None:
    gone = TaskState(2, "second", "finished")
    waiting = replace(blocked(1, 5), waits_for=2)
    left = Failure("deadlock", "", "f", tasks=(waiting, gone))
    held = replace(left, tasks=(waiting, blocked(2, 9)))
    one, other = (replace(found(), failure=each) for each in (left, held))
    assert tie(("left-locked",), one, [], REGIONS, lambda _: True).startswith("t1 waits")
    assert tie(("left-locked",), other, [], REGIONS, lambda _: True) == ""


def test_a_task_that_waits_for_another_does_not_wait_for_itself() -> None:
    own = Failure("deadlock", "", "f", tasks=(replace(blocked(1, 5), waits_for=1),))
    others = replace(own, tasks=(replace(blocked(1, 5), waits_for=2),))
    one, other = (replace(found(), failure=each) for each in (own, others))
    assert tie(("for-itself",), one, [], REGIONS, lambda _: True) != ""
    assert tie(("for-itself",), other, [], REGIONS, lambda _: True) == ""


@pytest.mark.parametrize(
    ("message", "site", "is_tied"),
    [
        ("RuntimeError: release unlocked lock", "a.py:5 f", True),
        ("RuntimeError: cannot release un-acquired lock", "a.py:6 f", True),
        ("RuntimeError: release unlocked lock", "a.py:9 f", False),
        ("ValueError: no release", "a.py:5 f", False),
    ],
)
def test_only_a_release_of_what_is_not_held_is_raised(
    message: str, site: str, is_tied: bool
) -> None:
    failing = found(kind="exception", site=site)
    failing = replace(failing, failure=replace(failing.failure, message=message))
    assert bool(tie(("raised",), failing, [], REGIONS, lambda _: True)) == is_tied


#: A line that stores and, in another function, one that reads what was stored.
APART = (Aim(frozenset({"a.py"}), 5, 5), Aim(frozenset({"a.py"}), 15, 15), BODY)


def apart(task: int, ops: int, kind: str, line: int, stay: int) -> Seen:
    return Seen(task, ops, kind, 1, "a.py", line, ((0 if line == 5 else 1, stay),))


#: Task 1 stores, task 2 stores and reads, task 1 reads what is not its own.
OVERWRITTEN = [
    apart(1, 1, "write", 5, 1),
    apart(2, 1, "write", 5, 2),
    apart(2, 2, "read", 15, 3),
    seen(2, 3, "end", 9, None, 8),
    seen(1, 2, "write", 9, None, 7),
    apart(1, 3, "read", 15, 4),
    seen(1, 4, "end", 9, None, 9),
]


@pytest.mark.parametrize("operation", [2, 3])
def test_a_turn_that_is_taken_between_lines_that_lie_apart_straddles(operation: int) -> None:
    failing = found(Deviation(1, operation, 2))
    (one,) = straddles(OVERWRITTEN, failing.execution.schedule, APART[:-1])
    assert (one.task, one.by, one.first, one.after) == (1, 2, 1, 4)
    told = tie(("straddled",), failing, OVERWRITTEN, APART, lambda _: True)
    assert told.startswith("second comes between two steps of first")


@pytest.mark.parametrize("operation", [1, 4])
def test_a_turn_that_is_taken_before_or_after_lines_that_lie_apart_does_not(operation: int) -> None:
    failing = found(Deviation(1, operation, 2))
    assert straddles(OVERWRITTEN, failing.execution.schedule, APART[:-1]) == []


def test_another_that_leaves_lines_that_lie_apart_alone_does_not_straddle() -> None:
    schedule = found(Deviation(1, 2, 2)).execution.schedule
    elsewhere = [replace(each, line=9) if each.task == 2 else each for each in OVERWRITTEN]
    others = [replace(each, resource=6) if each.task == 2 else each for each in OVERWRITTEN]
    assert straddles(elsewhere, schedule, APART[:-1]) == []
    assert straddles(others, schedule, APART[:-1]) == []


def test_a_task_that_comes_to_the_last_line_again_has_left_them_before() -> None:
    events = [
        apart(1, 1, "write", 5, 1),
        apart(1, 2, "read", 15, 2),
        apart(2, 1, "write", 5, 3),
        apart(1, 3, "read", 15, 4),
    ]
    schedule = found(Deviation(1, 3, 2)).execution.schedule
    assert straddles(events, schedule, APART[:-1]) == []


@pytest.mark.parametrize("fails", ["before", "after", "never"])
def test_a_failure_that_stays_without_the_straddling_is_not_tied(fails: str) -> None:
    failing = found(Deviation(1, 2, 2))
    at = straddles(OVERWRITTEN, failing.execution.schedule, APART[:-1])
    bad = variants(failing.execution.schedule, at)[fails]
    assert tie(("straddled",), failing, OVERWRITTEN, APART, lambda d: d != bad) == ""
