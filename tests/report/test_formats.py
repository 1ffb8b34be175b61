"""Every report, of every exploration, is well-formed and harmless."""

from __future__ import annotations

import dataclasses
import io
import json
from xml.etree import ElementTree

import pytest
from exploring import explorations
from hypothesis import given, settings
from hypothesis import strategies as st

from racewright.model.execution import (
    Event,
    Execution,
    Exploration,
    Failure,
    Found,
    HeldLock,
    Outcome,
    TaskState,
)
from racewright.model.schedule import Deviation, Schedule
from racewright.report import show, to_json, to_junit, to_text

#: The same examples on every run and every machine.
steady = settings(deadline=None, derandomize=True)

PASSED = Exploration("tests/test_a.py::test_a", "passed", 10, 4, 0.5, 3, 40, 9)
FAILED = Exploration(
    "tests/test_b.py::TestB::test_b[a::b/c]",
    "failed",
    10,
    4,
    0.5,
    failures=(
        Found(
            Failure(
                "deadlock",
                "two tasks wait",
                "f1",
                task="w1",
                tasks=(
                    TaskState(
                        1,
                        "w1",
                        "blocked",
                        doing="acquires Lock#2",
                        waits_for=1,
                        holds=(HeldLock("Lock#1", "a.py:3 f"),),
                    ),
                ),
            ),
            Execution(
                Outcome.DEADLOCKED,
                Schedule(
                    "t",
                    tasks=("main", "w1"),
                    deviations=(Deviation(0, 1, 1),),
                    timeout_dependent=float("nan"),
                ),
                events=(
                    Event(1, 0, "read", ".x", "/p/a.py", 7, "f", "x = self.x", "1"),
                    *(
                        Event(n, 0, "put", "Queue#1", "/p/a.py", 7, "f", matters=False)
                        for n in range(2, 9)
                    ),
                    Event(9, 1, "write", ".x", "/p/a.py", 8, "f", is_preemption=True),
                ),
            ),
            5,
            ".racewright/f1.schedule",
            "pct",
        ),
    ),
)


@steady
@given(explorations, st.integers(1, 200))
def test_text_has_no_control_sequences_and_its_own_line_ends_only(
    exploration: Exploration, width: int
) -> None:
    text = to_text(exploration, width=width)
    assert text.replace("\n", "").isprintable()
    text.encode()


@steady
@given(explorations)
def test_text_for_ascii_is_ascii(exploration: Exploration) -> None:
    assert to_text(exploration, ascii_only=True).isascii()


@steady
@given(explorations)
def test_a_coloured_report_can_be_made_of_anything(exploration: Exploration) -> None:
    to_text(exploration, color=True).encode()


@steady
@given(st.lists(explorations, max_size=3))
def test_json_is_strictly_valid(several: list[Exploration]) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    text = to_json(several)
    assert text.isascii()
    report = json.loads(text, parse_constant=refuse)
    json.dumps(report, ensure_ascii=False).encode()  # no lone surrogates
    if len(several) != 1:
        assert len(report["targets"]) == len(several)


@steady
@given(st.lists(explorations, max_size=3))
def test_junit_is_well_formed(several: list[Exploration]) -> None:
    root = ElementTree.fromstring(to_junit(several).encode())
    assert len(root.findall("testsuite/testcase")) == len(several)


def test_the_json_of_a_failure_has_what_other_programs_need() -> None:
    report = json.loads(to_json(FAILED))
    assert report["target"] == FAILED.target
    assert report["outcome"] == "failed"
    assert (report["executions"], report["distinct_traces"]) == (10, 4)
    (failure,) = report["failures"]
    assert failure["kind"] == "deadlock"
    assert failure["schedule"] == ".racewright/f1.schedule"
    assert failure["execution"] == 5
    assert failure["preemptions"] == 1
    assert failure["timeout_dependent"] is None
    assert failure["tasks"][0]["waits_for"] == "w1"
    first, before, last = failure["timeline"]
    assert first == {
        "step": 1,
        "task": "main",
        "kind": "read",
        "resource": ".x",
        "file": "/p/a.py",
        "line": 7,
        "function": "f",
        "text": "x = self.x",
        "value": "1",
        "clock": 0.0,
        "switch": False,
        "preemption": False,
        "omitted": 0,
    }
    assert (last["task"], last["preemption"], last["omitted"]) == ("w1", True, 0)
    assert (before["step"], before["omitted"]) == (8, 6)


