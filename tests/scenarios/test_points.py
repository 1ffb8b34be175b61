"""What can be named as a point, what cannot, and what each narrowing means."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from typing import Any
from unittest import mock

import pytest

from racewright import after, at, before, scenario
from racewright.errors import OrderNotReached, TargetError, UsageError
from racewright.interpose.advice import Advice, Call
from racewright.interpose.targets import find_target
from racewright.scenarios import Point
from tests.scenarios import shapes

NAME = "tests.scenarios.shapes"


class Seen(Advice):
    def __init__(self) -> None:
        self.arguments: list[Mapping[str, Any] | None] = []

    def before(self, call: Call) -> None:
        self.arguments.append(call.arguments())


@pytest.mark.parametrize(
    ("named", "call", "name", "arguments"),
    [
        (shapes.plain, lambda: shapes.plain(3), "plain", {"a": 3}),
        (f"{NAME}:plain", lambda: shapes.plain(3), "plain", {"a": 3}),
        (shapes.Base.make, lambda: shapes.Base.make(2), "Base.make", None),
        (f"{NAME}:Base.make", lambda: shapes.Heir.make(2), "Base.make", None),
        (vars(shapes.Base)["make"], lambda: shapes.Heir.make(2), "Base.make", None),
        (shapes.Base.fixed, lambda: shapes.base.fixed(3), "Base.fixed", {"x": 3}),
        (f"{NAME}:Base.fixed", lambda: shapes.base.fixed(3), "Base.fixed", {"x": 3}),
        (shapes.Base.level, lambda: shapes.base.level, "Base.level", {"self": shapes.base}),
        (f"{NAME}:Base.level", lambda: shapes.base.level, "Base.level", {"self": shapes.base}),
        (shapes.Base.level.fget, lambda: shapes.base.level, "Base.level", {"self": shapes.base}),
        (f"{NAME}:Base.level.fget", lambda: shapes.base.level, "Base.level.fget", None),
        (f"{NAME}:Base.once", lambda: shapes.Base().once, "Base.once", None),
        (vars(shapes.Base)["once"], lambda: shapes.Base().once, "Base.once", None),
        (shapes.Base.method, lambda: shapes.base.method(), "Base.method", {"x": 1}),
        (shapes.base.method, lambda: shapes.base.method(4), "Base.method", {"x": 4}),
        (f"{NAME}:Base.cached", lambda: shapes.base.cached(), "Base.cached", None),
        (shapes.Base.cached, lambda: shapes.base.cached(), "Base.cached", None),
        (f"{NAME}:Base.dispatched", lambda: shapes.base.dispatched(3), "Base.dispatched", None),
        (f"{NAME}:Base.partial", lambda: shapes.base.partial(), "Base.partial", {}),
        (shapes.decorated, lambda: shapes.decorated(1), "decorated", {"a": 1, "b": 2}),
        (shapes.decorated.__wrapped__, lambda: shapes.decorated(1), "decorated", {"a": 1, "b": 2}),
        (
            f"{NAME}:decorated.__wrapped__",
            lambda: shapes.decorated(1),
            "decorated.__wrapped__",
            None,
        ),
        (shapes.single, lambda: shapes.single(1), "single", None),
        (f"{NAME}:partial", lambda: shapes.partial(), "partial", {}),
        (f"{NAME}:instance", lambda: shapes.instance(4), "instance", {"x": 4}),
    ],
    ids=str,
)
def test_its_calls_are_seen_once_each_and_it_is_as_it_was_afterwards(
    named: object, call: Callable[[], object], name: str, arguments: dict[str, Any] | None
) -> None:
    held = (dict(vars(shapes)), dict(vars(shapes.Base)))
    plain_result = call()
    target = find_target(named)
    seen = Seen()
    wrapping = target.wrap(seen)
    try:
        result = call()
    finally:
        wrapping.undo()
    assert target.name == name
    assert (result, len(seen.arguments)) == (plain_result, 1)
    if arguments is not None:
        got = seen.arguments[0]
        assert got is not None
        assert {key: got[key] for key in arguments} == arguments
    call()
    assert len(seen.arguments) == 1
    assert (dict(vars(shapes)), dict(vars(shapes.Base))) == held


def test_a_bound_method_means_the_calls_of_that_object_alone() -> None:
    other = shapes.Base()
    target = find_target(shapes.base.method)
    assert target.is_meant((shapes.base, 1))
    assert not target.is_meant((other, 1))


def test_an_inherited_method_named_by_its_heir_means_the_heirs_calls_alone() -> None:
    target = find_target(f"{NAME}:Heir.method")
    assert target.is_meant((shapes.Heir(),))
    assert not target.is_meant((shapes.Base(),))
    made = find_target(shapes.Heir.make)
    assert made.is_meant((shapes.Heir, 1))
    assert not made.is_meant((shapes.Base, 1))


@pytest.mark.parametrize(
    "named",
    [
        len,
        list.append,
        [].append,
        object.__init__,
        int.real,
        functools.reduce,
        threading.Lock().acquire,
        "math:floor",
        "time:sleep",
        "builtins:list.append",
    ],
    ids=str,
)
def test_what_is_written_in_c_is_refused_with_what_to_name_instead(named: object) -> None:
    with pytest.raises(UsageError, match=r"(?s)is written in C.*Name the Python function"):
        scenario(before(named)).__enter__()


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (dict, "is a class"),
        (shapes.Callable, "is a class"),
        (threading.Event, "Name what making one calls: Event.__init__"),
        (shapes.partial, "Name the place"),
        (5, "can neither be called"),
        ("no.such.module:f", "No module named"),
        (f"{NAME}:plian", "Did you mean plain"),
        (f"{NAME}:Base.methd", "Did you mean method"),
        (f"{NAME}.plain", "names no function"),
        (f"{NAME}:", "names no function"),
    ],
    ids=str,
)
def test_what_cannot_be_a_point_is_refused_in_words(named: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        scenario(before(named)).__enter__()


def test_a_name_that_leads_nowhere_is_a_target_error_when_the_scenario_begins() -> None:
    asked = scenario(before("no.such.module:f"))
    with pytest.raises(TargetError):
        asked.__enter__()
    assert not asked.is_open


@pytest.mark.parametrize(
    "options",
    [{"nth": 0}, {"nth": 1.5}, {"nth": True}, {"task": 3}, {"where": "x"}],
    ids=str,
)
def test_a_narrowing_that_makes_no_sense_is_refused_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="expected"):
        before(shapes.plain, **options)
    with pytest.raises(UsageError, match="expected"):
        at("shapes.py", "return a", **options)


@pytest.mark.parametrize(
    "wrong", [(), (shapes.plain,), ("x:y",), (before(shapes.plain), None)], ids=str
)
def test_a_scenario_of_anything_but_points_is_refused(wrong: tuple[Any, ...]) -> None:
    with pytest.raises(UsageError, match=r"point"):
        scenario(*wrong)


@pytest.mark.parametrize("within", [0, -1, "1", None, True, float("nan")])
def test_within_is_a_number_of_seconds(within: Any) -> None:
    with pytest.raises(UsageError, match="within="):
        scenario(before(shapes.plain), within=within)


# -- narrowing -------------------------------------------------------------------------------------


def happens(point: Point, *calls: Callable[[], object]) -> list[int]:
    """Which of the calls the point meant: how often each made the order happen."""
    found = []
    for number, call in enumerate(calls):
        try:
            with scenario(point, within=0.001):
                call()
        except OrderNotReached:
            continue
        found.append(number)
    return found


def test_where_is_given_the_arguments_that_it_names() -> None:
    calls = (lambda: shapes.decorated(1), lambda: shapes.decorated(3, b=4))
    assert happens(before(shapes.decorated, where=lambda b: b == 4), *calls) == [1]
    assert happens(before(shapes.decorated, where=lambda b, a: (a, b) == (1, 2)), *calls) == [0]
    assert happens(before(shapes.decorated, where=lambda **all: all["a"] == 3), *calls) == [1]
    assert happens(before(shapes.decorated, where=lambda a, **_: a == 1), *calls) == [0]
    assert happens(before(shapes.decorated, where=lambda *args: args == (1, 2)), *calls) == [0]


def test_where_with_names_of_its_own_is_given_the_arguments_in_their_order() -> None:
    calls = (lambda: shapes.plain(1), lambda: shapes.plain(3))
    assert happens(before(shapes.plain, where=lambda value: value == 3), *calls) == [1]


def test_where_is_asked_after_a_call_as_well_as_before() -> None:
    calls = (lambda: shapes.plain([1]), lambda: shapes.plain([3]))
    assert happens(after(shapes.plain, where=lambda a: a == [3]), *calls) == [1]


def test_task_is_a_name_a_pattern_or_a_function_of_the_name() -> None:
    def call_in(name: str) -> Callable[[], object]:
        def call() -> None:
            thread = threading.Thread(target=shapes.plain, args=(1,), name=name)
            thread.start()
            thread.join()

        return call

    calls = (call_in("worker-1"), call_in("worker-2"), lambda: shapes.plain(1))
    assert happens(before(shapes.plain, task="worker-2"), *calls) == [1]
    assert happens(before(shapes.plain, task="worker-*"), *calls) == [0, 1]
    assert happens(before(shapes.plain, task=lambda name: name.endswith("1")), *calls) == [0]
    assert happens(before(shapes.plain, task="main"), *calls) == [2]
    assert happens(before(shapes.plain, task="MainThread"), *calls) == [2]


def test_nth_counts_the_calls_that_the_other_narrowings_leave() -> None:
    seen = []
    with scenario(before(shapes.plain, where=lambda a: a > 1, nth=2)) as asked:
        for value in (1, 2, 1, 3, 4):
            shapes.plain(value)
            seen.append(len(asked.events))
    assert seen == [0, 0, 0, 1, 1]


def test_one_call_is_one_arrival_however_many_points_it_fits() -> None:
    with scenario(before(shapes.plain), before(shapes.plain)) as asked:
        shapes.plain(1)
        assert [event.point for event in asked.events] == [0]
        shapes.plain(1)
    assert [event.point for event in asked.events] == [0, 1]


@pytest.mark.parametrize("kind", ["task", "where"])
def test_a_filter_that_raises_is_the_tests_error_and_not_the_programs(kind: str) -> None:
    def wrong(*_: object) -> bool:
        raise ZeroDivisionError("in the filter")

    results = []
    options: dict[str, Any] = {kind: wrong}
    asked = scenario(before(shapes.plain, **options), before(shapes.decorated))
    with pytest.raises(UsageError, match="in the filter") as caught, asked:
        results.append(shapes.plain(3))
    assert results == [3]
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_where_at_a_line_names_a_local_variable_or_is_an_error() -> None:
    point = at("scenarios/shapes.py", "return a, b", where=lambda nothing: nothing)
    with pytest.raises(UsageError, match="nothing"), scenario(point):
        shapes.decorated(1)


# -- who else patches the same function ------------------------------------------------------------


def test_a_mock_that_was_there_first_is_seen_and_taken_away_by_its_own_patch() -> None:
    original = shapes.Base.method
    with mock.patch.object(shapes.Base, "method", return_value=5) as mocked:
        with scenario(before(f"{NAME}:Base.method")) as asked:
            assert shapes.base.method(1) == 5
            assert shapes.Base.method.return_value == 5  # type: ignore[attr-defined]
            assert isinstance(shapes.Base.method, mock.MagicMock)
        assert asked.outcome == "happened"
        assert shapes.Base.method is mocked
        mocked.assert_called_once_with(1)
    assert shapes.Base.method is original


def test_what_a_stand_in_is_told_reaches_the_object_behind_it() -> None:
    with mock.patch.object(shapes, "plain") as mocked:
        with scenario(before(f"{NAME}:plain")):
            shapes.plain.return_value = 6  # type: ignore[attr-defined]
            assert shapes.plain(1) == 6
            del shapes.plain.return_value  # type: ignore[attr-defined]
        mocked.assert_called_once_with(1)


def test_a_patch_that_comes_later_and_stays_is_not_undone_with_the_scenario() -> None:
    original = shapes.plain
    patch = mock.patch.object(shapes, "plain", wraps=original)
    with scenario(before(shapes.plain)) as asked:
        mocked = patch.start()
        shapes.plain(1)
        assert asked.outcome == "happened"
    assert shapes.plain is mocked
    assert shapes.plain(2) == 2
    patch.stop()
    assert shapes.plain is original


def test_a_mock_that_is_taken_away_within_the_scenario_is_not_put_back() -> None:
    original = shapes.Base.method
    patch = mock.patch.object(shapes.Base, "method", return_value=5)
    patch.start()
    with scenario(before(f"{NAME}:Base.method")):
        shapes.base.method(1)
        patch.stop()
    assert shapes.Base.method is original
