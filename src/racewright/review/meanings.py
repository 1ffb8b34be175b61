"""What the expressions of one file stand for: names followed to what they are bound to.

Each name is followed once. What came of one while another was being followed is kept for good only
if it did not come back to that other one: else it depends on where one began.
"""

from __future__ import annotations

import ast
import builtins
import sys
from typing import TYPE_CHECKING, TypeAlias

from racewright.review import refs
from racewright.review.refs import Ref
from racewright.review.scopes import Binding, Scope
from racewright.review.tasks import CONDITIONS

if TYPE_CHECKING:
    from racewright.review.module import Module

__all__ = ["Meanings", "is_none", "last_word_of"]

#: A name that is looked up: the identity of its scope, and the word.
_Key: TypeAlias = tuple[int, str]
#: Behind the last of the names that are being followed.
_NOWHERE = sys.maxsize
#: Steps from one expression to the next after which a name is not followed any further.
_DEEPEST = 100
#: Calls, attributes and items inside one another in a reference to the value of a local name.
_TALLEST = 40


class Meanings:
    """The references of the expressions of ``module``, found as they are asked for."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._tree = module.tree
        self._refs: dict[ast.AST, Ref | None] = {}
        self._names: dict[_Key, Ref | None] = {}
        self._unsure: dict[_Key, Ref | None] = {}  #: until the first name has been followed
        self._busy: dict[_Key, int] = {}  #: the names that are being followed, in order
        self._reached = _NOWHERE  #: the first of these that was come back to; -1 if that is open

    def ref(self, node: ast.AST, depth: int = 0) -> Ref | None:
        """The reference that ``node`` stands for, or nothing."""
        if node in self._refs:
            return self._refs[node]
        if depth >= _DEEPEST:
            self._reached = -1
            return None
        before, self._reached = self._reached, _NOWHERE
        found = self._ref(node, depth)
        if self._reached == _NOWHERE or not depth:
            self._refs[node] = found
        self._reached = min(before, self._reached)
        return found

    def _ref(self, node: ast.AST, depth: int) -> Ref | None:
        if isinstance(node, ast.Name):
            return self._ref_of_name(node, depth)
        if isinstance(node, ast.Attribute):
            owner = self.ref(node.value, depth + 1)
            return refs.attribute(owner, node.attr) if owner is not None else None
        if isinstance(node, ast.Call):
            return self._ref_of_call(node, depth)
        if isinstance(node, ast.Subscript):
            owner = self.ref(node.value, depth + 1)
            return ("item", owner) if owner is not None else None
        if isinstance(node, ast.NamedExpr):
            return self.ref(node.value, depth + 1)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self.ref(node.values[-1], depth + 1)
        if isinstance(node, ast.Lambda):
            return refs.name(self._tree.scopes[node].name)
        if isinstance(node, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp)):
            kind = type(node).__name__.lower().removesuffix("comp")
            return ("new", refs.name(f"builtins.{kind}"))
        return None

    def _ref_of_call(self, node: ast.Call, depth: int) -> Ref | None:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            function = self._module.function_of(node)
            return ("super", function.class_name) if function and function.class_name else None
        callee = self.ref(node.func, depth + 1)
        if callee == ("name", "functools.partial") and node.args:
            return self.ref(node.args[0], depth + 1)
        if callee is None:
            return None
        if callee[0] == "name" and callee[1] in CONDITIONS and node.args:
            lock = self.ref(node.args[0], depth + 1)
            return ("new", callee, lock) if lock is not None else ("new", callee)
        return ("new", callee)

    def _ref_of_name(self, node: ast.Name, depth: int) -> Ref | None:
        found = self._tree.find(self._tree.scope_of(node), node.id)
        if found is None:
            if hasattr(builtins, node.id):
                return refs.name(f"builtins.{node.id}")
            return ("star", self._tree.stars[-1], node.id) if self._tree.stars else None
        scope, bindings = found
        key = (id(scope), node.id)
        if key in self._names:
            return self._names[key]
        if key in self._busy:
            self._reached = min(self._reached, self._busy[key])
            return None
        if key in self._unsure:
            self._reached = -1
            return self._unsure[key]
        place = self._busy[key] = len(self._busy)
        before, self._reached = self._reached, _NOWHERE
        ref = self._ref_of_bindings(scope, node.id, bindings, depth + 1)
        del self._busy[key]
        if self._reached >= place:
            self._reached = _NOWHERE
        if self._reached == _NOWHERE or not self._busy:
            self._names[key] = ref
        else:
            self._unsure[key] = ref
        if not self._busy:
            self._unsure.clear()
        self._reached = min(before, self._reached)
        return ref

    def _ref_of_bindings(
        self, scope: Scope, word: str, bindings: list[Binding], depth: int
    ) -> Ref | None:
        first = bindings[0]
        kinds = {each.kind for each in bindings}
        if kinds == {"import"}:
            return refs.name(first.dotted)
        if kinds <= {"def", "class"}:
            return refs.name(f"{scope.name}{'.<locals>' if scope.is_function else ''}.{word}")
        if first.kind == "parameter":
            if len(bindings) > 1:
                return self._ref_of_default(scope, word, bindings[1:], depth)
            return self._ref_of_parameter(scope, word, first, depth)
        if not scope.is_function:
            alias = first.value if len(bindings) == 1 and first.kind == "assign" else None
            if isinstance(alias, (ast.Name, ast.Attribute)):
                return self.ref(alias, depth) or refs.name(f"{scope.name}.{word}")
            return refs.name(f"{scope.name}.{word}")
        values = [each.value for each in bindings if each.kind in ("assign", "with")]
        if len(values) != len(bindings) or None in values:
            return ("var", scope.name, word) if kinds & {"assign", "augment"} else None
        made = {self.ref(each, depth) for each in values if each is not None and not is_none(each)}
        if len(made) == 1 and None not in made:
            value = made.pop()
            if value is not None and isinstance(first.value, (ast.Name, ast.Attribute)):
                return value  # an alias: the same object by another name
            if value is not None and refs.height(value) < _TALLEST:
                return ("local", scope.name, word, value)
        return ("var", scope.name, word)

    def _ref_of_default(
        self, scope: Scope, word: str, others: list[Binding], depth: int
    ) -> Ref | None:
        """``if store is None: store = Store()``: what a parameter is that nobody has given."""
        (default,) = others if len(others) == 1 else (None,)
        if default is None or default.kind != "assign" or default.value is None:
            return None
        test = self._module.within(default.node, ast.If)
        asked = test.test if isinstance(test, ast.If) else None
        if not isinstance(asked, ast.Compare) or not isinstance(asked.ops[0], ast.Is):
            return None
        if not (isinstance(asked.left, ast.Name) and asked.left.id == word):
            return None
        made = self.ref(default.value, depth)
        is_made = made is not None and made[0] == "new" and is_none(asked.comparators[0])
        return ("local", scope.name, word, made) if is_made else None

    def _ref_of_parameter(
        self, scope: Scope, word: str, binding: Binding, depth: int
    ) -> Ref | None:
        function = self._module.functions[scope.node]
        arguments = function.node.args
        every = [*arguments.posonlyargs, *arguments.args]
        if function.class_name and not function.is_static and every and every[0].arg == word:
            decorators = {last_word_of(each) for each in function.decorators}
            if "classmethod" in decorators or function.short_name == "__new__":
                return refs.name(function.class_name)
            return ("self", function.class_name)
        annotation = binding.value
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            return ("param", function.name, word)
        made = self.ref(annotation, depth) if annotation is not None else None
        if made is not None and made[0] == "name":
            return ("local", function.name, word, ("new", made))
        return ("param", function.name, word)


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def last_word_of(node: ast.expr) -> str:
    """The last word of a decorator: ``property`` for ``@functools.property(…)``."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
