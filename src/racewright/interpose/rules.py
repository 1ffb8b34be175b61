"""The table from instruction to access.

A rule looks at one instruction and inserts, before it, a call of the hook that announces what it is
about to touch. Hooks and sites are described by constants that marshal; see
:func:`racewright.interpose.accesses.bind`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Final

from racewright.interpose.containers import METHODS, READ_ARGUMENTS
from racewright.interpose.insertions import (
    COPY,
    DUP,
    IN_PLACE_METHODS,
    INPLACE,
    LOAD_CELL,
    LOAD_CONST,
    NAMES,
    PY311,
    PY312,
    PY313,
    PY314,
    STACK,
    SUBSCRIPT,
    keep,
    keep_two,
    load_globals,
    ops,
    replace,
    with_pushed,
)
from racewright.interpose.listing import Listing
from racewright.interpose.splicing import Inserted, Instruction, splice
from racewright.interpose.variables import ModuleNames, cell_name

__all__ = ["ELSEWHERE", "FUNCTIONS", "HOOK", "SITE", "SITES", "rewrite_one"]

#: The first items of the tuples that describe a hook, a site, and several sites.
HOOK: Final = "\0racewright hook"
SITE: Final = "\0racewright site"
SITES: Final = "\0racewright sites"


_CO_OPTIMIZED: Final = 0x1

#: Functions written in C that look at the contents of the containers they are given.
#: ``iterate``: later, item by item; ``write``: change the first argument; else once, in the call.
FUNCTIONS: Final[dict[str, str]] = {
    **dict.fromkeys(("enumerate", "filter", "iter", "map", "zip"), "iterate"),
    **dict.fromkeys(
        (
            "all",
            "any",
            "bool",
            "bytes",
            "dict",
            "frozenset",
            "len",
            "list",
            "max",
            "min",
            "repr",
            "reversed",
            "set",
            "sorted",
            "str",
            "sum",
            "tuple",
        ),
        "read",
    ),
}

#: The same for functions of C modules, and methods of strings, wherever a call is spelt like this.
ELSEWHERE: Final[dict[str, str]] = {
    **dict.fromkeys(("heapify", "heappop", "heappush", "heappushpop", "heapreplace"), "write"),
    **dict.fromkeys(("insort", "insort_left", "insort_right"), "write"),
    **dict.fromkeys(("bisect", "bisect_left", "bisect_right", "join"), "read"),
}

_QUIET: Final = frozenset(
    {"__class__", "__doc__", "__module__", "__name__", "__qualname__", "__mro__"}
)

#: Between GET_ITER and the FOR_ITER of the same loop (comprehensions inlined since 3.12).
_BEFORE_LOOP: Final = ops(
    "BUILD_LIST",
    "BUILD_MAP",
    "BUILD_SET",
    "COPY",
    "LOAD_FAST_AND_CLEAR",
    "MAKE_CELL",
    "NOP",
    "SWAP",
)

#: What loads a value that may be a container, where a truth test follows.
_LOADS: Final = ops(
    "BINARY_SUBSCR",
    "LOAD_ATTR",
    "LOAD_DEREF",
    "LOAD_FAST",
    "LOAD_FAST_BORROW",
    "LOAD_FAST_CHECK",
    "LOAD_FAST_LOAD_FAST",
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
    "LOAD_GLOBAL",
    "LOAD_NAME",
)


def rewrite_one(code: CodeType, names: ModuleNames, cells: frozenset[str]) -> CodeType:
    """``code`` itself, without what is nested in it, with its accesses announced.

    ``cells`` are the closure variables, its own and free ones, whose accesses count.
    """
    return _Rewriting(code, names, cells).result()


class _Rewriting(Listing):
    """One code object under way: what is to be inserted before which instruction."""

    def __init__(self, code: CodeType, names: ModuleNames, cells: frozenset[str]) -> None:
        super().__init__(code, names, cells)
        self.insertions: dict[int, list[Inserted]] = {}
        self.constants: list[object] = []
        self._hooks: dict[str, int] = {}
        self._at_module = code.co_name == "<module>" and not code.co_flags & _CO_OPTIMIZED

    def result(self) -> CodeType:
        table = _TABLE
        for index, instruction in enumerate(self.instructions):
            rule = table[instruction.opcode]
            if rule is not None:
                rule(self, index, instruction)
        if not self.insertions:
            return self.code
        return splice(self.code, self.instructions, self.insertions, self.constants, STACK)

    # -- constants

    def _constant(self, value: object) -> int:
        self.constants.append(value)
        return len(self.code.co_consts) + len(self.constants) - 1

    def _hook(self, name: str) -> int:
        index = self._hooks.get(name)
        if index is None:
            index = self._hooks[name] = self._constant((HOOK, name))
        return index

    def _site(self, index: int, kind: str, name: str) -> int:
        return self._constant((SITE, self.line(self.instructions[index]), kind, name))

    # -- insertions

    def insert(self, index: int, inserted: list[Inserted]) -> None:
        self.insertions.setdefault(index, []).extend(inserted)

    def touch(self, index: int, kind: str, name: str, position: int, hook: str = "touch") -> None:
        """Call ``hook`` with what is at ``position`` of the stack."""
        self.insert(index, keep(self._hook(hook), self._site(index, kind, name), position))

    def touch_two(self, index: int, kind: str, name: str, hook: str) -> None:
        """Call ``hook`` with the two topmost values of the stack, and the site last."""
        self.insert(index, keep_two(self._hook(hook), self._site(index, kind, name)))

    def replace(self, index: int, kind: str, name: str, position: int, hook: str) -> None:
        """Call ``hook`` with what is at ``position`` of the stack, and put its result there."""
        self.insert(index, replace(self._hook(hook), self._site(index, kind, name), position))

    # -- the rules

    def load_attribute(self, index: int, instruction: Instruction) -> None:
        arg = instruction.arg
        if PY312:
            if arg & 1:
                self._look_up_method(index, self.code.co_names[arg >> 1])
                return
            arg >>= 1
        name = self.code.co_names[arg]
        if name in METHODS:
            line = self.line(instruction)
            sites = (SITES, (line, "read", f".{name}"), (line, METHODS[name], f".{name}()"))
            hook = self._hook("attribute or method")
            self.insert(index, replace(hook, self._constant(sites), 1))
        elif name not in _QUIET:
            hook_name = "module attribute" if self.may_be_module(index) else "touch"
            self.touch(index, "read", f".{name}", 1, hook_name)
        self._called_elsewhere(index, name)

    def store_attribute(self, index: int, instruction: Instruction) -> None:
        name = self.code.co_names[instruction.arg]
        if name not in _QUIET:
            hook_name = "module attribute" if self.may_be_module(index) else "touch"
            self.touch(index, "write", f".{name}", 1, hook_name)

    def load_method(self, index: int, instruction: Instruction) -> None:
        self._look_up_method(index, self.code.co_names[instruction.arg])

    def load_super_attribute(self, index: int, instruction: Instruction) -> None:
        name = self.code.co_names[instruction.arg >> 2]
        if name in METHODS:
            self.touch(index, METHODS[name], f".{name}()", 1, "super contents")

    def _look_up_method(self, index: int, name: str) -> None:
        kind = METHODS.get(name)
        if kind is None:
            self._called_elsewhere(index, name)
            return
        found = self.find_call(index)
        if found is not None and found[3] and not (found[1] and name in READ_ARGUMENTS):
            self.touch(index, kind, f".{name}()", 1, f"contents:{name}")
        else:
            self.replace(index, kind, f".{name}()", 1, f"method:{name}")

    def _called_elsewhere(self, index: int, name: str) -> None:
        if name in ELSEWHERE:
            self._call_function(index, name, ELSEWHERE[name])

    def _call_function(self, index: int, name: str, kind: str) -> None:
        found = self.find_call(index)
        if found is None:
            return
        call, count, above, _ = found
        if kind == "write":
            if count:
                self.touch(call, "write", f"{name}()", above + count, "write all")
            return
        hook = "iterate shared" if kind == "iterate" else "read all"
        for position in range(above + count, above, -1):
            if kind == "iterate":
                self.replace(call, "read", f"{name}()", position, hook)
            else:
                self.touch(call, "read", f"{name}()", position, hook)

    def load_global(self, index: int, instruction: Instruction) -> None:
        arg = instruction.arg
        name = self.code.co_names[arg >> 1 if PY311 else arg]
        if name in self.shared:
            self._touch_global(index, "read", name)
        elif name in self.functions and (not PY311 or arg & 1 or self.null_beside(index)):
            self._call_function(index, name, self.functions[name])

    def load_name(self, index: int, instruction: Instruction) -> None:
        name = self.code.co_names[instruction.arg]
        if name in self.shared:
            if self._at_module:
                self._touch_global(index, "read", name)
        elif name in self.functions and (not PY311 or self.null_beside(index)):
            self._call_function(index, name, self.functions[name])

    def store_global(self, index: int, instruction: Instruction) -> None:
        name = self.code.co_names[instruction.arg]
        if name in self.shared:
            self._touch_global(index, "write", name)

    def store_name(self, index: int, instruction: Instruction) -> None:
        if self._at_module:
            self.store_global(index, instruction)

    def _touch_global(self, index: int, kind: str, name: str) -> None:
        site = self._site(index, kind, f"\0{name}")
        push = load_globals(self._hook("globals"))
        self.insert(index, with_pushed(self._hook("touch"), site, push))

    def load_cell(self, index: int, instruction: Instruction) -> None:
        self._touch_cell(index, instruction.arg, "read")

    def store_cell(self, index: int, instruction: Instruction) -> None:
        self._touch_cell(index, instruction.arg, "write")

    def _touch_cell(self, index: int, arg: int, kind: str) -> None:
        name = cell_name(self.code, arg)
        if name in self.cells:
            site = self._site(index, kind, name)
            self.insert(index, with_pushed(self._hook("touch"), site, [(LOAD_CELL, arg)]))

    def load_subscript(self, index: int, instruction: Instruction) -> None:
        self.touch_two(index, "read", "[]", "item")

    def store_subscript(self, index: int, instruction: Instruction) -> None:
        self.touch(index, "write", "[]", 2, "contents:__setitem__")

    def delete_subscript(self, index: int, instruction: Instruction) -> None:
        self.touch(index, "write", "[]", 2, "contents:__delitem__")

    def load_slice(self, index: int, instruction: Instruction) -> None:
        self.touch(index, "read", "[]", 3, "contents:__getitem__")

    def store_slice(self, index: int, instruction: Instruction) -> None:
        self.touch(index, "write", "[]", 3, "contents:__setitem__")

    def contains(self, index: int, instruction: Instruction) -> None:
        self.touch(index, "read", "in", 1, "contains")

    def iterate(self, index: int, instruction: Instruction) -> None:
        for at in range(index + 1, len(self.instructions)):
            number = self.instructions[at].opcode
            if NAMES[number] == "FOR_ITER":
                self.replace(index, "read", "for", 1, "iterate")
                return
            if number not in _BEFORE_LOOP:
                break
        if self.is_comprehension(index):
            self.replace(index, "read", "for", 1, "iterate")
            return
        self.replace(index, "read", "for", 1, "iterate shared")

    def unpack(self, index: int, instruction: Instruction) -> None:
        self.touch(index, "read", "*", 1, "read all")

    def unpack_into(self, index: int, instruction: Instruction) -> None:
        if not self.own_arguments(index):
            self.unpack(index, instruction)

    def call_unpacked(self, index: int, instruction: Instruction) -> None:
        """``f(*args, **kwargs)``: above the arguments the keywords, or (3.14) possibly a NULL."""
        if PY314 or instruction.arg & 1:
            self.touch(index, "read", "*", 2, "read all")
        else:
            self.unpack_into(index, instruction)

    def truth(self, index: int, instruction: Instruction) -> None:
        before = self.opcode_before(index)
        if before in (COPY, DUP) and index > 1:
            before = self.instructions[index - 2].opcode
        if before in _LOADS:
            self.touch(index, "read", "bool()", 1, "truth")

    def change_in_place(self, index: int, instruction: Instruction) -> None:
        operator = INPLACE[instruction.opcode if not PY311 else instruction.arg]
        before = self.opcode_before(index)
        if before == LOAD_CONST or NAMES[before] == "LOAD_SMALL_INT":
            return
        method, spelt = operator
        self.touch_two(index, "write", spelt, f"in place:{method}")

    def binary(self, index: int, instruction: Instruction) -> None:
        if instruction.arg == SUBSCRIPT:
            self.load_subscript(index, instruction)
        elif instruction.arg in INPLACE:
            self.change_in_place(index, instruction)


Rule = Callable[[_Rewriting, int, Instruction], None]

_RULES: Final[dict[str, Rule]] = {
    "BINARY_OP": _Rewriting.binary,
    "BINARY_SLICE": _Rewriting.load_slice,
    "BINARY_SUBSCR": _Rewriting.load_subscript,
    "CALL_FUNCTION_EX": _Rewriting.call_unpacked,
    "CONTAINS_OP": _Rewriting.contains,
    "DELETE_ATTR": _Rewriting.store_attribute,
    "DELETE_DEREF": _Rewriting.store_cell,
    "DELETE_GLOBAL": _Rewriting.store_global,
    "DELETE_NAME": _Rewriting.store_name,
    "DELETE_SUBSCR": _Rewriting.delete_subscript,
    "DICT_MERGE": _Rewriting.unpack_into,
    "DICT_UPDATE": _Rewriting.unpack_into,
    "GET_ITER": _Rewriting.iterate,
    "GET_YIELD_FROM_ITER": _Rewriting.iterate,
    "LIST_EXTEND": _Rewriting.unpack_into,
    "LOAD_ATTR": _Rewriting.load_attribute,
    "LOAD_DEREF": _Rewriting.load_cell,
    "LOAD_GLOBAL": _Rewriting.load_global,
    "LOAD_METHOD": _Rewriting.load_method,
    "LOAD_NAME": _Rewriting.load_name,
    "LOAD_SUPER_ATTR": _Rewriting.load_super_attribute,
    "SET_UPDATE": _Rewriting.unpack_into,
    "STORE_ATTR": _Rewriting.store_attribute,
    "STORE_DEREF": _Rewriting.store_cell,
    "STORE_GLOBAL": _Rewriting.store_global,
    "STORE_NAME": _Rewriting.store_name,
    "STORE_SLICE": _Rewriting.store_slice,
    "STORE_SUBSCR": _Rewriting.store_subscript,
    "UNPACK_EX": _Rewriting.unpack,
    "UNPACK_SEQUENCE": _Rewriting.unpack,
    **dict.fromkeys((f"INPLACE_{name}" for name in IN_PLACE_METHODS), _Rewriting.change_in_place),
    # Since 3.13 TO_BOOL tests, and the jump only jumps.
    **dict.fromkeys(
        ("TO_BOOL",)
        if PY313
        else (
            "JUMP_IF_FALSE_OR_POP",
            "JUMP_IF_TRUE_OR_POP",
            "POP_JUMP_BACKWARD_IF_FALSE",
            "POP_JUMP_BACKWARD_IF_TRUE",
            "POP_JUMP_FORWARD_IF_FALSE",
            "POP_JUMP_FORWARD_IF_TRUE",
            "POP_JUMP_IF_FALSE",
            "POP_JUMP_IF_TRUE",
            "UNARY_NOT",
        ),
        _Rewriting.truth,
    ),
}

_TABLE: Final[list[Rule | None]] = [_RULES.get(name) for name in NAMES[:256]]
