"""Which variables several tasks may race for: globals that functions assign, cells that change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Final

from racewright.interpose.insertions import NAMES, PY311, PY313, ops
from racewright.interpose.splicing import Instruction, decode, jump_target

__all__ = [
    "IMPORTS",
    "ModuleNames",
    "assigned_freely",
    "assigned_globals",
    "cell_name",
    "defined_names",
    "imported_names",
    "shared_cells",
]

_GLOBAL_STORES: Final = ops("STORE_GLOBAL", "DELETE_GLOBAL")
_CELL_STORES: Final = ops("STORE_DEREF", "DELETE_DEREF")
IMPORTS: Final = ops("IMPORT_NAME", "IMPORT_FROM")
_NAME_STORES: Final = ops("STORE_NAME", "STORE_GLOBAL")


@dataclass(frozen=True)
class ModuleNames:
    """What the names of a module mean to the code in it."""

    shared: frozenset[str]  #: assigned by functions
    imported: frozenset[str]  #: bound by imports: perhaps modules
    functions: dict[str, str]  #: functions that look at containers, and how


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def assigned_globals(codes: Iterable[CodeType]) -> frozenset[str]:
    """The global names that the functions in ``codes``, nested ones included, assign or delete."""
    names = set()
    for code in codes:
        for each in _nested(code):
            raw = each.co_code
            if not any(raw[unit] in _GLOBAL_STORES for unit in range(0, len(raw), 2)):
                continue
            for instruction in decode(each):
                if instruction.opcode in _GLOBAL_STORES:
                    names.add(each.co_names[instruction.arg])
    return frozenset(names)


def defined_names(code: CodeType) -> frozenset[str]:
    """The names that ``code``, a module, binds itself: they hide the built-in ones."""
    return frozenset(
        code.co_names[instruction.arg]
        for instruction in decode(code)
        if instruction.opcode in _NAME_STORES
    )


def imported_names(code: CodeType) -> frozenset[str]:
    """The global names that an import binds in ``code``, a module: they may be modules."""
    names = set()
    before = None
    for instruction in decode(code):
        if instruction.opcode in _NAME_STORES and before in IMPORTS:
            names.add(code.co_names[instruction.arg])
        before = instruction.opcode
    return frozenset(names)


def assigned_freely(code: CodeType) -> frozenset[str]:
    """The free variables of ``code`` that it, or what is nested in it, assigns."""
    names: set[str] = set()
    for each in _nested(code):
        free = set(each.co_freevars) & set(code.co_freevars)
        if free:
            names.update(
                name
                for instruction in decode(each)
                if instruction.opcode in _CELL_STORES
                and (name := cell_name(each, instruction.arg)) in free
            )
    return frozenset(names)


def cell_name(code: CodeType, arg: int) -> str:
    if PY311:
        name: str = code._varname_from_oparg(arg)  # type: ignore[attr-defined]
        return name
    return (code.co_cellvars + code.co_freevars)[arg]


def shared_cells(code: CodeType) -> frozenset[str]:
    """The cells of ``code`` to touch: assigned inside, repeatedly, or after being closed over.

    A variable that is assigned once, before the function that uses it exists, cannot be raced for.
    """
    owned = set(code.co_cellvars)
    if not owned:
        return frozenset()
    shared: set[str] = set()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            shared |= assigned_freely(constant) & owned
    arguments = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4)
    arguments += bool(code.co_flags & 8)
    assigned = set(code.co_varnames[:arguments]) & owned
    closed: set[str] = set()
    instructions = decode(code)
    loops = [
        (target, instruction.start)
        for instruction in instructions
        if 0 <= (target := jump_target(instruction)) <= instruction.start
    ]
    made = False
    for instruction in instructions:
        number = instruction.opcode
        if number in _CELL_STORES:
            name = cell_name(code, instruction.arg)
            if name in owned and (
                name in assigned
                or (name in closed and not made)
                or any(begin <= instruction.start < end for begin, end in loops)
            ):
                shared.add(name)
            assigned.add(name)
        else:
            closed.update(name for name in _closed_over(code, instruction) if name in owned)
        made = NAMES[number] in ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE")
    return frozenset(shared)


def _closed_over(code: CodeType, instruction: Instruction) -> list[str]:
    """The cells that ``instruction`` pushes, as the making of a closure does."""
    name = NAMES[instruction.opcode]
    if name == "LOAD_CLOSURE":
        return [cell_name(code, instruction.arg)]
    if not PY313 or not name.startswith("LOAD_FAST"):
        return []
    if name.count("LOAD_FAST") == 2:
        return [cell_name(code, instruction.arg >> 4), cell_name(code, instruction.arg & 15)]
    return [cell_name(code, instruction.arg)]
