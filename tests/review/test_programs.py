"""The racy programs that explorations find, read: which of them the rules see, and that they are
silent on each one's correct look-alike."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from racewright.model.finding import Finding
from racewright.review import ReviewSettings, review

PROGRAMS = Path(__file__).parent.parent / "programs"
#: What is seen by reading, by the program's name. What is not here is for explorations to find.
SEEN = {
    "aget": "unlocked-read-modify-write",
    "cached_attribute": "check-then-act",
    "check_then_add": "check-then-act",
    "check_then_create": "check-then-act",
    "double_checked_once": "check-before-lock",
    "double_init": "check-then-act",
    "event_pulse_missed": "lost-notify",
    "executor_shared_state": "unlocked-read-modify-write",
    "iterate_while_removing": "loop-over-shared-container",
    "lost_update": "unlocked-read-modify-write",
    "lost_update_global": "unlocked-read-modify-write",
    "lost_update_nonlocal": "unlocked-read-modify-write",
    "lost_update_three": "unlocked-read-modify-write",
    "memo_computed_twice": "check-then-act",
    "pool_map_accumulator": "unlocked-read-modify-write",
    "registry_iteration": "loop-over-shared-container",
    "result_before_value": "lost-notify",
    "self_deadlock": "self-deadlock",
    "timed_condition_wait": "wait-outside-loop",
    "timed_lock_acquire": "release-of-unheld-lock",
    "timer_lost_update": "unlocked-read-modify-write",
    "wait_with_if": "wait-outside-loop",
    "wrong_lock": "unlocked-read-modify-write",
}


def defects_in(folder: str) -> list[Finding]:
    settings = ReviewSettings(paths=(str(PROGRAMS / folder),), ruff=False, cache=False, jobs=1)
    return list(review(settings).defects)


@pytest.fixture(scope="module")
def racy() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in defects_in("racy"):
        found.setdefault(Path(finding.place.file).stem, set()).add(finding.rule)
    return found


@pytest.mark.parametrize("program", SEEN)
def test_a_race_can_be_seen_by_reading(program: str, racy: dict[str, set[str]]) -> None:
    assert SEEN[program] in racy[program]


def test_no_correct_program_has_a_defect() -> None:
    assert [str(finding.place) for finding in defects_in("safe")] == []


#: What rules see that say nothing about code in a folder of tests.
SEEN_OUTSIDE = {
    "ask_after_stop": "put-after-stop-check",
    "counted_lock": "reentrance-without-owner",
    "scope_across_yield": "scope-across-yield",
    "state_of_another_call": "call-state-on-callable",
}


@pytest.mark.parametrize("program", SEEN_OUTSIDE)
def test_a_race_can_be_seen_by_reading_where_it_is_no_test(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = {}
    for folder in ("racy", "safe"):
        Path(folder).mkdir()
        shutil.copy(PROGRAMS / folder / f"{program}.py", folder)
        settings = ReviewSettings(paths=(f"{folder}/{program}.py",), ruff=False, cache=False)
        found[folder] = [each.rule for each in review(settings).defects]
    assert found == {"racy": [SEEN_OUTSIDE[program]], "safe": []}
