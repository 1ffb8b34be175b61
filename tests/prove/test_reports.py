"""What was run, as each format of a review shows it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from racewright.model.execution import Event, Execution, Failure, Found, Outcome, TaskState
from racewright.model.experiment import Experiment
from racewright.model.finding import Finding, Place, Review
from racewright.model.schedule import Schedule
from racewright.model.vacuity import Interval, Overlap, OverlapRun
from racewright.report import review_json, review_markdown, review_sarif
from racewright.report.review_text import to_text

SCHEMA = Path(__file__).parent.parent / "review" / "sarif-schema-2.1.0.json"


def event(step: int, task: int, kind: str, line: int, **more: object) -> Event:
    text = more.pop("text", "self.value += 1")
    return Event(step, task, kind, ".value", "bank.py", line, "work", text, **more)  # type: ignore[arg-type]


def found() -> Found:
    events = (
        event(1, 1, "read", 7, value="0"),
        event(2, 2, "read", 7, value="0", is_switch=True, is_preemption=True),
        event(3, 2, "write", 7, value="1"),
        event(4, 1, "write", 7, value="1", is_switch=True),
    )
    failure = Failure("assertion", "assert 1 == 2", "f1", "test_bank.py:9 test_it", "main")
    schedule = Schedule("test_bank.py::test_it", tasks=("main", "first", "second"))
    return Found(
        failure, Execution(Outcome.FAILED, schedule, failure, events=events), 3, "a.schedule"
    )


def demonstrated() -> Finding:
    return Finding(
        "unlocked-read-modify-write",
        "defect",
        "An update of value can be lost",
        "An update can be lost",
        (Place("bank.py", 7, 7, 1, "work", "self.value += 1"),),
        "It can be lost.",
        "Hold a lock.",
        facts=("test_bank.py::test_it fails under a schedule.",),
        evidence="demonstrated",
        schedule="a.schedule",
        experiment=Experiment("demonstrated", "It fails.", "test_bank.py::test_it", 12, found()),
    )


def vacuous() -> Finding:
    runs = (
        OverlapRun(
            1,
            False,
            (Interval("A", "first", 0.5, 1.0, 1, 2), Interval("B", "second", 2.0, 3.0, 3, 4)),
            (),
            4.0,
        ),
    )
    overlap = Overlap("test_bank.py::test_it", ("a.py:1-2", "b.py:3-4"), "never-overlapped", runs)
    return replace(
        demonstrated(),
        kind="improvement",
        evidence="observed",
        schedule="",
        title="The race test is vacuous",
        experiment=Experiment("vacuous", "They never met.", "test_it", 1, overlap=overlap),
    )


REVIEW = Review((demonstrated(), vacuous()), executions=13)


def test_sarif_has_a_thread_flow_for_each_task_and_one_order_of_all_steps() -> None:
    log = json.loads(review_sarif.to_sarif(REVIEW))
    jsonschema.validate(log, json.loads(SCHEMA.read_text()))
    result = log["runs"][0]["results"][0]
    (flow,) = result["codeFlows"]
    order = {
        each["id"]: [s["executionOrder"] for s in each["locations"]] for each in flow["threadFlows"]
    }
    assert order == {"0: main": [5], "1: first": [1, 4], "2: second": [2, 3]}
    assert result["properties"]["replay"] == "racewright replay a.schedule"
    essential = [
        step["executionOrder"]
        for each in flow["threadFlows"]
        for step in each["locations"]
        if step["importance"] == "essential"
    ]
    assert essential == [2]
    assert "codeFlows" not in log["runs"][0]["results"][1]


def test_json_has_the_steps_and_the_failure() -> None:
    defect = json.loads(review_json.to_json(REVIEW))["defects"][0]
    made = defect["experiment"]
    assert [(s["step"], s["name"], s["line"]) for s in made["steps"]] == [
        (1, "first", 7),
        (2, "second", 7),
        (3, "second", 7),
        (4, "first", 7),
        (5, "main", 9),
    ]
    assert made["failure"]["message"] == "assert 1 == 2"
    assert defect["schedule"] == "a.schedule"


def test_json_has_the_intervals_of_a_vacuous_test() -> None:
    made = json.loads(review_json.to_json(REVIEW))["improvements"][0]["experiment"]
    (run,) = made["overlap"]["runs"]
    assert [(i["section"], i["entered"], i["left"]) for i in run["intervals"]] == [
        ("A", 0.5, 1.0),
        ("B", 2.0, 3.0),
    ]


@pytest.mark.parametrize("form", [to_text, review_markdown.to_markdown])
def test_text_draws_the_order_of_events_and_who_was_where_when(form: object) -> None:
    text = form(REVIEW)  # type: ignore[operator]
    lines = text.splitlines()
    turn = next(n for n, line in enumerate(lines) if "preempted: second runs" in line)
    assert "reads .value → 0" in lines[turn - 1]
    assert any("0.500 to 1.000 s" in line for line in lines)
    assert any("2.000 to 3.000 s" in line for line in lines)


def test_text_says_that_something_was_run() -> None:
    assert "; 13 executions of tests were run." in to_text(REVIEW)
    assert "nothing was run" not in to_text(REVIEW)
    asked = Review((replace(demonstrated(), evidence="suspected"),), executions=2)
    assert "; 2 executions of tests were run." in to_text(asked)


def test_secrets_and_control_characters_of_what_was_run_are_not_shown() -> None:
    one = found()
    bad = event(1, 1, "read", 7, value="'\x1b[2J'", text='password = "hunter2"')
    execution = replace(one.execution, events=(bad, *one.execution.events[1:]))
    made = Experiment("demonstrated", "x", "t", 1, replace(one, execution=execution))
    review = Review((replace(demonstrated(), experiment=made),), executions=1)
    for form in (to_text, review_markdown.to_markdown, review_json.to_json, review_sarif.to_sarif):
        told = form(review)
        assert "hunter2" not in told
        assert "\x1b" not in told


def test_a_state_that_blocks_is_the_last_step_of_its_task() -> None:
    one = found()
    states = tuple(
        TaskState(n, name, "blocked", doing=f"acquires Lock#{n}")
        for n, name in ((1, "first"), (2, "second"))
    )
    failure = replace(one.failure, kind="deadlock", message="nobody can go on", tasks=states)
    made = Experiment("demonstrated", "x", "t", 1, replace(one, failure=failure))
    facts = json.loads(review_json.to_json(Review((replace(demonstrated(), experiment=made),))))
    steps = facts["defects"][0]["experiment"]["steps"]
    assert [step["does"] for step in steps[-2:]] == [
        "blocked: acquires Lock#1",
        "blocked: acquires Lock#2",
    ]
