"""A file that is made for all to read, and closed to others in a second step.

What it finds
-------------
A file or folder that a function makes (``open`` for writing, ``Path.write_text``, ``os.mkdir``)
and then gives, by the same path, a mode that shuts others out: ``os.chmod(p, 0o600)``,
``p.chmod(0o700)``. Only modes that are written as numbers or as constants of ``stat``, and that
give the group and others no right to read, are looked at. Nothing is found where the function sets
the umask or gives ``open`` an ``opener``, where a mode is given to ``mkdir``, where the name comes
from ``tempfile``, and in tests.

Why it matters
--------------
What is made gets the rights that the umask leaves, mostly those for all to read. Until the second
step anybody may open it, and who has it open goes on reading what is written later.

Example
-------
::

    # file: keys.py
    import os

    def save(path, key):
        with open(path, "w") as file:
            file.write(key)
        os.chmod(path, 0o600)

Instead
-------
::

    # file: keys.py
    import os

    def save(path, key):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w") as file:
            file.write(key)

How it is proved
----------------
By a hand-off: the task is held between the two steps, and another opens the file.

References
----------
CWE-689, permission race condition during resource copy; CWE-276, incorrect default permissions.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from racewright.model.finding import Finding
from racewright.review.module import Function, Module
from racewright.review.paths import PathAct, acts_in, is_private, is_written, open_mode, text_of
from racewright.review.rule import Rule, constant

__all__ = ["ChmodAfterOpen"]

#: Reading and searching, for the group and for others.
_OTHERS = 0o055
_STAT = {
    "S_IRUSR": 0o400,
    "S_IWUSR": 0o200,
    "S_IXUSR": 0o100,
    "S_IRWXU": 0o700,
    "S_IREAD": 0o400,
    "S_IWRITE": 0o200,
    "S_IEXEC": 0o100,
}


class ChmodAfterOpen(Rule):
    title = "What is made is open to others for a while"
    kind = "defect"
    cwe = 689
    proof = "hand-off"
    fix = "none"

    def check(self, module: Module) -> Iterator[Finding]:
        if module.is_test:
            return
        makers: dict[tuple[Function | None, str], list[PathAct]] = defaultdict(list)
        closers: list[PathAct] = []
        for act in acts_in(module):
            if act.verb == "chmod" and _mode_of(module, act) is not None:
                closers.append(act)
            elif _is_made(act):
                makers[module.function_of(act.call), text_of(act.path)].append(act)
        for act in closers:
            function = module.function_of(act.call)
            made = [
                each
                for each in makers.get((function, text_of(act.path)), ())
                if each.call.lineno < act.call.lineno
            ]
            if made and not is_private(module, act.path) and not _sets_umask(module, function):
                yield self._finding(module, made[-1], act)

    def _finding(self, module: Module, made: PathAct, act: PathAct) -> Finding:
        path = ast.unparse(act.path)
        mode = _mode_of(module, act) or 0
        is_folder = made.verb == "make"
        return self.finding(
            [module.place(made.call), module.place(act.call)],
            title=f"{path} is open to others until {act.function} closes it",
            defect=(
                f"{made.function} makes {path} with the rights that the umask leaves, and "
                f"{act.function} takes them away in a second step. In between others can open it, "
                "and what they have open stays open."
            ),
            facts=[
                f"{made.function} at line {made.call.lineno} gives no mode; "
                f"{act.function} at line {act.call.lineno} sets {mode:#o}.",
            ],
            solution="Give the mode when it is made.",
            corrected=(
                f"os.mkdir({path}, {mode:#o})"
                if is_folder
                else f"flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC\n"
                f"descriptor = os.open({path}, flags, {mode:#o})\n"
                "with open(descriptor, 'w') as file:\n    …"
            ),
        )


def _is_made(act: PathAct) -> bool:
    """Whether the call may make the file or folder, and gives it no mode of its own."""
    words = {each.arg for each in act.call.keywords}
    if act.function in ("os.mkdir", "os.makedirs"):
        return len(act.call.args) < 2 and not words & {"mode", None}
    if act.function == "Path.mkdir":
        return not act.call.args and not words & {"mode", None}
    if act.function == "os.open":
        return False
    mode = open_mode(act)
    return act.verb == "open" and (is_written(act) or "x" in mode) and "opener" not in words


def _mode_of(module: Module, act: PathAct) -> int | None:
    """The mode that is set, if it is known and shuts others out."""
    given = [each.value for each in act.call.keywords if each.arg == "mode"]
    given += act.call.args[(0 if act.function == "Path.chmod" else 1) :][:1]
    mode = _number(module, given[0]) if given else None
    return mode if mode is not None and not mode & _OTHERS else None


def _number(module: Module, node: ast.expr) -> int | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _number(module, node.left), _number(module, node.right)
        return None if left is None or right is None else left | right
    value = constant(node)
    if isinstance(value, int):
        return value
    head, _, word = module.dotted(node).rpartition(".")
    return _STAT.get(word) if head == "stat" else None


def _sets_umask(module: Module, function: Function | None) -> bool:
    return any(
        module.dotted(call.func) == "os.umask" and module.function_of(call) is function
        for call in module.calls()
    )
