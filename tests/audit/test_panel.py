"""Several reviews of one file, and a review against itself."""

from __future__ import annotations

from pathlib import Path

from racewright.report.audit_words import holding
from tests.audit.support import audited, project


def test_what_two_reviews_say_alike_is_one_claim(tmp_path: Path) -> None:
    made = audited(
        project(tmp_path),
        "The `LIMIT` constant is never used.",
        "`LIMIT` isn't used anywhere in the code.",
    )
    (merged,) = made.panel
    assert merged.verdict == "refuted"
    assert merged.said_by == ("review-1", "review-2")
    assert merged.denied_by == ()


def test_what_one_says_and_another_denies_is_a_contradiction(tmp_path: Path) -> None:
    made = audited(project(tmp_path), "`LIMIT` is never used.", "`LIMIT` is used.")
    (merged,) = made.panel
    assert (merged.said_by, merged.denied_by) == (("review-1",), ("review-2",))


def test_one_review_is_made_of_what_holds(tmp_path: Path) -> None:
    made = audited(
        project(tmp_path),
        "`helper` takes two parameters. `LIMIT` is never used.",
        "The `helper` function takes two parameters. It is slow.",
    )
    assert [(claim.claim, names) for claim, names in holding(made)] == [
        ("helper takes 2 parameters", ("review-1", "review-2"))
    ]


def remarks(tmp_path: Path, words: str) -> list[tuple[str, str]]:
    return [(each.kind, each.item) for each in audited(project(tmp_path), words).remarks]


def test_a_review_that_ends_in_mid_sentence_is_called_truncated(tmp_path: Path) -> None:
    assert remarks(tmp_path, "1. One thing is bad.\n2. The other is bad. It makes code and") == [
        ("truncated", "2")
    ]
    assert remarks(tmp_path, "1. One thing is bad.\n2. The other is bad.") == []
    assert remarks(tmp_path, "- nit\n- `LIMIT` unused") == []


def test_an_item_that_says_nothing_is_called_empty(tmp_path: Path) -> None:
    assert remarks(tmp_path, "1. One thing is bad.\n2.\n3. Another is bad.") == [("empty", "2")]


def test_an_item_that_repeats_another_is_called_a_duplicate(tmp_path: Path) -> None:
    words = "{}. The code uses the `{}` fixture to reach the remote accounting service badly.\n"
    text = words.format(1, "neutron") + words.format(2, "neutron") + "3. Something else is bad.\n"
    assert remarks(tmp_path, text) == [("duplicate", "2")]


def test_a_clean_verdict_beside_defects_is_a_contradiction(tmp_path: Path) -> None:
    text = "### 1. Locks\n   - **Defect**: None.\n\nNo security defects are detected in the code."
    assert ("contradiction", "1") in remarks(tmp_path, text)
    assert remarks(tmp_path, "No security defects are detected in the code.") == []
