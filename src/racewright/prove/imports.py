"""Which files import which: the tests that can come to some lines, found without running one.

A file is parsed only where it speaks of a module that is looked for. A name is the module that
Python would find by it from there: one that lies beside the file goes before one of the same name
elsewhere. What is imported by a text (``importlib``) is not seen.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator, Sequence

from racewright.model.finding import Note
from racewright.review.source import Source, module_name, parse, read_bytes

__all__ = ["Sources", "is_script"]

#: Imports from one file to the next, beyond which a test is about something else.
_FARTHEST = 4
_WORD = re.compile(rb"[A-Za-z_]\w*")


class Sources:
    """Files that may import one another; each is read once."""

    def __init__(self, files: Iterable[str]) -> None:
        self.files = sorted({os.path.relpath(each) for each in files})
        self._texts: dict[str, bytes] = {}
        self._words: dict[str, frozenset[bytes]] = {}
        self._imports: dict[str, frozenset[str]] = {}

    def importers(self, wanted: Iterable[str]) -> dict[str, int]:
        """The files from which imports lead to one of ``wanted``, and by how many."""
        level = {os.path.relpath(each) for each in wanted}
        found = dict.fromkeys(level, 0)
        for distance in range(1, _FARTHEST + 1):
            known = {module_name(file)[0]: file for file in sorted(level)}
            words = {_last_word(name) for name in known}
            level = {
                file
                for file in self.files
                if file not in found
                and not words.isdisjoint(self.words_of(file))
                and any(_is_meant(file, name, known) for name in self._imported_by(file))
            }
            # What a conftest.py imports, the tests around it have.
            folders = [os.path.dirname(f) for f in level if os.path.basename(f) == "conftest.py"]
            level |= {f for f in self.files if f not in found and _is_below(f, folders)}
            found |= dict.fromkeys(level, distance)
        return found

    def speaking_of(self, wanted: Iterable[str]) -> list[str]:
        """The files in which the name of a module of ``wanted`` stands somewhere."""
        words = {_last_word(module_name(file)[0]) for file in wanted}
        return [file for file in self.files if not words.isdisjoint(self.words_of(file))]

    def words_of(self, file: str) -> frozenset[bytes]:
        if file not in self._words:
            self._words[file] = frozenset(_WORD.findall(self._text_of(file)))
        return self._words[file]

    def _text_of(self, file: str) -> bytes:
        if file not in self._texts:
            data = read_bytes(file)
            self._texts[file] = b"" if isinstance(data, Note) else data
        return self._texts[file]

    def _imported_by(self, file: str) -> frozenset[str]:
        if file not in self._imports:
            source = parse(file, self._text_of(file))
            names = () if isinstance(source, Note) else _imports(source)
            self._imports[file] = frozenset(names)
        return self._imports[file]


def _last_word(dotted: str) -> bytes:
    return dotted.rpartition(".")[2].encode()


def _imports(source: Source) -> Iterator[str]:
    """The dotted names that may be modules and are imported, at the top or in a function."""
    parts = source.module.split(".")
    package = parts if source.is_package else parts[:-1]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - (node.level - 1)] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}".lstrip(".") for alias in node.names)


def _is_meant(file: str, name: str, known: dict[str, str]) -> bool:
    """Whether ``name``, imported in ``file``, is one of the files that are known by their names."""
    if name not in known:
        return False
    beside = os.path.join(os.path.dirname(file), *name.split("."))
    own = next((path for path in (f"{beside}.py", beside) if os.path.exists(path)), None)
    return own is None or os.path.samefile(own, known[name]) or os.path.isdir(own)


def _is_below(file: str, folders: Sequence[str]) -> bool:
    return any(not folder or file.startswith(folder + os.sep) for folder in folders)


def is_script(file: str) -> bool:
    """Whether running the file runs something: below its ``__main__``, or at once."""
    data = read_bytes(file)
    source = None if isinstance(data, Note) else parse(file, data)
    if source is None or isinstance(source, Note):
        return False
    own = {
        each.name
        for each in source.tree.body
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    return any(_is_main(each) or _runs(each, own) for each in source.tree.body)


def _is_main(node: ast.stmt) -> bool:
    """``if __name__ == "__main__":``"""
    if not (isinstance(node, ast.If) and isinstance(node.test, ast.Compare)):
        return False
    sides = [node.test.left, *node.test.comparators]
    names = [each.id for each in sides if isinstance(each, ast.Name)]
    values = [each.value for each in sides if isinstance(each, ast.Constant)]
    return names == ["__name__"] and values == ["__main__"]


def _runs(node: ast.stmt, own: set[str]) -> bool:
    """Whether a statement of the module calls a function of it, or starts a task."""
    if isinstance(node, (ast.For, ast.While, ast.With, ast.Try)):
        return any(_runs(each, own) for each in node.body)
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return False
    func = call.func
    if isinstance(func, ast.Attribute):
        return func.attr == "start"
    return isinstance(func, ast.Name) and func.id in own
