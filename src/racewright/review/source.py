"""From paths to trees: which files are read, and what is said of those that cannot be.

Nothing that is read here is imported or run. A file may be hostile: bytes that are no text, lines
of ten megabytes, brackets a million deep, a link to its own folder, a pipe. Each of these is a
:class:`~racewright.model.finding.Note` with the reason, and the review of the others goes on.
"""

from __future__ import annotations

import ast
import codecs
import hashlib
import io
import os
import stat
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from racewright.errors import UsageError
from racewright.model.finding import Note
from racewright.model.operation import display_path

__all__ = [
    "LARGEST",
    "Source",
    "digest",
    "encoding_of",
    "files_in",
    "is_excluded",
    "lines_of",
    "module_name",
    "parse",
    "read_bytes",
    "shown_path",
]

#: Bytes of a file above which it is data in the clothes of a program, and is not read.
LARGEST = 5_000_000

#: Folders that hold what others made.
_SKIPPED = frozenset(
    {
        "__pycache__",
        "node_modules",
        "site-packages",
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that could be parsed."""

    file: str  #: relative to where the review is made, with forward slashes
    module: str  #: its dotted name, as its own package would import it
    is_package: bool
    text: str
    tree: ast.Module
    lines: tuple[str, ...]


def files_in(paths: Iterable[str], exclude: Iterable[str] = ()) -> Iterator[str]:
    """The Python files below ``paths``, each once, sorted; a path that is not there is an error."""
    seen: set[tuple[int, int]] = set()
    unwanted = [os.path.abspath(path) for path in exclude]
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or folder {path!r}")
        if is_excluded(path, unwanted):
            continue
        for file in [path] if not os.path.isdir(path) else _below(path, unwanted):
            try:
                about = os.stat(file)
            except (OSError, ValueError):
                yield file  # reading it will say why
                continue
            if (about.st_dev, about.st_ino) not in seen:
                seen.add((about.st_dev, about.st_ino))
                yield file


def is_excluded(path: str, exclude: Iterable[str]) -> bool:
    """Whether ``path`` is one of ``exclude``, or in such a folder."""
    here = os.path.abspath(path)
    places = [os.path.abspath(each) for each in exclude]
    return any(here == place or here.startswith(place + os.sep) for place in places)


def _below(top: str, unwanted: list[str]) -> Iterator[str]:
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED
            and not name.startswith(".")
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
            and os.path.abspath(os.path.join(folder, name)) not in unwanted
        )
        for name in sorted(files):
            path = os.path.join(folder, name)
            if name.endswith((".py", ".pyw")) and os.path.abspath(path) not in unwanted:
                yield path


def shown_path(path: str) -> str:
    """``path`` as reports have it: relative where that is possible, and always printable text."""
    shown = display_path(os.path.abspath(path)).replace(os.sep, "/")
    return shown.encode("utf-8", "backslashreplace").decode()


def read_bytes(path: str) -> bytes | Note:
    """What the file holds, or why it is not read."""
    shown = shown_path(path)
    try:
        about = os.stat(path)
        if not stat.S_ISREG(about.st_mode):
            return Note(shown, 0, "not reviewed: it is no regular file")
        if about.st_size > LARGEST:
            size = about.st_size // 1_000_000
            return Note(shown, 0, f"not reviewed: {size} MB are more than the {LARGEST:,} bytes")
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Note(shown, 0, f"not reviewed: {reason}")


def parse(path: str, data: bytes) -> Source | Note:
    """The tree of ``data``, the bytes of the file at ``path``, or why there is none."""
    shown = shown_path(path)
    try:
        text = _decode(data)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return Note(shown, 0, f"not reviewed: its bytes are no text ({_reason(error)})")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, filename=shown)
    except SyntaxError as error:
        return Note(shown, error.lineno or 0, f"not reviewed: {_reason(error)}")
    except (RecursionError, MemoryError):
        return Note(shown, 0, "not reviewed: it is nested too deeply to be parsed")
    except ValueError as error:
        return Note(shown, 0, f"not reviewed: {_reason(error)}")
    name, is_package = module_name(path)
    return Source(shown, name, is_package, text, tree, _lines(text))


def lines_of(data: bytes) -> tuple[str, ...]:
    """The lines of a source that can be parsed."""
    return _lines(_decode(data))


def _lines(text: str) -> tuple[str, ...]:
    # Not splitlines: a form feed in a line is no end of one to Python.
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n"))


def _decode(data: bytes) -> str:
    encoding, mark = encoding_of(data)
    return data[len(mark) :].decode(encoding)


def encoding_of(data: bytes) -> tuple[str, bytes]:
    """The encoding of a source, and the byte order mark that it begins with, or nothing.

    By that mark, or the declaration in the first two lines (PEP 263).
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    return encoding.removesuffix("-sig"), mark


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not valid {error.encoding}"
    words = error.msg if isinstance(error, SyntaxError) else str(error)
    return str(words)[:200]


def module_name(path: str) -> tuple[str, bool]:
    """The dotted name of the module in the file at ``path``, and whether it is a package."""
    folder, file = os.path.split(os.path.abspath(path))
    stem = file.rpartition(".")[0] or file
    is_package = stem == "__init__"
    parts = [] if is_package else [stem]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
        if not name:
            break
    return ".".join(part for part in parts if part) or stem, is_package


def digest(*parts: bytes) -> str:
    """A name for what ``parts`` say together."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "little"))
        total.update(part)
    return total.hexdigest()[:32]
