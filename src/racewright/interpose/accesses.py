"""The table from instruction to access: rewrite code so that ``touch`` is called before each one.

:func:`instrument` returns a code object that behaves as the given one, and calls
``touch(site, owner)`` in front of every instruction that reads or writes memory that other tasks
may see: attributes, globals that functions of the module assign, closure cells that are assigned
more than once, and the contents of built-in containers. The instruction is left as it is;
:mod:`~racewright.interpose.splicing` puts the call before it, and
:mod:`~racewright.interpose.containers` has what is called.

What is not seen: ``==`` and ``+`` on containers, ``f"{container}"``, ``match`` on containers, C
code that is given a container and is not in :data:`FUNCTIONS`, attributes called as methods
(``self.callback()``: that is nearly always a look-up of a function), and ``exec`` of strings.
``f = d.get`` gives a stand-in that touches when it is called, and is not the built-in method.

A module's variable (``settings.level``) has its dictionary as owner, as it has as a global;
functions, classes and submodules in a module are not touched. That takes a module that an import in
sight bound; of one that arrives as an argument, ``touch`` is given the module.

Rewriting has two steps so that its result can be kept on disk. :func:`rewrite` appends constants
that merely *describe* hooks and sites, and marshals; :func:`bind` replaces them by the real ones.
"""

from __future__ import annotations

import dis
import opcode
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final

from racewright.interpose.containers import METHODS, Touch, make_hooks
from racewright.interpose.splicing import (
    Inserted,
    Instruction,
    decode,
    jump_target,
    splice,
)
from racewright.model.operation import Site

__all__ = [
    "FUNCTIONS",
    "VERSION",
    "ModuleNames",
    "Touch",
    "assigned_globals",
    "bind",
    "defined_names",
    "imported_names",
    "instrument",
    "not_instrumented",
    "rewrite",
]

#: Raised with every change of what is inserted: results kept on disk carry it.
VERSION: Final = 1

#: Code objects that were left as they are, by qualified name, and why.
not_instrumented: list[tuple[str, str]] = []

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

_PY311: Final = sys.version_info >= (3, 11)
_PY312: Final = sys.version_info >= (3, 12)
_PY313: Final = sys.version_info >= (3, 13)

_HOOK: Final = "\0racewright hook"
_SITE: Final = "\0racewright site"
_SITES: Final = "\0racewright sites"

_CO_OPTIMIZED: Final = 0x1
_OPS: Final = opcode.opmap
_NAMES: Final = opcode.opname
_OPTIONAL: Final = -1


def _op(name: str) -> int:
    number = _OPS.get(name, _OPTIONAL)
    return number if number < 256 else _OPTIONAL


def _ops(*names: str) -> frozenset[int]:
    return frozenset(_op(name) for name in names) - {_OPTIONAL}


_LOAD_CONST: Final = _op("LOAD_CONST")
_LOAD_ATTR: Final = _op("LOAD_ATTR")
_LOAD_METHOD: Final = _op("LOAD_METHOD")
_LOAD_GLOBAL: Final = _op("LOAD_GLOBAL")
_LOAD_NAME: Final = _op("LOAD_NAME")
_PUSH_NULL: Final = _op("PUSH_NULL")
_POP_TOP: Final = _op("POP_TOP")
_COPY: Final = _op("COPY")
_SWAP: Final = _op("SWAP")
_CALL: Final = _op("CALL" if _PY311 else "CALL_FUNCTION")
_CALL_KW: Final = _op("CALL_KW" if _PY313 else "CALL_FUNCTION_KW")  # neither in 3.11 and 3.12
_PRECALL: Final = _op("PRECALL")
_KW_NAMES: Final = _op("KW_NAMES")
_LOAD_CELL: Final = _op("LOAD_FAST" if _PY313 else "LOAD_CLOSURE")
_BINARY_OP: Final = _op("BINARY_OP")

