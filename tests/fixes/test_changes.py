"""Each fix makes of its examples what stands beside them, and leaves the others alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from racewright.fixes import all_fixes
from racewright.review import all_rules
from tests.fixes.support import EXAMPLES, fixed, path_of

CASES = sorted(path for path in EXAMPLES.rglob("*.py") if ".fixed" not in path.name)


def name_of(path: Path) -> str:
    return path.relative_to(EXAMPLES).as_posix()


@pytest.mark.parametrize("example", CASES, ids=name_of)
def test_a_fix_makes_of_an_example_what_stands_beside_it(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / path_of(example)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(example.read_bytes())
    file = path.relative_to(tmp_path).as_posix()
    result = fixed(example.parent.name)
    wanted = example.with_suffix(".fixed.py")
    if not wanted.exists():
        assert result.contents == {}
        assert result.refused, "nothing was found, so nothing was refused"
        return
    assert list(result.contents) == [file], result.refused
    assert result.contents[file].decode() == wanted.read_text()
    path.write_bytes(result.contents[file])
    assert fixed(example.parent.name).contents == {}


def test_a_rule_says_that_there_is_a_fix_where_there_is_one() -> None:
    said = {rule.name for rule in all_rules() if rule.fix != "none"}
    assert said == set(all_fixes())


@pytest.mark.parametrize("rule", sorted(all_fixes()))
def test_every_fix_has_examples_of_a_change(rule: str) -> None:
    changed = list((EXAMPLES / rule).glob("*.fixed.py"))
    assert changed


def test_every_expected_change_is_one_of_an_example() -> None:
    wanted = sorted(EXAMPLES.rglob("*.fixed.py"))
    assert wanted
    assert [each for each in wanted if not Path(str(each).replace(".fixed", "")).exists()] == []
