"""What becomes of the text of a review before anything is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from racewright.audit.clauses import Clause, clauses_of
from racewright.audit.items import items_of, lines_cited
from tests.audit.support import claims_about, project


def clauses(text: str) -> list[Clause]:
    return [c for item in items_of(text) for c in clauses_of(text, item, lambda word: False)]


def test_numbers_bullets_headings_and_rows_are_items() -> None:
    text = (
        "Intro.\n\n1. One.\n2) Two.\n\n- Three.\n* Four.\n\n### 5. **Five** (Line 7)\n"
        "   - **Defect**: It is bad.\n   - **Solution**: Mend it.\n\n"
        "| # | Finding |\n|---|---|\n| 6 | Six. |\n"
    )
    items = items_of(text)
    assert [item.label for item in items] == ["", "1", "2", "3", "4", "5", "6"]
    five = items[5]
    assert five.lines == [7]
    assert [part.role for part in five.parts] == ["heading", "defect", "solution"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("on line 126", [126]),
        ("(Line 193, 204)", [193, 204]),
        ("Lines 7-9 and 12", [7, 8, 9, 12]),
        ("L13: nit", [13]),
        ("lines 3 to 5", [3, 4, 5]),
        ("in 2024 we had 3 lines", []),
    ],
)
def test_cited_lines_are_read_as_people_write_them(text: str, lines: list[int]) -> None:
    assert lines_cited(text) == lines


def test_a_premise_and_the_advice_that_rests_on_it_are_two_clauses() -> None:
    found = clauses("`x` is never called, so remove it.")
    assert [(each.words, each.force) for each in found] == [
        ("@0 is never called", "fact"),
        ("remove it", "advice"),
    ]


def test_a_clause_without_a_subject_is_given_the_one_before() -> None:
    words = [
        each.words for each in clauses("The `a` and `b` functions are defined but never used.")
    ]
    assert words == ["@0 are defined", "@0 is never used"]
    words = [each.words for each in clauses("`f` takes `n`, which isn't documented.")]
    assert words == ["@0 takes @1", "@1 is not documented"]


def test_a_pronoun_is_not_given_a_name_that_its_sentence_does_not_speak_of() -> None:
    *_, last = clauses("`range(3)` is short. The loop variable is odd because it's unused.")
    assert last.words == "it is unused"
    *_, last = clauses("The queue is made of `deque`, and it is never emptied.")
    assert last.words == "it is never emptied"


def test_a_bold_line_is_a_heading_and_no_part_of_the_sentence_below() -> None:
    found = clauses("**Documentation**\nThe class has no docstring.")
    assert [(each.words, each.role) for each in found][-1] == ("the class has no docstring", "text")


def test_an_object_is_not_joined_to_the_subject_of_what_follows() -> None:
    words = [each.words for each in clauses("`f` calls `a` and the `g` function calls `b`.")]
    assert words == ["@0 calls @1", "@2 calls @3"]
    (whole,) = clauses("`f` calls `a` and `b`.")
    assert whole.words == "@0 calls @1"


def test_contractions_are_the_words_that_they_stand_for() -> None:
    straight, curly = clauses("`x` isn't used."), clauses("`x` isn\u2019t used.")
    assert [c.words for c in straight] == [c.words for c in curly] == ["@0 is not used"]


@pytest.mark.parametrize(
    ("sentence", "force"),
    [
        ("It may leak memory.", "possibility"),
        ("It's recommended to use a lock.", "advice"),
        ("Remove the import.", "advice"),
        ("No security defects are detected in the code.", "verdict"),
        ("The code is easy to read.", "opinion"),
        ("Why does `f` sleep?", "question"),
        ("`f` sleeps.", "fact"),
    ],
)
def test_a_clause_has_a_force(sentence: str, force: str) -> None:
    assert [each.force for each in clauses(sentence)] == [force]


def test_sentences_do_not_end_at_abbreviations_numbers_or_dotted_names() -> None:
    text = "It calls os.path.join, e.g. in version 3.11, twice. That is `a.b`. End"
    assert len(clauses(text)) == 3


def test_a_quote_is_exactly_the_words_of_the_review(tmp_path: Path) -> None:
    path = project(tmp_path)
    text = "1. The `LIMIT` constant is defined\n   but **never** used; `read` is\n   documented.\n"
    claims = claims_about(path, text)
    assert len(claims) >= 3
    assert all(text[claim.start : claim.end] == claim.quote for claim in claims)


def test_code_in_a_fence_is_no_claim(tmp_path: Path) -> None:
    path = project(tmp_path)
    assert claims_about(path, "```python\n# `LIMIT` is defined\n```\n") == ()
