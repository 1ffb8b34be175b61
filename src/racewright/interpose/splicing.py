"""Put instructions in front of instructions, and leave everything else as the compiler made it.

Rewriting for accesses only ever *inserts*. So nothing is disassembled into blocks and assembled
again: the code's bytes are copied, the new ones put between them, and what names an offset is
moved: jumps, the line table, the exception table. An inserted instruction has the position of the
instruction it stands before, and is covered by the same exception handlers; a jump to that
instruction runs the inserted ones first. Constants are only appended, locals and names never
change, so ``code.replace`` keeps all the rest.

Formats: CPython's ``Objects/locations.md`` and ``exception_handling_notes.txt`` (3.11 and later),
``lnotab_notes.txt`` (3.10).
"""

from __future__ import annotations

import opcode
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import CodeType
from typing import Any, Final

__all__ = ["Inserted", "Instruction", "decode", "jump_target", "splice"]

#: (opcode, argument) of an instruction to insert.
Inserted = tuple[int, int]

_PY311: Final = sys.version_info >= (3, 11)
_EXTENDED_ARG: Final = opcode.opmap["EXTENDED_ARG"]


def _cache_sizes() -> list[int]:
    sizes = [0] * 256
    entries: Any = getattr(opcode, "_inline_cache_entries", {})
    if isinstance(entries, dict):  # 3.13 and later: by name
        for name, count in entries.items():
            number = opcode.opmap.get(name, 256)
            if number < 256:
                sizes[number] = count
    else:  # 3.11 and 3.12: by number
        sizes[: len(entries)] = entries[:256]
    return sizes


_CACHES: Final = _cache_sizes()
_FORWARD, _BACKWARD, _ABSOLUTE = 1, 2, 3


def _jump_kinds() -> list[int]:
    kinds = [0] * 256
    for number in opcode.hasjrel:
        if number < 256:
            backward = "JUMP_BACKWARD" in opcode.opname[number]
            kinds[number] = _BACKWARD if backward else _FORWARD
    for number in opcode.hasjabs:
        if number < 256:
            kinds[number] = _ABSOLUTE
    return kinds


_JUMPS: Final = _jump_kinds()


class Instruction:
    """One instruction: ``start`` and ``end`` in code units, prefixes and caches included."""

    __slots__ = ("arg", "end", "opcode", "start")

    def __init__(self, start: int, end: int, number: int, arg: int) -> None:
        self.start = start
        self.end = end
        self.opcode = number
        self.arg = arg

    def __repr__(self) -> str:
        return f"<{self.start} {opcode.opname[self.opcode]} {self.arg}>"


def decode(code: CodeType) -> list[Instruction]:
    """The instructions of ``code``, without prefixes and caches, which belong to them."""
    raw = code.co_code
    caches = _CACHES
    found = []
    start = unit = extended = 0
    units = len(raw) // 2
    while unit < units:
        number = raw[2 * unit]
        arg = raw[2 * unit + 1] | extended
        unit += 1
        if number == _EXTENDED_ARG:
            extended = arg << 8
            continue
        unit += caches[number]
        found.append(Instruction(start, unit, number, arg))
        start = unit
        extended = 0
    return found


def jump_target(instruction: Instruction) -> int:
    """The code unit that ``instruction`` may jump to; -1 when it does not jump."""
    kind = _JUMPS[instruction.opcode]
    if kind == _FORWARD:
        return instruction.end + instruction.arg
    if kind == _BACKWARD:
        return instruction.end - instruction.arg
    return instruction.arg if kind == _ABSOLUTE else -1


