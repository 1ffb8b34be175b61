"""Every example that a rule fires on, fixed: all parse, a second run changes nothing, and whatever
is refused is refused for a reason."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from racewright.fixes import all_fixes
from racewright.review import find_rule
from tests.fixes.support import BOTH, fixed, path_of

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


def test_the_page_names_every_fix_and_which_of_them_are_made_unasked() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    named = {row.split("`")[1]: "(with `--fix`)" in row for row in rows}
    assert named == {rule: find_rule(rule).fix == "safe" for rule in all_fixes()}
