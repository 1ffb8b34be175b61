"""Whether a module, a function or a library that a review names exists, in this language.

A name is looked up in the project and in what is installed, by reading. That something is not
installed does not say that it does not exist; that a module which is here lacks a name does.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterator
from dataclasses import replace

from racewright.audit.checker import Answer, Checker, no, unsure, yes
from racewright.audit.clauses import Clause
from racewright.audit.code import Code
from racewright.audit.foreign import ecosystem_of
from racewright.audit.words import Group
from racewright.model.claim import Evidence

__all__ = ["Existence"]

_FROM = re.compile(
    r"(?P<s>@\d+) (?:from|in|of|provided by|available in|that comes from) (?P<m>@\d+)(?= |$)"
)
_USED = re.compile(
    r"\b(?:use|using|uses|used|consider|switch to|adopt|try|prefer|replace \w+ (?:with"
    r"|by)) (?P<s>@\d+)"
)
_NO_SUCH = re.compile(r"^(?P<s>@\d+) (?:does|do) not exist$")
_EXISTS = re.compile(r"^(?P<s>@\d+) exists?$")
_HAS_NO = re.compile(
    r"^(?P<m>@\d+) (?:has no|does not have an?|does not (?:provide|offer|contain|have|define"
    r"|export)(?: an?)?|lacks an?) "
    r"(?:functions?|classe?s?|methods?|attributes?|names?|modules?)?\s?(?:called "
    r"|named )?(?P<s>@\d+)$"
)
_STDLIB = re.compile(
    r"\b(?:from|in|part of|of) the (?:python )?standard library$|\b(?:in|from) the stdlib$"
)
_KIND_OF_MODULE = re.compile(
    r"^(?P<s>@\d+) (?:is|are) (?P<not>not )?(?:an? |part of the |from the |in the |of the )?"
    r"(?P<what>third[- ]party|standard library|stdlib|external|python standard library)"
    r"(?: packages?| librar(?:y|ies)| modules?| dependenc(?:y|ies)| imports?)?$"
)
_NOT_ON_INDEX = re.compile(r"\bnot (?:on|available on|published on) pypi\b")


class Existence(Checker):
    kind = "api-existence"

    def check(self, clause: Clause, code: Code) -> Iterator[Answer]:
        words = clause.words
        if _NOT_ON_INDEX.search(words):
            return
        yield from _foreign(clause, words, code)
        match = _NO_SUCH.match(words) or _EXISTS.match(words)
        if match:
            yield from _exists(clause.group(match["s"]), None, words.endswith("not exist"), code)
            return
        match = _HAS_NO.match(words)
        if match:
            yield from _exists(clause.group(match["s"]), clause.group(match["m"]), True, code)
            return
        match = _KIND_OF_MODULE.match(words)
        if match and clause.force != "advice":
            yield from _whose(match, clause, code)
            return
        if _STDLIB.search(words):
            yield from _in_stdlib(clause, code)
            return
        yield from _named(clause, words, code)


def _at(answer: Answer, span: tuple[int, int]) -> Answer:
    """The same, about these words."""
    return replace(answer, start=span[0], end=span[1])


def _named(clause: Clause, words: str, code: Code) -> Iterator[Answer]:
    """``the `x` from the `a.b` module``, wherever it is said, takes for granted that it exists."""
    match = _FROM.search(words)
    if match:
        module = clause.group(match["m"])
        if module is not None and len(module.texts) == 1 and _is_module(module, code):
            for answer in _exists(clause.group(match["s"]), module, False, code):
                yield _at(answer, _span(clause, match["s"], match["m"]))
            return
    if clause.force != "advice":
        return
    for match in _USED.finditer(words):
        group = clause.group(match["s"])
        if group is None:
            continue
        for text in group.texts:
            spelt = text.partition("(")[0].strip("@ ")
            if "." not in spelt or spelt.startswith(("self.", "cls.")):
                continue
            if not code.around.is_known_top(spelt):
                continue
            for answer in _one(spelt, code):
                yield _at(answer, _span(clause, match["s"], match["s"]))


def _span(clause: Clause, first: str, last: str) -> tuple[int, int]:
    one, two = clause.group(first), clause.group(last)
    if one is None or two is None:
        return 0, 0
    end = two.mentions[-1].end + 1
    after = next(
        (spot for spot in clause.spots if spot[1] <= two.mentions[-1].start < spot[2]), None
    )
    return max(one.mentions[0].start - 1, clause.start), max(end, after[2] if after else 0)


def _is_module(group: Group, code: Code) -> bool:
    text = group.texts[0]
    if group.role in ("module", "package", "library"):
        return True
    return code.around.path_of(text) != "" or text in sys.stdlib_module_names


def _exists(
    group: Group | None, module: Group | None, is_denied: bool, code: Code
) -> Iterator[Answer]:
    if group is None:
        return
    for text in group.texts:
        spelt = text.partition("(")[0].strip("@ ")
        if module is not None:
            spelt = f"{module.texts[0]}.{spelt.removeprefix(module.texts[0] + '.')}"
        elif "." not in spelt:
            return
        for answer in _one(spelt, code):
            if is_denied and answer.verdict in ("supported", "refuted"):
                other = "refuted" if answer.verdict == "supported" else "supported"
                answer = Answer(other, f"{spelt} does not exist", answer.evidence)
            yield answer


def _one(dotted: str, code: Code) -> Iterator[Answer]:
    claim = f"{dotted} exists"
    head, _, word = dotted.rpartition(".")
    # As the file calls it: `mock.patch` after `from unittest import mock`.
    thing = code.thing(head) if head else None
    for definition in thing.definitions if thing else ():
        if (
            definition.kind == "import"
            and head in code.module.tree.scopes[code.module.tree.root].bindings
        ):
            real = code.module.tree.scopes[code.module.tree.root].bindings[head][0].dotted
            if real and real != head:
                dotted = f"{real}.{word}"
    place = code.around.find(dotted)
    if place is not None:
        where = place.path.rpartition("/site-packages/")[2]
        file = place.module.file if place.module is not None else where if where else code.file
        shown = _shown(place.path, code) or file
        yield yes(
            claim,
            Evidence(
                shown if place.line else "",
                (place.line,) if place.line else (),
                f"{dotted} is a {place.kind}",
            ),
        )
        return
    if not head or not code.around.is_known_top(dotted):
        yield unsure(claim, "nothing of that name is here, and no registry is asked")
        return
    reason = code.around.why_not_decidable(dotted)
    if reason:
        if code.around.find(head) is None and code.around.is_known_top(head):
            outer = code.around.why_not_decidable(head)
            if outer is None and "." in head:
                yield no(claim, Evidence("", (), f"there is no {head}"))
                return
        yield unsure(claim, reason)
        return
    shown = _shown(code.around.path_of(head), code)
    yield no(claim, Evidence(shown, (), f"{head} defines and imports no {word}"))


def _shown(path: str, code: Code) -> str:
    from racewright.review.source import shown_path

    if not path:
        return ""
    if path.startswith(code.around.root + "/"):
        return shown_path(path)
    for mark in ("/site-packages/", f"/python{sys.version_info[0]}.{sys.version_info[1]}/"):
        if mark in path:
            return path.rpartition(mark)[2]
    return path.rpartition("/")[2]


def _in_stdlib(clause: Clause, code: Code) -> Iterator[Answer]:
    for group in clause.groups:
        tops = [text.partition(".")[0].strip("()") for text in group.texts]
        if not all(top.isidentifier() for top in tops):
            return
        outside = [
            top for top in tops if top not in sys.stdlib_module_names and not hasattr(builtins, top)
        ]
        claim = f"{' and '.join(tops)} {'are' if len(tops) > 1 else 'is'} of the standard library"
        if not outside:
            yield yes(claim, Evidence("", (), "sys.stdlib_module_names has " + ", ".join(tops)))
        elif all(code.imported.get(top) for top in outside):
            yield no(claim, Evidence("", (), "sys.stdlib_module_names lacks " + ", ".join(outside)))
        return


def _whose(match: re.Match[str], clause: Clause, code: Code) -> Iterator[Answer]:
    """A module of the standard library is none of a third party."""
    group = clause.group(match["s"])
    if group is None:
        return
    tops = [text.partition(".")[0].strip("()") for text in group.texts]
    if not all(
        code.imported.get(text.strip("()")) or code.uses_module(t) or t in sys.stdlib_module_names
        for text, t in zip(group.texts, tops, strict=True)
    ):
        return
    inside = [top in sys.stdlib_module_names for top in tops]
    if len(set(inside)) != 1:
        return
    is_stdlib = match["what"].endswith(("library", "stdlib"))
    own = [top for top in tops if code.module.name.partition(".")[0] == top]
    if own:
        return
    claim = f"{' and '.join(tops)} {'is not' if match['not'] else 'is'} {match['what']}"
    evidence = Evidence(
        "", (), f"sys.stdlib_module_names {'has' if inside[0] else 'lacks'} {', '.join(tops)}"
    )
    is_so = (inside[0] == is_stdlib) != bool(match["not"])
    yield yes(claim, evidence) if is_so else no(claim, evidence)


def _foreign(clause: Clause, words: str, code: Code) -> Iterator[Answer]:
    """Libraries and marks of other languages that are taken for Python's."""
    for number, group in enumerate(clause.groups):
        if f"@{number}" not in words.split():
            continue
        for text in group.texts:
            spelt = text.partition("(")[0]
            language = ecosystem_of(spelt)
            top = spelt.strip("@").partition(".")[0]
            if (
                not language
                or top in code.words
                or code.uses_module(top)
                or code.around.path_of(top)
            ):
                continue
            claim = f"{text} is Python's"
            yield no(
                claim, Evidence("", (), f"{spelt} belongs to {language}; the file does not use it")
            )
