"""What is sent has no secrets in it, and what is quoted of it is found again where it was."""

from __future__ import annotations

import pytest

from racewright.language_model.masking import Masked
from racewright.report.review_words import mask

KEY_TEXT = (
    "before\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nx7fjz9\n-----END RSA PRIVATE "
    "KEY-----\nbehind\n"
)


def test_a_text_without_secrets_is_sent_as_it_is() -> None:
    masked = Masked("one\ntwo\n")
    assert masked.text == "one\ntwo\n"
    assert [masked.there(place) for place in range(9)] == list(range(9))
    assert masked.back(0, 3) == (0, 3)


def test_a_key_over_several_lines_leaves_the_lines_below_where_they_are() -> None:
    assert mask(KEY_TEXT).count("\n") == KEY_TEXT.count("\n")
    assert "MIIE" not in mask(KEY_TEXT)
    assert mask(KEY_TEXT).split("\n")[5] == "behind"


@pytest.mark.parametrize(
    "text",
    [
        'One. The password = "hunter2hunter2" is bad. `foo` is never called.\nTwo.',
        'password = "hunter2hunter2"\n`foo` is never called.',
        "token='x' and token='abcdefghijklmnop' and `foo` is never called.",
        f"{KEY_TEXT}`foo` is never called.",
        "`foo` is never called. secret = 'abcdefghijkl'",
    ],
)
def test_what_stands_beside_a_secret_is_found_where_it_was(text: str) -> None:
    masked = Masked(text)
    words = "`foo` is never called"
    at = text.find(words)
    assert masked.text != text
    assert masked.text[masked.there(at) : masked.there(at + len(words))] == words
    start = masked.text.find(words)
    assert masked.back(start, start + len(words)) == (at, at + len(words))


def test_no_place_of_a_secret_leads_to_more_than_its_mask() -> None:
    text = 'The password = "hunter2hunter2" is bad'
    masked = Masked(text)
    start, end = text.find("hunter"), text.find('" is bad')
    for a in range(start, end):
        for b in range(a, end):
            assert "hunter" not in masked.text[masked.there(a) : masked.there(b)]
    star = masked.text.find("***")
    assert masked.back(star, star + 3) is None
