"""A function that is wrapped in place behaves as itself, whatever it is."""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
import threading
import types
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racewright.interpose.advice import Advice, Call
from racewright.interpose.wrapping import in_place, wrap
from tests.scenarios import shapes


class Log(Advice):
    def __init__(self) -> None:
        self.seen: list[object] = []

    def before(self, call: Call) -> None:
        self.seen.append("before")

    def after(self, call: Call, error: BaseException | None) -> None:
        self.seen.append(type(error) if error is not None else "after")


@pytest.fixture
def wrapped() -> Iterator[Callable[[Any], Log]]:
    done = []

    def put(function: Any) -> Log:
        log = Log()
        done.append(wrap(function, function.__name__, log))
        return log

    yield put
    for wrapping in done:
        wrapping.undo()
    assert in_place() == ()


def make(closed: int = 5) -> Any:
    def function(
        a: int, b: int = 2, /, c: int = 3, *rest: int, d: int, e: int = 9, **more: int
    ) -> Any:
        """What it does."""
        return (a, b, c, rest, d, e, more, closed)

    return function


def test_arguments_of_every_kind_arrive_as_they_were_given(
    wrapped: Callable[[Any], Log],
) -> None:
    plain, function = make(), make()
    log = wrapped(function)
    for args, kwargs in (
        ((1,), {"d": 4}),
        ((1, 2, 3, 4, 5), {"d": 4, "e": 5, "x": 6}),
        ((1,), {"d": 4, "a": 7, "b": 8}),
        ((1,), {"d": 4, "c": 0}),
    ):
        assert function(*args, **kwargs) == plain(*args, **kwargs)
    assert log.seen == ["before", "after"] * 4


def test_a_wrong_call_is_refused_in_the_functions_own_words(
    wrapped: Callable[[Any], Log],
) -> None:
    plain, function = make(), make()
    log = wrapped(function)
    with pytest.raises(TypeError) as wanted:
        plain()
    with pytest.raises(TypeError) as got:
        function()
    assert str(got.value) == str(wanted.value)
    assert log.seen == []


def test_what_is_said_about_the_function_stays_true(wrapped: Callable[[Any], Log]) -> None:
    function = make()
    function.mark = 1
    signature, code = inspect.signature(function), function.__code__
    names = (function.__name__, function.__qualname__, function.__doc__, function.__module__)
    wrapped(function)
    assert function.__code__ is not code
    assert inspect.signature(function) == signature
    assert inspect.getfullargspec(function).args == ["a", "b", "c"]
    assert (
        function.__name__,
        function.__qualname__,
        function.__doc__,
        function.__module__,
    ) == names
    assert function.__code__.co_freevars == code.co_freevars
    assert function.__code__.co_name == code.co_name
    assert function.__dict__ == {"mark": 1}


def test_defaults_that_change_meanwhile_are_those_that_count(
    wrapped: Callable[[Any], Log],
) -> None:
    def function(a: int = 1) -> int:
        return a

    wrapped(function)
    function.__defaults__ = (2,)
    assert function() == 2


def test_super_and_class_cells_work_in_a_wrapped_method(wrapped: Callable[[Any], Log]) -> None:
    class Base:
        def name(self) -> str:
            return "base"

    class Heir(Base):
        def name(self) -> str:
            return f"{super().name()} of {__class__.__name__}"  # type: ignore[name-defined]

    log = wrapped(Heir.name)
    assert Heir().name() == "base of Heir"
    assert log.seen == ["before", "after"]


def test_a_closure_sees_what_is_assigned_to_its_variables(wrapped: Callable[[Any], Log]) -> None:
    count = 0

    def add() -> int:
        nonlocal count
        count += 1
        return count

    wrapped(add)
    assert (add(), add(), count) == (1, 2, 2)


