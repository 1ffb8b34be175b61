"""What a story keeps of a trace, and what it folds."""

from __future__ import annotations

from racewright.model.execution import Event, Execution, Failure, Found, Outcome, TaskState
from racewright.model.schedule import Schedule
from racewright.report.story import Story, circle_of, tell

NAMES = ("main", "worker-1", "worker-2", "logger")


def event(step: int, task: int, kind: str = "read", resource: str = ".x", **more: object) -> Event:
    return Event(step, task, kind, resource, "f.py", step, "f", **more)  # type: ignore[arg-type]


def story_of(*events: Event, failure: Failure | None = None) -> Story:
    failure = failure or Failure("assertion", "assert 1 == 2\nmore", "f", "f.py:9 test")
    execution = Execution(Outcome.FAILED, Schedule("t", tasks=NAMES), failure, events=events)
    return tell(Found(failure, execution, 1))


def steps(story: Story) -> list[int]:
    return [row.event.step for row in story.rows if row.event is not None]


def folds(story: Story) -> list[tuple[tuple[int, ...], int]]:
    return [(row.tasks, row.count) for row in story.rows if row.count]


def test_events_that_matter_are_told_and_the_rest_is_folded() -> None:
    quiet = [event(step, 1, matters=False) for step in range(2, 43)]
    story = story_of(event(1, 1), *quiet, event(43, 1))
    assert steps(story) == [1, 43]
    assert folds(story) == [((1,), 41)]


def test_one_or_two_events_are_left_out_without_a_word() -> None:
    quiet = [event(2, 1, matters=False), event(3, 1, matters=False)]
    story = story_of(event(1, 1), *quiet, event(4, 1))
    assert steps(story) == [1, 4]
    assert folds(story) == []


def test_a_fold_of_several_tasks_names_them_all() -> None:
    quiet = [event(step, 1 + step % 2, matters=False) for step in range(2, 8)]
    story = story_of(event(1, 1), *quiet, event(8, 1))
    assert folds(story) == [((1, 2), 6)]


def test_a_preemption_is_always_told_with_the_task_that_lost_the_turn() -> None:
    story = story_of(
        event(1, 1), event(2, 3, "begin", matters=False, is_switch=True, is_preemption=True)
    )
    row = story.rows[1]
    assert row.event is not None
    assert row.event.step == 2
    assert row.preempted == 1
    assert 1 in story.columns


def test_starts_and_joins_of_other_tasks_are_not_told() -> None:
    story = story_of(
        event(1, 0, "spawn", "worker-1", matters=False),
        event(2, 0, "spawn", "logger", matters=False),
        event(3, 1),
        event(4, 0, "join", "logger", matters=False),
        event(5, 0, "join", "worker-1", matters=False),
    )
    assert steps(story) == [1, 3, 5]


def test_a_loop_is_told_by_its_first_and_last_round() -> None:
    rounds = [
        Event(step, 1, kind, ".x", "f.py", 3, "f")
        for step, kind in enumerate(["read", "write"] * 50, start=1)
    ]
    story = story_of(*rounds)
    assert steps(story) == [1, 2, 99, 100]
    assert folds(story) == [((1,), 96)]


def test_a_long_story_keeps_its_start_and_its_end() -> None:
    story = story_of(*(event(step, 1 + step % 2) for step in range(1, 1001)))
    told = steps(story)
    assert len(told) == 48
    assert told[:16] == list(range(1, 17))
    assert told[-32:] == list(range(969, 1001))


def test_the_failing_task_has_the_last_row() -> None:
    story = story_of(event(1, 1), event(2, 0, matters=False))
    assert story.rows[-1].tasks == (0,)
    assert story.rows[-1].ending == "assert 1 == 2"
    assert steps(story) == [1, 2]


def test_a_failing_task_that_nobody_knows_is_the_last_that_acted() -> None:
    failure = Failure("exception", "", "f", task="stranger")
    story = story_of(event(1, 1), event(2, 2), failure=failure)
    assert story.rows[-1].tasks == (2,)
    assert story.rows[-1].ending == "exception"


def test_an_execution_without_events_has_no_rows() -> None:
    story = story_of()
    assert story.rows == ()
    assert story.name_of(1) == "worker-1"
    assert story.name_of(9) == "task-9"


def blocked(index: int, waits_for: int | None) -> TaskState:
    return TaskState(index, NAMES[index], "blocked", doing="acquires Lock#1", waits_for=waits_for)


def test_a_deadlock_ends_with_those_in_the_circle() -> None:
    tasks = (blocked(0, 1), blocked(1, 2), blocked(2, 1), TaskState(3, "logger", "finished"))
    failure = Failure("deadlock", "", "f", tasks=tasks)
    assert circle_of(failure) == [1, 2]
    story = story_of(event(1, 1), event(2, 2), failure=failure)
    assert [row.tasks for row in story.rows if row.ending] == [(1,), (2,)]


def test_a_lost_wakeup_has_no_circle() -> None:
    failure = Failure("deadlock", "", "f", tasks=(blocked(1, None), blocked(2, 1)))
    assert circle_of(failure) == []


def test_a_task_that_waits_for_itself_is_a_circle() -> None:
    assert circle_of(Failure("deadlock", "", "f", tasks=(blocked(1, 1),))) == [1]
