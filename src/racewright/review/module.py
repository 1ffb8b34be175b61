"""One file as rules see it: its tree, and what each expression in it stands for.

A rule asks three things. ``nodes(ast.Call)`` gives the nodes; ``dotted(node.func)`` says which name
outside of the file is meant, whatever it was imported as; ``type_of(node)`` says which class the
value is an instance of. All answer with nothing where the source does not decide it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Hashable, Iterator
from functools import cached_property
from typing import Any, TypeVar

from racewright.model.finding import Place
from racewright.review.meanings import Meanings, is_none, last_word_of
from racewright.review.refs import Ref
from racewright.review.scopes import Binding, FunctionNode, Scope, Tree
from racewright.review.source import Source

__all__ = ["Function", "Module"]

_Node = TypeVar("_Node", bound=ast.AST)
_Made = TypeVar("_Made")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_tests?|tests?|conftest)\.py$")
_TEST_FOLDER = re.compile(r"(?:^|/)tests?/")


class Function:
    """A function, method or lambda."""

    __slots__ = ("class_name", "is_static", "name", "node", "nodes", "outer")

    def __init__(self, node: FunctionNode, name: str, class_name: str, outer: str) -> None:
        self.node = node
        self.name = name  #: dotted
        self.class_name = class_name  #: dotted, of the class whose body it stands in, or empty
        self.outer = outer  #: dotted, of the function that it stands in, or empty
        words = [last_word_of(each) for each in getattr(node, "decorator_list", ())]
        self.is_static = "staticmethod" in words
        self.nodes: tuple[ast.AST, ...] | None = None  #: its own, once somebody has walked there

    @property
    def short_name(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def body(self) -> list[ast.stmt]:
        body = self.node.body
        return body if isinstance(body, list) else []

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def decorators(self) -> list[ast.expr]:
        return list(getattr(self.node, "decorator_list", ()))


class Module:
    """A parsed file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.file = source.file
        self.name = source.module
        self.tree = Tree(source.tree, source.module, source.is_package)
        self.functions: dict[ast.AST, Function] = {}
        for node, scope in self.tree.scopes.items():
            if isinstance(node, _FUNCTIONS) and scope.parent is not None:
                above = scope.parent
                in_class = above.name if above.is_class else ""
                outer = above.name if above.is_function else ""
                self.functions[node] = Function(node, scope.name, in_class, outer)
        self._meanings = Meanings(self)
        self._kept: dict[Hashable, Any] = {}
        self._makers: dict[tuple[Ref, int], str] = {}
        self._function_of: dict[ast.AST, Function | None] = {}

    def once(self, make: Callable[..., _Made], *about: Hashable) -> _Made:
        """``make(self, *about)``, made when it is first asked for: what several look up here."""
        key = (make, *about)
        if key not in self._kept:
            self._kept[key] = make(self, *about)
        made: _Made = self._kept[key]
        return made

    # --- The tree ---

    def nodes(self, kind: type[_Node]) -> Iterator[_Node]:
        """All nodes of exactly this type, in the order of the source."""
        yield from self.tree.nodes(kind)  # type: ignore[misc]

    def calls(self) -> Iterator[ast.Call]:
        return self.nodes(ast.Call)

    def calls_of(self, word: str) -> list[ast.Call]:
        """The calls of whatever is called ``word``, or has such a method."""
        return self.once(_calls_by_word).get(word, [])

    def uses_of(self, word: str) -> list[ast.Name]:
        """Where a name is read that is spelt so."""
        return self.once(_uses_by_word).get(word, [])

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self.tree.parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        return self.tree.ancestors(node)

    def function_of(self, node: ast.AST) -> Function | None:
        """The innermost function that ``node`` is evaluated in."""
        if node in self._function_of:
            return self._function_of[node]
        scope: Scope | None = self.tree.scope_of(node)
        while scope is not None and not scope.is_function:
            scope = None if scope.is_class else scope.parent
        found = self.functions[scope.node] if scope is not None else None
        self._function_of[node] = found
        return found

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        if isinstance(node, ast.stmt):
            return node
        return next((each for each in self.ancestors(node) if isinstance(each, ast.stmt)), None)

    def within(self, node: ast.AST, *kinds: type[ast.AST]) -> ast.AST | None:
        """The nearest ancestor of one of ``kinds`` in the same function, or nothing."""
        for above in self.ancestors(node):
            if isinstance(above, kinds):
                return above
            if isinstance(above, (*_FUNCTIONS, ast.ClassDef)):
                return None
        return None

    def place(self, node: ast.AST, last: ast.AST | None = None) -> Place:
        """Where ``node`` stands; up to ``last``, if that is given."""
        line = int(getattr(node, "lineno", 1))
        end = int(getattr(last or node, "end_lineno", None) or line)
        column = int(getattr(node, "col_offset", 0)) + 1
        function = self.function_of(node)
        words = function.name.removeprefix(self.name + ".") if function is not None else ""
        return Place(self.file, line, end, column, words, self.text(line, min(end, line + 20)))

    def text(self, first: int, last: int = 0) -> str:
        """The lines from ``first`` to ``last``, without their common indentation."""
        lines = self.source.lines[first - 1 : max(last, first)]
        indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
        cut = min(indents, default=0)
        return "\n".join(line[cut:].rstrip()[:300] for line in lines)

    @cached_property
    def is_test(self) -> bool:
        """Whether its path says that it holds tests, or what they need."""
        return bool(_TEST_FILE.search(self.file) or _TEST_FOLDER.search(self.file))

    # --- Names and values ---

    def ref(self, node: ast.AST) -> Ref | None:
        """The reference that ``node`` stands for, or nothing."""
        return self._meanings.ref(node)

    def dotted(self, node: ast.AST) -> str:
        """The dotted name that ``node`` stands for, or an empty string."""
        ref = self.ref(node)
        while ref is not None and ref[0] == "local":
            ref = ref[3]
        return str(ref[1]) if ref is not None and ref[0] == "name" else ""

    def type_of(self, node: ast.AST) -> str:
        """The dotted name of what made the value of ``node``, or an empty string.

        For ``t = threading.Thread()`` it is ``threading.Thread``, at every use of ``t``; for
        ``self.lock`` what the class assigns to it, where that is always the same.
        """
        return self.maker(self.ref(node))

    def maker(self, ref: Ref | None, depth: int = 0) -> str:
        """What made the object of ``ref``, as far as this file says."""
        if ref is None or depth > 8:
            return ""
        # What is stored in an attribute may be taken from that attribute, in a thousand places.
        key = (ref, depth)
        if key not in self._makers:
            self._makers[key] = self._maker(ref, depth)
        return self._makers[key]

    def _maker(self, ref: Ref, depth: int) -> str:
        form = ref[0]
        if form == "self":
            return str(ref[1])
        if form == "local":
            return self.maker(ref[3], depth + 1)
        if form == "new":
            return str(ref[1][1]) if ref[1][0] == "name" else self._method_made(ref[1], depth)
        if form == "attr":
            owner = self.maker(ref[1], depth + 1)
            values = self.attributes.get(owner, {}).get(str(ref[2]), [])
            return self._only_maker(values, depth)
        if form == "name":
            dotted = str(ref[1])
            head, _, word = dotted.rpartition(".")
            if head == self.name:
                return self._only_maker(self.variables.get(word, []), depth)
            values = self.attributes.get(head, {}).get(word, [])
            return self._only_maker(values, depth)
        return ""

    def _method_made(self, callee: Ref, depth: int) -> str:
        """``loop.create_task`` of a loop that is known: its maker's name, and the method's."""
        if callee[0] != "attr":
            return ""
        owner = self.maker(callee[1], depth + 1)
        return f"{owner}.{callee[2]}" if owner else ""

    def _only_maker(self, values: list[Ref | None], depth: int) -> str:
        makers = {self.maker(value, depth + 1) for value in values if value != _NONE}
        return makers.pop() if len(makers) == 1 else ""

    def method(self, call: ast.Call) -> str:
        """The dotted name of what is called: of a method, behind the type of its object."""
        func = call.func
        dotted = self.dotted(func)
        if isinstance(func, ast.Attribute):
            owner = self.type_of(func.value)
            if owner:
                return f"{owner}.{func.attr}"
        return dotted

    @cached_property
    def variables(self) -> dict[str, list[Ref | None]]:
        """What the module's own names are assigned."""
        scope = self.tree.scopes[self.tree.root]
        return {
            word: [self._value_of(each) for each in bindings if each.kind != "augment"]
            for word, bindings in scope.bindings.items()
            if any(each.kind == "assign" for each in bindings)
        }

    @cached_property
    def attributes(self) -> dict[str, dict[str, list[Ref | None]]]:
        """What the classes of this file assign to ``self.x``, and in their bodies to ``x``."""
        found: dict[str, dict[str, list[Ref | None]]] = {}
        for node in self.nodes(ast.ClassDef):
            scope = self.tree.scopes[node]
            own = found.setdefault(scope.name, {})
            for word, bindings in scope.bindings.items():
                values = [each for each in bindings if each.kind == "assign"]
                if values:
                    own.setdefault(word, []).extend(self._value_of(each) for each in values)
        for kind in (ast.Assign, ast.AnnAssign):
            for assign in self.nodes(kind):
                self._attribute_assigned(assign, found)  # type: ignore[arg-type]
        return found

    def _attribute_assigned(
        self, node: ast.Assign | ast.AnnAssign, found: dict[str, dict[str, list[Ref | None]]]
    ) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        first: Ref | None = None
        for target in targets:
            if isinstance(target, ast.Attribute) and node.value is not None:
                owner = self.ref(target.value)
                if owner is not None and owner[0] == "self":
                    values = found.setdefault(str(owner[1]), {}).setdefault(target.attr, [])
                    # a = b = Lock(): one object by two names.
                    value = first or self.ref(node.value)
                    values.append(_NONE if is_none(node.value) else value)
                    first = first or ("attr", owner, target.attr)

    def _value_of(self, binding: Binding) -> Ref | None:
        if binding.value is None:
            return None
        return _NONE if is_none(binding.value) else self.ref(binding.value)


def _calls_by_word(module: Module) -> dict[str, list[ast.Call]]:
    found: dict[str, list[ast.Call]] = {}
    for call in module.calls():
        word = getattr(call.func, "attr", getattr(call.func, "id", ""))
        found.setdefault(word, []).append(call)
    return found


def _uses_by_word(module: Module) -> dict[str, list[ast.Name]]:
    found: dict[str, list[ast.Name]] = {}
    for name in module.nodes(ast.Name):
        if isinstance(name.ctx, ast.Load):
            found.setdefault(name.id, []).append(name)
    return found


#: The constant ``None``: it says nothing about what else the name may hold.
_NONE: Ref = ("none",)
