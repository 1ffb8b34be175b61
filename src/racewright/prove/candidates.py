"""A test for a finding that no test reaches: two tasks call the functions that the finding names.

The oracle is that of linearizability (Herlihy, Wing, 1990), for single calls: what two calls return
and leave behind, made at the same time, must be what they return and leave behind one after the
other, in one order or the other. So nothing needs to be known of what the functions are for.

A test is written only where everything that it must give can be had from the source: arguments with
defaults are left out, those with an annotation get a value of that type, those that are used as a
key or in arithmetic get one that can be. It is offered only if it demonstrates the finding.
"""

from __future__ import annotations

import ast
import os
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from racewright.model.finding import Finding, Place
from racewright.prove.questions import tree_of
from racewright.review.source import module_name
from racewright.store import folder_for

__all__ = ["Candidate", "candidate_for", "why_not_written"]

#: A value of each type that an annotation may name.
_VALUES: Final = {
    "bool": "True",
    "bytes": 'b"a"',
    "dict": "{}",
    "Dict": "{}",
    "float": "1.0",
    "int": "1",
    "list": "[]",
    "List": "[]",
    "set": "set()",
    "Set": "set()",
    "str": '"a"',
    "tuple": "()",
    "Tuple": "()",
}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Candidate:
    """A test that may demonstrate a finding."""

    path: str  #: where it is to be written, relative to the working directory
    source: str


@dataclass(frozen=True, slots=True)
class _Callee:
    """A function that a task is to call."""

    owner: str  #: its class, or nothing
    name: str
    arguments: str


def candidate_for(finding: Finding, root: str) -> Candidate | None:
    """The test that could be tried for ``finding``; ``None`` where none can be written."""
    file = finding.place.file
    if any(place.file != file for place in finding.places):
        return None
    tree = tree_of(file)
    if tree is None:
        return None
    callees = [_callee_at(tree, place) for place in finding.places[:2]]
    known = [each for each in callees if each is not None]
    if not known or len(known) < len(callees):
        return None
    owners = {each.owner for each in known}
    if len(owners) > 1:
        return None
    (owner,) = owners
    made = _made(tree, owner) if owner else ""
    if made is None:
        return None
    pair = (known * 2)[:2]
    name = "_".join(dict.fromkeys(each.name.strip("_") for each in pair))
    path = folder_for(root) / "candidates" / f"test_{name}_{finding.fingerprint[:6]}.py"
    source = _source(finding, root, path, owner, made, pair)
    return None if source is None else Candidate(os.path.relpath(path), source)


def why_not_written(candidate: Candidate) -> str | None:
    """Write the test; or why that cannot be, as where somebody has worked on it."""
    path = Path(candidate.path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_text(encoding="utf-8") != candidate.source:
            return f"{path} was written for it before, and has been changed since."
        path.write_text(candidate.source, encoding="utf-8")
    except (OSError, ValueError) as error:
        return f"No test could be written to {path}: {error}."
    return None


# ------------------------------------------------------------------ what can be called


def _callee_at(tree: ast.Module, place: Place) -> _Callee | None:
    """The function of a module, or method of a class of one, that holds the place."""
    owner = ""
    body: Sequence[ast.stmt] = tree.body
    for node in body:
        if isinstance(node, ast.ClassDef) and node.lineno <= place.line <= (node.end_lineno or 0):
            owner, body = node.name, node.body
    for node in body:
        if isinstance(node, _Function) and node.lineno <= place.line <= (node.end_lineno or 0):
            if node.name == "__init__" or _is_strange(node):
                return None
            given = _arguments(node, skips_first=bool(owner) and "staticmethod" not in _words(node))
            return None if given is None else _Callee(owner, node.name, given)
    return None


def _words(node: _Function) -> list[str]:
    return [ast.unparse(each) for each in node.decorator_list]


def _is_strange(node: _Function) -> bool:
    """Whether a call of it does not simply run it."""
    plain = {"staticmethod", "classmethod"}
    return (
        isinstance(node, ast.AsyncFunctionDef)
        or not plain.issuperset(_words(node))
        or any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in ast.walk(node))
    )