def test_the_json_of_one_target_in_a_list_is_that_of_the_target() -> None:
    assert to_json([PASSED]) == to_json(PASSED)


@pytest.mark.parametrize(
    ("outcomes", "worst"),
    [
        (["passed", "failed", "inconclusive"], "failed"),
        (["passed", "inconclusive"], "inconclusive"),
        (["fails-without-race", "error"], "error"),
        (["passed", "never heard of"], "error"),
        (["passed", "passed"], "passed"),
        ([], "inconclusive"),
    ],
)
def test_several_targets_have_the_worst_outcome(outcomes: list[str], worst: str) -> None:
    several = [Exploration("t", outcome, 1, 1, 0.0) for outcome in outcomes]
    assert json.loads(to_json(several))["outcome"] == worst


def test_junit_has_a_case_for_each_target() -> None:
    skipped = Exploration("a.py::t", "inconclusive", 1, 1, 0.1, reason="no second task")
    error = Exploration("a.py", "error", 0, 0, 0.0, reason="no such file")
    (suite,) = ElementTree.fromstring(to_junit([PASSED, FAILED, skipped, error]))
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == list("4111")
    passed, failed, inconclusive, broken = suite
    assert (passed.get("classname"), passed.get("name")) == ("tests.test_a", "test_a")
    assert failed.get("classname") == "tests.test_b.TestB"
    assert failed.get("name") == "test_b[a::b/c]"
    failure = failed.find("failure")
    assert failure is not None
    assert failure.get("type") == "deadlock"
    assert failure.get("message") == "Deadlock: two tasks wait"
    assert failure.text is not None
    assert "racewright replay .racewright/f1.schedule" in failure.text
    assert inconclusive.find("skipped") is not None
    assert broken.find("error") is not None


def test_a_verdict_without_a_terminal_is_one_line() -> None:
    exploration = Exploration("tests/" + "x" * 200 + ".py::test", "passed", 10, 4, 0.5)
    first = to_text(exploration).splitlines()[0]
    assert first.endswith("no failure in 10 executions (4 distinct traces, 0.50 s)")


def test_nothing_explored_is_said() -> None:
    assert to_text([]) == "Nothing was explored.\n"


def test_an_output_that_is_no_terminal_gets_plain_text() -> None:
    out = io.StringIO()
    show(FAILED, out)
    assert out.getvalue() == to_text(FAILED, ascii_only=True)


def test_an_output_that_cannot_hold_our_signs_gets_ascii() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="latin-1")
    show(FAILED, out)
    out.flush()
    assert raw.getvalue().decode("latin-1") == to_text(FAILED, ascii_only=True)


def test_an_output_in_utf8_gets_our_signs() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8")
    show(FAILED, out)
    out.flush()
    assert raw.getvalue().decode() == to_text(FAILED)
    assert "⤷ preempted: w1 runs" in raw.getvalue().decode()


def test_a_path_to_replay_is_quoted_for_the_shell() -> None:
    (found,) = FAILED.failures
    spaced = dataclasses.replace(found, schedule_file="my dir/f1.schedule")
    text = to_text(dataclasses.replace(FAILED, failures=(spaced,)))
    assert "racewright replay 'my dir/f1.schedule'" in text


@pytest.mark.parametrize("kind", ["crash", "deadlock", "livelock", "stall"])
def test_what_was_found_is_called_by_its_kind(kind: str) -> None:
    failure = Failure(kind, "words", "f2")
    execution = Execution(Outcome.STALLED, Schedule("bank.py"), failure)
    found = Exploration("bank.py", "failed", 4, 2, 0.5, failures=(Found(failure, execution, 4),))
    assert to_text(found).startswith(f"FAILED  bank.py: {kind} found after 4 executions")
