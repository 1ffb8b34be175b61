"""The line that a user means by ``at("file.py", "text of the line")``, and all that runs it."""

from __future__ import annotations

import difflib
import gc
import linecache
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import NoReturn

from racewright.errors import UsageError
from racewright.interpose.advice import Line
from racewright.interpose.imports import functions_of
from racewright.interpose.lines import starts_of
from racewright.interpose.wrapping import code_of, owner_of
from racewright.model.operation import display_path

__all__ = ["LinePlace", "find_line", "find_lines"]


@dataclass(frozen=True, slots=True)
class LinePlace:
    """A line, as it is wrapped."""

    file: str
    number: int
    line: Line
    functions: tuple[FunctionType, ...]  #: those that run it, or make a function that does


def find_line(file: str, text: str, inside: str = "") -> LinePlace:
    """The one line of a loaded module that is meant. Raises ``UsageError``, naming candidates."""
    module, path = _module_of(file)
    numbers = _numbers_of(path, file, text)
    functions = list(functions_of(module, code_of=code_of))
    codes = {id(code): code for function in functions for code in _tree(code_of(function))}
    found = [
        (number, code)
        for number in numbers
        for code in _outermost(codes.values(), number)
        if _is_inside(code, inside)
    ]
    if not found:
        _refuse_nowhere(path, file, text, inside, numbers)
    if len({(number, code.co_firstlineno) for number, code in found}) > 1:
        places = [(number, _name_of(code)) for number, code in found]
        raise UsageError(
            f"{text!r} is in {file} more than once:\n{_listed(path, places)}\n"
            'Name more of the line, or the function: at(..., inside="Class.method").'
        )
    number, code = found[0]
    line = Line(f"{os.path.basename(path)}:{number}", code, number)
    return LinePlace(path, number, line, tuple(_runners(functions, code)))


def find_lines(file: str, first: int, last: int) -> list[LinePlace]:
    """Every line of the functions of a loaded module that run the lines from first to last.

    Raises ``UsageError`` where no function runs one of these.
    """
    module, path = _module_of(file)
    functions = list(functions_of(module, code_of=code_of))
    codes = {id(code): code for function in functions for code in _tree(code_of(function))}
    found = {
        id(code): code
        for number in range(first, last + 1)
        for code in _outermost(codes.values(), number)
    }
    if not found:
        raise UsageError(
            f"no function of {file} runs a line from {first} to {last}\n"
            "What stands at the top of a module or of a class has run when it is imported."
        )
    places = []
    for code in found.values():
        runners = tuple(_runners(functions, code))
        numbers = {number for _, _, number in code.co_lines() if number is not None}
        for number in sorted(numbers):
            if starts_of(code, number):
                line = Line(f"{os.path.basename(path)}:{number}", code, number)
                places.append(LinePlace(path, number, line, runners))
    return places


def _tree(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _tree(constant)


def _outermost(codes: Iterable[CodeType], number: int) -> list[CodeType]:
    """Where the line begins: a lambda in it is another code object with the same line."""
    holders = [code for code in codes if starts_of(code, number)]
    inner = {id(each) for code in holders for each in _tree(code) if each is not code}
    return [code for code in holders if id(code) not in inner]


def _name_of(code: CodeType) -> str:
    name = getattr(code, "co_qualname", code.co_name)
    return str(name).replace("<locals>.", "")


def _is_inside(code: CodeType, inside: str) -> bool:
    # 3.10 knows the last part of the name alone.
    wanted = inside if hasattr(code, "co_qualname") else inside.rpartition(".")[2]
    return not inside or f".{_name_of(code)}".endswith(f".{wanted}")


def _runners(functions: Sequence[FunctionType], code: CodeType) -> Iterator[FunctionType]:
    """The functions that run ``code``, or make functions that do, wherever they are kept."""
    seen: set[int] = set()
    direct = False
    for function in functions:
        mine = code_of(function)
        if any(each is code for each in _tree(mine)):
            direct = direct or mine is code
            seen.add(id(function))
            yield function
    if direct:
        return
    # It is nested: functions made of it before now are known to nobody but their holders.
    makers = {
        id(each): each
        for function in functions
        for each in _tree(code_of(function))
        if any(nested is code for nested in _tree(each))
    }
    for held in gc.get_referrers(*makers.values()):
        if isinstance(held, FunctionType):
            function = owner_of(held)
            if id(function) not in seen:
                seen.add(id(function))
                yield function


def _listed(path: str, places: Iterable[tuple[int, str]]) -> str:
    return "\n".join(
        f"  {number}: {linecache.getline(path, number).strip()}"
        + (f"    in {name}" if name else "")
        for number, name in sorted(set(places))
    )


def _refuse_nowhere(
    path: str, file: str, text: str, inside: str, numbers: Sequence[int]
) -> NoReturn:
    if not numbers:
        lines = {line.strip() for line in linecache.getlines(path) if line.strip()}
        near = difflib.get_close_matches(text.strip(), sorted(lines), 3)
        hint = "\nDid you mean:\n" + "\n".join(f"  {line}" for line in near) if near else ""
        raise UsageError(f"no line of {file} is, or holds, {text!r}{hint}")
    listed = _listed(path, [(number, "") for number in numbers])
    where = f" in a function {inside!r}" if inside else ""
    raise UsageError(
        f"{text!r} is no line of {file} that a function runs{where}:\n{listed}\n"
        "What stands at the top of a module or of a class has run when a scenario begins, and a "
        "line that only goes on with a statement has no code of its own."
    )


def _module_of(file: str) -> tuple[ModuleType, str]:
    """The loaded module whose file ends with ``file``."""
    wanted = os.path.normpath(file).replace("\\", "/")
    found: dict[str, ModuleType] = {}
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or not isinstance(module, ModuleType):
            continue
        known = os.path.abspath(path).replace("\\", "/")
        if known == wanted or known.endswith(f"/{wanted}"):
            found.setdefault(known, module)
    if len(found) == 1:
        ((path, module),) = found.items()
        return module, path
    if not found:
        raise UsageError(f"no module of the file {file!r} has been imported")
    which = "\n".join(f"  {display_path(path)}" for path in sorted(found))
    raise UsageError(f"{file!r} may be any of these; name more of the path:\n{which}")


def _numbers_of(path: str, file: str, text: str) -> list[int]:
    """The lines whose text is ``text``; those that hold it, where there is none."""
    lines = [line.strip() for line in linecache.getlines(path)]
    wanted = text.strip()
    if not lines or not wanted:
        raise UsageError(
            f"the source of {file} cannot be read" if wanted else "at() needs the line's text"
        )
    return [number for number, line in enumerate(lines, 1) if line == wanted] or [
        number for number, line in enumerate(lines, 1) if wanted in line
    ]