def _made(tree: ast.Module, owner: str) -> str | None:
    """The arguments with which an object of the class is made; ``None`` if that is not known."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == owner:
            if node.decorator_list or node.keywords:
                return None
            for each in node.body:
                if isinstance(each, _Function) and each.name == "__init__":
                    return _arguments(each, skips_first=True)
            return "" if not node.bases else None
    return None


def _arguments(node: _Function, *, skips_first: bool) -> str | None:
    """What must be given to a function; ``None`` where that cannot be said."""
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    required = positional[: len(positional) - len(given.defaults)][1 if skips_first else 0 :]
    texts = []
    for each in required:
        value = _value(node, each)
        if value is None:
            return None
        texts.append(value)
    for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if default is None:
            value = _value(node, each)
            if value is None:
                return None
            texts.append(f"{each.arg}={value}")
    return ", ".join(texts)


def _value(node: _Function, argument: ast.arg) -> str | None:
    if argument.annotation is None:
        return _by_use(node, argument.arg)
    return _of_type(argument.annotation)


def _of_type(annotation: ast.expr) -> str | None:
    if isinstance(annotation, ast.Constant):
        if annotation.value is None:
            return "None"
        if isinstance(annotation.value, str):
            try:
                return _of_type(ast.parse(annotation.value, mode="eval").body)
            except SyntaxError:
                return None
    if isinstance(annotation, ast.BinOp):
        return _of_type(annotation.left) or _of_type(annotation.right)
    if isinstance(annotation, ast.Subscript):
        if ast.unparse(annotation.value).rpartition(".")[2] == "Optional":
            return _of_type(annotation.slice)
        return _of_type(annotation.value)
    return _VALUES.get(ast.unparse(annotation).rpartition(".")[2])


def _by_use(node: _Function, name: str) -> str | None:
    """A key where it is used as one, a number where it is calculated with."""

    def is_it(each: ast.AST) -> bool:
        return isinstance(each, ast.Name) and each.id == name

    for each in ast.walk(node):
        if isinstance(each, ast.Subscript) and is_it(each.slice):
            return '"a"'
        if isinstance(each, ast.Compare) and is_it(each.left) and _asks_for_key(each):
            return '"a"'
        if isinstance(each, ast.AugAssign) and is_it(each.value):
            return "1"
        if isinstance(each, ast.BinOp) and (is_it(each.left) or is_it(each.right)):
            return "1"
    return None


def _asks_for_key(node: ast.Compare) -> bool:
    return isinstance(node.ops[0], (ast.In, ast.NotIn))


# ------------------------------------------------------------------ the test


_TEST: Final = '''\
"""Two tasks at once: what comes of it must be what comes of one after the other, in either order.

They call {names}. Written by racewright, for {rule} at {place}.
"""

import copy
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[{up}]{folder}))

import {module} as code

OWNER = {owner}
DATA = (bool, int, float, str, bytes, list, dict, set, tuple, type(None))
#: The variables of {owner} that are data, as they are at the beginning.
START = {{
    name: copy.deepcopy(value)
    for name, value in vars(OWNER).items()
    if isinstance(value, DATA) and not name.startswith("__")
}}


def calls():
    """What the two tasks do, on a subject that is as new."""
    for name, value in copy.deepcopy(START).items():
        setattr(OWNER, name, value)
    subject = {subject}
    return subject, [
        lambda: subject.{first},
        lambda: subject.{second},
    ]


def seen(value, known):
    """A value as it can be compared: data by what they are, other objects by which of them."""
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value
    if id(value) in known:
        return known[id(value)][0]
    name = f"{{type(value).__name__}} {{len(known)}}"
    known[id(value)] = (name, value)
    if isinstance(value, (list, tuple)):
        return [seen(each, known) for each in value]
    if isinstance(value, dict):
        return {{seen_key(key): seen(value[key], known) for key in sorted(value, key=repr)}}
    if isinstance(value, (set, frozenset)):
        return sorted(map(seen_key, value))
    if type(value).__module__ == code.__name__ and hasattr(value, "__dict__"):
        return [name, {{key: seen(each, known) for key, each in sorted(vars(value).items())}}]
    return name


def seen_key(key):
    is_data = key is None or isinstance(key, (bool, int, float, str, bytes))
    return repr(key) if is_data else type(key).__name__


def outcome(subject, results):
    known = {{}}
    state = [getattr(OWNER, name) for name in START]
    return seen([*results, state, None if subject is code else subject], known)


def one_after_the_other(order):
    subject, tasks = calls()
    results = [None, None]
    for number in order:
        results[number] = tasks[number]()
    return outcome(subject, results)


def test_{function}():
    allowed = [one_after_the_other((0, 1)), one_after_the_other((1, 0))]
    subject, tasks = calls()
    results = [None, None]

    def run(number):
        results[number] = tasks[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    happened = outcome(subject, results)
    assert happened in allowed, "neither order of the two calls comes to this"
'''


def _source(
    finding: Finding, root: str, path: Path, owner: str, made: str, pair: Sequence[_Callee]
) -> str | None:
    module, _ = module_name(finding.place.file)
    if not all(part.isidentifier() for part in module.split(".")):
        return None
    home = Path(os.path.abspath(finding.place.file)).parents[module.count(".")]
    if os.path.basename(finding.place.file) == "__init__.py":
        home = home.parent
    try:
        folder = home.relative_to(os.path.abspath(root))
    except ValueError:
        return None
    names = " and ".join(dict.fromkeys(".".join(filter(None, [owner, e.name])) for e in pair))
    first, second = (f"{each.name}({each.arguments})" for each in pair)
    below = "".join(f" / {part!r}".replace("'", '"') for part in folder.parts)
    return textwrap.dedent(_TEST).format(
        names=names,
        rule=finding.rule,
        place=finding.place,
        up=len(Path(os.path.abspath(path)).relative_to(os.path.abspath(root)).parts) - 1,
        folder=below,
        module=module,
        owner=f"code.{owner}" if owner else "code",
        subject=f"code.{owner}({made})" if owner else "code",
        first=first,
        second=second,
        function=re.sub(r"\W+", "_", names.replace(".", "_")).lower(),
    )
