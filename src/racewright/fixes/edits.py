"""Changes of one document, collected and then made at once.

New statements are written as source and parsed, in the file's own indentation; what stays is the
very node that was there, with its comments. Only what is asked for is touched.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import dropwhile, takewhile
from typing import TypeAlias

import libcst as cst

from racewright.fixes.document import Document
from racewright.fixes.imports import with_import, with_import_from

__all__ = ["Edits"]

_Made: TypeAlias = "cst.CSTNode | cst.FlattenSentinel[cst.CSTNode] | cst.RemovalSentinel"


class Edits:
    """What is to become of the nodes of a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._made: dict[cst.CSTNode, Callable[[cst.CSTNode], _Made]] = {}
        self._blank: dict[cst.CSTNode, list[cst.EmptyLine]] = {}
        self._imports: set[str] = set()
        self._imported_from: list[str] = []

    # --- What can be asked for ---

    def replace(self, node: cst.CSTNode, new: cst.CSTNode) -> None:
        self._made[node] = lambda _: new

    def change(self, node: cst.CSTNode, make: Callable[[cst.CSTNode], _Made]) -> None:
        """Let ``make`` have the node as the changes within it have left it."""
        self._made[node] = make

    def replace_by(self, statement: cst.BaseStatement, *made: cst.BaseStatement) -> None:
        """Put statements in the place of one; the comments about it stay with the first."""
        first = _in_place_of(statement, made[0])
        self._made[statement] = lambda _: cst.FlattenSentinel([first, *made[1:]])

    def before(self, statement: cst.BaseStatement, *made: cst.BaseStatement) -> None:
        """Put statements above one, and above the comments about it."""
        self._made[statement] = lambda updated: cst.FlattenSentinel([*made, updated])

    def after(self, statement: cst.BaseStatement, *made: cst.BaseStatement) -> None:
        """Put statements below one."""
        self._made[statement] = lambda updated: cst.FlattenSentinel([updated, *made])

    def without_comments_above(self, statement: cst.BaseStatement) -> None:
        """Leave the comments above a statement to what has been put before it."""
        self._blank[statement] = []

    def wrap(self, statement: cst.BaseStatement, head: cst.BaseCompoundStatement) -> None:
        """Make one statement the body of ``head``; the comments above it go above that."""

        def make(node: cst.CSTNode) -> cst.CSTNode:
            assert isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
            above = _leading(node)
            body = cst.IndentedBlock(body=[node.with_changes(leading_lines=())])
            return head.with_changes(body=body, leading_lines=above)

        self._made[statement] = make

    def remove(self, statement: cst.BaseStatement) -> None:
        """Take a statement away, with the comments about it; blank lines above it stay."""
        self._made[statement] = lambda _: cst.RemoveFromParent()
        block = self.document.block(statement)
        after = [] if block is None else list(block.body)
        after = after[next((i + 1 for i, each in enumerate(after) if each is statement), 0) :]
        blank = [*self._blank.pop(statement, []), *takewhile(_is_blank, _leading(statement))]
        if after and blank and not _leading(after[0]):
            self._blank[after[0]] = blank[:1]

    def rest_within(
        self, head: cst.With, first: cst.BaseStatement, *, skipped: Sequence[cst.CSTNode] = ()
    ) -> bool:
        """Make ``first``, and all that follows it in its block, the body of ``head``, but for what
        is ``skipped``, which goes away. Whether that can be."""
        block = self.document.block(first)
        if not isinstance(block, cst.IndentedBlock):
            return False
        place = next(index for index, each in enumerate(block.body) if each is first)
        inner = [each for each in block.body[place:] if each not in skipped]
        if not inner:
            return False
        top = inner[0].with_changes(
            leading_lines=_without_blank(inner[0], is_first=inner[0] is first)
        )
        body = cst.IndentedBlock(body=[top, *inner[1:]])
        if first in skipped and isinstance(first, cst.SimpleStatementLine):
            body = body.with_changes(header=first.trailing_whitespace)
        new = head.with_changes(body=body, leading_lines=_leading(first))
        outer = [each for each in block.body[:place] if each not in skipped]
        self.replace(block, block.with_changes(body=[*outer, new]))
        return True

    def between_within(
        self,
        head: cst.With,
        first: cst.BaseStatement,
        last: cst.BaseStatement,
        instead: Mapping[cst.CSTNode, cst.BaseStatement] | None = None,
    ) -> bool:
        """Make what stands between two statements of a block the body of ``head``.

        The two go away, but for what is to stand there ``instead``. Whether that can be.
        """
        block = self.document.block(first)
        if not isinstance(block, cst.IndentedBlock) or self.document.block(last) is not block:
            return False
        made = dict(instead or {})
        places = [index for index, each in enumerate(block.body) if each in (first, last)]
        inner: list[cst.BaseStatement] = []
        for each in block.body[places[0] : places[1] + 1]:
            if each in made:
                inner.append(_in_place_of(each, made[each]))
            elif each not in (first, last):
                inner.append(each)
        top = _without_blank(inner[0], is_first=False)
        body = cst.IndentedBlock(body=[inner[0].with_changes(leading_lines=top), *inner[1:]])
        if isinstance(first, cst.SimpleStatementLine):
            body = body.with_changes(header=first.trailing_whitespace)
        new = head.with_changes(body=body, leading_lines=_leading(first))
        before, behind = block.body[: places[0]], block.body[places[1] + 1 :]
        self.replace(block, block.with_changes(body=[*before, new, *behind]))
        return True

    def variable(self, word: str, value: str, user: ast.AST) -> bool:
        """Have the module's variable ``word`` above what uses it; whether that can be."""
        module = self.document.module
        if word in self._words:
            known = module.variables.get(word)
            return known is not None and len(known) == 1
        root = module.tree.root
        top = next(
            (each for each in (user, *module.ancestors(user)) if module.parent(each) is root), None
        )
        form = self.document.statement(top) if isinstance(top, ast.stmt) else None
        if form is None:
            return False
        made = self.statement(f"{word} = {value}").with_changes(
            leading_lines=list(takewhile(_is_blank, _leading(form)))
        )
        self.before(form, made)
        return True

    def import_module(self, name: str) -> bool:
        """Have ``import name`` at the top of the file; whether the name means that module then."""
        module = self.document.module
        word = name.partition(".")[0]
        bindings = module.tree.scopes[module.tree.root].bindings.get(word, [])
        if any(each.kind != "import" or each.dotted != word for each in bindings):
            return False
        if not bindings and word in self._words:
            return False
        imported = {each.name for node in module.nodes(ast.Import) for each in node.names}
        if name not in imported or not bindings:
            self._imports.add(name)
        return True

    def import_from(self, name: str, *words: str) -> bool:
        """Have ``from name import words`` at the top; whether the words mean that then."""
        module = self.document.module
        root = module.tree.scopes[module.tree.root]
        missing = []
        for word in words:
            dotted = {each.dotted for each in root.bindings.get(word, [])}
            if dotted and dotted != {f"{name}.{word}"}:
                return False
            if not dotted and word in self._words:
                return False
            missing += [] if dotted else [word]
        if missing:
            self._imported_from.append(f"from {name} import {', '.join(missing)}")
        return True

    def drop_imports_of(self, *gone: ast.AST) -> None:
        """Remove the imports of names that are read nowhere but in what is ``gone``.

        An import of one name with a comment on its line, or above it, is there for a reason that is
        told, and stays.
        """
        module = self.document.module
        inside = {id(each) for node in gone for each in ast.walk(node)}
        names = [each for each in module.nodes(ast.Name) if isinstance(each.ctx, ast.Load)]
        words = {each.id for each in names if id(each) in inside}
        words -= {each.id for each in names if id(each) not in inside}
        texts = [each.value for each in module.nodes(ast.Constant) if isinstance(each.value, str)]
        words -= {word for word in words if any(_names(text, word) for text in texts)}
        imports: list[ast.Import | ast.ImportFrom] = [
            *module.nodes(ast.Import),
            *module.nodes(ast.ImportFrom),
        ]
        for node in imports if words else ():
            form = self.document.statement(node)
            is_top = module.parent(node) is module.tree.root
            if is_top and isinstance(form, cst.SimpleStatementLine):
                self._without(form, node, words)

    def _without(
        self, line: cst.SimpleStatementLine, node: ast.Import | ast.ImportFrom, words: set[str]
    ) -> None:
        small = line.body[0]
        if not isinstance(small, (cst.Import, cst.ImportFrom)) or isinstance(
            small.names, cst.ImportStar
        ):
            return
        bound = [each.asname or each.name.partition(".")[0] for each in node.names]
        names = [form for form, word in zip(small.names, bound, strict=True) if word not in words]
        if len(names) == len(bound):
            return
        if names:
            names[-1] = names[-1].with_changes(comma=small.names[-1].comma)
            self.replace(small, small.with_changes(names=names))
        elif not _is_commented(line):
            self.remove(line)

    def _ways(self) -> set[cst.CSTNode]:
        """What has a change in it, so that nothing else need be visited."""
        found: set[cst.CSTNode] = set()
        for node in (*self._made, *self._blank):
            above: cst.CSTNode | None = node
            while above is not None and above not in found:
                found.add(above)
                above = self.document.parents.get(above)
        return found

    @cached_property
    def _words(self) -> set[str]:
        """All names of variables that the file has."""
        module = self.document.module
        return {each.id for each in module.nodes(ast.Name)} | {
            each.arg for each in module.nodes(ast.arg)
        }

    # --- What becomes of it ---

    def statement(self, text: str, **parts: cst.BaseExpression) -> cst.BaseStatement:
        """The statement ``text``, with ``parts`` for the names of it that are so called."""
        made = cst.parse_statement(text, self.document.tree.config_for_parsing)
        filled = made.visit(_Filling(parts))
        assert isinstance(filled, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
        return filled

    def expression(self, text: str, **parts: cst.BaseExpression) -> cst.BaseExpression:
        """The expression ``text``, with ``parts`` for the names of it that are so called."""
        made = cst.parse_expression(text, self.document.tree.config_for_parsing)
        filled = made.visit(_Filling(parts))
        assert isinstance(filled, cst.BaseExpression)
        return filled

    def to_bytes(self) -> bytes:
        """The bytes of the changed file."""
        made = self.document.tree.visit(_Change(self._made, self._blank, self._ways()))
        assert isinstance(made, cst.Module)
        for name in sorted(self._imports):
            made = with_import(made, name)
        for text in self._imported_from:
            made = with_import_from(made, text)
        return self.document.to_bytes(made)


class _Change(cst.CSTTransformer):
    def __init__(
        self,
        made: dict[cst.CSTNode, Callable[[cst.CSTNode], _Made]],
        blank: dict[cst.CSTNode, list[cst.EmptyLine]],
        ways: set[cst.CSTNode],
    ) -> None:
        super().__init__()
        self._ways = ways
        self._made = made
        self._blank = blank

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node in self._ways

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> _Made:
        if original_node in self._blank:
            updated_node = updated_node.with_changes(leading_lines=self._blank[original_node])
        make = self._made.get(original_node)
        return updated_node if make is None else make(updated_node)


def _leading(statement: cst.CSTNode) -> Sequence[cst.EmptyLine]:
    lines: Sequence[cst.EmptyLine] = getattr(statement, "leading_lines", ())
    return lines


def _in_place_of(old: cst.CSTNode, new: cst.BaseStatement) -> cst.BaseStatement:
    """``new`` with the comments above ``old``, and that on its line."""
    made = new.with_changes(leading_lines=_leading(old))
    if not isinstance(old, cst.SimpleStatementLine):
        return made
    if isinstance(made, cst.SimpleStatementLine):
        return made.with_changes(trailing_whitespace=old.trailing_whitespace)
    body = getattr(made, "body", None)
    if isinstance(body, cst.IndentedBlock):
        return made.with_changes(body=body.with_changes(header=old.trailing_whitespace))
    return made


def _names(text: str, word: str) -> bool:
    """Whether a string speaks of the name: ``"time"``, ``"tests.this_file.time.sleep"``."""
    return text == word or re.search(rf"\.{word}\b|\b{word}\.\w", text) is not None


def _is_commented(line: cst.SimpleStatementLine) -> bool:
    return line.trailing_whitespace.comment is not None or any(
        each.comment is not None for each in line.leading_lines
    )


def _is_blank(line: cst.EmptyLine) -> bool:
    return line.comment is None


def _without_blank(statement: cst.BaseStatement, is_first: bool) -> list[cst.EmptyLine]:
    """The comments above a statement that begins a block; its first's are those of the block."""
    return [] if is_first else list(dropwhile(_is_blank, _leading(statement)))


class _Filling(cst.CSTTransformer):
    """Parts in the place of names; in parentheses where they could mean something else."""

    def __init__(self, parts: dict[str, cst.BaseExpression]) -> None:
        super().__init__()
        self._parts = parts

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        part = self._parts.get(original_node.value)
        return updated_node if part is None else _grouped(part)


#: Expressions that mean the same wherever they are put.
_WHOLE = (
    cst.Attribute,
    cst.BaseNumber,
    cst.Call,
    cst.Dict,
    cst.List,
    cst.Name,
    cst.Set,
    cst.SimpleString,
    cst.Subscript,
)


def _grouped(node: cst.BaseExpression) -> cst.BaseExpression:
    if node.lpar or (isinstance(node, _WHOLE) and _is_one_line(node)):
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _is_one_line(node: cst.BaseExpression) -> bool:
    """Whether it needs no parentheses around it to go over several lines."""
    text = cst.Module([]).code_for_node(node)
    if "\n" not in text:
        return True
    try:
        cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return False
    return True
