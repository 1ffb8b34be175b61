"""Where in a code object a line of the source begins to run."""

from __future__ import annotations

import opcode
from collections.abc import Sequence
from types import CodeType
from typing import Final

from racewright.interpose.splicing import Instruction, decode

__all__ = ["starts_of"]

#: What a statement may begin with: nothing that takes from the stack. An instruction of the line
#: that does belongs to an expression of several lines, to which control comes back.
_BEGINNINGS: Final = (
    "LOAD_",
    "PUSH_NULL",
    "NOP",
    "RETURN_CONST",
    "DELETE_FAST",
    "DELETE_GLOBAL",
    "DELETE_NAME",
    "DELETE_DEREF",
    "SETUP_",
    "DUP_TOP",  # 3.10: `except` with a class
)
_TAKING: Final = ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER", "LOAD_SPECIAL", "LOAD_FROM")
#: These begin a statement only when they make something of nothing.
_OF_NOTHING: Final = ("BUILD_", "RAISE_VARARGS")


def starts_of(code: CodeType, number: int) -> list[int]:
    """The indices (of :func:`decode`) of the instructions with which line ``number`` begins.

    Several, where the compiler has put the line into several places, as it does with what stands
    below ``finally:``. The end of a ``with`` block and the way back to the head of a loop carry the
    number of that line, too, and are no beginnings.
    """
    if all(line != number for _, _, line in code.co_lines()):
        return []
    lines = _lines_of(code)
    instructions = decode(code)
    arrivals = []
    before: int | None = None
    for index, instruction in enumerate(instructions):
        line = lines[instruction.start]
        if line == number and before != number:
            arrivals.append(index)
        before = line
    found = [index for index in arrivals if _begins(code, instructions, index)]
    return found or arrivals[:1]  # `continue` is nothing but a jump


def _lines_of(code: CodeType) -> list[int | None]:
    """The line of each code unit."""
    lines: list[int | None] = [None] * (len(code.co_code) // 2 + 1)
    for start, end, line in code.co_lines():
        for unit in range(start // 2, end // 2):
            lines[unit] = line
    return lines


def _begins(code: CodeType, instructions: Sequence[Instruction], index: int) -> bool:
    instruction = instructions[index]
    name = opcode.opname[instruction.opcode]
    if name.startswith(_TAKING):
        return False
    if name.startswith(_OF_NOTHING):
        return instruction.arg == 0
    if name == "LOAD_CONST" and code.co_consts[instruction.arg] is None:
        # The end of a `with` block calls `__exit__(None, None, None)`.
        after = instructions[index + 1]
        is_again = after.opcode == instruction.opcode and after.arg == instruction.arg
        return not (is_again or opcode.opname[after.opcode] == "DUP_TOP")
    return name.startswith(_BEGINNINGS)
