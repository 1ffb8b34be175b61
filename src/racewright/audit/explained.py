"""Where the code explains itself: comments, documentation strings, and where a thing is defined."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from racewright.audit.code import Code
from racewright.audit.consistency import stem
from racewright.audit.things import Thing
from racewright.model.claim import Evidence

__all__ = ["content", "explanations", "passages_about", "shared_documentation"]

#: Words of a noun phrase that say nothing of what it is about.
_EMPTY = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "of",
        "to",
        "in",
        "on",
        "for",
        "with",
        "by",
        "as",
        "at",
        "from",
        "it",
        "its",
        "is",
        "are",
        "be",
        "being",
        "been",
        "was",
        "were",
        "do",
        "does",
        "done",
        "how",
        "what",
        "why",
        "which",
        "where",
        "when",
        "who",
        "and",
        "or",
        "not",
        "clear",
        "unclear",
        "obvious",
        "test",
        "tests",
        "testing",
        "tested",
        "case",
        "code",
        "file",
        "used",
        "use",
        "using",
        "uses",
        "work",
        "works",
        "working",
        "specific",
        "possible",
        "potential",
        "simple",
        "certain",
        "particular",
        "given",
        "attempting",
        "attempt",
        "trying",
        "reproduce",
        "triggered",
        "trigger",
        "happening",
        "purpose",
        "function",
        "method",
        "class",
        "variable",
        "necessary",
        "needed",
        "need",
        "there",
        "here",
        "so",
        "such",
        "specific",
        "provided",
        "within",
        "controlled",
        "environment",
        "scenario",
        "situation",
        "correctly",
        "properly",
        "way",
        "actual",
        "explain",
        "explained",
        "explains",
        "documented",
        "they",
        "them",
        "their",
        "is",
        "defined",
        "each",
        "every",
        "exactly",
        "place",
        "places",
        "same",
        "some",
        "any",
        "all",
        "has",
        "have",
    ]
)

#: Lines of a function that a comment above it explains as a whole.
_SMALL = 8


def content(words: str) -> list[str]:
    """The stems of the words that say what a phrase is about."""
    found = re.findall(r"[a-z][a-z0-9_]+", words.lower())
    return list(dict.fromkeys(stem(word) for word in found if word not in _EMPTY and len(word) > 2))


def explanations(thing: Thing, code: Code) -> list[Evidence]:
    """Comments at the definitions and uses of ``thing``, and the documentation of what it is."""
    found: list[Evidence] = []
    lines: set[int] = set()
    for definition in thing.definitions:
        lines.update(code.comment_at(definition.node))
        documented = code.docstring(definition.node)
        if documented:
            found.append(Evidence(code.file, documented[:1], f"{thing.text} has a docstring"))
        lines.update(_string_below(definition.node, code))
    for read in thing.reads:
        lines.update(code.comment_at(read))
        around = code.container(read)
        last = getattr(around, "end_lineno", 0) or 0
        # Above a small inner function stands what all of it is for.
        if around is not None and last - int(getattr(around, "lineno", 0)) < _SMALL:
            lines.update(code.comment_at(around))
    if lines:
        found.insert(0, Evidence(code.file, tuple(sorted(lines)), _said(sorted(lines), code)))
    found += shared_documentation(thing, code)
    return found


def _string_below(node: ast.AST, code: Code) -> tuple[int, ...]:
    """The lines of a text that stands below an assignment to explain it."""
    statement = code.module.statement_of(node)
    above = code.module.parent(statement) if statement is not None else None
    body = getattr(above, "body", None)
    if not isinstance(body, list) or statement not in body:
        return ()
    place = body.index(statement) + 1
    if place < len(body) and isinstance(body[place], ast.Expr):
        value = body[place].value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return tuple(range(body[place].lineno, body[place].end_lineno + 1))
    return ()


def _said(lines: list[int], code: Code) -> str:
    words = " ".join(code.comments.get(n, code.line_text(n)) for n in lines)
    return f"the comment says: “{words[:117].rstrip()}{'…' if len(words) > 117 else ''}”"


def shared_documentation(thing: Thing, code: Code) -> list[Evidence]:
    """The documentation of an inherited method, or of what is imported, where it is defined."""
    if not thing.text.lstrip("@").startswith(("self.", "cls.")) and thing.definitions:
        names = {code.module.dotted(read) for read in thing.reads} - {""}
        return [e for name in sorted(names)[:3] for e in _documented(name, code)]
    if thing.functions:
        return []
    seen: set[str] = set()
    queue = [
        dotted for node in code.classes for dotted in (code.module.dotted(b) for b in node.bases)
    ]
    while queue and len(seen) < 40:
        dotted = queue.pop(0)
        if not dotted or dotted in seen:
            continue
        seen.add(dotted)
        found = _documented(f"{dotted}.{thing.word}", code)
        if found:
            return found
        place = code.around.class_node(dotted)
        if place is not None:
            queue += [place[0].dotted(base) for base in place[1].bases]
    return []


def _documented(dotted: str, code: Code) -> list[Evidence]:
    head, _, word = dotted.rpartition(".")
    place = code.around.find(dotted)
    owner = code.around.class_node(head)
    nodes: Iterable[ast.AST] = ()
    module = place.module if place is not None else None
    if owner is not None:
        module, node = owner
        nodes = [n for n in node.body if getattr(n, "name", "") == word]
    elif place is not None and module is not None:
        nodes = [
            n
            for n in module.source.tree.body
            if getattr(n, "name", "") == word and getattr(n, "lineno", 0) == place.line
        ]
    for each in nodes:
        text = (
            ast.get_docstring(each)
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            else None
        )
        if text and module is not None:
            first = int(getattr(each, "lineno", 0))
            return [
                Evidence(
                    module.file, (first,), f"{word} is documented: “{text.split(chr(10))[0][:100]}”"
                )
            ]
    return []


def passages_about(stems: list[str], code: Code) -> Iterator[Evidence]:
    """Comment blocks and documentation strings in which all of ``stems`` occur, longest first."""
    found = []
    for lines, text in _passages(code):
        words = {
            stem(word) for word in re.findall(r"[a-z][a-z0-9]+", text.lower().replace("_", " "))
        }
        if stems and all(_is_among(each, words) for each in stems):
            found.append((lines, text))
    for lines, text in sorted(found, key=lambda each: -len(each[1])):
        shown = " ".join(text.split())
        yield Evidence(
            code.file, lines, f"“{shown[:117].rstrip()}{'…' if len(shown) > 117 else ''}”"
        )


def _is_among(wanted: str, words: set[str]) -> bool:
    return wanted in words or (len(wanted) > 3 and any(word.startswith(wanted) for word in words))


def _passages(code: Code) -> Iterator[tuple[tuple[int, ...], str]]:
    block: list[int] = []
    for line in [*sorted(code.comments), 0]:
        if line <= code.licence_end and line:
            continue
        if block and line != block[-1] + 1:
            yield tuple(block), " ".join(code.comments[n] for n in block)
            block = []
        block.append(line)
    root = code.module.tree.root
    for node in [root, *code.classes, *code.functions]:
        lines = code.docstring(node)
        if lines:
            name = getattr(node, "name", "")
            yield lines, name + " " + " ".join(code.lines[n - 1] for n in lines)
