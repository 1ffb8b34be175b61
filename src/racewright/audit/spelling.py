"""Names and calls as reviews spell them: ``time.sleep(5)`` is not any call of ``time.sleep``.

A review writes the call that it means with all of its arguments or with some, and often with a word
of its own for one of them (``open(path)``). So what is no name has to be in the code as it is
spelt, and a name may stand for anything.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

__all__ = ["call_spelt", "calls_like", "is_exact", "last_word", "spelling", "written"]

#: Characters of a mention beyond which it is not read as a call.
_LONGEST = 300


def last_word(text: str) -> str:
    """``close`` of ``self.file.close()``."""
    return text.strip("()").rpartition(".")[2]


def spelling(text: str) -> str:
    """``self.close`` of ``self.close()`` and of ``self.close(wait=True)``; or nothing."""
    text = text.strip().removeprefix("@").removeprefix("await ")
    head, bracket, _ = text.partition("(")
    if bracket and not text.endswith(")"):
        return ""
    return head.strip().removesuffix("[]")


def written(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *parts])


def call_spelt(text: str) -> ast.Call | None:
    """The call that ``text`` is, with arguments or made of what another call gives."""
    text = text.strip().removeprefix("await ")
    if not text.endswith(")") or len(text) > _LONGEST:
        return None
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(node, ast.Call):
        return None
    is_chained = any(isinstance(each, ast.Call) for each in ast.walk(node.func))
    return node if is_chained or node.args or node.keywords else None


def calls_like(wanted: ast.Call, calls: Iterable[ast.Call]) -> list[ast.Call]:
    """Those of ``calls`` that are spelt as ``wanted``; if none is, those that may be meant."""
    every = list(calls)
    return [call for call in every if _fits(wanted, call, _is_same)] or [
        call for call in every if _fits(wanted, call, _may_be)
    ]


def is_exact(wanted: ast.Call) -> bool:
    """Whether all arguments are spelt out: none is a name, for which the code may have another."""
    given = [*wanted.args, *(each.value for each in wanted.keywords)]
    return all(isinstance(each, ast.Constant) and each.value is not Ellipsis for each in given)


def _fits(wanted: ast.Call, call: ast.Call, is_like: Callable[[ast.expr, ast.expr], bool]) -> bool:
    args = list(wanted.args)
    if args and isinstance(args[-1], ast.Constant) and args[-1].value is Ellipsis:
        args.pop()
    if len(args) > len(call.args):
        return False
    if not all(is_like(*pair) for pair in zip(args, call.args, strict=False)):
        return False
    given = {each.arg: each.value for each in call.keywords}
    return all(
        each.arg in given and is_like(each.value, given[each.arg]) for each in wanted.keywords
    )


def _is_same(one: ast.expr, other: ast.expr) -> bool:
    return ast.dump(one) == ast.dump(other)


def _may_be(one: ast.expr, other: ast.expr) -> bool:
    is_any = isinstance(one, ast.Constant) and one.value is Ellipsis
    return is_any or not isinstance(one, ast.Constant) or _is_same(one, other)
