"""The reports have the fields that the documentation says, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "json-report.md"

SOURCE = """
    import threading

    LOCK = threading.Lock()
    TOTAL = []

    def add():
        with LOCK:
            TOTAL.append(len(TOTAL))

    def test_adds():
        TOTAL.clear()
        threads = [threading.Thread(target=add) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert TOTAL == [0, 1]
    """


def documented(section: str) -> set[str]:
    text = PAGE.read_text()
    start = re.search(rf"^## {section}$", text, re.MULTILINE)
    assert start is not None
    table = text[start.end() :].partition("\n## ")[0]
    cells = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_the_json_of_mutate_has_the_documented_fields_and_no_other(project: Any) -> None:
    project.write("test_total.py", SOURCE)
    _, output, _ = project.run(
        "mutate", "test_total.py", "--schedules", "60", "-j1", "--format", "json"
    )
    report = json.loads(output)
    assert report["version"] == 1
    (target,) = report["targets"]
    assert set(target) == documented("Mutation")
    assert [set(each) for each in target["mutants"]] == [documented("Mutant")] * 2
    assert [each["verdict"] for each in target["mutants"]] == ["noticed", "noticed"]


def test_the_json_of_overlap_has_the_documented_fields_and_no_other(project: Any) -> None:
    project.write("test_total.py", SOURCE)
    _, output, _ = project.run(
        "overlap", "test_total.py", "test_total:add", "test_total:add",
        "--runs", "1", "--schedules", "2", "--format", "json",
    )  # fmt: skip
    report = json.loads(output)
    assert report["version"] == 1
    (target,) = report["targets"]
    assert set(target) == documented("Overlap")
    assert [set(run) for run in target["runs"]] == [documented("Run")] * 3
    intervals = [interval for run in target["runs"] for interval in run["intervals"]]
    assert [set(each) for each in intervals] == [
        {"section", "task", "entered", "left", "first", "last"}
    ] * 6
