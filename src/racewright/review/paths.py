"""What calls do to the file system: which path they look at, make, take away or open.

The functions of ``os``, ``os.path``, ``shutil`` and ``open`` are told by name; the methods of
``pathlib`` by a word that only paths have (``mkdir``, ``unlink``, ``is_file``), or by the type of
their object. Two expressions are one path if they say the same and nothing between them changes
what they are made of.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from racewright.review.module import Module
from racewright.review.rule import constant
from racewright.review.scopes import Binding

__all__ = [
    "PathAct",
    "acts_in",
    "is_private",
    "is_written",
    "names_in",
    "open_mode",
    "text_of",
    "values_of",
]

#: What a function does to the argument at a position: (verb, position, keyword).
_FUNCTIONS: Final[dict[str, tuple[tuple[str, int, str], ...]]] = {
    "os.path.exists": (("exists", 0, "path"),),
    "os.path.lexists": (("exists", 0, "path"),),
    "os.path.isfile": (("exists", 0, "path"),),
    "os.path.isdir": (("exists", 0, "s"),),
    "os.path.islink": (("is a link", 0, "path"),),
    "os.access": (("permits", 0, "path"),),
    "os.mkdir": (("make", 0, "path"),),
    "os.makedirs": (("make", 0, "name"),),
    "os.mkfifo": (("make", 0, "path"),),
    "os.remove": (("remove", 0, "path"),),
    "os.unlink": (("remove", 0, "path"),),
    "os.rmdir": (("remove", 0, "path"),),
    "shutil.rmtree": (("remove", 0, "path"),),
    "os.rename": (("take", 0, "src"), ("replace", 1, "dst")),
    "os.replace": (("take", 0, "src"), ("replace", 1, "dst")),
    "shutil.move": (("take", 0, "src"), ("replace", 1, "dst")),
    "shutil.copy": (("replace", 1, "dst"),),
    "shutil.copy2": (("replace", 1, "dst"),),
    "shutil.copyfile": (("replace", 1, "dst"),),
    "os.symlink": (("make", 1, "dst"),),
    "os.link": (("make", 1, "dst"),),
    "shutil.copytree": (("use", 0, "src"),),
    "os.listdir": (("use", 0, "path"),),
    "os.scandir": (("use", 0, "path"),),
    "os.chmod": (("chmod", 0, "path"),),
    "builtins.open": (("open", 0, "file"),),
    "io.open": (("open", 0, "file"),),
    "os.open": (("open", 0, "path"),),
}
#: The same of methods whose object is the path. Those in capitals need its type.
_METHODS: Final[dict[str, str]] = {
    "exists": "exists",
    "is_file": "exists",
    "is_dir": "exists",
    "is_symlink": "is a link",
    "mkdir": "make",
    "symlink_to": "make",
    "hardlink_to": "make",
    "unlink": "remove",
    "rmdir": "remove",
    "rename": "take",
    "chmod": "chmod",
    "open": "open",
    "read_bytes": "open",
    "read_text": "open",
    "write_text": "open",
    "write_bytes": "open",
    "touch": "open",
}
#: Methods that objects of other kinds have as well, so that the type has to be known.
_COMMON: Final = frozenset({"open", "rename"})
_PATHS: Final = frozenset({"pathlib.Path", "pathlib.PosixPath"})
#: What gives a name that nobody else has.
_UNIQUE: Final = ("tempfile.", "uuid.uuid", "secrets.", "os.urandom")


@dataclass(frozen=True, slots=True)
class PathAct:
    """A call that does something to a path."""

    verb: str  #: exists, is a link, permits, make, remove, take, replace, use, chmod or open
    path: ast.expr
    call: ast.Call
    function: str  #: as reports name it: ``os.mkdir``, ``Path.mkdir``


def acts_in(module: Module) -> Iterator[PathAct]:
    """Every call of the file that is known to do something to a path."""
    for call in module.calls():
        yield from acts_of(module, call)


def acts_of(module: Module, call: ast.Call) -> Iterator[PathAct]:
    func = call.func
    word = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if not word:
        return
    dotted = module.dotted(func)
    for verb, position, keyword in _FUNCTIONS.get(dotted, ()):
        path = _argument(call, position, keyword)
        if path is not None:
            yield PathAct(verb, path, call, dotted.removeprefix("builtins."))
    if isinstance(func, ast.Attribute) and word in _METHODS and dotted not in _FUNCTIONS:
        is_awaited = isinstance(module.parent(call), ast.Await)
        if not is_awaited and _is_path(module, func):
            yield PathAct(_METHODS[word], func.value, call, f"Path.{word}")


def _is_path(module: Module, func: ast.Attribute) -> bool:
    kind = module.type_of(func.value)
    if kind or func.attr in _COMMON:
        return kind in _PATHS or _is_joined(module, func.value)
    return not module.dotted(func).startswith(("os.", "shutil."))


def _is_joined(module: Module, node: ast.expr) -> bool:
    """``Path(…) / "name"``, written there or given to the name."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        left = node.left
        return module.type_of(left) in _PATHS or _is_joined(module, left)
    if isinstance(node, ast.Name):
        values = list(values_of(module, node))
        return bool(values) and all(
            isinstance(value, ast.BinOp) and _is_joined(module, value) for value in values
        )
    return False


