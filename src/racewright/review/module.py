"""One file as rules see it: its tree, and what each expression in it stands for.

A rule asks three things. ``nodes(ast.Call)`` gives the nodes; ``dotted(node.func)`` says which name
outside of the file is meant, whatever it was imported as; ``type_of(node)`` says which class the
value is an instance of. All answer with nothing where the source does not decide it.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

from racewright.model.finding import Place
from racewright.review import refs
from racewright.review.refs import Ref
from racewright.review.scopes import Binding, FunctionNode, Scope, Tree
from racewright.review.source import Source
from racewright.review.tasks import CONDITIONS

__all__ = ["Function", "Module"]

_Node = TypeVar("_Node", bound=ast.AST)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEEPEST = 40
_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_tests?|tests?|conftest)\.py$")
_TEST_FOLDER = re.compile(r"(?:^|/)tests?/")


class Function:
    """A function, method or lambda."""

    __slots__ = ("class_name", "is_static", "name", "node", "outer")

    def __init__(self, node: FunctionNode, name: str, class_name: str, outer: str) -> None:
        self.node = node
        self.name = name  #: dotted
        self.class_name = class_name  #: dotted, of the class whose body it stands in, or empty
        self.outer = outer  #: dotted, of the function that it stands in, or empty
        words = [_last(each) for each in getattr(node, "decorator_list", ())]
        self.is_static = "staticmethod" in words

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
        self._busy: set[tuple[int, str]] = set()
        self._refs: dict[ast.AST, Ref | None] = {}
        self._function_of: dict[ast.AST, Function | None] = {}

    # --- The tree ---

    def nodes(self, kind: type[_Node]) -> Iterator[_Node]:
        """All nodes of exactly this type, in the order of the source."""
        yield from self.tree.nodes(kind)  # type: ignore[misc]

    def calls(self) -> Iterator[ast.Call]:
        return self.nodes(ast.Call)

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
        ref = self.ref(node)
        return self.maker(ref) if ref is not None else ""

    def maker(self, ref: Ref | None, depth: int = 0) -> str:
        """What made the object of ``ref``, as far as this file says."""
        if ref is None or depth > 8:
            return ""
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
                    values.append(_NONE if _is_none(node.value) else value)
                    first = first or ("attr", owner, target.attr)

    def _value_of(self, binding: Binding) -> Ref | None:
        if binding.value is None:
            return None
        return _NONE if _is_none(binding.value) else self.ref(binding.value)

    # --- References ---

    def ref(self, node: ast.AST, depth: int = 0) -> Ref | None:
        """The reference that ``node`` stands for, or nothing."""
        if node in self._refs:
            return self._refs[node]
        found = self._ref(node, depth) if depth < _DEEPEST else None
        if depth < _DEEPEST and not self._busy:
            self._refs[node] = found
        return found

    def _ref(self, node: ast.AST, depth: int) -> Ref | None:
        if isinstance(node, ast.Name):
            return self._ref_of_name(node)
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
            return refs.name(self.tree.scopes[node].name)
        if isinstance(node, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp)):
            kind = type(node).__name__.lower().removesuffix("comp")
            return ("new", refs.name(f"builtins.{kind}"))
        return None

    def _ref_of_call(self, node: ast.Call, depth: int) -> Ref | None:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            function = self.function_of(node)
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

    def _ref_of_name(self, node: ast.Name) -> Ref | None:
        found = self.tree.find(self.tree.scope_of(node), node.id)
        if found is None:
            if hasattr(builtins, node.id):
                return refs.name(f"builtins.{node.id}")
            return ("star", self.tree.stars[-1], node.id) if self.tree.stars else None
        scope, bindings = found
        key = (id(scope), node.id)
        if key in self._busy:
            return None
        self._busy.add(key)
        try:
            return self._ref_of_bindings(scope, node.id, bindings)
        finally:
            self._busy.discard(key)

    def _ref_of_bindings(self, scope: Scope, word: str, bindings: list[Binding]) -> Ref | None:
        first = bindings[0]
        kinds = {each.kind for each in bindings}
        if kinds == {"import"}:
            return refs.name(first.dotted)
        if kinds <= {"def", "class"}:
            return refs.name(f"{scope.name}{'.<locals>' if scope.is_function else ''}.{word}")
        if first.kind == "parameter":
            if len(bindings) > 1:
                return self._ref_of_default(scope, word, bindings[1:])
            return self._ref_of_parameter(scope, word, first)
        if not scope.is_function:
            alias = first.value if len(bindings) == 1 and first.kind == "assign" else None
            if isinstance(alias, (ast.Name, ast.Attribute)):
                return self.ref(alias) or refs.name(f"{scope.name}.{word}")
            return refs.name(f"{scope.name}.{word}")
        values = [each.value for each in bindings if each.kind in ("assign", "with")]
        if len(values) != len(bindings) or None in values:
            return ("var", scope.name, word) if kinds & {"assign", "augment"} else None
        made = {self.ref(value) for value in values if value is not None and not _is_none(value)}
        if len(made) == 1 and None not in made:
            value = made.pop()
            if value is not None and isinstance(first.value, (ast.Name, ast.Attribute)):
                return value  # an alias: the same object by another name
            return ("local", scope.name, word, value)
        return ("var", scope.name, word)

    def _ref_of_default(self, scope: Scope, word: str, others: list[Binding]) -> Ref | None:
        """``if store is None: store = Store()``: what a parameter is that nobody has given."""
        (default,) = others if len(others) == 1 else (None,)
        if default is None or default.kind != "assign" or default.value is None:
            return None
        test = self.within(default.node, ast.If)
        asked = test.test if isinstance(test, ast.If) else None
        if not isinstance(asked, ast.Compare) or not isinstance(asked.ops[0], ast.Is):
            return None
        if not (isinstance(asked.left, ast.Name) and asked.left.id == word):
            return None
        made = self.ref(default.value)
        is_made = made is not None and made[0] == "new" and _is_none(asked.comparators[0])
        return ("local", scope.name, word, made) if is_made else None

    def _ref_of_parameter(self, scope: Scope, word: str, binding: Binding) -> Ref | None:
        function = self.functions[scope.node]
        arguments = function.node.args
        every = [*arguments.posonlyargs, *arguments.args]
        if function.class_name and not function.is_static and every and every[0].arg == word:
            decorators = {_last(each) for each in function.decorators}
            if "classmethod" in decorators or function.short_name == "__new__":
                return refs.name(function.class_name)
            return ("self", function.class_name)
        annotation = binding.value
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            return ("param", function.name, word)
        made = self.ref(annotation) if annotation is not None else None
        if made is not None and made[0] == "name":
            return ("local", function.name, word, ("new", made))
        return ("param", function.name, word)


#: The constant ``None``: it says nothing about what else the name may hold.
_NONE: Ref = ("none",)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _last(node: ast.expr) -> str:
    """The last word of a decorator: ``property`` for ``@functools.property(…)``."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
