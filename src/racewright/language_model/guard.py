"""Whether a restatement says what its quote says.

A model that restates a sentence may turn it: drop a denial, take another name, swap who calls whom,
leave out a condition. So a restatement has to be made of the quote's own words, in their order:
the same names, the same denials of the same words, the same amounts of the same things, the same
verbs in the same voice. What may be left out or added is a list of harmless words. Nothing here
asks what a sentence means.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from racewright.audit.consistency import stem
from racewright.audit.words import tokens_of
from racewright.language_model.wording import Name, Wording, is_plain, wording_of, words_in

__all__ = ["REASONS", "Passage", "is_scoped", "why_not"]

#: Why a restatement is dropped, as reports say it.
REASONS: Final = {
    "not quoted": "its quote is not in the review",
    "torn": "its quote is torn out of a sentence that says something else",
    "question": "its quote is a question, or has signs that are not read",
    "pronoun": "its quote speaks of “it”, and it is not certain what that is",
    "names": "it names other code, or in another order",
    "denial": "it denies something else",
    "amount": "it counts something else",
    "words": "it has other words, or leaves some out",
    "voice": "it turns who does it into what it is done to",
}
_Known = Callable[[str], bool]

#: What makes all of a sentence conditional, somebody's opinion, or untrue.
_SCOPE: Final = re.compile(
    r"\b(?:if|unless|whether|when|whenever|until|suppos\w+|assum\w+|provided|would|could|should"
    r"|might|may|doubt\w*|claim\w*|sa(?:y|ys|id|ying)|believ\w+|think\w*|thought|pretend\w*|imagin\w+"
    r"|wonder\w*|hop(?:e|es|ed|ing)|expect\w*|wish\w*|used to|false|wrong|untrue|myth|incorrect\w*"
    r"|mistaken\w*|not (?:true|so|the case|that|because|as though|as if))\b|~~",
    re.IGNORECASE,
)
#: What a statement of fact may be introduced by. Words of fear, hope and belief are not among them.
_FRAME: Final = words_in(
    "what me us about is are was the a an problem problems issue issues trouble thing things fact "
    "surprising surprised surprise strange odd oddly funny annoying pity shame nice good great bad "
    "sad glad happy pleased delighted delight sorry gripe complaint nitpick remark observation "
    "note noted notice noticed noticing see saw seen find found finding hear know say stands out "
    "here there it in of main most am first second third another one biggest also however and but "
    "i we you as can have worth mentioning noting mention please that how , : -- other all whole "
    "much finally lastly then too to my more importantly besides enough honestly frankly"
)
#: "To see that it is so" is a task, unless somebody is glad to see it.
_LOOKING: Final = re.compile(
    r"(?<!glad )(?<!happy )(?<!pleased )(?<!delighted )(?<!sorry )(?<!sad )(?<!nice )(?<!good )"
    r"(?<!great )(?<!surprised )(?<!strange )(?<!odd )(?<!funny )\bto (?:see|find|hear|note)\b"
)
#: What may stand behind any quote.
_BEHIND: Final = words_in("oddly enough sadly unfortunately though however too by the way , either")
#: What may follow a quote that is no denial: it says more, and takes nothing back.
_TAIL: Final = words_in("to for with before after by while during via on at")
_HAVING: Final = frozenset(["for", "on", "in", "of"])
_VERB: Final = re.compile(r"\s+(?:is|has|does|never|calls|uses|takes|raises|catches|returns)\b")
_PLAIN: Final = frozenset(["function", "method", "class"])
_CODE: Final = frozenset(stem(word) for word in ("code", "file", "module"))


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause of a review that no checker understood, as it may be quoted."""

    words: str
    sentence: str  #: that it stands in
    before: str  #: what of the sentence comes before it
    earlier: str  #: the sentence before, of the same item


def is_scoped(passage: Passage) -> bool:
    """Whether the sentence is no plain statement, so that none of it may be restated."""
    return _SCOPE.search(passage.sentence) is not None or "?" in passage.sentence


def why_not(passage: Passage, quote: str, claim: str, is_known: _Known) -> str:
    """Why ``claim`` cannot stand for ``quote``: one of :data:`REASONS`, or nothing."""
    place = passage.words.find(quote) if quote.strip() else -1
    if place < 0:
        return "not quoted"
    if not is_plain(quote, is_known) or not is_plain(claim, is_known) or is_scoped(passage):
        return "question"
    before, after = passage.words[:place], passage.words[place + len(quote) :]
    if _is_torn(before, quote, after, is_known):
        return "torn"
    wording, restated = wording_of(quote, is_known), wording_of(claim, is_known)
    if wording.pronouns:
        named = _with_name(quote, wording, passage, before, is_known)
        if not named:
            return "pronoun"
        wording = wording_of(named, is_known)
    return _difference(wording, restated)


# --- What stands around the quote ---


