"""An import more at the top of a file: where it belongs among those that are there."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

__all__ = ["with_import", "with_import_from"]


def with_import(tree: cst.Module, name: str) -> cst.Module:
    """With ``import name`` among the imports at the top, in the order of the alphabet if they
    are."""
    body = list(tree.body)
    place = _after_docstring(body)
    others = [
        (index, _plain_import(each))
        for index, each in enumerate(body[: _first_other(body, place)])
        if index >= place and _plain_import(each)
    ]
    statement = cst.parse_statement(f"import {name}", tree.config_for_parsing)
    earlier = [index for index, word in others if word < name]
    if earlier:
        place = earlier[-1] + 1
    elif others:
        place = others[0][0]
        first = body[place]
        assert isinstance(first, cst.SimpleStatementLine)
        statement = statement.with_changes(leading_lines=first.leading_lines)
        body[place] = first.with_changes(leading_lines=())
    elif place and place < len(body):
        statement = statement.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    return tree.with_changes(body=[*body[:place], statement, *body[place:]])


def with_import_from(tree: cst.Module, text: str) -> cst.Module:
    """With the import ``text`` at the end of the imports at the top."""
    body = list(tree.body)
    place = _first_other(body, _after_docstring(body))
    statement = cst.parse_statement(text, tree.config_for_parsing)
    if place:
        statement = statement.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    return tree.with_changes(body=[*body[:place], statement, *body[place:]])


def _after_docstring(body: Sequence[cst.CSTNode]) -> int:
    """The place below the docstring and what is imported from the future."""
    place = 0
    for index, statement in enumerate(body):
        if not isinstance(statement, cst.SimpleStatementLine):
            break
        small = statement.body[0]
        is_future = (
            isinstance(small, cst.ImportFrom)
            and isinstance(small.module, cst.Name)
            and small.module.value == "__future__"
        )
        is_text = (
            index == 0
            and isinstance(small, cst.Expr)
            and isinstance(small.value, (cst.SimpleString, cst.ConcatenatedString))
        )
        if not (is_future or is_text):
            break
        place = index + 1
    return place


def _first_other(body: Sequence[cst.CSTNode], place: int) -> int:
    """Where the imports at the top end."""
    for index in range(place, len(body)):
        statement = body[index]
        is_import = isinstance(statement, cst.SimpleStatementLine) and isinstance(
            statement.body[0], (cst.Import, cst.ImportFrom)
        )
        if not is_import:
            return index
    return len(body)


def _plain_import(statement: cst.CSTNode) -> str:
    """The name that ``import name`` imports, or an empty string."""
    if isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[0], cst.Import):
        return cst.Module([]).code_for_node(statement.body[0].names[0].name)
    return ""
