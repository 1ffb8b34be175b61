"""A review against itself: items that end in the middle, that are empty, that say the same, or that
contradict what the review says of the whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from racewright.audit.code import Code
from racewright.audit.items import Item
from racewright.audit.texts import Text
from racewright.model.claim import Claim, Remark

__all__ = ["remarks_on", "stem", "words_of"]

_UNFINISHED = re.compile(
    r"(?:\b(?:and|or|but|the|a|an|of|to|in|for|with|by|that|which|is|are|as|from|at|on|it|such|more"
    r"|than|because|if|when|should|can|could|would|be|use|using)|[,:(\u2013—-])$",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?:;`)\]\"'”\u2019…*|>]$|[\U0001f300-\U0001faff\u2600-\u27bf]$")
_CLEAN = re.compile(
    r"\bno (?:\w+ ){0,3}(?:defects?|vulnerabilit\w+|issues?|concerns?|problems?)\b"
    r"(?! (?:in|with|on) @)",
    re.IGNORECASE,
)
_CLEAN_QUALIFIED = re.compile(r"\bsecurity\b", re.IGNORECASE)
_DEFECT_LABEL = re.compile(
    r"\*{0,2}(?:Defect|Vulnerability|Security (?:issue|risk|defect))\*{0,2} ?:"
)
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "be",
        "to",
        "of",
        "in",
        "it",
        "this",
        "that",
        "and",
        "or",
        "for",
        "with",
        "not",
        "more",
        "use",
        "used",
        "using",
        "code",
        "test",
        "method",
        "class",
        "function",
        "would",
        "should",
        "recommended",
        "better",
        "however",
        "instead",
        "which",
        "as",
        "it's",
        "some",
        "any",
        "all",
        "has",
        "have",
        "has",
        "can",
    ]
)
#: How much alike two items have to be, of the words that carry meaning.
_ALIKE = 0.72
#: Items that are compared with each other; the more there are, the longer it takes.
_MOST_COMPARED = 400


def remarks_on(text: Text, items: list[Item], claims: list[Claim], code: Code) -> list[Remark]:
    """What is to be said about the review itself."""
    found = [*_empty_items(text, items), *_cut_off(text, items), *_same(text, items)]
    found += _contradictions(text, claims)
    found += _other_files(text, items, code)
    if text.note:
        found.append(Remark(text.name, "", "unread", text.note))
    if not text.text.strip():
        found.append(Remark(text.name, "", "empty", "the review is empty"))
    return found


def _words_in(text: Text, item: Item) -> str:
    return " ".join(
        text.text[part.start : part.end] for part in item.parts if part.role != "location"
    )


def _empty_items(text: Text, items: list[Item]) -> Iterator[Remark]:
    for item in items:
        if item.is_numbered and not re.search(r"\w", _words_in(text, item)):
            yield Remark(text.name, item.label, "empty", f"item {item.label} says nothing")


def _cut_off(text: Text, items: list[Item]) -> Iterator[Remark]:
    spoken = [item for item in items if item.parts]
    if not spoken:
        return
    last = spoken[-1]
    part = max(last.parts, key=lambda each: each.end)
    words = text.text[part.start : part.end].rstrip()
    if not words or part.role == "heading":
        return
    bare = words.rstrip("*_ ")
    sentences = re.search(r"[.!?](?:\s|$)", words)
    is_unended = _UNFINISHED.search(bare) or (sentences and not _ENDED.search(bare))
    others = [_end_of(text, item) for item in spoken[:-1]]
    ended = [each for each in others if re.search(r"[.!?]$", each)]
    is_sentence_style = len(ended) >= 2 and len(ended) >= 0.6 * len(others)
    is_open = words.count("`") % 2 == 1 or words.count("(") > words.count(")")
    if is_unended or is_open or (is_sentence_style and not _ENDED.search(bare)):
        end = " ".join(words[-60:].split())
        where = f"item {last.label}" if last.is_numbered else "the review"
        yield Remark(text.name, last.label, "truncated", f"{where} ends in mid-sentence: “…{end}”")


def _end_of(text: Text, item: Item) -> str:
    last = max(item.parts, key=lambda each: each.end)
    return text.text[max(last.start, last.end - 80) : last.end].rstrip().rstrip("*_ ")


def stem(word: str) -> str:
    """``patch`` of ``patches``, ``patched`` and ``patching``: enough to tell words apart."""
    for suffix in ("ations", "ation", "ings", "ing", "ies", "ied", "edly", "ed", "es", "s", "ly"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    return word.rstrip("e")


def words_of(text: str) -> frozenset[str]:
    """The words of ``text`` that carry meaning."""
    found = re.findall(r"[A-Za-z_]\w{1,60}", text[:4000].lower())
    return frozenset(stem(word) for word in found if word not in _STOP)


def _same(text: Text, items: list[Item]) -> Iterator[Remark]:
    compared = [(item, words_of(_words_in(text, item))) for item in items[:_MOST_COMPARED]]
    compared = [(item, words) for item, words in compared if len(words) >= 6]
    taken: set[int] = set()
    for place, (item, words) in enumerate(compared):
        if place in taken:
            continue
        like = []
        for other in range(place + 1, len(compared)):
            theirs = compared[other][1]
            if other not in taken and len(words & theirs) >= _ALIKE * len(words | theirs):
                like.append(compared[other][0])
                taken.add(other)
        for each in like:
            yield Remark(
                text.name,
                each.label,
                "duplicate",
                f"item {each.label} says nearly what item {item.label} says",
            )


def _contradictions(text: Text, claims: list[Claim]) -> Iterator[Remark]:
    clean = [each for each in claims if each.kind == "verdict" and _CLEAN.search(each.quote)]
    if not clean:
        return
    defects = list(_DEFECT_LABEL.finditer(text.text))
    if defects:
        yield Remark(
            text.name,
            clean[0].item,
            "contradiction",
            f"it says “{clean[0].quote}”, and lists {len(defects)} defects of its own",
        )


def _other_files(text: Text, items: list[Item], code: Code) -> Iterator[Remark]:
    ours = os.path.basename(code.file)
    for item in items:
        if item.file and os.path.basename(item.file.replace("\\", "/")) != ours:
            yield Remark(
                text.name,
                item.label,
                "wrong-file",
                f"it is about {item.file}, which is not audited",
            )
