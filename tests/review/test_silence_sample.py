"""The sample of findings that were read by hand is whole, and says what the measure needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from racewright.review.rule import all_rules

SAMPLE = Path(__file__).parent.parent.parent / "benchmarks" / "review" / "sample.jsonl"
LABELS = [json.loads(line) for line in SAMPLE.read_text().splitlines()]


def test_a_hundred_findings_were_read_and_none_twice() -> None:
    keys = {(each["package"], each["file"], each["line"], each["rule"]) for each in LABELS}
    assert len(keys) == len(LABELS) >= 100


@pytest.mark.parametrize("label", LABELS, ids=lambda label: f"{label['file']}:{label['line']}")
def test_a_label_says_what_why_and_where(label: dict[str, object]) -> None:
    assert set(label) == {
        "package",
        "version",
        "file",
        "line",
        "text",
        "rule",
        "label",
        "reason",
    }
    assert label["label"] in ("right", "wrong")
    assert label["rule"] in {rule.name for rule in all_rules()}
    reason = str(label["reason"])
    assert reason.endswith(".")
    assert len(reason) > 20
    assert label["version"]
    assert label["text"]


def test_four_in_five_are_right() -> None:
    right = [each for each in LABELS if each["label"] == "right"]
    assert len(right) / len(LABELS) >= 0.8
