"""The example of Nova says what came out, and no more: how it reads what a run has printed."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "nova_1896463"

PASSED = """Tests running...

Ran 1 test in 4.374s
OK
"""

FREED = """Traceback (most recent call last):
  File "test_bug_1896463.py", line 111, in _assert_pci_device_allocated
    self.assertEqual(num, len(devices_on_host))
testtools.matchers._impl.MismatchError: 1 != 0
The order happened:
  ✓ 1. after(f)  by Thread-33

Ran 1 test in 4.374s
FAILED (failures=1)
"""

IMPOSSIBLE = """Traceback (most recent call last):
  File "test_order.py", line 82, in test
    with the_race(impossible=self.impossible):
racewright.errors.OrderImpossible: point 5, after(f), cannot be reached    [order-impossible]

The order is impossible:
  · 5. after(f)  nobody came to it

The tasks, as they stood then:
  Thread-33 waits for Condition#130 (lock.py:191)
    probably held by Thread-11, which was at it last at lock.py:182
      nova/compute/manager.py:4066 in ComputeManager.rebuild_instance
        self.rt.finish_evacuation(instance, scheduled_node, migration)
  Thread-11 is held at before(g)
      nova/compute/resource_tracker.py:965 in ResourceTracker.update_available_resource
        self._update_available_resource(context, resources, startup=startup)
  Thread-12 waits for Queue#3
      somewhere.py:1 in somebody
        queue.get()

Ran 1 test in 14.637s
FAILED (failures=1)
"""


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The example's modules, imported from its folder and forgotten afterwards."""
    monkeypatch.syspath_prepend(str(FOLDER))
    names = ("environment", "verdicts", "scenario")
    yield {name: importlib.import_module(name) for name in names}
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def verdicts(modules: dict[str, ModuleType]) -> ModuleType:
    return modules["verdicts"]


def test_a_run_that_passes_is_said_to_have_passed(verdicts: ModuleType) -> None:
    assert verdicts.verdict_of(PASSED) == verdicts.PASSED


def test_a_claim_that_is_gone_is_told_from_other_failures(verdicts: ModuleType) -> None:
    assert verdicts.verdict_of(FREED) == verdicts.FREED
    other = FREED.replace("1 != 0", "1 != 2")
    assert verdicts.verdict_of(other) == "testtools.matchers._impl.MismatchError: 1 != 2"


def test_an_impossible_order_counts_when_both_culprits_are_named(verdicts: ModuleType) -> None:
    assert verdicts.verdict_of(IMPOSSIBLE) == verdicts.IMPOSSIBLE


@pytest.mark.parametrize("name", ["self.rt.finish_evacuation(", "self._update_available_resource("])
def test_an_impossible_order_whose_report_lacks_a_culprit_does_not_count(
    verdicts: ModuleType, name: str
) -> None:
    output = IMPOSSIBLE.replace(name, "something_else(")
    assert verdicts.verdict_of(output) == f"order impossible, but {name} is not named"


def test_culprits_below_the_first_two_tasks_do_not_count(verdicts: ModuleType) -> None:
    lines = IMPOSSIBLE.splitlines(keepends=True)
    third = next(place for place, line in enumerate(lines) if line.startswith("  Thread-12"))
    first = next(place for place, line in enumerate(lines) if line.startswith("  Thread-33"))
    moved = "".join([*lines[:first], *lines[third : third + 3], *lines[first:third]])
    assert verdicts.verdict_of(moved).endswith("is not named")


def test_an_order_that_was_not_reached_is_not_called_impossible(verdicts: ModuleType) -> None:
    output = IMPOSSIBLE.replace("OrderImpossible", "OrderNotReached")
    assert verdicts.verdict_of(output) == verdicts.NOT_REACHED


def test_an_error_of_another_kind_is_no_verdict_of_ours(verdicts: ModuleType) -> None:
    output = (
        "Traceback (most recent call last):\n  File x\nValueError: no\n\nRan 1 test in 1s\nFAILED"
    )
    assert verdicts.verdict_of(output) == "ValueError: no"
    assert verdicts.verdict_of("") == "no result"


def test_the_story_leaves_out_what_other_tasks_were_doing(verdicts: ModuleType) -> None:
    story = verdicts.story_in(IMPOSSIBLE)
    assert story.startswith("racewright.errors.OrderImpossible: point 5")
    assert "Thread-11 is held at before(g)" in story
    assert "Thread-12" not in story
    assert "Ran 1 test" not in story


def test_every_cell_runs_a_class_that_the_test_file_has(modules: dict[str, ModuleType]) -> None:
    tree = ast.parse((FOLDER / "test_order.py").read_text())
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    example = modules["scenario"]
    cells = [
        example.Cell(mode, test, state)
        for mode in example.MODES
        for test in example.TESTS
        for state in example.STATES
    ]
    assert {cell.name.partition(".")[2] for cell in cells} <= classes
    assert len({cell.name for cell in cells}) == 6


def test_the_test_with_sleeps_is_expected_to_pass_with_the_bug(
    modules: dict[str, ModuleType],
) -> None:
    example = modules["scenario"]
    expected = {
        (mode, state): example.Cell(mode, "sleeps", state).expected
        for mode in example.MODES
        for state in example.STATES
    }
    assert set(expected.values()) == {"passed"}
    assert example.Cell("control", "order", "bug").expected == "1 != 0"
    assert example.Cell("control", "order", "repaired").expected == "order impossible"
    assert example.Cell("native", "order", "repaired").expected == "order not reached"


def test_a_summary_counts_each_verdict(modules: dict[str, ModuleType]) -> None:
    example = modules["scenario"]
    results = [example.Result("passed", second, "") for second in (1.0, 3.0, 2.0)]
    assert example.summary(results) == "passed, 3 of 3, 2.0 s"
    results.append(example.Result("1 != 0", 9.0, ""))
    assert example.summary(results) == "passed, 3; 1 != 0, 1 of 4, 3.0 s"