def splice(
    code: CodeType,
    instructions: Sequence[Instruction],
    insertions: Mapping[int, Sequence[Inserted]],
    constants: Sequence[object],
    stack: int,
) -> CodeType:
    """``code`` with ``insertions[i]`` before ``instructions[i]``.

    ``constants`` are appended to the code's own; ``stack`` is the most that any insertion pushes.
    """
    flat = _flatten(instructions, insertions)
    begins, ends, raw = _lay_out(flat, instructions)
    total = len(raw) // 2

    # A boundary between instructions moves to where the insertions of the second begin; one inside
    # an instruction (the line table splits long ones) keeps its distance from the end.
    places: dict[int, int] = {}
    for index, instruction in enumerate(instructions):
        places[instruction.start] = begins[index]
        for inside in range(instruction.start + 1, instruction.end):
            places[inside] = max(begins[index], ends[index] - (instruction.end - inside))
    places[len(code.co_code) // 2] = total

    changes: dict[str, Any] = {
        "co_code": raw,
        "co_consts": (*code.co_consts, *constants),
        "co_stacksize": code.co_stacksize + stack,
    }
    if _PY311:
        changes["co_linetable"] = _move_locations(code.co_linetable, places)
        table = getattr(code, "co_exceptiontable", b"")
        if table:
            changes["co_exceptiontable"] = _move_handlers(table, places)
    else:
        changes["co_linetable"] = _move_lines(code.co_linetable, places)
    return code.replace(**changes)


class _Flat:
    """An instruction of the result: ``target`` is the index of the instruction jumped to."""

    __slots__ = ("arg", "number", "original", "prefixes", "target", "units")

    def __init__(self, number: int, arg: int, original: int = -1, target: int = -1) -> None:
        self.number = number
        self.arg = arg
        self.original = original
        self.target = target
        self.prefixes = 0 if arg < 0x100 else 1 if arg < 0x10000 else 2 if arg < 0x1000000 else 3
        self.units = 1 + _CACHES[number]


def _flatten(
    instructions: Sequence[Instruction], insertions: Mapping[int, Sequence[Inserted]]
) -> list[_Flat]:
    index_at = {instruction.start: index for index, instruction in enumerate(instructions)}
    flat = []
    for index, instruction in enumerate(instructions):
        for number, arg in insertions.get(index, ()):
            flat.append(_Flat(number, arg))
        target = jump_target(instruction)
        place = index_at[target] if target >= 0 else -1
        flat.append(_Flat(instruction.opcode, instruction.arg, index, place))
    return flat


def _lay_out(
    flat: Sequence[_Flat], instructions: Sequence[Instruction]
) -> tuple[list[int], list[int], bytes]:
    """Where each original begins (with what is before it) and ends, and the bytes.

    Jumps only ever grow: as long as one needs another prefix, everything is laid out again.
    """
    begins = [0] * len(instructions)
    ends = [0] * len(instructions)
    jumps = [item for item in flat if item.target >= 0]
    grown = True
    while grown:
        grown = False
        position = begin = 0
        for item in flat:
            position += item.prefixes + item.units
            if item.original >= 0:
                begins[item.original] = begin
                ends[item.original] = begin = position
        for item in jumps:
            kind = _JUMPS[item.number]
            end, target = ends[item.original], begins[item.target]
            distance = (
                target - end if kind == _FORWARD else end - target if kind == _BACKWARD else target
            )
            if distance < 0:
                raise ValueError("a jump changed its direction")
            item.arg = distance
            need = (max(distance.bit_length(), 1) - 1) // 8
            if need > item.prefixes:
                item.prefixes = need
                grown = True
    raw = bytearray()
    for item in flat:
        arg = item.arg
        for prefix in range(item.prefixes, 0, -1):
            raw += bytes((_EXTENDED_ARG, (arg >> (8 * prefix)) & 0xFF))
        raw.append(item.number)
        raw.append(arg & 0xFF)
        if item.units > 1:
            raw += bytes(2 * (item.units - 1))
    return begins, ends, bytes(raw)


# -- the line table of 3.10: pairs (bytes, change of line), -128 for "no line" ---------------------


def _move_lines(table: bytes, places: Mapping[int, int]) -> bytes:
    moved = bytearray()
    unit = 0
    for index in range(0, len(table), 2):
        end = unit + table[index] // 2
        change = table[index + 1]
        length = 2 * (places[end] - places[unit])
        while length > 254:
            moved += bytes((254, change))
            length -= 254
            if change != 0x80:
                change = 0
        moved += bytes((length, change))
        unit = end
    return bytes(moved)


# -- the location table of 3.11 and later ----------------------------------------------------------
# An entry covers one to eight code units: a byte 1cccclll (form, length - 1), then what the form
# wants. Lines are relative to the entry before, so an entry that has become too long is repeated
# with a change of line of zero.

_ONE_LINE, _NO_COLUMNS, _LONG, _NONE = 10, 13, 14, 15


def _move_locations(table: bytes, places: Mapping[int, int]) -> bytes:
    moved = bytearray()
    unit = place = position = 0
    while position < len(table):
        first = table[position]
        after = position + 1
        while after < len(table) and not table[after] & 0x80:
            after += 1
        form = (first >> 3) & 15
        payload = table[position + 1 : after]
        unit += (first & 7) + 1
        end = places[unit]
        length = end - place
        place = end
        position = after
        if length <= 8:
            if length:
                moved.append(0x80 | form << 3 | (length - 1))
                moved += payload
                continue
            raise ValueError("an entry of the location table has become empty")
        moved.append(0x80 | form << 3 | 7)
        moved += payload
        length -= 8
        if _ONE_LINE <= form < _NO_COLUMNS:
            form = _ONE_LINE
        elif form in (_NO_COLUMNS, _LONG):
            skip = 0
            while payload[skip] & 0x40:
                skip += 1
            payload = b"\0" + payload[skip + 1 :]
        while length > 0:
            size = min(length, 8)
            moved.append(0x80 | form << 3 | (size - 1))
            moved += payload
            length -= size
    return bytes(moved)


# -- the exception table of 3.11 and later: start, length, handler, depth and lasti ----------------


def _numbers(table: bytes) -> Iterator[int]:
    position = 0
    while position < len(table):
        byte = table[position]
        position += 1
        number = byte & 0x3F
        while byte & 0x40:
            byte = table[position]
            position += 1
            number = number << 6 | byte & 0x3F
        yield number


def _append_number(table: bytearray, number: int, mark: int) -> None:
    for shift in (24, 18, 12, 6):
        if number >= 1 << shift:
            table.append(number >> shift & 0x3F | 0x40 | mark)
            mark = 0
    table.append(number & 0x3F | mark)


def _move_handlers(table: bytes, places: Mapping[int, int]) -> bytes:
    moved = bytearray()
    numbers = _numbers(table)
    for start in numbers:
        end = start + next(numbers)
        begin = places[start]
        _append_number(moved, begin, 0x80)
        _append_number(moved, places[end] - begin, 0)
        _append_number(moved, places[next(numbers)], 0)
        _append_number(moved, next(numbers), 0)
    return bytes(moved)
