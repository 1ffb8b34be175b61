"""The instructions that are put before others: calls that leave the stack as they found it.

One table of opcodes for every interpreter, and for each shape of call its spelling in that
interpreter. Where an opcode does not exist its number is :data:`NONE`, which no instruction has.
"""

from __future__ import annotations

import opcode
import sys
from typing import Any, Final

from racewright.interpose.splicing import Inserted

__all__ = [
    "CALL",
    "CALL_KW",
    "CALL_METHOD_310",
    "COPY",
    "DUP",
    "INPLACE",
    "IN_PLACE_METHODS",
    "KW_NAMES",
    "LOAD_ATTR",
    "LOAD_CELL",
    "LOAD_CONST",
    "LOAD_GLOBAL",
    "LOAD_METHOD",
    "LOAD_NAME",
    "NAMES",
    "NONE",
    "OPERATORS",
    "POP_TOP",
    "PRECALL",
    "PUSH_NULL",
    "PY311",
    "PY312",
    "PY313",
    "PY314",
    "ROT_TWO_310",
    "STACK",
    "SUBSCRIPT",
    "SWAP",
    "keep",
    "keep_two",
    "load_globals",
    "op",
    "ops",
    "replace",
    "with_pushed",
]

PY311: Final = sys.version_info >= (3, 11)
PY312: Final = sys.version_info >= (3, 12)
PY313: Final = sys.version_info >= (3, 13)
PY314: Final = sys.version_info >= (3, 14)

_OPS: Final = opcode.opmap
NAMES: Final = opcode.opname
NONE: Final = -1


def op(name: str) -> int:
    """The number of an opcode; :data:`NONE` where this interpreter has none of that name."""
    number = _OPS.get(name, NONE)
    return number if number < 256 else NONE


def ops(*names: str) -> frozenset[int]:
    """The numbers of those of the opcodes that exist."""
    return frozenset(op(name) for name in names) - {NONE}


LOAD_CONST: Final = op("LOAD_CONST")
LOAD_ATTR: Final = op("LOAD_ATTR")
LOAD_METHOD: Final = op("LOAD_METHOD")
LOAD_GLOBAL: Final = op("LOAD_GLOBAL")
LOAD_NAME: Final = op("LOAD_NAME")
PUSH_NULL: Final = op("PUSH_NULL")
POP_TOP: Final = op("POP_TOP")
COPY: Final = op("COPY")
SWAP: Final = op("SWAP")
CALL: Final = op("CALL" if PY311 else "CALL_FUNCTION")
CALL_KW: Final = op("CALL_KW" if PY313 else "CALL_FUNCTION_KW")  # neither in 3.11 and 3.12
PRECALL: Final = op("PRECALL")
KW_NAMES: Final = op("KW_NAMES")
LOAD_CELL: Final = op("LOAD_FAST" if PY313 else "LOAD_CLOSURE")

CALL_METHOD_310: Final = op("CALL_METHOD")
DUP: Final = op("DUP_TOP")
ROT_TWO_310: Final = op("ROT_TWO")
IN_PLACE_METHODS: Final = {
    "ADD": ("__iadd__", "+="),
    "AND": ("__iand__", "&="),
    "MULTIPLY": ("__imul__", "*="),
    "OR": ("__ior__", "|="),
    "SUBTRACT": ("__isub__", "-="),
    "XOR": ("__ixor__", "^="),
}


def binary_operators() -> dict[str, int]:
    """The operators of BINARY_OP by name (``NB_INPLACE_ADD``); none before 3.11."""
    spelt: Any = getattr(opcode, "_nb_ops", ())
    return {name: number for number, (name, _) in enumerate(spelt)}


OPERATORS: Final = binary_operators()
SUBSCRIPT: Final = OPERATORS.get("NB_SUBSCR", NONE)  # 3.14
#: By argument of BINARY_OP, or (3.10) by opcode.
INPLACE: Final = {
    (OPERATORS[f"NB_INPLACE_{name}"] if PY311 else op(f"INPLACE_{name}")): method
    for name, method in IN_PLACE_METHODS.items()
}

