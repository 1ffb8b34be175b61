"""Which name is bound where: the scopes of one file, as Python has them.

Built in one pass over the tree. A binding keeps the expression that it was made from, so that a
name that is bound once can stand for its value.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

__all__ = ["Binding", "FunctionNode", "Scope", "Tree"]

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (ast.Module, ast.ClassDef, *_FUNCTIONS)
#: The parts of a function or class that are evaluated where it stands, and not in it.
_OUTSIDE = ("decorator_list", "returns", "bases")
#: Nodes of which nothing is asked, and of which each file has thousands.
_MUTE = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)


#: Levels of a tree above which walking upwards from each node would take hours.
_DEEPEST = 3000


@dataclass(slots=True)
class Binding:
    """One place where a name gets a value."""

    kind: str  #: import, def, class, assign, augment, with, parameter, or other
    node: ast.AST
    value: ast.expr | None = None
    dotted: str = ""  #: of an import


@dataclass(slots=True)
class Scope:
    """A module, a class body or a function, with its names."""

    node: ast.AST
    parent: Scope | None
    name: str  #: dotted, as ``__qualname__`` behind the module's name
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)  #: "global" or "nonlocal"

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_function(self) -> bool:
        return isinstance(self.node, _FUNCTIONS)


class Tree:
    """A tree whose nodes know their parents, their kinds and their scopes."""

    def __init__(self, tree: ast.Module, module: str, is_package: bool) -> None:
        self.root = tree
        self.module = module
        self.package = module if is_package else module.rpartition(".")[0]
        self.parents: dict[ast.AST, ast.AST] = {}
        self.scopes: dict[ast.AST, Scope] = {tree: Scope(tree, None, module)}
        self.stars: list[str] = []
        self._scope_at: dict[ast.AST, Scope] = {}
        self._unpacked: dict[ast.AST, dict[ast.expr, ast.expr]] = {}
        self._by_type: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        self._index()
        self._bind()

    # --- Building ---

    def _index(self) -> None:
        parents, by_type, scope_at = self.parents, self._by_type, self._scope_at
        top = self.scopes[self.root]
        stack: list[tuple[ast.AST, int]] = [(self.root, 0)]
        while stack:
            node, depth = stack.pop()
            if depth > _DEEPEST:
                raise RecursionError("the tree is too deep")
            by_type[type(node)].append(node)
            outer = inner = scope_at.get(node, top)
            outside: tuple[str, ...] = ()
            if isinstance(node, (ast.ClassDef, *_FUNCTIONS)):
                inner, outside = self._open(node), _OUTSIDE
            children: list[ast.AST] = []
            for name in node._fields:
                value = getattr(node, name, None)
                scope = outer if name in outside else inner
                if isinstance(value, list):
                    for each in value:
                        if isinstance(each, ast.AST):
                            children.append(each)
                            scope_at[each] = scope
                elif isinstance(value, ast.AST) and not isinstance(value, _MUTE):
                    children.append(value)
                    scope_at[value] = scope
            for child in children:
                parents[child] = node
            stack.extend((child, depth + 1) for child in reversed(children))

    def _open(self, node: ast.ClassDef | FunctionNode) -> Scope:
        outer = self.scope_of(node)
        word = f"<lambda:{node.lineno}:{node.col_offset}>"
        if not isinstance(node, ast.Lambda):
            word = node.name + _role(node)
        middle = ".<locals>." if outer.is_function else "."
        self.scopes[node] = scope = Scope(node, outer, f"{outer.name}{middle}{word}")
        return scope

    def _bind(self) -> None:
        steps: tuple[tuple[type[ast.AST], Callable[[Any], None]], ...] = (
            (ast.Import, self._import),
            (ast.ImportFrom, self._import_from),
            (ast.FunctionDef, self._define),
            (ast.AsyncFunctionDef, self._define),
            (ast.ClassDef, self._define),
            (ast.Lambda, self._parameters),
            (ast.Global, self._elsewhere),
            (ast.Nonlocal, self._elsewhere),
        )
        for kind_of_node, add in steps:
            for node in self._by_type[kind_of_node]:
                add(node)
        # What a function binds for one around it comes last: the bindings there say whose it is.
        inner: list[ast.Name] = []
        for node in self._by_type[ast.Name]:
            assert isinstance(node, ast.Name)
            if not isinstance(node.ctx, ast.Load):
                if self.scope_of(node).elsewhere.get(node.id) == "nonlocal":
                    inner.append(node)
                else:
                    self._bind_name(node)
        for node in inner:
            self._bind_name(node)
        for node in self._by_type[ast.ExceptHandler]:
            assert isinstance(node, ast.ExceptHandler)
            if node.name:
                self.add(node, node.name, Binding("other", node))

    def _bind_name(self, node: ast.Name) -> None:
        kind, value = self._kind_of_store(node)
        self.add(node, node.id, Binding(kind, node, value))

    def add(self, node: ast.AST, word: str, binding: Binding) -> None:
        scope = self.scope_of(node)
        where = scope.elsewhere.get(word)
        if where == "global":
            scope = self.scopes[self.root]
        while where == "nonlocal" and scope.parent is not None:
            scope = scope.parent
            if scope.is_function and word in scope.bindings:
                break
        scope.bindings.setdefault(word, []).append(binding)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            word = alias.asname or alias.name.partition(".")[0]
            dotted = alias.name if alias.asname else word
            self.add(node, word, Binding("import", node, dotted=dotted))

    def _import_from(self, node: ast.ImportFrom) -> None:
        base = node.module or ""
        if node.level:
            package = self.package.split(".") if self.package else []
            package = package[: len(package) - (node.level - 1)]
            base = ".".join([*package, *([base] if base else [])])
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(base)
            else:
                dotted = f"{base}.{alias.name}" if base else alias.name
                word = alias.asname or alias.name
                self.add(node, word, Binding("import", node, dotted=dotted))

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        kind = "class" if isinstance(node, ast.ClassDef) else "def"
        self.add(node, node.name, Binding(kind, node))
        if not isinstance(node, ast.ClassDef):
            self._parameters(node)

    def _parameters(self, node: FunctionNode) -> None:
        bindings = self.scopes[node].bindings
        a = node.args
        extra = [each for each in (a.vararg, a.kwarg) if each is not None]
        for each in [*a.posonlyargs, *a.args, *a.kwonlyargs]:
            bindings.setdefault(each.arg, []).append(Binding("parameter", each, each.annotation))
        for each in extra:
            bindings.setdefault(each.arg, []).append(Binding("other", each))

    def _elsewhere(self, node: ast.Global | ast.Nonlocal) -> None:
        kind = "global" if isinstance(node, ast.Global) else "nonlocal"
        scope = self.scope_of(node)
        scope.elsewhere.update(dict.fromkeys(node.names, kind))

    def _kind_of_store(self, node: ast.Name) -> tuple[str, ast.expr | None]:
        parent = self.parents[node]
        if isinstance(parent, ast.Assign):
            return "assign", parent.value
        if isinstance(parent, ast.Tuple) and isinstance(self.parents[parent], ast.Assign):
            if parent not in self._unpacked:
                self._unpacked[parent] = self._values_in(parent)
            value = self._unpacked[parent].get(node)
            return ("assign", value) if value is not None else ("other", None)
        if isinstance(parent, ast.AnnAssign):
            return ("assign", parent.value) if parent.value is not None else ("other", None)
        if isinstance(parent, ast.NamedExpr):
            return "assign", parent.value
        if isinstance(parent, ast.AugAssign):
            return "augment", parent.value
        if isinstance(parent, ast.withitem):
            return "with", parent.context_expr
        return "other", None

    def _values_in(self, target: ast.Tuple) -> dict[ast.expr, ast.expr]:
        """What each part of ``target`` gets in ``a, b = one, two``."""
        above = self.parents[target]
        value = above.value if isinstance(above, ast.Assign) else None
        if not isinstance(value, ast.Tuple) or len(value.elts) != len(target.elts):
            return {}
        if any(isinstance(each, ast.Starred) for each in [*value.elts, *target.elts]):
            return {}
        return dict(zip(target.elts, value.elts, strict=True))

    # --- Asking ---

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """All nodes of exactly these types, each type in the order of the source."""
        for kind in kinds:
            yield from self._by_type.get(kind, ())

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The parent of ``node``, its parent, and so on."""
        parents = self.parents
        while (above := parents.get(node)) is not None:
            yield above
            node = above

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope in which ``node`` is evaluated: of a decorator or a default, the outer one."""
        return self._scope_at.get(node) or self.scopes[self.root]

    def find(self, scope: Scope, word: str) -> tuple[Scope, list[Binding]] | None:
        """Where ``word``, used in ``scope``, is bound."""
        here: Scope | None = scope
        if scope.elsewhere.get(word) == "global":
            here = self.scopes[self.root]
        is_first = True
        while here is not None:
            if word in here.bindings and (is_first or not here.is_class):
                return here, here.bindings[word]
            is_first = False
            here = here.parent
        return None


def _role(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    """What tells the setter of a property from its getter, which has the same name."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter"):
            return f"<{decorator.attr}>"
    return ""