def test_an_exception_is_the_functions_own_and_its_traceback_ends_there(
    wrapped: Callable[[Any], Log],
) -> None:
    def fail() -> None:
        raise KeyError("mine")

    log = wrapped(fail)
    with pytest.raises(KeyError) as caught:
        fail()
    assert caught.traceback[-1].name == "fail"
    assert caught.traceback[-1].path.name == "test_wrapping.py"
    assert log.seen == ["before", KeyError]


def test_every_reference_that_somebody_kept_is_covered(wrapped: Callable[[Any], Log]) -> None:
    class Thing:
        def act(self) -> int:
            return 1

    thing = Thing()
    bound, plain = thing.act, Thing.act
    partial = functools.partial(Thing.act, thing)
    log = wrapped(Thing.act)
    assert [bound(), plain(thing), partial()] == [1, 1, 1]
    assert log.seen == ["before", "after"] * 3


def test_a_generator_is_sent_to_thrown_into_and_closed_as_itself(
    wrapped: Callable[[Any], Log],
) -> None:
    def items(first: int) -> Iterator[Any]:
        try:
            got = yield first
            yield got
        except ValueError:
            yield "caught"
        return "end"

    log = wrapped(items)
    assert inspect.isgeneratorfunction(items)
    generator = items(1)
    assert log.seen == []
    assert [next(generator), generator.send(5), generator.throw(ValueError())] == [1, 5, "caught"]
    with pytest.raises(StopIteration) as end:
        next(generator)
    assert end.value.value == "end"
    assert log.seen == ["before", "after"]
    other = items(1)
    next(other)
    other.close()
    assert log.seen[2:] == ["before", GeneratorExit]


def test_a_generator_based_coroutine_can_still_be_awaited(wrapped: Callable[[Any], Log]) -> None:
    @types.coroutine
    def step() -> Iterator[str]:
        got = yield "asked"
        return got

    async def use() -> Any:
        return await step()

    wrapped(step)
    coroutine = use()
    assert coroutine.send(None) == "asked"
    with pytest.raises(StopIteration) as end:
        coroutine.send("answer")
    assert end.value.value == "answer"


def test_coroutines_and_asynchronous_generators_are_what_they_were(
    wrapped: Callable[[Any], Log],
) -> None:
    closed = []

    async def add(a: int) -> int:
        await asyncio.sleep(0)
        return a + 1

    async def items(first: Any) -> AsyncIterator[Any]:
        try:
            got = yield first
            while True:
                got = yield got * 2
        except KeyError:
            yield "caught"
        finally:
            closed.append(first)

    async def use() -> list[Any]:
        generator: Any = items(1)
        seen = [await add(1), await generator.__anext__(), await generator.asend(4)]
        seen.append(await generator.athrow(KeyError()))
        with pytest.raises(StopAsyncIteration):
            await generator.__anext__()
        other: Any = items(2)
        await other.__anext__()
        await other.aclose()
        never: Any = items(3)
        await never.aclose()
        return seen

    added, generated = wrapped(add), wrapped(items)
    assert inspect.iscoroutinefunction(add)
    assert inspect.isasyncgenfunction(items)
    assert asyncio.run(use()) == [2, 1, 8, "caught"]
    assert closed == [1, 2]
    assert added.seen == ["before", "after"]
    assert generated.seen == ["before", "after", "before", GeneratorExit]


