"""Patches in tests: what is replaced, by what, and who takes it back.

Known are ``unittest.mock.patch`` and its ``object``, ``dict`` and ``multiple``, the ``MockPatch``
family of fixtures and testtools, and pytest's ``monkeypatch.setattr`` and ``mocker.patch``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from racewright.review.module import Function, Module

__all__ = ["Patch", "patches_in", "text_of"]

#: Where the replacement stands among the arguments, by the name of what patches.
_BY_TEXT = {
    "unittest.mock.patch": 1,
    "mock.patch": 1,
    "fixtures.MockPatch": 1,
    "fixtures.MonkeyPatch": 1,
}
_BY_OBJECT = {
    "unittest.mock.patch.object": 2,
    "mock.patch.object": 2,
    "fixtures.MockPatchObject": 2,
}
_KEYWORDS = frozenset({"new", "side_effect", "wraps", "new_value", "value"})


@dataclass(frozen=True, slots=True)
class Patch:
    """A call that makes, or puts in place, a replacement."""

    call: ast.Call
    target: str  #: what is replaced, as a dotted name or as the source spells it
    replacement: ast.expr | None

    def function(self, module: Module) -> Function | None:
        """The function of this file that stands in for the target, if it is one."""
        node = self.replacement
        if isinstance(node, ast.Lambda):
            return module.functions.get(node)
        ref = module.ref(node) if node is not None else None
        if ref is None or ref[0] != "name":
            return None
        return next((each for each in module.functions.values() if each.name == ref[1]), None)


def patches_in(module: Module) -> Iterator[Patch]:
    """Every patch of the file."""
    for call in module.calls():
        dotted = module.dotted(call.func)
        if dotted in _BY_TEXT:
            target = text_of(call.args[0]) if call.args else ""
            yield Patch(call, target, _replacement(call, _BY_TEXT[dotted]))
        elif dotted in _BY_OBJECT:
            yield Patch(call, _of_object(module, call), _replacement(call, _BY_OBJECT[dotted]))
        elif isinstance(call.func, ast.Attribute):
            yield from _of_fixture(module, call, call.func)


def _of_fixture(module: Module, call: ast.Call, func: ast.Attribute) -> Iterator[Patch]:
    """``monkeypatch.setattr(target, replacement)``, ``mocker.patch(target, replacement)``."""
    owner = ast.unparse(func.value) if isinstance(func.value, (ast.Name, ast.Attribute)) else ""
    if owner.endswith("monkeypatch") and func.attr == "setattr" and len(call.args) > 1:
        is_object = len(call.args) > 2
        target = _of_object(module, call) if is_object else text_of(call.args[0])
        yield Patch(call, target, call.args[-1])
    elif owner.endswith("mocker") and func.attr == "patch" and call.args:
        yield Patch(call, text_of(call.args[0]), _replacement(call, 1))
    elif owner.endswith("mocker.patch") and func.attr == "object" and len(call.args) > 1:
        yield Patch(call, _of_object(module, call), _replacement(call, 2))


def _replacement(call: ast.Call, place: int) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg in _KEYWORDS:
            return keyword.value
    return call.args[place] if len(call.args) > place else None


def _of_object(module: Module, call: ast.Call) -> str:
    if len(call.args) < 2:
        return ""
    owner = module.dotted(call.args[0]) or _spelt(call.args[0])
    return f"{owner}.{text_of(call.args[1])}" if owner else ""


def _spelt(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""


def text_of(node: ast.expr) -> str:
    """The text of a string, joined where it is written in parts; else what is spelt there."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return ast.unparse(node) if not isinstance(node, ast.JoinedStr) else ""
