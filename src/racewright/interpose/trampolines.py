"""Code that a function is given for a while: a trampoline, or its own with calls before lines.

A trampoline has the parameters, the kind and the free variables of the code whose place it takes,
and passes everything on to one method of a :class:`~racewright.interpose.advice.Wrapped`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from types import CodeType
from typing import Any, Final

from racewright.interpose.advice import Line, Wrapped
from racewright.interpose.insertions import POP_TOP, STACK, load_globals
from racewright.interpose.lines import starts_of
from racewright.interpose.splicing import Inserted, decode, splice

__all__ = ["trampoline", "with_lines"]

_VARARGS, _VARKEYWORDS, _GENERATOR = 0x04, 0x08, 0x20
_COROUTINE, _ITERABLE_COROUTINE, _ASYNC_GENERATOR = 0x80, 0x100, 0x200
#: What stands in a trampoline for the method that it calls, until that is put there.
_PLACEHOLDER: Final = "\0racewright"

_BODIES: Final = {
    "call": "    return {hook}({arguments})\n",
    "generate": "    return (yield from {hook}({arguments}))\n",
    "run": "    return await {hook}({arguments})\n",
    # What `yield from` is for a generator, spelt out.
    "open": """\
    {hook}, {sent} = {hook}({arguments}), None
    try:
        while True:
            {item} = await {hook}.asend({sent})
            while True:
                try:
                    {sent} = yield {item}
                    break
                except GeneratorExit:
                    await {hook}.aclose()
                    raise
                except BaseException as {error}:
                    {item} = await {hook}.athrow({error})
    except StopAsyncIteration:
        return
""",
}


def _kind_of(flags: int) -> str:
    """The method of :class:`Wrapped` for a function with these flags."""
    if flags & _ASYNC_GENERATOR:
        return "open"
    if flags & _COROUTINE:
        return "run"
    return "generate" if flags & _GENERATOR else "call"


@lru_cache(512)
def _template(
    names: tuple[str, ...], counts: tuple[int, int, int], flags: int, free: int
) -> CodeType:
    """A trampoline for functions of one shape; ``names`` are the parameters'."""
    positional_only, positional, keyword_only = counts
    plain = list(names[: positional + keyword_only])
    keywords = plain[positional:]
    rest = list(names[positional + keyword_only :])
    parameters = plain[:positional]
    arguments = plain[:positional]
    if positional_only:
        parameters.insert(positional_only, "/")
    if flags & _VARARGS:
        parameters.append(f"*{rest[0]}")
        arguments.append(f"*{rest.pop(0)}")
    elif keywords:
        parameters.append("*")
    parameters += keywords
    arguments += [f"{name}={name}" for name in keywords]
    if flags & _VARKEYWORDS:
        parameters.append(f"**{rest[0]}")
        arguments.append(f"**{rest[0]}")
    fresh = (name for n in itertools.count() if (name := f"_{n}") not in names)
    own = {key: next(fresh) for key in ("hook", "sent", "item", "error")}
    cells = [next(fresh) for _ in range(free)]
    body = _BODIES[_kind_of(flags)].format(arguments=", ".join(arguments), **own)
    keyword = "async def" if flags & (_COROUTINE | _ASYNC_GENERATOR) else "def"
    # Naming a variable in code that is never reached makes it free, and costs nothing.
    source = "def outer():\n"
    source += f" {' = '.join([*cells, '0'])}\n" if cells else ""
    source += f" {keyword} inner({', '.join(parameters)}):\n"
    source += f"    if False: {', '.join(cells)}\n" if cells else ""
    source += f"    {own['hook']} = {_PLACEHOLDER!r}\n{body}"
    outer = _nested(compile(source, __file__, "exec", dont_inherit=True))
    return _nested(outer)


def _nested(code: CodeType) -> CodeType:
    return next(each for each in code.co_consts if isinstance(each, CodeType))


def trampoline(code: CodeType, wrapped: Wrapped) -> CodeType:
    """Code of the same shape and kind as ``code`` that has ``wrapped`` do the work."""
    flags = code.co_flags
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(flags & _VARARGS) + bool(flags & _VARKEYWORDS)
    mask = _VARARGS | _VARKEYWORDS | _GENERATOR | _COROUTINE | _ASYNC_GENERATOR
    template = _template(
        code.co_varnames[:count],
        (code.co_posonlyargcount, code.co_argcount, code.co_kwonlyargcount),
        flags & mask,
        len(code.co_freevars),
    )
    method = getattr(wrapped, _kind_of(flags))
    changes: dict[str, Any] = {
        "co_consts": tuple(
            method if constant == _PLACEHOLDER else constant for constant in template.co_consts
        ),
        "co_name": code.co_name,
        "co_freevars": code.co_freevars,
        "co_flags": template.co_flags | (flags & _ITERABLE_COROUTINE),
    }
    if hasattr(code, "co_qualname"):
        changes["co_qualname"] = code.co_qualname
    return template.replace(**changes)


def with_lines(code: CodeType, lines: Sequence[Line]) -> CodeType:
    """``code``, its nested code included, with a call before each of ``lines``."""
    constants = tuple(
        with_lines(constant, lines) if isinstance(constant, CodeType) else constant
        for constant in code.co_consts
    )
    mine = [line for line in lines if line.code is code]
    if any(new is not old for new, old in zip(constants, code.co_consts, strict=True)):
        code = code.replace(co_consts=constants)
    if not mine:
        return code
    instructions = decode(code)
    insertions: dict[int, list[Inserted]] = {}
    for place, line in enumerate(mine):
        called = [*load_globals(len(code.co_consts) + place), (POP_TOP, 0)]
        for index in starts_of(code, line.number):
            insertions.setdefault(index, []).extend(called)
    return splice(code, instructions, insertions, [line.reach for line in mine], STACK)
