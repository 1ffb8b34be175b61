"""Sentences as people chat them, and a model that restates them as well as can be, or as badly.

Written before the guard was tried on them. ``wanted`` is what a good model would answer, and
whether that is so; the checkers alone decide some of the sentences, and some nobody decides.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from racewright.audit import audit, load_code, text_of
from racewright.audit.code import Code
from racewright.audit.restated import decided_as
from racewright.language_model.extracting import requests_for
from racewright.language_model.forms import FORMS
from racewright.language_model.guard import Passage, is_scoped, why_not
from racewright.model.claim import Claim
from tests.audit.support import project


class Chat(NamedTuple):
    """A sentence, the words of it that state a fact, these in a form, and whether it is so."""

    sentence: str
    quote: str
    wanted: str
    is_so: bool


CHATS = [
    Chat(
        "Honestly, I searched the whole thing and nobody seems to ever call `_forgotten`.",
        "nobody seems to ever call `_forgotten`",
        "`_forgotten` is never called",
        True,
    ),
    Chat(
        "What surprised me most is that `helper` comes without any docstring whatsoever.",
        "`helper` comes without any docstring whatsoever",
        "`helper` has no docstring",
        True,
    ),
    Chat(
        "You will look in vain for a docstring on `helper`.",
        "look in vain for a docstring on `helper`",
        "`helper` has no docstring",
        True,
    ),
    Chat(
        "Funny thing: `UNUSED`, as its name has it, we never use.",
        "`UNUSED`, as its name has it, we never use",
        "`UNUSED` is never used",
        True,
    ),
    Chat(
        "Two parameters is what `helper` takes.",
        "Two parameters is what `helper` takes",
        "`helper` takes two parameters",
        True,
    ),
    Chat(
        "Somebody forgot about `_forgotten`: it never gets called.",
        "it never gets called",
        "`_forgotten` is never called",
        True,
    ),
    Chat(
        "I was glad to see that `write` catches `OSError`.",
        "`write` catches `OSError`",
        "`write` catches `OSError`",
        True,
    ),
    Chat(
        "The odd thing about `read` is that it does not have a return annotation.",
        "it does not have a return annotation",
        "`read` has no return type annotation",
        False,
    ),
    Chat(
        "One thing that stands out is that no comments are to be found.",
        "no comments are to be found",
        "The code has no comments",
        False,
    ),
    Chat(
        "In `write` we catch `KeyError`, oddly enough.",
        "In `write` we catch `KeyError`",
        "`write` catches `KeyError`",
        False,
    ),
    Chat(
        "My main gripe is that `json` is imported and then never put to use.",
        "`json` is imported",
        "`json` is imported",
        True,
    ),
    Chat(
        "There's a static method in there, `name_of`.",
        "There's a static method in there, `name_of`",
        "`name_of` is a static method",
        True,
    ),
    Chat(
        "Note how `start` never calls `join`.",
        "`start` never calls `join`",
        "`start` does not call `join`",
        True,
    ),
    Chat(
        "It strikes me that `errors` is imported but `Full` isn't raised anywhere.",
        "`Full` isn't raised anywhere",
        "`Full` is not raised",
        False,
    ),
    Chat(
        "We have here one single class, and that's it.",
        "We have here one single class",
        "The file has one class",
        True,
    ),
    Chat(
        "Why on earth `Waiting` is taken from `queue` I don't know.",
        "`Waiting` is taken from `queue`",
        "`Waiting` comes from `queue`",
        True,
    ),
    Chat(
        "The author, bless them, never once overrides `close` in `Service`.",
        "never once overrides `close` in `Service`",
        "`Service` does not override `close`",
        True,
    ),
    Chat(
        "Much to my delight there are no bare excepts.",
        "there are no bare excepts",
        "There are no bare excepts in the code",
        True,
    ),
    Chat(
        "The thing to know about `_write` is that `write` calls it.",
        "`write` calls it",
        "`write` calls `_write`",
        True,
    ),
]
NAMES = ["_forgotten", "helper", "write", "_write"]


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Code:
    return load_code(project(tmp_path_factory.mktemp("service")))


def open_in(sentence: str, code: Code) -> list[str]:
    """The words of a sentence that a model is asked about."""
    text = text_of("r", sentence)
    made = audit(code, [text])
    return [
        passage["words"]
        for request in requests_for(made, [text], code)
        for passage in json.loads(request[-1].content)["passages"]
    ]


def verdicts(words: str, sentence: str, quote: str, claim: str, code: Code) -> set[str]:
    """What the checkers say of a restatement, if it passes the guard."""
    passage = Passage(words, sentence, sentence.partition(words)[0], "")
    if is_scoped(passage) or why_not(passage, quote, claim, code.is_known):
        return set()
    bare = Claim("r", "", 0, 1, quote, claim, "behaviour")
    return {each.verdict for each in decided_as(bare, claim, code)}


def decided(chat: Chat, code: Code) -> set[str]:
    """What is decided of the sentence with a good model, or without any."""
    alone = {each.verdict for each in audit(code, [text_of("r", chat.sentence)]).claims}
    return (alone - {"not checkable"}) | {
        verdict
        for words in open_in(chat.sentence, code)
        if chat.quote in words
        for verdict in verdicts(words, chat.sentence, chat.quote, chat.wanted, code)
    }


def test_a_good_model_has_half_of_the_sentences_decided_and_none_wrongly(code: Code) -> None:
    found = [(chat, decided(chat, code)) for chat in CHATS]
    right = {True: {"supported"}, False: {"refuted"}}
    assert [chat for chat, said in found if said - right[chat.is_so]] == []
    assert len([chat for chat, said in found if said]) >= len(CHATS) / 2


def every_claim() -> Iterator[str]:
    for form in FORMS:
        slots = list(dict.fromkeys(re.findall(r"`([^`]+)`", form)))
        for names in itertools.permutations(NAMES, len(slots)) if len(slots) < 3 else ():
            given: dict[str, Any] = dict(zip(slots, names, strict=True))
            yield re.sub(r"`([^`]+)`", lambda found, given=given: f"`{given[found[1]]}`", form)


@pytest.mark.parametrize("chat", CHATS, ids=lambda chat: chat.sentence[:40])
def test_a_model_that_tries_every_form_with_every_name_gets_nothing_else(
    chat: Chat, code: Code
) -> None:
    for words in open_in(chat.sentence, code):
        for claim in every_claim():
            for quote in {words, chat.quote}:
                said = verdicts(words, chat.sentence, quote, claim, code)
                assert not said - {"supported" if chat.is_so else "refuted"}, (quote, claim)
