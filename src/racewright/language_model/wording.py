"""The words of a statement, as two wordings of it are compared: the harmless ones dropped.

What is harmless is a list; every other word counts. So a word that nobody thought of makes two
statements differ, which costs an answer, and never gives a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from racewright.audit.consistency import stem
from racewright.audit.words import Group, Token, tokens_of

__all__ = ["Name", "Wording", "is_plain", "wording_of", "words_in"]


def words_in(text: str) -> frozenset[str]:
    """A list of words, as people write one."""
    return frozenset(text.split())


#: Denials. Each counts, with the word that it denies.
_DENIALS: Final = words_in(
    "not no never none nothing nobody neither nor nowhere without lack lacks lacking missing absent"
)
#: Those that say in one word what "has no" says in two.
_LACKING: Final = frozenset(["lack", "lacks", "lacking", "missing"])
#: Words that deny within themselves, and what they deny.
_UN: Final = {"unused": "used", "undocumented": "documented", "undefined": "defined"}
_NUMBERS: Final = "zero one two three four five six seven eight nine ten eleven twelve"
#: How much or how many. Each counts, with the word that it is said of.
_AMOUNTS: Final = {
    **{word: str(number) for number, word in enumerate(_NUMBERS.split())},
    **{
        word: word
        for word in words_in(
            "all both each every any some several many multiple few fewer more most half single "
            "only once twice least less exactly just solely merely entire whole almost nearly"
        )
    },
}
#: Words that may come or go without a change of meaning.
_HARMLESS: Final = words_in(
    "a an the is are be being been am does do here there , : -- ( ) actually really basically "
    "clearly obviously honestly unfortunately sadly also quite please ever anywhere seem seems "
    "appear appears happen happens"
)
#: What a mention may take in without being another one.
_TAKEN_IN: Final = words_in("the a an and or of s this these its their our as well classes")
_MARKS: Final = frozenset([",", ":", "--", "(", ")"])
_BE: Final = frozenset(["is", "are", "be", "being", "been", "was", "were", "get", "gets"])
_SEEMING: Final = frozenset(["seem", "seems", "appear", "appears", "happen", "happens"])
#: Words that stand for something named before.
_PRONOUNS: Final = words_in("it they them these those this which who its their itself")
#: Whoever it may be, as the subject of what is done or is not.
_GENERIC: Final = frozenset(["we", "you", "i", "nobody", "nothing"])
#: Several words that mean one.
_PHRASES: Final = tuple(
    (re.compile(rf"(?<!\S){phrase}(?!\S)"), word)
    for phrase, word in (
        ("no one", "nobody"),
        ("documentation strings?", "docstring"),
        ("type (?:hint|annotation)s?", "annotation"),
        ("comes? with", "has"),
        ("comes? without(?: any| an?)?", "has no"),
        ("has not got(?: any| an?)?", "has no"),
        ("(?:never|not) once", "never"),
        ("makes? use of", "uses"),
        ("in use", "used"),
        ("a subclass of", "inherits from"),
        ("(?:derives|derived|extends)(?: from)?", "inherits from"),
        ("(?:at all|whatsoever|in (?:the|this) (?:code|file|module))", ""),
    )
)
_SAME: Final = {
    "call": "invoke invokes invoked invoking calls called calling",
    "use": "uses used using usage utilise utilize utilised utilized utilises utilizes",
    "define": "defines defined defining definition declare declares declared declaration",
    "catch": "catches caught catching",
    "raise": "raises raised raising throw throws thrown throwing",
    "inherit": "inherits inherited",
    "annotation": "annotations",
    "have": "has having",
    "write": "writes written",
    "take": "takes taken accept accepts accepted",
}
_MEANS: Final = {word: key for key, words in _SAME.items() for word in [key, *words.split()]}
_PARTICIPLES: Final = frozenset(["caught", "written", "taken", "thrown", "overridden", "made"])
#: Characters that may stand between the words of a quote without saying anything.
_QUIET: Final = frozenset(" \t\n.,;:!'\"“”\u2018\u2019*_()`-\u2013—")


@dataclass(frozen=True, slots=True)
class Name:
    """A mention of code, with what it is called and what it belongs to."""

    text: str
    role: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What of a statement has weight."""

    names: tuple[Name, ...]
    content: tuple[str, ...]  #: every word that is not harmless, in its order, names left out
    words: tuple[str, ...]  #: all of them
    denied: tuple[str, ...]  #: what is denied, once for each denial
    amounts: tuple[tuple[str, str], ...]  #: how much, and of what
    passive: frozenset[str]  #: verbs of which it is said that they are done to something
    pronouns: tuple[str, ...]
    is_generic: bool  #: whether its subject is whoever it may be
    is_existential: bool  #: "there is …"
    name_at: int  #: how many words of content come before the first name; -1 without any
    is_or: bool  #: whether of several names it is so of one
    together: tuple[int, ...]  #: how many names are spoken of at once, each time


