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

from collections.abc import Callable
from types import CodeType
from typing import Any, Final

from racewright.interpose.containers import Touch, make_hooks
from racewright.interpose.rules import ELSEWHERE, FUNCTIONS, HOOK, SITE, SITES, rewrite_one
from racewright.interpose.variables import (
    ModuleNames,
    assigned_freely,
    assigned_globals,
    defined_names,
    imported_names,
    shared_cells,
)
from racewright.model.operation import ACCESS_SITES, Site

__all__ = [
    "VERSION",
    "Touch",
    "bind",
    "instrument",
    "is_instrumented",
    "not_instrumented",
    "rewrite",
]

#: Raised with every change of what is inserted: results kept on disk carry it.
VERSION: Final = 2

#: Code objects that were left as they are, by qualified name, and why.
not_instrumented: list[tuple[str, str]] = []


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
    if what == HOOK:
        return hook(constant[1])
    if what == SITE:
        return _site(code, *constant[1:])
    if what == SITES:
        return tuple(_site(code, *described) for described in constant[1:])
    return constant


def _site(code: CodeType, line: int, kind: str, name: str) -> Site:
    function = getattr(code, "co_qualname", code.co_name)
    spelt = name.lstrip("\0")
    # What has one key is one site: two reads of ``self.x`` in a line, and a module loaded again.
    site = ACCESS_SITES.get((code.co_filename, line, function, kind, spelt))
    if site is None:
        site = Site(code.co_filename, line, function, kind, spelt)
        if name[0] == "\0":  # a global: one variable of its owner, as an attribute is
            site.member = f".{spelt}"
    return site


def is_instrumented(code: CodeType) -> bool:
    """Whether ``code``, or something nested in it, announces accesses already."""
    return any(
        isinstance(constant, Site) or (isinstance(constant, CodeType) and is_instrumented(constant))
        for constant in code.co_consts
    )


def _rewrite(code: CodeType, names: ModuleNames, outer: frozenset[str]) -> CodeType:
    result = code
    cells = outer
    try:
        cells = outer.intersection(code.co_freevars) | shared_cells(code)
        # A function on its own: its free variables' owner is not in sight.
        if not outer and code.co_freevars:
            cells |= assigned_freely(code)
        result = rewrite_one(code, names, cells)
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
