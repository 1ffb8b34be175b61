"""Looking around in the instructions of one code object: lines, calls, where values come from."""

from __future__ import annotations

import dis
from bisect import bisect_right
from types import CodeType
from typing import Final

from racewright.interpose.insertions import (
    CALL,
    CALL_KW,
    CALL_METHOD_310,
    COPY,
    DUP,
    KW_NAMES,
    LOAD_ATTR,
    LOAD_CONST,
    LOAD_GLOBAL,
    LOAD_NAME,
    NAMES,
    NONE,
    PRECALL,
    PUSH_NULL,
    PY311,
    PY313,
    ROT_TWO_310,
    SWAP,
    ops,
)
from racewright.interpose.splicing import Instruction, decode, jump_target
from racewright.interpose.variables import IMPORTS, ModuleNames, cell_name

__all__ = ["Listing"]

#: May stand between the look-up of a method and its call without anybody noticing the access first.
_SILENT: Final = ops(
    "BUILD_LIST",
    "BUILD_MAP",
    "BUILD_STRING",
    "BUILD_TUPLE",
    "KW_NAMES",
    "LOAD_CLOSURE",
    "LOAD_CONST",
    "LOAD_FAST",
    "LOAD_FAST_BORROW",
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
    "LOAD_FAST_CHECK",
    "LOAD_FAST_LOAD_FAST",
    "LOAD_SMALL_INT",
    "MAKE_FUNCTION",
    "NOP",
    "PRECALL",
    "PUSH_NULL",
    "SET_FUNCTION_ATTRIBUTE",
)

_ENDS: Final = ops("RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "YIELD_VALUE")


class Listing:
    """The instructions of ``code``, and what their neighbours tell about them."""

    def __init__(self, code: CodeType, names: ModuleNames, cells: frozenset[str]) -> None:
        self.code = code
        self.shared = names.shared
        self.imported = names.imported
        self.functions = names.functions
        self.cells = cells
        self.instructions = decode(code)
        lines = list(code.co_lines())
        self._line_starts = [start for start, _, _ in lines]
        self._line_numbers = [line for _, _, line in lines]
        self._imported_locals = self._locals_bound_by_imports()

    def line(self, instruction: Instruction) -> int:
        line = self._line_numbers[bisect_right(self._line_starts, 2 * instruction.start) - 1]
        return self.code.co_firstlineno if line is None else line

    def opcode_before(self, index: int) -> int:
        return self.instructions[index - 1].opcode if index else NONE

    def find_call(self, index: int) -> tuple[int, int, int, bool] | None:
        """The call whose callable instruction ``index`` looks up.

        Its index, the number of its positional arguments, of values above them on the stack, and
        whether evaluating the arguments is silent. ``None`` when there are jumps on the way.
        """
        depth = 0
        named = 0
        silent = True
        begin = index + 1
        if PY313 and self.instructions[begin].opcode == PUSH_NULL:
            begin += 1
        for at in range(begin, len(self.instructions)):
            instruction = self.instructions[at]
            number, arg = instruction.opcode, instruction.arg
            if number == KW_NAMES:
                named = len(self.code.co_consts[arg])
            # In 3.11 PRECALL already takes the arguments away.
            elif number == (CALL if PRECALL == NONE else PRECALL) or (number == CALL_METHOD_310):
                if depth == arg:
                    begin = at - 1 if self.opcode_before(at) == KW_NAMES else at
                    return begin, arg - named, named, silent
                named = 0
            elif number == CALL_KW and depth == arg + 1:
                names = self.instructions[at - 1]
                if names.opcode != LOAD_CONST:
                    return None
                named = len(self.code.co_consts[names.arg])
                return at, arg - named, named + 1, silent
            if jump_target(instruction) >= 0 or number in _ENDS:
                return None
            if number not in _SILENT and not self._silent_load(instruction):
                silent = False
            depth += _stack_effect(number, arg)
            if depth < 0:
                return None
        return None

    def _silent_load(self, instruction: Instruction) -> bool:
        if instruction.opcode == LOAD_GLOBAL:
            name = self.code.co_names[instruction.arg >> 1 if PY311 else instruction.arg]
            return name not in self.shared
        if NAMES[instruction.opcode] == "LOAD_DEREF":
            return cell_name(self.code, instruction.arg) not in self.cells
        return False

    def _locals_bound_by_imports(self) -> frozenset[int]:
        if not any(each.opcode in IMPORTS for each in self.instructions):
            return frozenset()
        return frozenset(
            each.arg
            for index, each in enumerate(self.instructions)
            if NAMES[each.opcode] == "STORE_FAST" and self.opcode_before(index) in IMPORTS
        )

    def may_be_module(self, index: int) -> bool:
        """Whether what instruction ``index`` finds on the stack hangs below an imported name."""
        at = index - 1
        if self.opcode_before(index) in (SWAP, ROT_TWO_310):
            # The store of ``module.name += 1``: its owner was copied before it was read.
            while at > 0 and self.instructions[at].opcode not in (COPY, DUP):
                at -= 1
        while at >= 0 and self.instructions[at].opcode in (LOAD_ATTR, COPY, DUP):
            at -= 1
        if at < 0:
            return False
        number, arg = self.instructions[at].opcode, self.instructions[at].arg
        if number == LOAD_GLOBAL:
            return self.code.co_names[arg >> 1 if PY311 else arg] in self.imported
        if number == LOAD_NAME:
            return self.code.co_names[arg] in self.imported
        return arg in self._imported_locals and NAMES[number].startswith("LOAD_FAST")

    def null_beside(self, index: int) -> bool:
        """Whether a NULL marks what instruction ``index`` pushes as about to be called."""
        if PY313:
            after = index + 1
            return after < len(self.instructions) and self.instructions[after].opcode == PUSH_NULL
        return self.opcode_before(index) == PUSH_NULL

    def is_comprehension(self, index: int) -> bool:
        """Before 3.12: whether the iterator goes straight to a list, set or dict comprehension."""
        if self.instructions[index + 1].opcode not in (PRECALL, CALL):
            return False
        at = index
        while at > 1 and NAMES[self.instructions[at].opcode] != "MAKE_FUNCTION":
            at -= 1
        for made in self.instructions[max(at - 2, 0) : at]:
            if made.opcode == LOAD_CONST:
                constant = self.code.co_consts[made.arg]
                if isinstance(constant, CodeType):
                    return constant.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>")
        return False

    def own_arguments(self, index: int) -> bool:
        """Whether what is unpacked is the function's own ``*args`` or ``**kwargs``."""
        code = self.code
        if not index or NAMES[self.opcode_before(index)] not in ("LOAD_FAST", "LOAD_FAST_BORROW"):
            return False
        count = code.co_argcount + code.co_kwonlyargcount
        extra = bool(code.co_flags & 4) + bool(code.co_flags & 8)
        return count <= self.instructions[index - 1].arg < count + extra


def _stack_effect(number: int, arg: int) -> int:
    if number >= dis.HAVE_ARGUMENT:
        return dis.stack_effect(number, arg)
    return dis.stack_effect(number)
