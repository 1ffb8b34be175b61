"""The audited file line by line: its comments, its docstrings, and where a piece stands."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from racewright.review.module import Module

__all__ = ["SourceLines"]

_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class SourceLines:
    """The text of a file beside its tree."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.lines = module.source.lines

    @cached_property
    def spellings(self) -> frozenset[str]:
        """Every word of the file that could be a name: of code, of texts and of comments."""
        return frozenset(re.findall(r"[A-Za-z_]\w*", self.module.source.text))

    @cached_property
    def lower_text(self) -> str:
        return self.module.source.text.lower()

    def line_text(self, line: int) -> str:
        return self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""

    @cached_property
    def comments(self) -> dict[int, str]:
        """The comments by their line, without the mark."""
        found: dict[int, str] = {}
        try:
            for token in tokenize.generate_tokens(io.StringIO(self.module.source.text).readline):
                if token.type == tokenize.COMMENT:
                    found[token.start[0]] = token.string.lstrip("#:").strip()
        except (tokenize.TokenError, SyntaxError, IndentationError):
            pass
        return found

    @cached_property
    def licence_end(self) -> int:
        """The last line of the comments that the file begins with."""
        line = 1
        while line in self.comments or (line <= len(self.lines) and not self.line_text(line)):
            line += 1
        text = " ".join(self.comments.get(n, "") for n in range(1, line)).lower()
        return line - 1 if "license" in text or "copyright" in text or "licence" in text else 0

    @cached_property
    def nodes_at(self) -> dict[int, list[ast.AST]]:
        """The nodes that begin at a line."""
        found: dict[int, list[ast.AST]] = defaultdict(list)
        for node in ast.walk(self.module.tree.root):
            if hasattr(node, "lineno"):
                found[node.lineno].append(node)
        return found

    @cached_property
    def extents(self) -> dict[int, list[tuple[int, int]]]:
        """For each line the statements on it, by their lines; of one with a body, its head's."""
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for node in (node for nodes in self.nodes_at.values() for node in nodes):
            if isinstance(node, ast.stmt):
                first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
                last = node.end_lineno or node.lineno
                body = getattr(node, "body", None)
                if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                    last = max(body[0].lineno - 1, node.lineno)
                for line in range(first, min(last, first + 200) + 1):
                    found[line].append((first, last))
        return found

    def comment_at(self, node: ast.AST) -> list[int]:
        """The lines of the comments that belong to a statement: above it, and beside it."""
        statement = self.module.statement_of(node) or node
        first = int(getattr(statement, "lineno", 0))
        decorators = getattr(statement, "decorator_list", [])
        if decorators:
            first = min(d.lineno for d in decorators)
        last = int(getattr(statement, "end_lineno", first) or first)
        if isinstance(statement, _DEFS) and statement.body:
            last = statement.body[0].lineno - 1
        found = [n for n in range(first, last + 1) if n in self.comments]
        above = first - 1
        while above in self.comments and not _has_code(self.lines, above):
            found.append(above)
            above -= 1
        return sorted(n for n in found if self.says_something(n))

    def says_something(self, line: int) -> bool:
        text = self.comments[line]
        is_order = re.match(r"(?:noqa|type:|pylint|pragma|fmt:|nosec|isort)\b", text)
        return not is_order and line > self.licence_end and bool(re.search(r"[A-Za-z]{3}", text))

    def docstring(self, node: ast.AST) -> tuple[int, ...]:
        """The lines of the documentation string, if there is one."""
        body = getattr(node, "body", None)
        if not isinstance(body, list) or not body:
            return ()
        first = body[0]
        value = first.value if isinstance(first, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return tuple(range(first.lineno, (first.end_lineno or first.lineno) + 1))
        return ()

    def snippet(self, text: str, lines: Iterable[int] = ()) -> list[int]:
        """The lines at which a piece of code stands, whatever its spaces and its quotes."""
        if "..." in text:
            return self._with_gap([_bare(part) for part in text.split("...")])
        wanted = _bare(text)
        if len(wanted) < 2:
            return []
        found = [n for n, line in enumerate(self._bare_lines, 1) if wanted in line]
        if not found and len(wanted) > 5:
            whole = "".join(self._bare_lines)
            at, starts, total = whole.find(wanted), [], 0
            for line in self._bare_lines:
                starts.append(total)
                total += len(line)
            while at >= 0 and len(found) < 20:
                found.append(sum(start <= at for start in starts))
                at = whole.find(wanted, at + 1)
        near = [n for n in found if n in set(lines)]
        return near or found

    def _with_gap(self, parts: list[str]) -> list[int]:
        """The lines that hold ``parts`` in their order; of ``tuple([...])``, also their start."""
        parts = [part for part in parts if len(part) > 1]
        found = []
        for number, line in enumerate(self._bare_lines, 1):
            at = 0
            for part in parts[:1] + [p for p in parts[1:] if any(c.isalpha() for c in p)]:
                at = line.find(part, at) if at >= 0 else at
            if parts and at >= 0:
                found.append(number)
        return found

    @cached_property
    def _bare_lines(self) -> list[str]:
        return [
            _bare(_without_comment(line, n in self.comments))
            for n, line in enumerate(self.lines, 1)
        ]


def _has_code(lines: tuple[str, ...], line: int) -> bool:
    return not lines[line - 1].lstrip().startswith("#")


def _without_comment(line: str, has_comment: bool) -> str:
    if not has_comment:
        return line
    if line.lstrip().startswith("#"):
        return ""
    return line.rpartition("#")[0] if line.count("#") == 1 else line


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text).replace('"', "'")
