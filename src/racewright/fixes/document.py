"""A file that is to be changed: its bytes, its meaning by ``ast``, its form by libcst.

A rule speaks of the tree of ``ast``, which knows names and types; a change is made to that of
libcst, which keeps comments and spaces. Both have the same lines and columns, and that is how one
leads to the other. A file whose bytes libcst does not give back exactly is not changed at all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache, cached_property
from typing import Final, TypeVar

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from racewright.model.finding import Note, Place
from racewright.review.module import Module
from racewright.review.source import Source, encoding_of, parse

__all__ = ["LARGEST", "Document"]

#: Bytes of a file above which nothing is changed in it.
LARGEST: Final = 500_000

_Node = TypeVar("_Node", bound=ast.AST)
_NAMES: Final = {
    "AsyncFor": "For",
    "AsyncFunctionDef": "FunctionDef",
    "AsyncWith": "With",
    "Delete": "Del",
}

_SPACE: Final = re.compile("whitespace|lines|par$|^header$|^footer$|comma|semicolon|colon|newline")


class Document:
    """One state of a file."""

    def __init__(self, path: str, data: bytes, source: Source, tree: cst.Module) -> None:
        self.path = path
        self.data = data
        self.source = source
        self.tree = tree

    @classmethod
    def of(cls, path: str, data: bytes) -> Document | str:
        """The document, or why there is none."""
        if len(data) > LARGEST:
            return f"the file has more than {LARGEST:,} bytes, which would take minutes"
        source = parse(path, data)
        if isinstance(source, Note):
            return source.message
        try:
            tree = cst.parse_module(source.text)
            document = cls(path, data, source, tree)
            is_whole = document.to_bytes(tree) == data
        except (cst.ParserSyntaxError, RecursionError, UnicodeError) as error:
            return f"libcst does not understand the file ({type(error).__name__})"
        return document if is_whole else "libcst does not give the file's bytes back"

    def to_bytes(self, tree: cst.Module) -> bytes:
        """``tree`` in the encoding, and with the mark at the beginning, that the file has."""
        encoding, mark = encoding_of(self.data)
        return mark + tree.code.encode(encoding)

    @cached_property
    def module(self) -> Module:
        """What the names mean."""
        return Module(self.source)

    # --- From one tree to the other ---

    def at(self, place: Place, kind: type[_Node]) -> Iterator[_Node]:
        """The nodes of ``ast`` that stand exactly at ``place``."""
        for node in self.module.nodes(kind):
            if (node.lineno, node.col_offset + 1) == (place.line, place.column) and (  # type: ignore[attr-defined]
                node.end_lineno == place.last_line  # type: ignore[attr-defined]
            ):
                yield node

    def form(self, node: ast.AST) -> cst.CSTNode | None:
        """The same node in the tree that is changed."""
        first = self._place(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        if isinstance(node, (ast.stmt, ast.excepthandler)):
            name = type(node).__name__
            return self._starts.get((_NAMES.get(name, name), *first))
        return self.expression(node) if isinstance(node, ast.expr) else None

    def expression(self, node: ast.expr) -> cst.BaseExpression | None:
        """The same expression in the tree that is changed."""
        first = self._place(node.lineno, node.col_offset)
        last = self._place(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        return self._spans.get((*first, *last))

    def statement(self, node: ast.stmt) -> cst.BaseStatement | None:
        """A statement that has its line, or lines, for itself, in an indented block or a module."""
        found = self.form(node)
        line = self.parents.get(found) if found is not None else None
        if isinstance(found, cst.BaseCompoundStatement):
            return found if self.block(found) is not None else None
        if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
            return line
        return None

    def block(self, statement: cst.CSTNode) -> cst.IndentedBlock | cst.Module | None:
        """What ``statement`` is one of."""
        above = self.parents.get(statement)
        return above if isinstance(above, (cst.IndentedBlock, cst.Module)) else None

    @cached_property
    def parents(self) -> dict[cst.CSTNode, cst.CSTNode]:
        """What each node stands in; of those that are neither space nor comment."""
        found: dict[cst.CSTNode, cst.CSTNode] = {}
        waiting: list[cst.CSTNode] = [self.tree]
        while waiting:
            node = waiting.pop()
            for child in _children(node):
                found[child] = node
                waiting.append(child)
        return found

    def _place(self, line: int, column: int) -> tuple[int, int]:
        """``ast`` counts the bytes of UTF-8, libcst the characters."""
        text = self.source.lines[line - 1]
        if text.isascii():
            return line, column
        return line, len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))

    @cached_property
    def _positions(self) -> list[tuple[str, int, int, int, int, cst.CSTNode]]:
        wrapper = MetadataWrapper(self.tree, unsafe_skip_copy=True)
        found = []
        for node, span in wrapper.resolve(PositionProvider).items():
            begin, end = span.start, span.end
            name = type(node).__name__
            found.append((name, begin.line, begin.column, end.line, end.column, node))
        return found

    @cached_property
    def _spans(self) -> dict[tuple[int, int, int, int], cst.BaseExpression]:
        return {
            each[1:5]: each[5]
            for each in self._positions
            if isinstance(each[5], cst.BaseExpression)
        }

    @cached_property
    def _starts(self) -> dict[tuple[str, int, int], cst.CSTNode]:
        return {each[:3]: each[5] for each in self._positions}


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a kind of node that can hold more than spaces."""
    return tuple(each.name for each in fields(kind) if not _SPACE.search(each.name))


def _children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """As ``node.children``, which takes ten times as long."""
    for name in _fields(type(node)):
        value = getattr(node, name)
        for each in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(each, cst.CSTNode):
                yield each
