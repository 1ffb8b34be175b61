"""The files around the audited one: what a dotted name leads to, in the project and in libraries.

Files are found by name and read, never imported. A name from a review can lead only below the root
of the project, into the standard library, or into what is installed beside us; a path cannot be
given at all. What is built in has no source: of that, its names are known.
"""

from __future__ import annotations

import ast
import builtins
import os
import sys
import sysconfig
from functools import lru_cache

from racewright.model.finding import Note
from racewright.review.module import Module
from racewright.review.source import module_name, parse, read_bytes

__all__ = ["Neighbours", "Place", "project_root"]

#: Files beside the audited one that an audit reads at most.
MOST_FILES = 120


def project_root(path: str) -> str:
    """The folder that the file's outermost package lies in."""
    name, is_package = module_name(path)
    folder = os.path.dirname(os.path.abspath(path))
    steps = name.count(".") + (1 if is_package else 0)
    for _ in range(steps):
        folder = os.path.dirname(folder)
    return folder


class Place:
    """What a dotted name leads to."""

    __slots__ = ("kind", "line", "module", "path")

    def __init__(self, kind: str, path: str, line: int, module: Module | None) -> None:
        self.kind = kind  #: module, package, class, function, variable, import, builtin
        self.path = path
        self.line = line
        self.module = module


class Neighbours:
    """What can be looked up, and how far the looking goes."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self._modules: dict[str, Module | None] = {}
        self._folders: dict[str, list[str]] = {}

    # --- Modules ---

    def path_of(self, dotted: str) -> str:
        """The file or folder of a module, or nothing; the project's before installed ones."""
        parts = dotted.split(".")
        if not all(part.isidentifier() for part in parts) or len(parts) > 12:
            return ""
        for top in self._tops(parts[0]):
            path = os.path.join(top, *parts)
            for found in (os.path.join(path, "__init__.py"), path + ".py", path):
                if os.path.isfile(found) or (found == path and os.path.isdir(found)):
                    return found if self._is_inside(found, top) else ""
            compiled = _compiled(path)
            if compiled:
                return compiled
        return ""

    def _tops(self, first: str) -> list[str]:
        if first not in self._folders:
            tops = [self.root, *_installed()]
            self._folders[first] = [
                top
                for top in tops
                if os.path.exists(os.path.join(top, first))
                or os.path.exists(os.path.join(top, first + ".py"))
                or _compiled(os.path.join(top, first))
            ][:1]
        return self._folders[first]

    @staticmethod
    def _is_inside(path: str, top: str) -> bool:
        real, above = os.path.realpath(path), os.path.realpath(top)
        return real.startswith(above.rstrip(os.sep) + os.sep)

    def is_known_top(self, dotted: str) -> bool:
        """Whether the first part of the name leads anywhere at all."""
        first = dotted.partition(".")[0]
        return bool(self._tops(first)) or first in sys.stdlib_module_names

    def module(self, dotted: str) -> Module | None:
        """The parsed module, or nothing where there is no source to be read."""
        if dotted not in self._modules:
            self._modules[dotted] = None
            path = self.path_of(dotted)
            if path.endswith(".py") and len(self._modules) <= MOST_FILES:
                data = read_bytes(path)
                source = data if isinstance(data, Note) else parse(path, data)
                if not isinstance(source, Note):
                    try:
                        self._modules[dotted] = Module(source)
                    except RecursionError:
                        self._modules[dotted] = None
        return self._modules[dotted]

    # --- Names ---

    def find(self, dotted: str, depth: int = 0) -> Place | None:
        """What ``dotted`` leads to, through imports from one module by another."""
        if depth > 8 or not dotted:
            return None
        first, _, rest = dotted.partition(".")
        if first == "builtins" and hasattr(builtins, rest):
            return Place("builtin", "", 0, None)
        path = self.path_of(dotted)
        if path:
            is_package = os.path.isdir(path) or path.endswith("__init__.py")
            return Place("package" if is_package else "module", path, 1, None)
        if dotted in sys.builtin_module_names:
            return Place("module", "", 0, None)
        head, _, word = dotted.rpartition(".")
        if not head:
            return None
        if head in sys.builtin_module_names:
            known = hasattr(sys.modules.get(head), word)
            return Place("builtin", "", 0, None) if known else None
        module = self.module(head)
        if module is not None:
            return self._in_module(module, word, depth)
        owner = self.find(head, depth + 1)
        if owner is not None and owner.module is not None and owner.kind == "class":
            return self._in_class(owner, word, head.rpartition(".")[2])
        return None

    def _in_module(self, module: Module, word: str, depth: int) -> Place | None:
        scope = module.tree.scopes[module.tree.root]
        bindings = scope.bindings.get(word)
        path = self.path_of(module.name) or module.file
        if bindings:
            first = bindings[-1]
            if first.kind == "import" and first.dotted != f"{module.name}.{word}":
                further = self.find(first.dotted, depth + 1)
                if further is not None:
                    return further
            kind = {"class": "class", "def": "function", "import": "import"}.get(
                first.kind, "variable"
            )
            return Place(kind, path, int(getattr(first.node, "lineno", 1)), module)
        for star in module.tree.stars:
            found = self.find(f"{star}.{word}", depth + 1)
            if found is not None:
                return found
        return None

    def _in_class(self, owner: Place, word: str, name: str) -> Place | None:
        assert owner.module is not None
        for node in owner.module.nodes(ast.ClassDef):
            if node.name == name:
                scope = owner.module.tree.scopes[node]
                if word in scope.bindings:
                    first = scope.bindings[word][-1]
                    kind = "function" if first.kind == "def" else "variable"
                    line = int(getattr(first.node, "lineno", 1))
                    return Place(kind, owner.path, line, owner.module)
        return None

    def why_not_decidable(self, dotted: str) -> str | None:
        """Why it cannot be said that ``dotted`` does not exist; nothing if it can."""
        head, _, _ = dotted.rpartition(".")
        if not head:
            return "nothing of that name is installed here, and no registry is asked"
        module = self.module(head)
        if module is None:
            if head in sys.builtin_module_names:
                return None
            place = self.find(head)
            if place is not None and place.kind == "class":
                return "its class may inherit it"
            return f"there is no source of {head} here"
        if module.tree.stars:
            unread = [star for star in module.tree.stars if self.module(star) is None]
            if unread:
                return f"{head} takes names from {unread[0]}, which is not here"
        if "__getattr__" in module.tree.scopes[module.tree.root].bindings:
            return f"{head} makes its names when they are asked for"
        if _makes_names(module):
            return f"{head} may make names while it runs"
        return None

    def class_node(self, dotted: str) -> tuple[Module, ast.ClassDef] | None:
        """The definition of a class, wherever it is."""
        place = self.find(dotted)
        if place is None or place.module is None or place.kind != "class":
            return None
        for node in place.module.nodes(ast.ClassDef):
            if node.lineno == place.line:
                return place.module, node
        return None


def _makes_names(module: Module) -> bool:
    return any(
        module.dotted(call.func) in ("builtins.globals", "builtins.vars") for call in module.calls()
    )


@lru_cache(maxsize=1)
def _installed() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    found = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    dynload = os.path.join(paths["platstdlib"], "lib-dynload")
    return tuple(dict.fromkeys([*found, dynload]))


def _compiled(path: str) -> str:
    folder, stem = os.path.split(path)
    for suffix in (sysconfig.get_config_var("EXT_SUFFIX") or ".so", ".abi3.so", ".so"):
        candidate = os.path.join(folder, stem + suffix)
        if os.path.isfile(candidate):
            return candidate
    return ""