def _is_torn(before: str, quote: str, after: str, is_known: _Known) -> bool:
    is_inside = (before[-1:].isalnum() and quote[0].isalnum()) or (
        after[:1].isalnum() and quote[-1].isalnum()
    )
    is_open = quote.count("`") % 2 == 1 or before.count("`") % 2 == 1
    if is_inside or is_open or not _is_frame(before, is_known):
        return True
    rest = [token.text for token in tokens_of(after, 0, len(after), is_known)]
    said, more = wording_of(quote, is_known), wording_of(after, is_known)
    has_weight = more.content or more.names or more.denied or more.amounts or more.pronouns
    if not has_weight or all(word in _BEHIND for word in rest):
        return not is_plain(after, is_known)
    if said.denied:
        return True  # what is behind it may be what is denied
    if rest[0] == "and":
        return bool(said.amounts)  # two of these, and a third
    return rest[0] not in _TAIL or bool(more.denied or more.amounts)


def _is_frame(before: str, is_known: _Known) -> bool:
    """Whether the words introduce a statement without changing it: "what is odd is that"."""
    if not is_plain(before, is_known):
        return False
    words = [token.text for token in tokens_of(before, 0, len(before), is_known)]
    if "@" in words and words[-1] not in ("that", "how"):
        return False
    if _LOOKING.search(" ".join(words)):
        return False
    if len(words) > 3 and words[0] == "what" and words[2] in ("me", "us"):
        words = words[3:]  # what puzzles me about it is that
    return all(word in _FRAME or word == "@" for word in words)


# --- Pronouns ---


def _with_name(
    quote: str, wording: Wording, passage: Passage, before: str, is_known: _Known
) -> str:
    """The quote with the one name that its pronoun can stand for; nothing if there is none.

    That is the only name before it in its sentence, or else in the sentence before.
    """
    if len(wording.pronouns) != 1 or wording.pronouns[0] not in ("it", "which", "this", "that"):
        return ""
    names: tuple[Name, ...] = ()
    for text in (passage.before + before, passage.earlier):
        names = wording_of(text, is_known).names
        if names:
            break
    if len({name.text for name in names}) != 1 or names[0].text in {n.text for n in wording.names}:
        return ""
    found = next(
        token
        for token in tokens_of(quote, 0, len(quote), is_known)
        if token.text == wording.pronouns[0]
    )
    if found.text in ("this", "that") and not _VERB.match(quote[found.end :]):
        return ""  # "this class" is no pronoun, and perhaps another one
    # Where it was called a function, it is still one, and where it was not, it may be anything.
    roles = {name.role for name in names} if all(not name.owner for name in names) else {"", "?"}
    role = roles.pop() if len(roles) == 1 else ""
    mention = f"the `{names[0].text}` {role}" if role else f"`{names[0].text}`"
    return f"{quote[: found.start]}{mention}{quote[found.end :]}"


# --- Two wordings ---


def _difference(said: Wording, restated: Wording) -> str:
    is_alike = (said.is_or, said.together) == (restated.is_or, restated.together)
    if not is_alike or not _are_same(said.names, restated.names):
        return "names"
    if restated.pronouns:
        return "pronoun"
    if sorted(said.denied) != sorted(restated.denied):
        return "denial"
    if sorted(said.amounts) != sorted(restated.amounts):
        return "amount"
    if not said.content and said.words != restated.words:
        return "words"  # nothing but harmless words: which ones is all that is said
    content, name_at = said.content, said.name_at
    given = restated.content
    is_impersonal = said.is_generic or said.is_existential
    if is_impersonal and given[:1] and given[0] in _CODE and content[:1] != given[:1]:
        given = given[1:]  # where nobody does it, the code does not
    begins = restated.name_at == 0
    if said.is_existential and not restated.is_existential:
        content, is_owned = _owned(said)
        if content != given:
            return "words"
        return "" if begins == is_owned and said.passive == restated.passive else "voice"
    if content != given:
        return "words"
    if (name_at == 0) == begins:
        return "" if said.passive == restated.passive else "voice"
    if not begins or not said.is_generic or said.passive or name_at < 1:
        return "voice"
    return "" if restated.passive == {content[name_at - 1]} else "voice"


def _are_same(said: tuple[Name, ...], restated: tuple[Name, ...]) -> bool:
    """Whether they are the same names in the same order, each called what it was called.

    That something is a function, a method or a class may be left out: its definition says it.
    """
    if len(said) != len(restated):
        return False
    return all(
        a.text == b.text
        and a.owner == b.owner
        and (a.role == b.role or (not b.role and a.role in _PLAIN))
        for a, b in zip(said, restated, strict=True)
    )


def _owned(said: Wording) -> tuple[tuple[str, ...], bool]:
    """``There is no docstring for X`` as ``X has no docstring``, and whether there is an X."""
    content, place = said.content, said.name_at
    if place > 0 and content[place - 1] in _HAVING and len(said.names) == 1:
        content = content[: place - 1] + content[place:]
        return ("have", *content), True
    return ("have", *content), False
