"""Every example that a rule fires on, fixed: all parse, a second run changes nothing, and whatever
is refused is refused for a reason."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from racewright.fixes import all_fixes
from racewright.review import find_rule
from tests.fixes.support import BOTH, EXAMPLES, fixed, path_of

RULES = Path(__file__).parent.parent / "review" / "examples"
PAGE = Path(__file__).parent.parent.parent / "docs/how-to/fix-what-a-review-finds.md"


@pytest.mark.parametrize("grades", [frozenset({"safe"}), BOTH], ids=["fix", "suggest"])
def test_fixes_leave_every_file_parsing_and_a_second_run_changes_nothing(
    grades: frozenset[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for rule in all_fixes():
        for example in sorted((RULES / rule / "firing").glob("*.py")):
            place = tmp_path / rule.replace("-", "_") / example.stem / path_of(example)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(example, place)
    rules = tuple(sorted(all_fixes()))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.py")}
    first = fixed(*rules, grades=grades)
    for file, data in first.contents.items():
        ast.parse(data)
        Path(file).write_bytes(data)
    assert len(before) > 60
    assert len(first.contents) > (20 if grades == BOTH else 2)
    assert all(why for _, why in first.refused)
    assert fixed(*rules, grades=grades).contents == {}


def test_what_a_fix_makes_of_its_examples_no_other_rule_objects_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for expected in sorted(EXAMPLES.rglob("*.fixed.py")):
        example = expected.with_name(expected.name.replace(".fixed", ""))
        folder = f"{expected.parent.name}_{example.stem}".replace("-", "_")
        place = tmp_path / folder / path_of(example)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(example, place)
        for package in {place.parent, tmp_path / folder}:
            (package / "__init__.py").touch()  # so that no two have one name
    result = fixed()
    objections = [
        (each.place.file, why) for each, why in result.refused if why.startswith("it would")
    ]
    assert objections == []
    assert {each.finding.rule for each in result.offers} >= set(all_fixes())


def test_the_page_names_every_fix_and_which_of_them_are_made_unasked() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    named = {row.split("`")[1]: "(with `--fix`)" in row for row in rows}
    assert named == {rule: find_rule(rule).fix == "safe" for rule in all_fixes()}
