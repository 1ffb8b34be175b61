"""Every rule finds what its page says that it finds, and nothing beside it.

Examples are files: ``examples/<rule>/firing`` and ``…/silent``. A comment ``# here`` stands on the
first line of each finding that is expected, and a file that is silent has none.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from racewright.model.finding import FIXES, PROOFS
from racewright.review.rule import SECTIONS, Rule, all_rules
from tests.review.support import (
    EXAMPLES,
    block_of,
    expected_lines,
    found_by,
    path_of,
    path_said_in,
)

RULES = all_rules()
CASES = sorted(EXAMPLES.glob("*/*/*.py"))


def name_of(rule: Rule) -> str:
    return rule.name


def case_of(path: Path) -> str:
    return path.relative_to(EXAMPLES).as_posix()


def test_there_are_rules_and_each_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names)) >= 10
    assert {path.parent.parent.name for path in CASES} <= set(names)


@pytest.mark.parametrize("path", CASES, ids=case_of)
def test_an_example_is_found_where_it_says(path: Path) -> None:
    (rule,) = [each for each in RULES if each.name == path.parent.parent.name]
    text = path.read_text()
    expected = expected_lines(text)
    assert bool(expected) == (path.parent.name == "firing")
    found = sorted(finding.place.line for finding in found_by(rule, text, path_of(path)))
    assert found == expected


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_a_rule_has_three_examples_of_each_kind(rule: Rule) -> None:
    for kind in ("firing", "silent"):
        assert len(list((EXAMPLES / rule.name / kind).glob("*.py"))) >= 3, kind


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_the_page_of_a_rule_has_its_sections_in_order(rule: Rule) -> None:
    headings = re.findall(r"^([A-Z][^\n]*)\n-{5,}$", rule.page, re.MULTILINE)
    assert tuple(headings) == SECTIONS
    assert rule.kind in ("defect", "improvement")
    assert rule.proof in PROOFS
    assert rule.fix in FIXES


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_the_example_of_a_page_is_found_and_what_stands_instead_is_not(rule: Rule) -> None:
    example, instead = block_of(rule.page, "Example"), block_of(rule.page, "Instead")
    ast.parse(example)
    ast.parse(instead)
    assert found_by(rule, example, path_said_in(example))
    assert found_by(rule, instead, path_said_in(instead)) == []


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_a_finding_says_all_that_a_report_needs(rule: Rule) -> None:
    example = block_of(rule.page, "Example")
    for finding in found_by(rule, example, path_said_in(example)):
        assert finding.rule == rule.name
        assert finding.defect.endswith(".")
        assert finding.solution.endswith(".")
        assert finding.place.text.strip()
        assert all(fact for fact in finding.facts)
