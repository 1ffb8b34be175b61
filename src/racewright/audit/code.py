"""The audited file, as checkers ask for it: what a name in a review stands for, where it is used.

Names are resolved by :class:`~racewright.review.module.Module`: through imports, scopes and
inheritance, never by searching the text. A name that stands for several things stands for all of
them, and a checker has to be right about each.
"""

from __future__ import annotations

import ast
import keyword
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from racewright.audit.foreign import ecosystem_of
from racewright.audit.neighbours import Neighbours
from racewright.audit.source_lines import SourceLines
from racewright.audit.spelling import call_spelt, calls_like, is_exact, spelling, written
from racewright.audit.things import Definition, Thing
from racewright.model.claim import Evidence
from racewright.review.module import Module
from racewright.review.patches import Patch, patches_in
from racewright.review.scopes import Scope

__all__ = ["Code"]

_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_Node = TypeVar("_Node", bound=ast.AST)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Code(SourceLines):
    """One file, and the files around it."""

    def __init__(self, module: Module, neighbours: Neighbours) -> None:
        super().__init__(module)
        self.around = neighbours
        self.file = module.file
        self.constructs: dict[tuple[str, ast.AST], list[ast.AST]] = {}  #: found before
        self._things: dict[tuple[str, ast.AST | None], Thing] = {}

    # --- The tree ---

    @cached_property
    def names(self) -> dict[str, list[ast.Name]]:
        found: dict[str, list[ast.Name]] = defaultdict(list)
        for node in self.module.nodes(ast.Name):
            found[node.id].append(node)
        return found

    @cached_property
    def attributes(self) -> dict[str, list[ast.Attribute]]:
        found: dict[str, list[ast.Attribute]] = defaultdict(list)
        for node in self.module.nodes(ast.Attribute):
            found[node.attr].append(node)
        return found

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        found: list[ast.FunctionDef | ast.AsyncFunctionDef] = [
            *self.module.nodes(ast.FunctionDef),
            *self.module.nodes(ast.AsyncFunctionDef),
        ]
        return sorted(found, key=lambda node: node.lineno)

    @cached_property
    def classes(self) -> list[ast.ClassDef]:
        return list(self.module.nodes(ast.ClassDef))

    @cached_property
    def bound(self) -> dict[str, list[tuple[Scope, ast.AST, str]]]:
        """Every binding of the file by its name: the scope, the node and the kind."""
        found: dict[str, list[tuple[Scope, ast.AST, str]]] = defaultdict(list)
        for scope in self.module.tree.scopes.values():
            for word, bindings in scope.bindings.items():
                for each in bindings:
                    found[word].append((scope, each.node, each.kind))
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name that the file defines, binds, imports or uses."""
        keywords = {k.arg for call in self.module.calls() for k in call.keywords if k.arg}
        return frozenset([*self.bound, *self.names, *self.attributes, *keywords])

    @cached_property
    def texts(self) -> frozenset[str]:
        """The constants of the file that are texts."""
        every = self.module.nodes(ast.Constant)
        return frozenset(node.value for node in every if isinstance(node.value, str))

    @cached_property
    def imported(self) -> dict[str, list[ast.AST]]:
        """The dotted names that are imported, with their statements."""
        found: dict[str, list[ast.AST]] = defaultdict(list)
        for scope in self.module.tree.scopes.values():
            for bindings in scope.bindings.values():
                for each in bindings:
                    if each.kind == "import":
                        found[each.dotted].append(each.node)
        for node in self.module.nodes(ast.Import):
            for alias in node.names:
                found[alias.name].append(node)
        for star_node in self.module.nodes(ast.ImportFrom):
            if star_node.module and not star_node.level:
                found[star_node.module].append(star_node)
        return found

    @cached_property
    def patches(self) -> list[Patch]:
        return list(patches_in(self.module))

    def below(self, where: ast.AST, kind: type[_Node]) -> Iterator[_Node]:
        """The nodes of a kind; those of the whole file are known."""
        if where is self.module.tree.root:
            yield from self.module.nodes(kind)
        else:
            yield from (n for n in ast.walk(where) if isinstance(n, kind))

    def inside(self, node: ast.AST) -> Iterator[ast.AST]:
        """Everything below ``node``, ``node`` included."""
        yield from ast.walk(node)

    def container(self, node: ast.AST) -> ast.AST | None:
        """The function or class that ``node`` stands in."""
        return next((a for a in self.module.ancestors(node) if isinstance(a, _DEFS)), None)

    def at_line(self, line: int) -> ast.AST | None:
        """The innermost function or class at a line."""
        found: ast.AST | None = None
        for node in [*self.classes, *self.functions]:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first <= line <= (node.end_lineno or node.lineno) and (
                found is None or node.lineno >= int(getattr(found, "lineno", 0))
            ):
                found = node
        return found

    @cached_property
    def opens(self) -> list[ast.Call]:
        """The calls that open a file."""
        names = ("builtins.open", "io.open", "os.fdopen")
        return [call for call in self.module.calls() if self.module.dotted(call.func) in names]

    # --- Evidence ---

    def evidence(self, nodes: Iterable[ast.AST | int], text: str) -> Evidence:
        lines = [n if isinstance(n, int) else int(getattr(n, "lineno", 0)) for n in nodes]
        return Evidence(self.file, tuple(sorted({line for line in lines if line}))[:40], text)

    # --- Names ---

    def is_known(self, word: str) -> bool:
        last = word.rpartition(".")[2]
        return last in self.words or last in sys.stdlib_module_names or bool(ecosystem_of(last))

    def thing(self, text: str, within: ast.AST | None = None) -> Thing:
        """What ``text`` stands for, in all of the file or in one definition of it."""
        key = (text, within)
        if key not in self._things:
            self._things[key] = self._find(text, within)
        return self._things[key]

    def _find(self, text: str, within: ast.AST | None) -> Thing:
        spelt = spelling(text)
        parts = spelt.split(".") if spelt else []
        call = call_spelt(text)
        if call is not None:
            return self._called_so(text, call, within)
        if not parts or not all(part.isidentifier() for part in parts):
            return Thing(text, "", (), (), ())
        word = parts[-1]
        if len(parts) == 1:
            definitions, reads = self._plain(word, within)
        else:
            definitions, reads = self._dotted(parts, within)
        parents = ((read, self.module.parent(read)) for read in reads)
        calls = tuple(
            call for read, call in parents if isinstance(call, ast.Call) and call.func is read
        )
        return Thing(text, word, tuple(definitions), tuple(reads), calls)

    def _called_so(self, text: str, wanted: ast.Call, within: ast.AST | None) -> Thing:
        """The calls that are spelt so; what they call is defined as it is without arguments."""
        name = written(wanted.func)
        if name:
            base = self.thing(name, within)
            parameters = {
                n.arg for f in base.functions for n in ast.walk(f.args) if isinstance(n, ast.arg)
            }
            if parameters and {ast.unparse(each).lstrip("*") for each in wanted.args} <= parameters:
                return replace(base, text=text)  # it is the head of its definition
        else:
            spelt = ast.dump(wanted.func)
            calls = tuple(
                call
                for call in self.module.calls()
                if ast.dump(call.func) == spelt and (within is None or self.is_in(call, within))
            )
            word = wanted.func.attr if isinstance(wanted.func, ast.Attribute) else ""
            base = Thing(text, word, (), tuple(call.func for call in calls), calls)
        found = calls_like(wanted, base.calls)
        return replace(base, text=text, reads=tuple(c.func for c in found), calls=tuple(found))

    def is_in(self, node: ast.AST, within: ast.AST) -> bool:
        return node is within or any(above is within for above in self.module.ancestors(node))

    def _plain(self, word: str, within: ast.AST | None) -> tuple[list[Definition], list[ast.AST]]:
        definitions: list[Definition] = []
        scopes: set[int] = set()
        for scope, node, kind in self.bound.get(word, ()):
            if within is not None and not self.is_in(node, within) and kind != "import":
                continue
            definitions.append(Definition(_kind(scope, node, kind), node, scope))
            scopes.add(id(scope))
        reads: list[ast.AST] = []
        for name in self.names.get(word, ()):
            if not isinstance(name.ctx, ast.Load):
                continue
            found = self.module.tree.find(self.module.tree.scope_of(name), word)
            is_it = within is None or found is None or id(found[0]) in scopes
            if is_it and (within is None or self.is_in(name, within)):
                reads.append(name)
        every = [
            attribute
            for attribute in self.attributes.get(word, ())
            if within is None or self.is_in(attribute, within)
        ]
        stores = [each for each in every if isinstance(each.ctx, ast.Store)]
        # `cfg.CONF` is no use of a variable CONF: only what is an object's is read of an object.
        owned = any(each.scope is not None and each.scope.is_class for each in definitions)
        if stores or owned or not definitions:
            definitions += [Definition("attribute", each, None) for each in stores]
            reads += [each for each in every if isinstance(each.ctx, ast.Load)]
        return definitions, reads

    def _dotted(
        self, parts: list[str], within: ast.AST | None
    ) -> tuple[list[Definition], list[ast.AST]]:
        word, spelt = parts[-1], ".".join(parts)
        definitions: list[Definition] = []
        if parts[0] not in ("self", "cls"):
            for node in [*self.classes, *self.functions]:
                if node.name == parts[-2]:
                    scope = self.module.tree.scopes[node]
                    for each in scope.bindings.get(word, ()):
                        kind = _kind(scope, each.node, each.kind)
                        definitions.append(Definition(kind, each.node, scope))
                    if isinstance(node, ast.ClassDef):
                        definitions += self._own_attributes(node, word)
        reads: list[ast.AST] = []
        # Where a name is used bare, it may have been imported from there.
        for node in [*self.attributes.get(word, ()), *self.names.get(word, ())]:
            if within is not None and not self.is_in(node, within):
                continue
            if not self._is_spelt(node, parts, spelt):
                continue
            if isinstance(node.ctx, ast.Load):
                reads.append(node)
            elif isinstance(node, ast.Attribute):
                definitions.append(Definition("attribute", node, None))
        for dotted, statements in self.imported.items():
            if dotted == spelt:
                definitions += [Definition("import", node, None) for node in statements]
                reads += [n for n in self._below(spelt) if n not in reads]
        if parts[0] in ("self", "cls"):
            for function in self.functions:
                if function.name == word and isinstance(self.container(function), ast.ClassDef):
                    definitions.append(Definition("method", function, None))
            for class_node in self.classes:
                for each in self.module.tree.scopes[class_node].bindings.get(word, ()):
                    if each.kind == "assign":
                        definitions.append(Definition("variable", each.node, None))
        return definitions, reads

    def _own_attributes(self, node: ast.ClassDef, word: str) -> list[Definition]:
        return [
            Definition("attribute", each, None)
            for each in self.attributes.get(word, ())
            if isinstance(each.ctx, ast.Store)
            and isinstance(each.value, ast.Name)
            and each.value.id == "self"
            and self.is_in(each, node)
        ]

    def _is_spelt(self, node: ast.Attribute | ast.Name, parts: list[str], spelt: str) -> bool:
        dotted = self.module.dotted(node)
        if dotted == spelt or dotted.endswith("." + spelt):
            return True
        if isinstance(node, ast.Name):
            return False
        method = ""
        owner = self.module.type_of(node.value)
        if owner:
            method = f"{owner}.{node.attr}"
        return method == spelt or method.endswith("." + spelt) or written(node) == spelt

    def _below(self, dotted: str) -> list[ast.AST]:
        """Every use of a name that is ``dotted`` or lies below it."""
        found: list[ast.AST] = []
        for kind in (ast.Name, ast.Attribute):
            for node in self.module.nodes(kind):
                name = self.module.dotted(node)
                if name == dotted or name.startswith(dotted + "."):
                    found.append(node)
        return found

    def uses_module(self, dotted: str) -> list[ast.AST]:
        """The imports of a module, of something in it, and the uses of these."""
        found: list[ast.AST] = []
        for name, nodes in self.imported.items():
            if name == dotted or name.startswith(dotted + "."):
                found += nodes
        return found

    def occurrences(self, text: str, within: ast.AST | None = None) -> list[ast.AST]:
        """Where the thing of that name is used: reads, calls, imports, keywords and patches."""
        thing = self.thing(text, within)
        found: list[ast.AST] = list(thing.reads)
        if call_spelt(text) is not None:
            return found
        spelt = spelling(text)
        if within is None:
            found += self.uses_module(spelt)
            found += [d.node for d in thing.definitions if d.kind == "import"]
        if "." not in spelt:
            for call in self.module.calls():
                for given in call.keywords:
                    if given.arg == spelt and (within is None or self.is_in(call, within)):
                        found.append(call)
        if thing.word and (not spelt.startswith("self.")):
            for patch in self.patched(spelt):
                if within is None or self.is_in(patch.call, within):
                    found.append(patch.call)
        return list(dict.fromkeys(found))

    def is_absent(self, text: str, within: ast.AST | None = None) -> bool:
        """Whether nothing there can be what ``text`` names; in doubt, it can."""
        spelt = spelling(text)
        parts = spelt.split(".")
        word = parts[-1]
        if not word.isidentifier() or self.occurrences(text, within) or keyword.iskeyword(word):
            return False
        bound = self.thing(text, within).definitions
        if any(within is None or self.is_in(each.node, within) for each in bound):
            return False
        call = call_spelt(text)
        if call is not None and not is_exact(call):
            name = written(call.func)  # of a call with other arguments nobody knows
            return bool(name) and self.is_absent(name, within)
        if self.module.tree.stars and len(parts) == 1:
            return False
        if word in self.texts:
            return False  # it may be asked for by its name: getattr(signal, "alarm")
        for node in [*self.attributes.get(word, ()), *self.names.get(word, ())]:
            if within is not None and not self.is_in(node, within):
                continue
            dotted = self.module.dotted(node)
            if not dotted or len(parts) == 1 or parts[0] in ("self", "cls"):
                return False
            if dotted.endswith("." + spelt) or self.around.find(dotted) is None:
                return False
        return True

    def patched(self, word: str) -> list[Patch]:
        """The patches whose target ends with ``word``, also where that is split over texts."""
        return [
            patch
            for patch in self.patches
            if patch.target == word or patch.target.endswith("." + word)
        ]


def _kind(scope: Scope, node: ast.AST, kind: str) -> str:
    if isinstance(node, ast.ClassDef):
        return "class"
    if isinstance(node, _FUNCTIONS):
        return "method" if scope.is_class else "function"
    if kind == "parameter" or isinstance(node, ast.arg):
        return "parameter"
    if kind == "import":
        return "import"
    return "local" if scope.is_function else "variable"