# -- what is inserted ------------------------------------------------------------------------------
# ``hook`` and ``site`` are indices of constants; ``position`` counts from the top of the stack,
# which is 1. ``keep`` and ``keep_two`` (which passes the site last) leave the stack as it was;
# ``replace`` puts what the hook returns in the place of what it was given; ``with_pushed`` passes
# what ``push`` loads. ``load_globals`` loads the dictionary of the running code's module by calling
# the built-in function, which looks at the frame that calls it.

#: The most that any insertion pushes.
STACK: Final = 6

if PY311:

    def _callable(hook: int) -> list[Inserted]:
        if PY313:
            return [(LOAD_CONST, hook), (PUSH_NULL, 0)]
        return [(PUSH_NULL, 0), (LOAD_CONST, hook)]

    def _call(count: int) -> list[Inserted]:
        return [(CALL, count)] if PY312 else [(PRECALL, count), (CALL, count)]

    def keep(hook: int, site: int, position: int) -> list[Inserted]:
        return [
            *_callable(hook),
            (LOAD_CONST, site),
            (COPY, position + 3),
            *_call(2),
            (POP_TOP, 0),
        ]

    def keep_two(hook: int, site: int) -> list[Inserted]:
        copies = [(COPY, 4), (COPY, 4)]
        return [*_callable(hook), *copies, (LOAD_CONST, site), *_call(3), (POP_TOP, 0)]

    def replace(hook: int, site: int, position: int) -> list[Inserted]:
        swap = [(SWAP, position)] if position > 1 else []
        return [*swap, *keep(hook, site, 1)[:-1], (SWAP, 2), (POP_TOP, 0), *swap]

    def load_globals(hook: int) -> list[Inserted]:
        return [*_callable(hook), *_call(0)]

    def with_pushed(hook: int, site: int, push: list[Inserted]) -> list[Inserted]:
        return [*_callable(hook), (LOAD_CONST, site), *push, *_call(2), (POP_TOP, 0)]

else:
    _DUP_TOP: Final = op("DUP_TOP")
    _DUP_TOP_TWO: Final = op("DUP_TOP_TWO")
    _ROT_TWO: Final = op("ROT_TWO")
    _ROT_THREE: Final = op("ROT_THREE")
    _ROT_N: Final = op("ROT_N")

    def _swallow(hook: int, site: int) -> list[Inserted]:
        """Call the hook with the top of the stack, which becomes its result."""
        return [
            (LOAD_CONST, hook),
            (_ROT_TWO, 0),
            (LOAD_CONST, site),
            (_ROT_TWO, 0),
            (CALL, 2),
        ]

    def keep(hook: int, site: int, position: int) -> list[Inserted]:
        called = [*_swallow(hook, site), (POP_TOP, 0)]
        if position == 1:
            return [(_DUP_TOP, 0), *called]
        if position == 2:
            return [(_DUP_TOP_TWO, 0), (POP_TOP, 0), *called]
        turn = (_ROT_N, position)
        return [*[turn] * (position - 1), (_DUP_TOP, 0), *called, turn]

    def keep_two(hook: int, site: int) -> list[Inserted]:
        return [
            (_DUP_TOP_TWO, 0),
            (LOAD_CONST, hook),
            (_ROT_THREE, 0),
            (LOAD_CONST, site),
            (CALL, 3),
            (POP_TOP, 0),
        ]

    def replace(hook: int, site: int, position: int) -> list[Inserted]:
        turn = (_ROT_N, position)
        turns = [turn] * (position - 1)
        return [*turns, *_swallow(hook, site), *([turn] if position > 1 else [])]

    def load_globals(hook: int) -> list[Inserted]:
        return [(LOAD_CONST, hook), (CALL, 0)]

    def with_pushed(hook: int, site: int, push: list[Inserted]) -> list[Inserted]:
        return [(LOAD_CONST, hook), (LOAD_CONST, site), *push, (CALL, 2), (POP_TOP, 0)]
