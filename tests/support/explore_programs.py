"""Explores programs of ``tests/programs`` in one process and prints a line of JSON for each.

Usage: ``python explore_programs.py OPTIONS_AS_JSON FOLDER/NAME...``, where they lie. One process
for many, since starting an interpreter costs more than most of these; each has a forked
worker, as ever.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from racewright.search.control import take_control
from racewright.search.explore import explore_program
from racewright.search.programs import CallableProgram
from racewright.settings import Settings


def main(options: str, *names: str) -> None:
    root = os.getcwd()
    settings = Settings(root=root, runner="callable", corpus=False, **json.loads(options))
    sys.path.insert(0, root)
    take_control(root)
    for name in names:
        for program in programs_in(name):
            print(json.dumps(explored(name, program, settings)), flush=True)


def programs_in(name: str) -> Iterator[CallableProgram]:
    """The one test of a program; as many as it has parameters."""
    module = importlib.import_module(name.replace("/", "."))
    (function,) = (value for key, value in vars(module).items() if key.startswith("test"))
    target = f"{module.__name__}:{function.__name__}"
    marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
    if not marks:
        yield CallableProgram(target, function)
        return
    argument, values = marks[0].args
    for value in values:
        yield CallableProgram(
            f"{target}[{value}]", functools.partial(function, **{argument: value})
        )


def explored(name: str, program: CallableProgram, settings: Settings) -> dict[str, Any]:
    """What came of exploring one program."""
    began = time.perf_counter()
    result = explore_program(program, settings)
    found = result.failures[0] if result.failures else None
    return {
        "program": name,
        "target": result.target,
        "outcome": result.outcome,
        "reason": result.reason,
        "executions": result.executions,
        "distinct_traces": result.distinct_traces,
        "seconds": round(time.perf_counter() - began, 2),
        "kind": found.failure.kind if found else "",
        "message": found.failure.message if found else "",
        "strategy": found.strategy if found else "",
        "timeout_dependent": found.execution.schedule.timeout_dependent if found else None,
        "schedule": found.schedule_file if found else "",
        "failures": [
            {
                "kind": each.failure.kind,
                "message": each.failure.message,
                "preemptions": each.execution.schedule.preemptions,
                "timeout_dependent": each.execution.schedule.timeout_dependent,
            }
            for each in result.failures
        ],
        "uncontrolled": result.uncontrolled,
        "notes": result.notes,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
