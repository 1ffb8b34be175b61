"""Every dangerous power has one owner, and the sizes stay what they should be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src"
MODULES = sorted(SOURCE.rglob("*.py"))
#: Who may set attributes of objects by name.
SETTERS = {"racewright/interpose/patching.py"}
#: Who may give a function other code.
REWRITERS = {"racewright/interpose/patching.py"}
#: Who may hold the real functions that block, fork or tell the time.
REAL = {"racewright/originals.py"}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


def users_of_call(function: str) -> set[str]:
    return {
        name_of(path)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == function
    }


def test_only_the_owner_of_patching_sets_foreign_attributes_by_name() -> None:
    # What is left sets attributes of objects of ours: the accessors, and what a strategy learnt.
    assert users_of_call("setattr") - SETTERS <= {
        "racewright/interpose/containers.py",
        "racewright/search/apart.py",
        "racewright/interpose/imports.py",
    }


def test_only_the_owner_of_patching_assigns_code_objects() -> None:
    assigning = {
        name_of(path)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "__code__"
    }
    assert assigning == REWRITERS


@pytest.mark.parametrize("call", ["time.sleep", "time.monotonic", "os.fork", "time.time"])
def test_only_originals_name_the_real_functions(call: str) -> None:
    module, _, function = call.partition(".")
    users = {
        name_of(path)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.Attribute)
        and node.attr == function
        and isinstance(node.value, ast.Name)
        and node.value.id == module
    }
    assert users <= REAL


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_and_what_it_offers(path: Path) -> None:
    tree = ast.parse(path.read_text())
    if tree.body:
        assert ast.get_docstring(tree), f"{name_of(path)} has no docstring"