def _argument(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    for each in call.keywords:
        if each.arg == keyword:
            return each.value
    given = call.args[: position + 1]
    if len(given) <= position or any(isinstance(each, ast.Starred) for each in given):
        return None
    return given[position]


def text_of(node: ast.AST) -> str:
    """What an expression says, whether it is read or assigned to."""
    return ast.dump(node).replace("Store()", "Load()").replace("Del()", "Load()")


def names_in(node: ast.AST) -> set[str]:
    """The names that an expression is made of; ``self.folder`` by its whole text."""
    found = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found.add(each.id)
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            found.add(f"{each.value.id}.{each.attr}")
    return found


def values_of(module: Module, name: ast.Name) -> Iterator[ast.expr]:
    """What the name is given, wherever it is bound."""
    found = module.tree.find(module.tree.scope_of(name), name.id)
    return values_in(module, found[1]) if found is not None else iter(())


def values_in(module: Module, bindings: list[Binding]) -> Iterator[ast.expr]:
    """What a name is given that is bound so."""
    for binding in bindings:
        if binding.value is not None and binding.kind != "parameter":
            yield binding.value
        elif binding.kind == "other":
            statement = module.statement_of(binding.node)
            if isinstance(statement, ast.Assign):
                yield statement.value


def is_private(module: Module, node: ast.expr, depth: int = 0) -> bool:
    """Whether the path is made of a name that nobody else has: by ``tempfile``, by ``uuid``."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and _is_unique(module.dotted(each.func)):
            return True
        if isinstance(each, ast.Attribute) and _is_unique(module.type_of(each)):
            return True
        is_name = isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) and depth < 4
        values = values_of(module, each) if is_name and isinstance(each, ast.Name) else ()
        if any(is_private(module, value, depth + 1) for value in values):
            return True
    return False


def _is_unique(dotted: str) -> bool:
    return dotted.startswith(_UNIQUE) and not dotted.startswith("tempfile.gettempdir")


def open_mode(act: PathAct) -> str:
    """The mode of ``open``, as text; empty where it is not said in the source.

    Of ``os.open`` the mode that its flags amount to.
    """
    call = act.call
    if act.function == "os.open":
        return _mode_of_flags(_argument(call, 1, "flags"))
    if act.function in ("Path.write_text", "Path.write_bytes"):
        return "w"
    if act.function in ("Path.read_text", "Path.read_bytes"):
        return "r"
    if act.function == "Path.touch":
        return "a"
    mode = _argument(call, 0 if act.function == "Path.open" else 1, "mode")
    if mode is None:
        return "r"
    value = constant(mode)
    return value if isinstance(value, str) else ""


def _mode_of_flags(node: ast.expr | None) -> str:
    if node is None:
        return ""
    words = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    if not words & {"O_WRONLY", "O_RDWR", "O_CREAT"}:
        return "r" if "O_RDONLY" in words else ""
    if "O_EXCL" in words:
        return "x"
    return "w" if "O_TRUNC" in words else "a"


def is_written(act: PathAct) -> bool:
    """Whether it opens for writing what may be there already."""
    mode = open_mode(act)
    return bool(mode) and "x" not in mode and any(each in mode for each in "wa+")
