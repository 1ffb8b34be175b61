"""A restatement that says something else than its quote is dropped, however it was turned."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from racewright.language_model.guard import REASONS, Passage, why_not


def is_known(word: str) -> bool:
    return word in ("foo", "bar", "Foo", "LIMIT")


def judged(quote: str, claim: str, words: str = "", before: str = "", earlier: str = "") -> str:
    """Why the claim is dropped; empty where it is not."""
    words = words or quote
    return why_not(Passage(words, before + words, before, earlier), quote, claim, is_known)


# --- What says the same ---


@pytest.mark.parametrize(
    ("quote", "claim"),
    [
        ("`foo` is never called", "`foo` is never called."),
        ("nobody ever seems to call `foo`", "`foo` is never called"),
        ("we never invoke `foo()`", "`foo` is never called"),
        ("no one uses `foo` here", "`foo` is not used"),
        ("there is no docstring for `foo`", "`foo` has no docstring"),
        ("there's no docstring on the `foo` function whatsoever", "`foo` has no docstring"),
        ("`foo` doesn't come with a docstring", "`foo` has no docstring"),
        ("`foo` lacks a docstring", "`foo` has no docstring"),
        ("`foo` is missing a docstring", "`foo` does not have a docstring"),
        ("there's no logging", "The code has no logging"),
        ("there is no logging", "There is no logging"),
        ("`Foo` extends `bar`", "`Foo` inherits from `bar`"),
        ("`Foo` is derived from `bar`", "`Foo` inherits from `bar`"),
        ("the `foo` function accepts three parameters", "`foo` takes 3 parameters"),
        ("`foo` gets called in `bar`", "`foo` is called in `bar`"),
        ("`foo` is unfortunately also unused", "`foo` is not used"),
        ("the `foo` parameter is unused", "The `foo` parameter is unused"),
        ("`foo` and `bar` are never called", "`foo` and `bar` are never called"),
        ("`foo` throws `bar`", "`foo` raises `bar`"),
        ("`foo` has no type hints", "`foo` has no annotations"),
    ],
)
def test_a_restatement_in_the_words_of_the_quote_is_kept(quote: str, claim: str) -> None:
    assert judged(quote, claim) == ""


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("What puzzles me is that nobody calls `foo`", "nobody calls `foo`"),
        ("Also, note that `foo` is never called", "`foo` is never called"),
        ("I am glad to see that `foo` is never called", "`foo` is never called"),
        ("The surprising thing about `bar` is that `foo` is never called", "`foo` is never called"),
        ("and `foo` is never called at all", "`foo` is never called"),
    ],
)
def test_a_quote_may_leave_out_what_introduces_a_fact(words: str, quote: str) -> None:
    assert judged(quote, "`foo` is never called", words) == ""


def test_a_quote_that_denies_nothing_may_end_before_what_it_is_for() -> None:
    words = "`foo` is called to stop the service"
    assert judged("`foo` is called", "`foo` is called", words) == ""


# --- What is turned ---


@pytest.mark.parametrize(
    ("quote", "claim", "reason"),
    [
        ("`foo` is never called", "`foo` is called", "denial"),
        ("`foo` is called", "`foo` is never called", "denial"),
        ("`foo` is not not called", "`foo` is not called", "denial"),
        ("`foo` is called by nobody", "`foo` is called", "denial"),
        ("`foo` is unused", "`foo` is used", "denial"),
        ("`foo` is undocumented", "`foo` is documented", "denial"),
        ("there is no docstring for `foo`", "`foo` has a docstring", "denial"),
        ("`foo` is used but not defined", "`foo` is defined but not used", "denial"),
        ("`foo` lacks a docstring", "`foo` has a docstring", "denial"),
        ("`foo` is called (not)", "`foo` is called", "denial"),
        ("`foo` is called. Not!", "`foo` is called", "denial"),
        ("`foo` is no longer called", "`foo` is not called", "denial"),
        ("`foo` is never called", "`bar` is never called", "names"),
        ("`foo` calls `bar`", "`bar` calls `foo`", "names"),
        ("`foo` and `bar` are called", "`foo` is called", "names"),
        ("`foo` or `bar` is called", "`foo` and `bar` are called", "names"),
        ("the `foo` parameter is unused", "`foo` is unused", "names"),
        ("`foo` is unused", "The `foo` parameter is unused", "names"),
        ("the `foo` class is unused", "The `foo` method is unused", "names"),
        ("`foo`'s `bar` is unused", "`bar` is unused", "names"),
        ("`foo` of `Foo` is never called", "`foo` is never called", "names"),
        ("`foo` takes two arguments", "`foo` takes three arguments", "amount"),
        ("`foo` takes 2 arguments", "`foo` takes 20 arguments", "amount"),
        ("two classes and three functions", "three classes and two functions", "amount"),
        ("`foo` is defined on line 3", "`foo` is defined on line 4", "amount"),
        ("only `foo` calls `bar`", "`foo` calls only `bar`", "amount"),
        ("only `foo` calls `bar`", "`foo` calls `bar`", "amount"),
        ("every `foo` function is called", "the `foo` function is called", "amount"),
        ("`foo` takes any argument", "`foo` takes an argument", "amount"),
        ("`foo` is called at most twice", "`foo` is called twice", "amount"),
        ("`foo` isn't only called in `bar`", "`foo` isn't called in `bar`", "amount"),
        ("`foo` calls `bar`", "`foo` is called by `bar`", "words"),
        ("`foo` was never called", "`foo` is never called", "words"),
        ("`foo` is a lock", "`foo` has a lock", "words"),
        ("`foo` is hardly called", "`foo` is called", "words"),
        ("`foo` is anything but called", "`foo` is called", "words"),
        ("`foo` fails to call `bar`", "`foo` calls `bar`", "words"),
        ("`foo` avoids `bar`", "`foo` uses `bar`", "words"),
        ("`foo` does `bar`", "`foo` is `bar`", "words"),
        ("`foo` is called with a timeout", "`foo` is called", "words"),
        ("`foo` is called", "`foo` is called with a timeout", "words"),
        ("the worker never calls `foo`", "`foo` is never called", "words"),
        ("`foo` never logs", "The code never logs `foo`", "words"),
        ("`foo` never calls", "`foo` is never called", "voice"),
        ("`foo` is never called", "`foo` never calls", "voice"),
        ("you call `foo`", "`foo` is called", "voice"),
        ("never calls `foo`", "`foo` is never called", "voice"),
        ("nobody calls `foo`", "`foo` never calls", "voice"),
        ("`foo` != `bar`", "`foo` is `bar`", "question"),
        ("`foo` is called 🙅", "`foo` is called", "question"),
        ("`foo` is called /s", "`foo` is called", "question"),
        ("~~`foo` is never called~~", "`foo` is never called", "question"),
        ("Is `foo` never called?", "`foo` is never called", "question"),
        ("`foo` should be called", "`foo` is called", "question"),
        ("if `foo` is called", "`foo` is called", "question"),
        ("`foo` is supposedly unused", "`foo` is unused", "question"),
        ("`foo` wird не aufgerufen", "`foo` is called", "question"),
        ("`foo` is called", "`foo` is called \u202e", "question"),
        ("`foo` is called", "`foo` ≠ called", "question"),
    ],
)
def test_a_restatement_that_says_something_else_is_dropped(
    quote: str, claim: str, reason: str
) -> None:
    assert judged(quote, claim) == reason
    assert REASONS[reason]


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("`foo` is not called with a timeout", "`foo` is not called"),
        ("only `foo` is called", "`foo` is called"),
        ("the old `foo` is called", "`foo` is called"),
        ("never is it said that `foo` is called", "`foo` is called"),
        ("the test checks that `foo` is called", "`foo` is called"),
        ("the main thing is to see that `foo` is called", "`foo` is called"),
        ("<del>`foo` is called", "`foo` is called"),
        ("the docstring promises that `foo` is called", "`foo` is called"),
        ("`foo` is called nowhere", "`foo` is called"),
        ("`foo` is called in comments", "`foo` is called"),
        ("`foo` is called back", "`foo` is called"),
        ("`foo` is called for no reason", "`foo` is called"),
        ("`foo` is called: not", "`foo` is called"),
        ("`foo` is called — never", "`foo` is called"),
        ("`foo` is called = 0", "`foo` is called"),
        ("`foo` is calledx", "`foo` is called"),
        ("`barfoo` is called", "foo` is called"),
        ("`bar and `foo` is called", "`foo` is called"),
    ],
)
def test_a_quote_that_is_torn_out_is_dropped(words: str, quote: str) -> None:
    assert judged(quote, "`foo` is called", words) in ("torn", "denial", "question")


@pytest.mark.parametrize(
    "sentence",
    [
        "If `bar` fails, `foo` is never called",
        "I doubt that `bar` works, and `foo` is never called",
        "It is not true that `foo` is never called",
        "The author claims `foo` is never called",
        "`foo` is never called unless `bar` is set",
        "One would think that `foo` is never called",
        "It is a myth that `foo` is never called",
        "`foo` is never called, which is false",
    ],
)
def test_nothing_of_a_sentence_with_a_condition_or_an_opinion_is_restated(sentence: str) -> None:
    words = "`foo` is never called"
    before = sentence.partition(words)[0]
    assert why_not(Passage(words, sentence, before, ""), words, words, is_known) == "question"


@pytest.mark.parametrize(
    ("quote", "claim"),
    [
        ("not in there", "`foo` is called"),
        ("", "`foo` is called"),
        (" ", "`foo` is called"),
        ("`FOO` is called", "`foo` is called"),
        ("`foo`  is called", "`foo` is called"),
    ],
)
def test_what_is_not_quoted_word_for_word_is_dropped(quote: str, claim: str) -> None:
    assert judged(quote, claim, "`foo` is called") == "not quoted"


# --- Pronouns ---


@pytest.mark.parametrize(
    ("before", "earlier", "quote", "claim"),
    [
        ("`foo` is odd: ", "", "nobody calls it", "`foo` is never called"),
        ("", "`foo` is the heart.", "it has no docstring", "`foo` has no docstring"),
        ("", "The `foo` function is it.", "It has no docstring", "`foo` has no docstring"),
        ("`foo` is here, ", "`bar` too.", "which is never called", "`foo` is never called"),
    ],
)
def test_it_is_the_one_name_before(before: str, earlier: str, quote: str, claim: str) -> None:
    assert judged(quote, claim, before=before, earlier=earlier) == ""


@pytest.mark.parametrize(
    ("earlier", "quote", "claim", "reason"),
    [
        ("`foo` calls `bar`.", "It is never called", "`bar` is never called", "pronoun"),
        ("`foo` calls `bar`.", "It is never called", "`foo` is never called", "pronoun"),
        ("Nothing.", "It is never called", "`foo` is never called", "pronoun"),
        ("`foo` is there.", "It is never called", "`bar` is never called", "names"),
        ("`foo` is there.", "It never calls `bar`", "`bar` is never called", "names"),
        ("`foo` is there.", "It never calls `foo`", "`foo` is never called", "pronoun"),
        ("`foo` is there.", "Its docstring is missing", "`foo` has no docstring", "pronoun"),
        ("`foo` is there.", "They are never called", "`foo` is never called", "pronoun"),
        ("`foo` is there.", "This class has no docstring", "`foo` has no docstring", "pronoun"),
        ("`foo` is there.", "It is never called", "It is never called", "names"),
    ],
)
def test_it_is_nothing_else(earlier: str, quote: str, claim: str, reason: str) -> None:
    assert judged(quote, claim, earlier=earlier) == reason


# --- Every sentence that the checkers know, turned in every simple way ---

SENTENCES = (Path(__file__).parent / "sentences.txt").read_text().splitlines()
#: What may be taken out of a sentence without changing it; "type" of "type annotation".
IDLE = re.compile(
    r"(?:the|an?|any|is|are|be|been|does?|function|class|method|type|anywhere|here|there|ever|also"
    r"|actually|really|seems?|appears?)[.,:]?",
    re.IGNORECASE,
)


def kept_as_they_are() -> list[str]:
    return [each for each in SENTENCES if judged(each, each) == ""]


def test_most_sentences_that_checkers_know_may_be_restated_as_they_are() -> None:
    dropped = set(SENTENCES) - set(kept_as_they_are())
    assert len(dropped) < len(SENTENCES) / 6
    assert {judged(each, each) for each in dropped} <= {"question", "pronoun", "words"}


@pytest.mark.parametrize("sentence", kept_as_they_are())
def test_no_word_of_weight_can_be_taken_out_or_put_in(sentence: str) -> None:
    words = sentence.split()
    for place, word in enumerate(words):
        without = " ".join(words[:place] + words[place + 1 :])
        if judged(sentence, without) == "":
            assert IDLE.fullmatch(word), without
    for place in range(len(words) + 1):
        for more in ("not", "never", "no", "only", "all", "two", "always", "by"):
            longer = " ".join([*words[:place], more, *words[place:]])
            assert judged(sentence, longer) != "", longer


@pytest.mark.parametrize("sentence", [s for s in kept_as_they_are() if s.count("`") >= 4])
def test_no_two_names_can_change_places(sentence: str) -> None:
    first, second = re.findall(r"`[^`]+`", sentence)[:2]
    if first == second:
        return
    swapped = sentence.replace(first, "\0").replace(second, first).replace("\0", second)
    assert judged(sentence, swapped) != ""


@pytest.mark.parametrize("sentence", [s for s in kept_as_they_are() if "`" in s])
def test_no_name_can_be_put_for_another(sentence: str) -> None:
    for name in re.findall(r"`[^`]+`", sentence):
        assert judged(sentence, sentence.replace(name, "`another`")) == "names"
