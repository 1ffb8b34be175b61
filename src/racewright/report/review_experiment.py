"""What an experiment came to, for the formats of a review: its steps, its runs, its drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from racewright.model.execution import Found
from racewright.model.experiment import Experiment
from racewright.model.finding import Finding
from racewright.report.layout import draw
from racewright.report.review_words import mask
from racewright.report.story import tell
from racewright.report.vacuity import overlap_facts, runs_to_lines
from racewright.report.wording import phrase

__all__ = ["Step", "drawing_of", "experiment_facts", "steps_of"]

_MOST_RUNS = (2, 1)  #: of a vacuous test: ordinary ones, and under control
_MOST_LINES, _HEAD = 24, 10  #: of a drawing, and how many of them from its start


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a failing schedule, in words."""

    number: int
    task: int
    name: str  #: of the task
    file: str
    line: int
    function: str
    text: str
    does: str
    is_turn: bool  #: the turn was taken from another task just before


def drawing_of(finding: Finding, width: int) -> list[str]:
    """The lines that show what was run: a timeline, or who was inside what, and when."""
    made = finding.experiment
    if made is None:
        return []
    lines: list[str] = []
    if made.found is not None:
        lines = [line.plain for line in draw(tell(made.found), width)]
    elif made.result == "vacuous" and made.overlap is not None:
        lines = list(runs_to_lines(made.overlap, _MOST_RUNS))[1:]
    if len(lines) > _MOST_LINES:
        left = len(lines) - _MOST_LINES + 1
        lines = [*lines[:_HEAD], f"… {left} lines more …", *lines[_HEAD - _MOST_LINES + 1 :]]
    return [mask(line.rstrip()) for line in lines]


def experiment_facts(made: Experiment | None) -> dict[str, Any] | None:
    """An experiment as values that JSON can hold; its fields are documented."""
    if made is None:
        return None
    failure = made.found.failure if made.found is not None else None
    return {
        "result": made.result,
        "reason": mask(made.reason),
        "test": made.target or None,
        "executions": made.executions,
        "candidate": made.candidate or None,
        "failure": None
        if failure is None
        else {
            "kind": failure.kind,
            "message": mask(failure.message),
            "site": failure.site or None,
            "task": failure.task,
            "fingerprint": failure.fingerprint,
        },
        "steps": [
            {
                "step": each.number,
                "task": each.task,
                "name": each.name,
                "file": each.file,
                "line": each.line,
                "function": each.function,
                "text": each.text,
                "does": each.does,
            }
            for each in steps_of(made.found)
        ],
        "overlap": overlap_facts(made.overlap) if made.overlap is not None else None,
    }


def steps_of(found: Found | None) -> list[Step]:
    """The events of the story that a report tells, then where each task ended."""
    if found is None:
        return []
    story = tell(found)
    steps: list[Step] = []
    for row in story.rows:
        task = row.tasks[0]
        if row.event is not None:
            event = row.event
            place = (event.file, event.line, event.function)
            number, text, does = event.step, event.text, phrase(event)
        elif row.ending:
            place = _place_of(row.site)
            number, text, does = (steps[-1].number + 1 if steps else 1), row.text, row.ending
        else:
            continue
        is_turn = row.preempted is not None
        name = story.name_of(task)
        steps.append(Step(number, task, name, *place, mask(text.strip()), mask(does), is_turn))
    return steps


def _place_of(site: str) -> tuple[str, int, str]:
    """``bank.py:14 transfer`` in its parts."""
    place, _, function = site.partition(" ")
    file, _, line = place.rpartition(":")
    return file, int(line) if line.isdecimal() else 0, function