def test_several_pieces_of_advice_come_and_go_in_any_order() -> None:
    function = make()
    code = function.__code__
    logs = [Log(), Log(), Log()]
    wrappings = [wrap(function, "function", log) for log in logs]
    function(1, d=1)
    wrappings[1].undo()
    wrappings[1].undo()
    function(1, d=1)
    wrappings[0].undo()
    function(1, d=1)
    wrappings[2].undo()
    assert function.__code__ is code
    function(1, d=1)
    assert [len(log.seen) // 2 for log in logs] == [2, 1, 3]


def test_code_that_somebody_else_has_put_on_top_stays() -> None:
    def function() -> int:
        return 1

    def other() -> int:
        return 2

    log = Log()
    wrapping = wrap(function, "function", log)
    function.__code__ = other.__code__
    assert function() == 2
    second = wrap(function, "function", log)
    assert function() == 2
    assert log.seen == ["before", "after"]
    wrapping.undo()
    second.undo()
    assert function.__code__ is other.__code__
    assert in_place() == ()


def test_wrapping_a_function_of_a_module_again_makes_no_new_code() -> None:
    codes = []
    for _ in range(5):
        wrapping = wrap(shapes.plain, "plain", Log())
        codes.append(shapes.plain.__code__)
        wrapping.undo()
    assert all(code is codes[0] for code in codes)
    assert shapes.plain.__code__ is not codes[0]


def test_a_signature_that_was_given_between_two_wrappings_counts() -> None:
    def seen() -> list[str]:
        names: list[str] = []

        class Look(Advice):
            def before(self, call: Call) -> None:
                names.extend(call.arguments() or ())

        wrapping = wrap(shapes.plain, "plain", Look())
        shapes.plain(1)
        wrapping.undo()
        return names

    assert seen() == ["a"]
    other = inspect.Signature([inspect.Parameter("b", inspect.Parameter.POSITIONAL_ONLY)])
    shapes.plain.__signature__ = other  # type: ignore[attr-defined]
    try:
        assert seen() == ["b"]
    finally:
        del shapes.plain.__signature__  # type: ignore[attr-defined]
    assert seen() == ["a"]


def test_a_call_that_is_under_way_when_it_is_unwrapped_ends_well() -> None:
    begun, go_on = threading.Event(), threading.Event()
    results = []

    def function() -> str:
        begun.set()
        go_on.wait()
        return "done"

    log = Log()
    wrapping = wrap(function, "function", log)
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    begun.wait()
    wrapping.undo()
    go_on.set()
    thread.join()
    assert results == ["done"]
    assert log.seen == ["before", "after"]


NAMES = ["a", "b", "_0", "self", "hook", "_racewright", "args", "kwargs", "None_"]


@st.composite
def signatures(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=0, max_size=6))
    plain = draw(st.integers(0, len(names)))
    parts = [f"{name}=0" for name in names[:plain]]
    if parts and draw(st.booleans()):
        parts.insert(draw(st.integers(1, len(parts))), "/")
    keywords = [f"{name}=0" for name in names[plain:]]
    if draw(st.booleans()):
        parts.append("*rest")
    elif keywords:
        parts.append("*")
    parts += keywords
    if draw(st.booleans()):
        parts.append("**more")
    return ", ".join(parts)


@given(signatures())
def test_any_signature_survives(signature: str) -> None:
    namespace: dict[str, Any] = {}
    source = f"def function({signature}): return sorted(locals().items())"
    exec(source, namespace)
    function = namespace["function"]
    parameters = inspect.signature(function).parameters.values()
    args = tuple(
        number for number, each in enumerate(parameters, 1) if each.kind is each.POSITIONAL_ONLY
    )
    kwargs = {
        each.name: each.name
        for each in parameters
        if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
    }
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        kwargs["another"] = "another"
    wanted = (function(), function(*args, **kwargs), str(inspect.signature(function)))
    log = Log()
    wrapping = wrap(function, "function", log)
    try:
        got = (function(), function(*args, **kwargs), str(inspect.signature(function)))
    finally:
        wrapping.undo()
    assert got == wanted
    assert log.seen == ["before", "after"] * 2


@pytest.mark.skipif(sys.version_info < (3, 11), reason="notes are of 3.11")
def test_a_debuggers_look_at_a_wrapped_closure_does_no_harm() -> None:
    closed = [1]
    seen: list[dict[str, Any]] = []

    class Look(Advice):
        def before(self, call: Call) -> None:
            frame: Any = sys._getframe()
            while frame is not None:
                seen.append(dict(frame.f_locals))
                frame = frame.f_back

    def function(a: int) -> int:
        return a + closed[0]

    wrapping = wrap(function, "function", Look())
    try:
        assert function(2) == 3
    finally:
        wrapping.undo()
    assert any(names.get("a") == 2 for names in seen)
