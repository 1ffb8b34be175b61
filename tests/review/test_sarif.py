"""SARIF is what the official schema allows, and what code scanning services need beyond it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from racewright.model.finding import Review
from racewright.report.review_sarif import to_sarif
from tests.review.test_reports import HOSTILE, REVIEW

SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text())


def errors_in(log: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft4Validator(SCHEMA).iter_errors(log)]


@pytest.mark.parametrize("review", [REVIEW, HOSTILE, Review(())], ids=["usual", "hostile", "none"])
def test_it_is_what_the_schema_allows(review: Review) -> None:
    assert errors_in(json.loads(to_sarif(review))) == []


def test_the_schema_notices_what_is_wrong() -> None:
    log = json.loads(to_sarif(REVIEW))
    log["runs"][0]["results"][0]["level"] = "terrible"
    assert len(errors_in(log)) == 1


def test_a_rule_has_its_weakness_as_a_tag_and_a_result_points_to_its_rule() -> None:
    (run,) = json.loads(to_sarif(REVIEW))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["F401", "check-then-act", "sleep-as-synchronisation"]
    assert rules[1]["properties"]["tags"] == ["security", "concurrency", "external/cwe/cwe-362"]
    assert rules[1]["properties"]["security-severity"] == "5.0"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_addresses_are_relative_and_fingerprints_differ() -> None:
    (run,) = json.loads(to_sarif(REVIEW))["runs"]
    artifacts = [
        place["physicalLocation"]["artifactLocation"]
        for result in run["results"]
        for place in result["locations"]
    ]
    assert {artifact["uri"] for artifact in artifacts} == {"src/cache.py", "tests/test_cache.py"}
    assert {artifact["uriBaseId"] for artifact in artifacts} == {"%SRCROOT%"}
    prints = [str(result["partialFingerprints"]) for result in run["results"]]
    assert len(set(prints)) == len(prints) == 6


def test_a_file_that_was_not_read_is_a_notification() -> None:
    (run,) = json.loads(to_sarif(REVIEW))["runs"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "not reviewed: invalid syntax"
    assert note["level"] == "warning"