_GLOBAL_STORES: Final = _ops("STORE_GLOBAL", "DELETE_GLOBAL")
_CELL_STORES: Final = _ops("STORE_DEREF", "DELETE_DEREF")
_IMPORTS: Final = _ops("IMPORT_NAME", "IMPORT_FROM")
_NAME_STORES: Final = _ops("STORE_NAME", "STORE_GLOBAL")

#: May stand between the look-up of a method and its call without anybody noticing the access first.
_SILENT: Final = _ops(
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

#: Between GET_ITER and the FOR_ITER of the same loop (comprehensions inlined since 3.12).
_BEFORE_LOOP: Final = _ops(
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
_LOADS: Final = _ops(
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


_IN_PLACE_METHODS: Final = {
    "ADD": ("__iadd__", "+="),
    "AND": ("__iand__", "&="),
    "MULTIPLY": ("__imul__", "*="),
    "OR": ("__ior__", "|="),
    "SUBTRACT": ("__isub__", "-="),
    "XOR": ("__ixor__", "^="),
}


def _binary_operators() -> dict[str, int]:
    """The operators of BINARY_OP by name (``NB_INPLACE_ADD``); none before 3.11."""
    spelt: Any = getattr(opcode, "_nb_ops", ())
    return {name: number for number, (name, _) in enumerate(spelt)}


_OPERATORS: Final = _binary_operators()
_SUBSCRIPT: Final = _OPERATORS.get("NB_SUBSCR", _OPTIONAL)  # 3.14
#: By argument of BINARY_OP, or (3.10) by opcode.
_INPLACE: Final = {
    (_OPERATORS[f"NB_INPLACE_{name}"] if _PY311 else _op(f"INPLACE_{name}")): method
    for name, method in _IN_PLACE_METHODS.items()
}

# -- what is inserted ------------------------------------------------------------------------------
# ``position`` counts from the top of the stack, which is 1. The stack is left as it was, but for
# _replace, which puts what the hook returns in the place of what it was given.

#: The most that any insertion pushes.
_STACK: Final = 6

if _PY311:

    def _callable(hook: int) -> list[Inserted]:
        if _PY313:
            return [(_LOAD_CONST, hook), (_PUSH_NULL, 0)]
        return [(_PUSH_NULL, 0), (_LOAD_CONST, hook)]

    def _call(count: int) -> list[Inserted]:
        return [(_CALL, count)] if _PY312 else [(_PRECALL, count), (_CALL, count)]

    def _keep(hook: int, site: int, position: int) -> list[Inserted]:
        return [
            *_callable(hook),
            (_LOAD_CONST, site),
            (_COPY, position + 3),
            *_call(2),
            (_POP_TOP, 0),
        ]

    def _keep_two(hook: int, site: int) -> list[Inserted]:
        copies = [(_COPY, 4), (_COPY, 4)]
        return [*_callable(hook), *copies, (_LOAD_CONST, site), *_call(3), (_POP_TOP, 0)]

    def _replace(hook: int, site: int, position: int) -> list[Inserted]:
        swap = [(_SWAP, position)] if position > 1 else []
        return [*swap, *_keep(hook, site, 1)[:-1], (_SWAP, 2), (_POP_TOP, 0), *swap]

    def _load_globals(hook: int) -> list[Inserted]:
        return [*_callable(hook), *_call(0)]

    def _with_pushed(hook: int, site: int, push: list[Inserted]) -> list[Inserted]:
        return [*_callable(hook), (_LOAD_CONST, site), *push, *_call(2), (_POP_TOP, 0)]

else:
    _DUP_TOP: Final = _op("DUP_TOP")
    _DUP_TOP_TWO: Final = _op("DUP_TOP_TWO")
    _ROT_TWO: Final = _op("ROT_TWO")
    _ROT_THREE: Final = _op("ROT_THREE")
    _ROT_N: Final = _op("ROT_N")

    def _swallow(hook: int, site: int) -> list[Inserted]:
        """Call the hook with the top of the stack, which becomes its result."""
        return [
            (_LOAD_CONST, hook),
            (_ROT_TWO, 0),
            (_LOAD_CONST, site),
            (_ROT_TWO, 0),
            (_CALL, 2),
        ]

    def _keep(hook: int, site: int, position: int) -> list[Inserted]:
        called = [*_swallow(hook, site), (_POP_TOP, 0)]
        if position == 1:
            return [(_DUP_TOP, 0), *called]
        if position == 2:
            return [(_DUP_TOP_TWO, 0), (_POP_TOP, 0), *called]
        turn = (_ROT_N, position)
        return [*[turn] * (position - 1), (_DUP_TOP, 0), *called, turn]

    def _keep_two(hook: int, site: int) -> list[Inserted]:
        return [
            (_DUP_TOP_TWO, 0),
            (_LOAD_CONST, hook),
            (_ROT_THREE, 0),
            (_LOAD_CONST, site),
            (_CALL, 3),
            (_POP_TOP, 0),
        ]

    def _replace(hook: int, site: int, position: int) -> list[Inserted]:
        turn = (_ROT_N, position)
        turns = [turn] * (position - 1)
        return [*turns, *_swallow(hook, site), *([turn] if position > 1 else [])]

    def _load_globals(hook: int) -> list[Inserted]:
        return [(_LOAD_CONST, hook), (_CALL, 0)]

    def _with_pushed(hook: int, site: int, push: list[Inserted]) -> list[Inserted]:
        return [(_LOAD_CONST, hook), (_LOAD_CONST, site), *push, (_CALL, 2), (_POP_TOP, 0)]


# -- names of a module -----------------------------------------------------------------------------


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
        if instruction.opcode in _NAME_STORES and before in _IMPORTS:
            names.add(code.co_names[instruction.arg])
        before = instruction.opcode
    return frozenset(names)


# -- rewriting -------------------------------------------------------------------------------------


def instrument(
    code: CodeType, touch: Touch, *, shared_globals: frozenset[str] | None = None
) -> CodeType:
    """``code``, calling ``touch(site, owner)`` before each access, itself and all nested code.

    ``site`` says where, what (``.balance``, ``[]``, ``counter``, ``.append()``) and whether it
    reads or writes; ``owner`` is the object, the cell, or, for a global, its module's dictionary.
    ``touch`` runs one frame below the accessing code (two, three for containers), may switch tasks
    and may raise. ``shared_globals`` are the names whose accesses count; by default those that some
    function in ``code`` assigns.
    """
    return bind(rewrite(code, shared_globals=shared_globals), make_hooks(touch))


def rewrite(
    code: CodeType,
    *,
    shared_globals: frozenset[str] | None = None,
    imported: frozenset[str] = frozenset(),
    defined: frozenset[str] = frozenset(),
) -> CodeType:
    """The first step: as :func:`instrument`, with constants that describe hooks and sites.

    ``imported`` and ``defined`` are those of the module, where ``code`` is not a module itself.
    """
    if code.co_name == "<module>":
        imported |= imported_names(code)
        defined |= defined_names(code)
    names = ModuleNames(
        shared=assigned_globals([code]) if shared_globals is None else shared_globals,
        imported=imported,
        functions={name: kind for name, kind in FUNCTIONS.items() if name not in defined}
        | ELSEWHERE,
    )
    return _rewrite(code, names, frozenset())


def bind(code: CodeType, hook: Callable[[str], object]) -> CodeType:
    """The second step: put real hooks and sites in the place of what describes them."""
    constants: list[Any] = list(code.co_consts)
    changed = False
    for index, constant in enumerate(constants):
        if isinstance(constant, CodeType):
            new: object = bind(constant, hook)
        elif type(constant) is tuple and constant and type(constant[0]) is str:
            new = _bound(constant, code, hook)
        else:
            continue
        if new is not constant:
            constants[index] = new
            changed = True
    return code.replace(co_consts=tuple(constants)) if changed else code


def _bound(constant: tuple[Any, ...], code: CodeType, hook: Callable[[str], object]) -> object:
    what = constant[0]
    if what == _HOOK:
        return hook(constant[1])
    if what == _SITE:
        return _site(code, *constant[1:])
    if what == _SITES:
        return tuple(_site(code, *described) for described in constant[1:])
    return constant


def _site(code: CodeType, line: int, kind: str, name: str) -> Site:
    site = Site(
        code.co_filename, line, getattr(code, "co_qualname", code.co_name), kind, name.lstrip("\0")
    )
    if name[0] == "\0":  # a global: one variable of its owner, as an attribute is
        site.member = f".{site.name}"
    return site


@dataclass(frozen=True)
class ModuleNames:
    """What the names of a module mean to the code in it."""

    shared: frozenset[str]  #: assigned by functions
    imported: frozenset[str]  #: bound by imports: perhaps modules
    functions: dict[str, str]  #: functions that look at containers, and how


def _rewrite(code: CodeType, names: ModuleNames, outer: frozenset[str]) -> CodeType:
    result = code
    cells = outer
    try:
        cells = outer.intersection(code.co_freevars) | _shared_cells(code)
        # A function on its own: its free variables' owner is not in sight.
        if not outer and code.co_freevars:
            cells |= _assigned_freely(code)
        result = _Rewriting(code, names, cells).result()
    except Exception as error:  # whatever it is: the program must run
        name = getattr(code, "co_qualname", code.co_name)
        not_instrumented.append((name, f"{type(error).__name__}: {error}"))
    constants = tuple(
        _rewrite(constant, names, cells) if isinstance(constant, CodeType) else constant
        for constant in result.co_consts
    )
    if all(new is old for new, old in zip(constants, result.co_consts, strict=True)):
        return result
    return result.replace(co_consts=constants)


def _assigned_freely(code: CodeType) -> frozenset[str]:
    """The free variables of ``code`` that it, or what is nested in it, assigns."""
    names: set[str] = set()
    for each in _nested(code):
        free = set(each.co_freevars) & set(code.co_freevars)
        if free:
            names.update(
                name
                for instruction in decode(each)
                if instruction.opcode in _CELL_STORES
                and (name := _cell_name(each, instruction.arg)) in free
            )
    return frozenset(names)


def _cell_name(code: CodeType, arg: int) -> str:
    if _PY311:
        name: str = code._varname_from_oparg(arg)  # type: ignore[attr-defined]
        return name
    return (code.co_cellvars + code.co_freevars)[arg]


def _shared_cells(code: CodeType) -> frozenset[str]:
    """The cells of ``code`` to touch: assigned inside, repeatedly, or after being closed over.

    A variable that is assigned once, before the function that uses it exists, cannot be raced for.
    """
    owned = set(code.co_cellvars)
    if not owned:
        return frozenset()
    shared: set[str] = set()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            shared |= _assigned_freely(constant) & owned
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
            name = _cell_name(code, instruction.arg)
            if name in owned and (
                name in assigned
                or (name in closed and not made)
                or any(begin <= instruction.start < end for begin, end in loops)
            ):
                shared.add(name)
            assigned.add(name)
        else:
            closed.update(name for name in _closed_over(code, instruction) if name in owned)
        made = _NAMES[number] in ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE")
    return frozenset(shared)


def _closed_over(code: CodeType, instruction: Instruction) -> list[str]:
    """The cells that ``instruction`` pushes, as the making of a closure does."""
    name = _NAMES[instruction.opcode]
    if name == "LOAD_CLOSURE":
        return [_cell_name(code, instruction.arg)]
    if not _PY313 or not name.startswith("LOAD_FAST"):
        return []
    if name.count("LOAD_FAST") == 2:
        return [_cell_name(code, instruction.arg >> 4), _cell_name(code, instruction.arg & 15)]
    return [_cell_name(code, instruction.arg)]


class _Rewriting:
    """One code object under way: what is to be inserted before which instruction."""

    def __init__(self, code: CodeType, names: ModuleNames, cells: frozenset[str]) -> None:
        self.code = code
        self.shared = names.shared
        self.imported = names.imported
        self.functions = names.functions
        self.cells = cells
        self.instructions = decode(code)
        self.insertions: dict[int, list[Inserted]] = {}
        self.constants: list[object] = []
        self._hooks: dict[str, int] = {}
        lines = list(code.co_lines())
        self._line_starts = [start for start, _, _ in lines]
        self._line_numbers = [line for _, _, line in lines]
        self._imported_locals = self._locals_bound_by_imports()
        self._at_module = code.co_name == "<module>" and not code.co_flags & _CO_OPTIMIZED

    def result(self) -> CodeType:
        table = _TABLE
        for index, instruction in enumerate(self.instructions):
            rule = table[instruction.opcode]
            if rule is not None:
                rule(self, index, instruction)
        if not self.insertions:
            return self.code
        return splice(self.code, self.instructions, self.insertions, self.constants, _STACK)

    # -- constants

    def _constant(self, value: object) -> int:
        self.constants.append(value)
        return len(self.code.co_consts) + len(self.constants) - 1

    def _hook(self, name: str) -> int:
        index = self._hooks.get(name)
        if index is None:
            index = self._hooks[name] = self._constant((_HOOK, name))
        return index

    def _line(self, instruction: Instruction) -> int:
        line = self._line_numbers[bisect_right(self._line_starts, 2 * instruction.start) - 1]
        return self.code.co_firstlineno if line is None else line

    def _site(self, index: int, kind: str, name: str) -> int:
        return self._constant((_SITE, self._line(self.instructions[index]), kind, name))

    # -- insertions

    def insert(self, index: int, inserted: list[Inserted]) -> None:
        self.insertions.setdefault(index, []).extend(inserted)

    def touch(self, index: int, kind: str, name: str, position: int, hook: str = "touch") -> None:
        """Call ``hook`` with what is at ``position`` of the stack."""
        self.insert(index, _keep(self._hook(hook), self._site(index, kind, name), position))

    def touch_two(self, index: int, kind: str, name: str, hook: str) -> None:
        """Call ``hook`` with the two topmost values of the stack, and the site last."""
        self.insert(index, _keep_two(self._hook(hook), self._site(index, kind, name)))

    def replace(self, index: int, kind: str, name: str, position: int, hook: str) -> None:
        """Call ``hook`` with what is at ``position`` of the stack, and put its result there."""
        self.insert(index, _replace(self._hook(hook), self._site(index, kind, name), position))

    # -- looking around

    def opcode_before(self, index: int) -> int:
        return self.instructions[index - 1].opcode if index else _OPTIONAL

    def find_call(self, index: int) -> tuple[int, int, int, bool] | None:
        """The call whose callable instruction ``index`` looks up.

        Its index, the number of its positional arguments, of values above them on the stack, and
        whether evaluating the arguments is silent. ``None`` when there are jumps on the way.
        """
        depth = 0
        named = 0
        silent = True
        begin = index + 1
        if _PY313 and self.instructions[begin].opcode == _PUSH_NULL:
            begin += 1
        for at in range(begin, len(self.instructions)):
            instruction = self.instructions[at]
            number, arg = instruction.opcode, instruction.arg
            if number == _KW_NAMES:
                named = len(self.code.co_consts[arg])
            # In 3.11 PRECALL already takes the arguments away.
            elif number == (_CALL if _PRECALL == _OPTIONAL else _PRECALL) or (
                number == _CALL_METHOD_310
            ):
                if depth == arg:
                    begin = at - 1 if self.opcode_before(at) == _KW_NAMES else at
                    return begin, arg - named, named, silent
                named = 0
            elif number == _CALL_KW and depth == arg + 1:
                names = self.instructions[at - 1]
                if names.opcode != _LOAD_CONST:
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
        if instruction.opcode == _LOAD_GLOBAL:
            name = self.code.co_names[instruction.arg >> 1 if _PY311 else instruction.arg]
            return name not in self.shared
        if _NAMES[instruction.opcode] == "LOAD_DEREF":
            return _cell_name(self.code, instruction.arg) not in self.cells
        return False

    def _locals_bound_by_imports(self) -> frozenset[int]:
        if not any(each.opcode in _IMPORTS for each in self.instructions):
            return frozenset()
        return frozenset(
            each.arg
            for index, each in enumerate(self.instructions)
            if _NAMES[each.opcode] == "STORE_FAST" and self.opcode_before(index) in _IMPORTS
        )

    def may_be_module(self, index: int) -> bool:
        """Whether what instruction ``index`` finds on the stack hangs below an imported name."""
        at = index - 1
        if self.opcode_before(index) in (_SWAP, _ROT_TWO_310):
            # The store of ``module.name += 1``: its owner was copied before it was read.
            while at > 0 and self.instructions[at].opcode not in (_COPY, _DUP):
                at -= 1
        while at >= 0 and self.instructions[at].opcode in (_LOAD_ATTR, _COPY, _DUP):
            at -= 1
        if at < 0:
            return False
        number, arg = self.instructions[at].opcode, self.instructions[at].arg
        if number == _LOAD_GLOBAL:
            return self.code.co_names[arg >> 1 if _PY311 else arg] in self.imported
        if number == _LOAD_NAME:
            return self.code.co_names[arg] in self.imported
        return arg in self._imported_locals and _NAMES[number].startswith("LOAD_FAST")

    # -- the rules

    def load_attribute(self, index: int, instruction: Instruction) -> None:
        arg = instruction.arg
        if _PY312:
            if arg & 1:
                self._look_up_method(index, self.code.co_names[arg >> 1])
                return
            arg >>= 1
        name = self.code.co_names[arg]
        if name in METHODS:
            line = self._line(instruction)
            sites = (_SITES, (line, "read", f".{name}"), (line, METHODS[name], f".{name}()"))
            hook = self._hook("attribute or method")
            self.insert(index, _replace(hook, self._constant(sites), 1))
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
        if found is not None and found[3] and not (found[1] and name in _READING):
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
        name = self.code.co_names[arg >> 1 if _PY311 else arg]
        if name in self.shared:
            self._touch_global(index, "read", name)
        elif name in self.functions and (not _PY311 or arg & 1 or self._null_beside(index)):
            self._call_function(index, name, self.functions[name])

    def load_name(self, index: int, instruction: Instruction) -> None:
        name = self.code.co_names[instruction.arg]
        if name in self.shared:
            if self._at_module:
                self._touch_global(index, "read", name)
        elif name in self.functions and (not _PY311 or self._null_beside(index)):
            self._call_function(index, name, self.functions[name])

    def _null_beside(self, index: int) -> bool:
        """Whether a NULL marks what instruction ``index`` pushes as about to be called."""
        if _PY313:
            after = index + 1
            return after < len(self.instructions) and self.instructions[after].opcode == _PUSH_NULL
        return self.opcode_before(index) == _PUSH_NULL

    def store_global(self, index: int, instruction: Instruction) -> None:
        name = self.code.co_names[instruction.arg]
        if name in self.shared:
            self._touch_global(index, "write", name)

    def store_name(self, index: int, instruction: Instruction) -> None:
        if self._at_module:
            self.store_global(index, instruction)

    def _touch_global(self, index: int, kind: str, name: str) -> None:
        site = self._site(index, kind, f"\0{name}")
        push = _load_globals(self._hook("globals"))
        self.insert(index, _with_pushed(self._hook("touch"), site, push))

    def load_cell(self, index: int, instruction: Instruction) -> None:
        self._touch_cell(index, instruction.arg, "read")

    def store_cell(self, index: int, instruction: Instruction) -> None:
        self._touch_cell(index, instruction.arg, "write")

    def _touch_cell(self, index: int, arg: int, kind: str) -> None:
        name = _cell_name(self.code, arg)
        if name in self.cells:
            site = self._site(index, kind, name)
            self.insert(index, _with_pushed(self._hook("touch"), site, [(_LOAD_CELL, arg)]))

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
            if _NAMES[number] == "FOR_ITER":
                self.replace(index, "read", "for", 1, "iterate")
                return
            if number not in _BEFORE_LOOP:
                break
        if self._is_comprehension(index):
            self.replace(index, "read", "for", 1, "iterate")
            return
        self.replace(index, "read", "for", 1, "iterate shared")

    def _is_comprehension(self, index: int) -> bool:
        """Before 3.12: whether the iterator goes straight to a list, set or dict comprehension."""
        if self.instructions[index + 1].opcode not in (_PRECALL, _CALL):
            return False
        at = index
        while at > 1 and _NAMES[self.instructions[at].opcode] != "MAKE_FUNCTION":
            at -= 1
        for made in self.instructions[max(at - 2, 0) : at]:
            if made.opcode == _LOAD_CONST:
                constant = self.code.co_consts[made.arg]
                if isinstance(constant, CodeType):
                    return constant.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>")
        return False

    def unpack(self, index: int, instruction: Instruction) -> None:
        self.touch(index, "read", "*", 1, "read all")

    def unpack_into(self, index: int, instruction: Instruction) -> None:
        if not self._own_arguments(index):
            self.unpack(index, instruction)

    def call_unpacked(self, index: int, instruction: Instruction) -> None:
        """``f(*args, **kwargs)``: above the arguments the keywords, or (3.14) possibly a NULL."""
        if sys.version_info >= (3, 14) or instruction.arg & 1:
            self.touch(index, "read", "*", 2, "read all")
        else:
            self.unpack_into(index, instruction)

    def _own_arguments(self, index: int) -> bool:
        """Whether what is unpacked is the function's own ``*args`` or ``**kwargs``."""
        code = self.code
        if not index or _NAMES[self.opcode_before(index)] not in ("LOAD_FAST", "LOAD_FAST_BORROW"):
            return False
        count = code.co_argcount + code.co_kwonlyargcount
        extra = bool(code.co_flags & 4) + bool(code.co_flags & 8)
        return count <= self.instructions[index - 1].arg < count + extra

    def truth(self, index: int, instruction: Instruction) -> None:
        before = self.opcode_before(index)
        if before in (_COPY, _DUP) and index > 1:
            before = self.instructions[index - 2].opcode
        if before in _LOADS:
            self.touch(index, "read", "bool()", 1, "truth")

    def change_in_place(self, index: int, instruction: Instruction) -> None:
        operator = _INPLACE[instruction.opcode if not _PY311 else instruction.arg]
        before = self.opcode_before(index)
        if before == _LOAD_CONST or _NAMES[before] == "LOAD_SMALL_INT":
            return
        method, spelt = operator
        self.touch_two(index, "write", spelt, f"in place:{method}")

    def binary(self, index: int, instruction: Instruction) -> None:
        if instruction.arg == _SUBSCRIPT:
            self.load_subscript(index, instruction)
        elif instruction.arg in _INPLACE:
            self.change_in_place(index, instruction)


_CALL_METHOD_310: Final = _op("CALL_METHOD")
_DUP: Final = _op("DUP_TOP")
_ROT_TWO_310: Final = _op("ROT_TWO")
_ENDS: Final = _ops("RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "YIELD_VALUE")
_READING: Final = frozenset({"extend", "extendleft", "update", "union", "difference"}) | {
    name for name in METHODS if name.startswith(("intersection", "symmetric", "difference", "is"))
}


def _stack_effect(number: int, arg: int) -> int:
    if number >= dis.HAVE_ARGUMENT:
        return dis.stack_effect(number, arg)
    return dis.stack_effect(number)


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
    **dict.fromkeys((f"INPLACE_{name}" for name in _IN_PLACE_METHODS), _Rewriting.change_in_place),
    # Since 3.13 TO_BOOL tests, and the jump only jumps.
    **dict.fromkeys(
        ("TO_BOOL",)
        if _PY313
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

_TABLE: Final[list[Rule | None]] = [_RULES.get(name) for name in _NAMES[:256]]