def wording_of(text: str, is_known: Callable[[str], bool]) -> Wording:
    """The words of weight in ``text``; ``is_known`` says of a bare word whether it is a name."""
    tokens = tokens_of(text, 0, len(text), is_known)
    mentioned = [token for token in tokens if token.group is not None]
    groups = [token.group for token in mentioned if token.group is not None]
    words = _words(tokens)
    order: list[str] = []  # what has weight, the first name as "@0"
    denials: list[int] = []
    amounts: list[tuple[str, int]] = []
    passive: set[str] = set()
    for place, word in enumerate(words):
        if word.startswith("@"):
            number = int(word[1:])
            for amount in _swallowed(text, mentioned[number]):
                amounts.append((amount, len(order)))
            order.append(word)
        elif word in _DENIALS:
            order += ["have"] if word in _LACKING else []
            denials.append(len(order))
        elif word in _AMOUNTS or word.isdigit():
            if word != "any" or not denials:
                amounts.append((_AMOUNTS.get(word, word), len(order)))
        elif not _is_harmless(words, place):
            if word in _UN:
                denials.append(len(order))
                word = _UN[word]
            canonical = _MEANS.get(word) or stem(word)
            if _is_participle(word) and _BE & set(words[max(place - 4, 0) : place]):
                passive.add(canonical)
            order.append(canonical)
    return Wording(
        names=tuple(name for group in groups for name in _names(group)),
        content=tuple(word for word in order if not word.startswith("@")),
        words=tuple(word for word in words if word not in _MARKS),
        denied=tuple(_meant(place, order) for place in denials),
        amounts=tuple((word, _meant(place, order)) for word, place in amounts),
        passive=frozenset(passive),
        pronouns=tuple(w for n, w in enumerate(words) if w in _PRONOUNS or (w == "that" and not n)),
        # What "you" do is perhaps what you should do, or what happens if you do.
        is_generic=any(word in _GENERIC and (word != "you" or denials) for word in words),
        is_existential="there" in words,
        name_at=order.index("@0") if mentioned else -1,
        is_or=any(group.is_or for group in groups),
        together=tuple(len(group.mentions) for group in groups),
    )


def is_plain(text: str, is_known: Callable[[str], bool]) -> bool:
    """Whether every character of ``text`` is of a word that is read, or says nothing.

    ``=``, a word in another script and a struck-out word are not read, and may turn everything.
    """
    covered = bytearray(len(text))
    for token in tokens_of(text, 0, len(text), is_known):
        covered[token.start : token.end] = b"\1" * (token.end - token.start)
    return all(covered[place] or char in _QUIET for place, char in enumerate(text))


def _swallowed(text: str, token: Token) -> list[str]:
    """The words of weight that a mention has taken in: ``every nested `x` function``."""
    group = token.group
    assert group is not None
    owners = group.owner.mentions if group.owner is not None else ()
    place, between = token.start, ""
    for mention in sorted([*group.mentions, *owners], key=lambda each: each.start):
        between += text[place : mention.start] + " "
        place = mention.end
    between += text[place : token.end]
    idle = {*group.role.split(), *(group.owner.role.split() if group.owner is not None else ())}
    return [
        word
        for word in re.findall(r"[a-z]+(?:-[a-z]+)?", between.lower())
        if word not in _TAKEN_IN and word not in idle and word.rstrip("s") not in idle
    ]


def _words(tokens: list[Token]) -> list[str]:
    words, number = [], 0
    for token in tokens:
        words.append(token.text if token.group is None else f"@{number}")
        number += token.group is not None
    line = " ".join(words)
    for phrase, word in _PHRASES:
        line = phrase.sub(word, line)
    return line.split()


def _is_harmless(words: list[str], place: int) -> bool:
    word = words[place]
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    if word == "to":
        return before in _SEEMING
    if word in ("get", "gets"):
        return _is_participle(after)
    if word == "and":
        return place == 0
    # Pronouns, and who does it, are compared by themselves.
    return word in _HARMLESS or word == "that" or word in _PRONOUNS or word in _GENERIC


def _is_participle(word: str) -> bool:
    return word.endswith("ed") or word in _PARTICIPLES


def _meant(place: int, order: list[str]) -> str:
    """The word that is meant at ``place``: the next one, or at the end the one before.

    ``does not have a docstring`` denies what ``has no docstring`` denies.
    """
    if order[place : place + 1] == ["have"] and place + 1 < len(order):
        place += 1
    if place < len(order):
        return order[place]
    return order[-1] if order else ""


def _names(group: Group) -> list[Name]:
    owner = " ".join(_bare(each.text) for each in group.owner.mentions) if group.owner else ""
    return [Name(_bare(each.text), group.role, owner) for each in group.mentions]


def _bare(text: str) -> str:
    return text.removesuffix("()").lstrip("@")
