"""Where a line begins to run, and which line of which file is meant."""

from __future__ import annotations

import contextlib
import inspect
import sys
import textwrap
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from racewright import after, at, before, scenario
from racewright.errors import UsageError
from racewright.interpose.advice import Advice, Call, Line
from racewright.interpose.wrapping import wrap, wrap_line


class Count(Advice):
    def __init__(self) -> None:
        self.count = 0

    def before(self, call: Call) -> None:
        self.count += 1


def walk(items: list[int], block: Any) -> int:
    y = 0
    for x in items:
        y = (x +
             1)  # fmt: skip
        with block:
            z = y
        if z == 3:
            continue
        try:
            y = 1
        finally:
            y = 2
    while y < 4:
        y += 1
    try:
        raise ValueError
    except ValueError:
        pass
    return y


#: How often each line of `walk` is reached for the items 1, 2 and 3, from its first line on.
REACHED = """
    y = 0: 1
    for x in items:: 1
        y = (x +: 3
        with block:: 3
            z = y: 3
        if z == 3:: 3
            continue: 1
        try:: 2
            y = 1: 2
            y = 2: 2
    while y < 4:: 3
        y += 1: 2
        raise ValueError: 1
        pass: 1
    return y: 1
"""


def test_a_line_is_reached_as_often_as_it_is_begun() -> None:
    source, first = inspect.getsourcelines(walk)
    wanted = dict(line.rsplit(": ", 1) for line in REACHED.strip().splitlines())
    wanted = {text.strip(): times for text, times in wanted.items()}
    found = {}
    for number, text in enumerate(source, first):
        shown = text.split("  # fmt")[0].strip()
        if shown not in wanted or shown in found:
            continue
        counting = Count()
        wrapping = wrap_line([walk], Line("walk", walk.__code__, number), counting)
        try:
            assert walk([1, 2, 3], contextlib.nullcontext()) == 4
        finally:
            wrapping.undo()
        found[shown] = str(counting.count)
    assert found == wanted


def test_a_function_and_its_lines_are_wrapped_and_unwrapped_in_any_order() -> None:
    code = walk.__code__
    number = code.co_firstlineno + 1
    calls, lines, others = Count(), Count(), Count()
    line = Line("walk", code, number)
    first = wrap_line([walk], line, lines)
    second = wrap(walk, "walk", calls)
    third = wrap_line([walk], Line("walk again", code, number), others)
    assert walk([], contextlib.nullcontext()) == 4
    first.undo()
    assert walk([], contextlib.nullcontext()) == 4
    second.undo()
    assert walk([], contextlib.nullcontext()) == 4
    third.undo()
    assert walk.__code__ is code
    assert (lines.count, calls.count, others.count) == (1, 2, 3)


# -- which line is meant ---------------------------------------------------------------------------


@pytest.fixture
def module(tmp_path: Path) -> Iterator[Callable[[str], Any]]:
    names = []

    def load(source: str, folder: str = "lines_pkg") -> Any:
        file = tmp_path / folder / "lines_mod.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(textwrap.dedent(source))
        name = f"lines_mod_of_{folder}"
        made = types.ModuleType(name)
        made.__file__ = str(file)
        sys.modules[name] = made
        names.append(name)
        exec(compile(file.read_text(), str(file), "exec"), vars(made))
        return made

    yield load
    for name in names:
        del sys.modules[name]


SOURCE = """
    import functools

    LEVEL = 1

    class Thing:
        size = 2

        def act(self):
            return LEVEL

        def other(self):
            return LEVEL

        @property
        def sizes(self):
            return [each
                    for each in range(self.size)]

    def decorated(function):
        @functools.wraps(function)
        def inner(*args):
            return function(*args)
        return inner

    @decorated
    def run():
        x = [y for y in (1, 2)]; later = lambda: x
        # a comment
        return later()
    """


def reached(point: Any, call: Callable[[], object]) -> Any:
    with scenario(point, within=0.05) as asked:
        call()
    return asked.outcome


def test_a_line_is_named_by_its_text_or_a_part_of_it(module: Callable[[str], Any]) -> None:
    loaded = module(SOURCE)
    assert reached(at("lines_pkg/lines_mod.py", "return later()"), loaded.run) == "happened"
    assert reached(at("lines_mod.py", "lambda: x"), loaded.run) == "happened"
    assert reached(at("lines_mod.py", "return [each"), lambda: loaded.Thing().sizes) == "happened"
    assert reached(at("lines_mod.py", "return function(*args)"), loaded.run) == "happened"


def test_a_line_that_is_there_twice_needs_its_function(module: Callable[[str], Any]) -> None:
    loaded = module(SOURCE)
    with pytest.raises(UsageError, match=r"(?s)more than once.*10: return LEVEL.*13: return LEVEL"):
        reached(at("lines_mod.py", "return LEVEL"), loaded.run)
    point = at("lines_mod.py", "return LEVEL", inside="Thing.other")
    assert reached(point, loaded.Thing().other) == "happened"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("return latr()", "Did you mean:\n  return later()"),
        ("no such thing", "no line of lines_mod.py is, or holds"),
        ("# a comment", "is no line of lines_mod.py that a function runs"),
        ("LEVEL = 1", "has run when a scenario begins"),
        ("size = 2", "has run when a scenario begins"),
        ("", "needs the line's text"),
    ],
)
def test_a_line_that_cannot_be_a_point_is_refused_in_words(
    module: Callable[[str], Any], text: str, words: str
) -> None:
    module(SOURCE)
    with pytest.raises(UsageError) as caught:
        scenario(at("lines_mod.py", text)).__enter__()
    assert words in str(caught.value)


def test_a_file_that_is_not_loaded_or_may_be_two_is_refused(module: Callable[..., Any]) -> None:
    module(SOURCE)
    module(SOURCE, folder="other_pkg")
    with pytest.raises(UsageError, match=r"no module of the file .nothing\.py."):
        scenario(at("nothing.py", "x")).__enter__()
    with pytest.raises(UsageError, match=r"(?s)may be any of these.*lines_pkg.*other_pkg"):
        scenario(at("lines_mod.py", "x")).__enter__()
    with pytest.raises(UsageError, match="no module of the file"):
        scenario(at("ines_mod.py", "x")).__enter__()


def test_a_function_that_is_wrapped_already_has_its_lines_still(
    module: Callable[[str], Any],
) -> None:
    loaded = module(SOURCE)
    code = loaded.Thing.act.__code__
    line = at("lines_mod.py", "return LEVEL", inside="Thing.act")
    with scenario(before(loaded.Thing.act), line, after(loaded.Thing.act)) as asked:
        assert loaded.Thing().act() == 1
    assert [event.point for event in asked.events] == [0, 1, 2]
    with scenario(line, after(loaded.Thing.act)) as outer, scenario(line) as inner:
        loaded.Thing().act()
    assert (outer.outcome, inner.outcome) == ("happened", "happened")
    assert loaded.Thing.act.__code__ is code
