"""The words that stand at lines of code: names taken apart, and what prose calls the constructs."""

from __future__ import annotations

import ast
import re

from racewright.audit.code import Code
from racewright.audit.consistency import stem

__all__ = ["words_at"]

#: What a construct is called, by the type of its node.
_CALLED: tuple[tuple[tuple[type[ast.AST], ...], str], ...] = (
    ((ast.Assert,), "assert assertion"),
    ((ast.Import, ast.ImportFrom), "import"),
    ((ast.With, ast.AsyncWith), "with context manager"),
    ((ast.Try,), "try exception handling"),
    ((ast.ExceptHandler,), "except exception catch handler"),
    ((ast.Raise,), "raise exception"),
    ((ast.For, ast.While, ast.AsyncFor), "loop for while"),
    ((ast.FunctionDef, ast.AsyncFunctionDef), "function method def definition"),
    ((ast.ClassDef,), "class definition"),
    ((ast.ListComp,), "list comprehension"),
    ((ast.GeneratorExp,), "generator"),
    ((ast.Lambda,), "lambda"),
    ((ast.JoinedStr,), "f-string string"),
    ((ast.Return,), "return"),
    ((ast.Yield, ast.YieldFrom), "yield"),
    ((ast.Global,), "global"),
    ((ast.If,), "if condition"),
)


def words_at(lines: set[int], code: Code) -> set[str]:
    """The stems of what is named, constructed and commented at ``lines``."""
    words: set[str] = set()
    for line in lines & code.comments.keys():
        words.update(stem(word) for word in re.findall(r"[a-z]+", code.comments[line].lower()))
        words.add("comment")
    for node in (node for line in lines for node in code.nodes_at.get(line, ())):
        for kinds, called in _CALLED:
            if isinstance(node, kinds):
                words.update(stem(word) for word in called.split())
        name = getattr(node, "id", "") or getattr(node, "attr", "") or getattr(node, "name", "")
        for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", str(name)):
            words.add(stem(part.lower()))
    return words
