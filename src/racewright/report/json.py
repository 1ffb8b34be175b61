"""The report as JSON: for other programs, so nothing is cut for width and names stay what they are.

One exploration is one object. Several are ``{"version", "outcome", "targets": [...]}``, where
``outcome`` is the worst of them (error, failed, fails-without-race, inconclusive, passed). The text
is ASCII; a lone surrogate is U+FFFD, and a number that JSON has no word for is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from racewright.model.execution import Exploration, Failure, Found
from racewright.report.story import tell
from racewright.report.wording import ordered, worst

__all__ = ["FORMAT_VERSION", "to_json"]

FORMAT_VERSION = 1  #: raised when a member changes its meaning, not when one is added

_Json = dict[str, object]


def to_json(explorations: Exploration | Sequence[Exploration]) -> str:
    """The report on one exploration, an object; on several, an object with ``targets``."""
    if isinstance(explorations, Exploration):
        report = {"version": FORMAT_VERSION, **_exploration(explorations)}
    else:
        every = ordered(explorations)
        if len(every) == 1:
            report = {"version": FORMAT_VERSION, **_exploration(every[0])}
        else:
            report = {
                "version": FORMAT_VERSION,
                "outcome": worst(every),
                "targets": [_exploration(exploration) for exploration in every],
            }
    return json.dumps(_valid(report), indent=2, allow_nan=False)


def _exploration(exploration: Exploration) -> _Json:
    return {
        "target": exploration.target,
        "outcome": exploration.outcome,
        "reason": exploration.reason,
        "executions": exploration.executions,
        "distinct_traces": exploration.distinct_traces,
        "seconds": exploration.seconds,
        "tasks": exploration.tasks,
        "operations": exploration.operations,
        "decisions": exploration.decisions,
        "uncontrolled": list(exploration.uncontrolled),
        "notes": list(exploration.notes),
        "strategies": dict(exploration.strategies),
        "exhausted": exploration.is_exhausted,
        "bound": exploration.bound,
        "jobs": exploration.jobs,
        "interrupted": exploration.interrupted,
        "failures": [_found(found) for found in exploration.failures],
    }


def _found(found: Found) -> _Json:
    failure, schedule = found.failure, found.execution.schedule
    return {
        "kind": failure.kind,
        "message": failure.message,
        "fingerprint": failure.fingerprint,
        "site": failure.site,
        "task": failure.task,
        "traceback": failure.traceback,
        "cycle": list(failure.cycle),
        "schedule": found.schedule_file or None,
        "execution": found.number,
        "strategy": found.strategy,
        "preemptions": schedule.preemptions,
        "deviations": [
            {
                "task": deviation.task,
                "operation": deviation.operation,
                "chosen": deviation.chosen,
                "preemption": deviation.is_preemption,
                "waits": deviation.waits,
                "site": deviation.site,
            }
            for deviation in schedule.deviations
        ],
        "timeout_dependent": schedule.timeout_dependent,
        "tasks": _tasks(failure),
        "timeline": _timeline(found),
    }


def _tasks(failure: Failure) -> list[_Json]:
    names = {task.index: task.name for task in failure.tasks}
    return [
        {
            "task": task.name,
            "state": task.state,
            "daemon": task.daemon,
            "doing": task.doing,
            "waits_for": None if task.waits_for is None else names.get(task.waits_for),
            "holds": [{"lock": held.lock, "taken_at": held.taken_at} for held in task.holds],
            "stack": [
                {
                    "file": frame.file,
                    "line": frame.line,
                    "function": frame.function,
                    "text": frame.text,
                }
                for frame in task.stack
            ],
        }
        for task in failure.tasks
    ]


def _timeline(found: Found) -> list[_Json]:
    """The events of the story; ``omitted`` counts those left out just before each."""
    story = tell(found)
    timeline: list[_Json] = []
    omitted = 0
    for row in story.rows:
        omitted += row.count
        event = row.event
        if event is None:
            continue
        timeline.append(
            {
                "step": event.step,
                "task": story.name_of(event.task),
                "kind": event.kind,
                "resource": event.resource,
                "file": event.file,
                "line": event.line,
                "function": event.function,
                "text": event.text,
                "value": event.value,
                "clock": event.clock,
                "switch": event.is_switch,
                "preemption": event.is_preemption,
                "omitted": omitted,
            }
        )
        omitted = 0
    return timeline


def _valid(value: object) -> object:
    """``value`` as JSON can say it."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(_valid(key)): _valid(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_valid(member) for member in value]
    return value
