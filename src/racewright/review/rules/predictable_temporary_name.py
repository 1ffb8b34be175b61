"""A file in the folder for temporary files, by a name that others can guess.

What it finds
-------------
A path made of ``tempfile.gettempdir()``, ``/tmp``, ``/var/tmp`` or the variable ``TMPDIR``, and of
parts that anybody can know (constants, the number of the process, the time, the user's name), that
is opened for writing, or is the target of a copy. Nothing is found where a part comes from
``tempfile``, ``uuid`` or ``secrets``, where it is opened so that it must not be there yet (mode
``"x"``, ``O_EXCL``), and in tests. ``tempfile.mktemp`` is left to ruff's S306. Ruff's S108 speaks
of every text that begins with ``/tmp``; this rule of those that are written to.

Why it matters
--------------
Everybody may make files there. Who knows the name makes a link of that name first, to a file that
the program may write and he may not; the program then writes over that. Or two runs of the program
write into one file.

Example
-------
::

    # file: export.py
    import os
    import tempfile

    def export(rows):
        path = os.path.join(tempfile.gettempdir(), "export.csv")
        with open(path, "w") as file:
            file.writelines(rows)

Instead
-------
::

    # file: export.py
    import tempfile

    def export(rows):
        with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
            file.writelines(rows)

How it is proved
----------------
By a hand-off: the task is held before it opens the file, and another puts a link there.

References
----------
CWE-377, insecure temporary file. The documentation of ``tempfile.mktemp``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TypeAlias

from racewright.model.finding import Finding
from racewright.review.module import Module
from racewright.review.paths import PathAct, acts_in, is_written, values_of
from racewright.review.rule import Rule, constant

__all__ = ["PredictableTemporaryName"]

_FOLDERS = ("/tmp/", "/var/tmp/", "/dev/shm/")
#: Calls whose value anybody can know, or that only join and format.
_KNOWN = frozenset(
    {
        "builtins.str",
        "builtins.int",
        "getpass.getuser",
        "os.getpid",
        "os.getppid",
        "os.getuid",
        "os.geteuid",
        "os.path.abspath",
        "os.path.join",
        "os.path.normpath",
        "os.path.realpath",
        "pathlib.Path",
        "pathlib.PurePath",
        "socket.gethostname",
        "tempfile.gettempdir",
        "threading.get_ident",
        "time.time",
        "time.time_ns",
        "time.strftime",
        "datetime.datetime.now",
        "datetime.date.today",
    }
)
_METHODS = frozenset({"format", "isoformat", "join", "joinpath", "strftime", "timestamp"})
_DEEPEST = 6
_Question: TypeAlias = Callable[[Module, ast.AST, int], bool]


class PredictableTemporaryName(Rule):
    title = "A temporary file has a name that others can guess"
    kind = "defect"
    cwe = 377
    proof = "hand-off"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test or not _speaks_of_it(module.source.text):
            return
        for act in acts_in(module):
            is_target = act.verb == "replace" and act.function.startswith("shutil.copy")
            if not (is_target or (act.verb == "open" and is_written(act))):
                continue
            if _is_temporary(module, act.path) and _is_known(module, act.path):
                yield self._finding(module, act)

    def _finding(self, module: Module, act: PathAct) -> Finding:
        path = ast.unparse(act.path)
        return self.finding(
            module.place(act.call),
            title=f"{path} is a name in the temporary folder that others can guess",
            defect=(
                f"{act.function} writes to {path}, whose name is known beforehand. Another user "
                "can put a link there first, and what it points to is overwritten."
            ),
            facts=[
                "All parts of the name are constants or known to others, and the call does not "
                "ask that the file be new.",
            ],
            solution="Let tempfile make the file: its name is new, and nobody else may open it.",
            corrected="with tempfile.NamedTemporaryFile('w', delete=False) as file:\n    …",
        )


def _speaks_of_it(text: str) -> bool:
    return "/tmp" in text or "gettempdir" in text or "TMPDIR" in text or "/dev/shm" in text


def _is_temporary(module: Module, node: ast.AST, depth: int = 0) -> bool:
    """Whether the path begins with a folder for temporary files."""
    if depth > _DEEPEST:
        return False
    value = constant(node)
    if isinstance(value, str):
        return value.startswith(_FOLDERS) or value in ("/tmp", "/var/tmp", "/dev/shm")
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
        inner = first.value if isinstance(first, ast.FormattedValue) else first
        return inner is not None and _is_temporary(module, inner, depth + 1)
    if isinstance(node, ast.BinOp):
        return _is_temporary(module, node.left, depth + 1)
    if isinstance(node, ast.Call):
        dotted = module.dotted(node.func)
        if dotted == "tempfile.gettempdir":
            return True
        if dotted in ("os.environ.get", "os.getenv") and node.args:
            return constant(node.args[0]) in ("TMPDIR", "TMP", "TEMP")
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "joinpath"):
            return _is_temporary(module, node.func.value, depth + 1)
        is_joining = dotted in _KNOWN and bool(node.args)
        return is_joining and _is_temporary(module, node.args[0], depth + 1)
    return _only(module, node, _is_temporary, depth)


def _is_known(module: Module, node: ast.AST, depth: int = 0) -> bool:
    """Whether all that the path is made of can be known by others."""
    if depth > _DEEPEST:
        return False
    if isinstance(node, (ast.Constant, ast.FormattedValue, ast.JoinedStr, ast.BinOp, ast.Tuple)):
        parts = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        return all(_is_known(module, each, depth + 1) for each in parts)
    if isinstance(node, ast.Call):
        dotted = module.dotted(node.func)
        parts = [*node.args, *(each.value for each in node.keywords)]
        is_known = dotted in _KNOWN or dotted in ("os.environ.get", "os.getenv")
        if not is_known and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            parts.append(node.func.value)
            is_known = True
        return is_known and all(_is_known(module, each, depth + 1) for each in parts)
    return _only(module, node, _is_known, depth)


def _only(module: Module, node: ast.AST, ask: _Question, depth: int) -> bool:
    """The same of what a name is given, wherever that is."""
    if not isinstance(node, ast.Name):
        return False
    values = list(values_of(module, node))
    found = module.tree.find(module.tree.scope_of(node), node.id)
    is_whole = found is not None and len(values) == len(found[1])
    return is_whole and bool(values) and all(ask(module, each, depth + 1) for each in values)
