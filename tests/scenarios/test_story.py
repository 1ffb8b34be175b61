"""What a scenario says it saw, and that any order which respects the tasks' own comes about."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from racewright import after, before, scenario
from racewright.errors import OrderImpossible
from racewright.scenarios import StoryEvent
from racewright.search.controlled import controlled


class Door:
    def __init__(self) -> None:
        self.lock = threading.Lock()

    def open(self) -> None:
        pass

    def enter(self) -> None:
        pass

    def come(self) -> None:
        self.enter()

    def locked(self) -> None:
        with self.lock:
            self.enter()


def visit(door: Door, *names: str, method: str = "come") -> None:
    threads = [threading.Thread(target=getattr(door, method), name=name) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_story_has_the_points_and_then_a_lane_for_each_task() -> None:
    @controlled
    def body() -> tuple[str, tuple[StoryEvent, ...]]:
        door = Door()
        threads = [threading.Thread(target=door.come, name=name) for name in "ab"]
        with scenario(
            after(Door.open), before(Door.enter, task="b"), before(Door.enter, task="a")
        ) as asked:
            for thread in threads:
                thread.start()
            while len(asked.events) < 2:
                threading.Event().wait(1)
            door.open()
            for thread in threads:
                thread.join()
        return asked.story, asked.events

    story, events = body()
    assert [(each.what, each.task, each.point, each.by) for each in events] == [
        ("held", "a", 2, ""),
        ("held", "b", 1, ""),
        ("passes", "main", 0, ""),
        ("released", "b", 1, "main"),
        ("released", "a", 2, "b"),
    ]
    place = f"test_story.py:{Door.come.__code__.co_firstlineno + 1}"
    assert {each.place for each in events if each.task != "main"} == {place}
    assert {each.text for each in events if each.task != "main"} == {"self.enter()"}
    lines = story.splitlines()
    assert lines[:6] == [
        "The order happened:",
        "  ✓ 1. after(Door.open)              by main",
        "  ✓ 2. before(Door.enter, task='b')  by b",
        "  ✓ 3. before(Door.enter, task='a')  by a",
        "",
        "  a     b     main",
    ]
    assert lines[6] == f"  is held at 3. before(Door.enter, task='a')   {place}  self.enter()"
    assert lines[7] == f"  │     is held at 2. before(Door.enter, task='b')   {place}  self.enter()"
    assert lines[8].startswith("  │     │     passes 1. after(Door.open)   test_story.py:")
    waited = [round(each.waited) for each in events[3:]]
    assert lines[9:] == [
        "  │     goes on from 2. before(Door.enter, task='b'), released by main after "
        f"{waited[0]} events",
        f"  goes on from 3. before(Door.enter, task='a'), released by b after {waited[1]} events",
    ]
    assert body() == (story, events)


def test_the_story_of_an_order_that_cannot_be_says_who_was_held_and_who_never_came() -> None:
    @controlled
    def body() -> OrderImpossible:
        asked = scenario(before(Door.enter, task="b"), before(Door.enter, task="a"))
        with pytest.raises(OrderImpossible) as caught, asked:
            visit(Door(), "a", "b", method="locked")
        return caught.value

    error = body()
    assert error.story.splitlines()[:3] == [
        "The order is impossible:",
        "  · 1. before(Door.enter, task='b')  nobody came to it",
        "  · 2. before(Door.enter, task='a')  a was held at it",
    ]
    assert "for the order was given up" in error.story.splitlines()[-1]
    text = str(error)
    assert text.splitlines()[0].endswith("[order-impossible]")
    assert error.story in text
    tasks: Any = {task.name: task for task in error.tasks}
    assert sorted(tasks) == ["a", "b", "main"]
    assert (tasks["a"].state, tasks["a"].point) == ("held", "before(Door.enter, task='a')")
    assert (tasks["b"].state, tasks["b"].is_due, tasks["b"].holder) == ("waits", True, "a")
    assert tasks["b"].taken_at.endswith("locked")
    assert [frame.text for frame in tasks["b"].stack] == ["with self.lock:"]
    assert tasks["main"].holder == "a"


class Steps:
    """Threads that each take some steps."""

    def __init__(self) -> None:
        self.taken: list[tuple[int, int]] = []

    def step(self, thread: int, number: int) -> None:
        self.taken.append((thread, number))

    def walk(self, thread: int, count: int) -> None:
        for number in range(count):
            self.step(thread, number)


def point(place: tuple[int, int], *, is_before: bool) -> Any:
    kind = before if is_before else after
    return kind(Steps.step, where=lambda thread, number: (thread, number) == place)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_an_order_happens_if_and_only_if_it_respects_each_threads_own(data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    places = [(t, n) for t, count in enumerate(counts) for n in range(count)]
    order = data.draw(st.permutations(places))[: data.draw(st.integers(1, len(places)))]
    kinds = [data.draw(st.booleans()) for _ in order]
    is_possible = all(
        [n for t, n in order if t == thread] == sorted(n for t, n in order if t == thread)
        for thread in range(len(counts))
    )
    asked = scenario(
        *(point(place, is_before=kind) for place, kind in zip(order, kinds, strict=True))
    )
    steps = Steps()

    @controlled
    def body() -> None:
        with asked:
            threads = [threading.Thread(target=steps.walk, args=pair) for pair in enumerate(counts)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    if is_possible:
        body()
        passed = [each.point for each in asked.events if each.what in ("passes", "released")]
        assert passed == list(range(len(order)))
    else:
        with pytest.raises(OrderImpossible):
            body()
    assert sorted(steps.taken) == places
