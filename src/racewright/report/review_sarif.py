"""A review as SARIF 2.1.0, as code scanning services take it.

Relative addresses, stable rule names, a fingerprint that survives moved lines, weaknesses as tags
(``external/cwe/cwe-366``), and what else a finding rests on as related locations.
"""

from __future__ import annotations

from typing import Any

from racewright.model.claim import Claim
from racewright.model.finding import Finding, Place, Review
from racewright.report.model_words import said_facts, told_by_model
from racewright.report.review_experiment import Step, steps_of
from racewright.report.review_words import evidence_of, masked
from racewright.report.sarif import MOST_RESULTS, located, location, written

__all__ = ["to_sarif"]

_LEVELS = {"defect": "error", "improvement": "note"}


def to_sarif(review: Review) -> str:
    """The whole report."""
    findings = [masked(each) for each in review.findings[:MOST_RESULTS]]
    rules = list({each.rule: _rule(each) for each in reversed(findings)}.values())
    rules.sort(key=lambda rule: str(rule["id"]))
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    seen: dict[str, int] = {}
    notes = [
        {
            "level": "warning" if note.is_gap else "note",
            "message": {"text": note.message},
            **({"locations": [_location(Place(note.file, note.line))]} if note.file else {}),
        }
        for note in review.notes
    ]
    notes += [_said(each) for each in told_by_model(review)]
    results = [_result(each, places[each.rule], seen) for each in findings]
    return written(review.version, rules, notes, results)


def _said(claim: Claim) -> dict[str, Any]:
    """What a model says and a checker bears out: told, but no result, for it is no finding."""
    facts = said_facts(claim)
    lines = [each["lines"][0] for each in facts["evidence"] if each["file"] and each["lines"]]
    return {
        "level": "note",
        "message": {"text": f"{facts['source']}: {facts['quote']}"},
        "locations": [_location(Place(claim.review, lines[0] if lines else 1))],
    }


def _rule(finding: Finding) -> dict[str, Any]:
    tags = ["concurrency"] if finding.source == "racewright" else [finding.source]
    if finding.is_defect:
        tags.insert(0, "security")
    if finding.cwe:
        tags.append(f"external/cwe/cwe-{finding.cwe:03d}")
    properties: dict[str, Any] = {
        "tags": tags,
        "precision": "high" if finding.confidence == "high" else "medium",
    }
    if finding.is_defect:
        properties["security-severity"] = "5.0"
    return {
        "id": finding.rule,
        "shortDescription": {"text": finding.heading},
        "fullDescription": {"text": finding.heading},
        "help": {"text": f"racewright rule {finding.rule}"}
        if finding.source == "racewright"
        else {"text": f"{finding.source} rule {finding.rule}"},
        "defaultConfiguration": {"level": _LEVELS[finding.kind]},
        "properties": properties,
    }


def _result(finding: Finding, index: int, seen: dict[str, int]) -> dict[str, Any]:
    print_ = finding.fingerprint
    seen[print_] = seen.get(print_, 0) + 1
    message = f"{finding.title}. {finding.defect} {evidence_of(finding)} {finding.solution}"
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.kind],
        "message": {"text": message},
        **located([_location(each) for each in finding.places]),
        "partialFingerprints": {"racewright/v1": f"{print_}:{seen[print_]}"},
        "properties": {
            "status": finding.evidence,
            "proof": finding.proof,
            "source": finding.source,
            **_replay(finding),
        },
    }
    steps = steps_of(finding.experiment.found) if finding.experiment is not None else []
    if steps:
        result["codeFlows"] = [_code_flow([step for step in steps if step.file])]
    return result


def _replay(finding: Finding) -> dict[str, str]:
    if not finding.schedule:
        return {}
    return {"schedule": finding.schedule, "replay": f"racewright replay {finding.schedule}"}


def _code_flow(steps: list[Step]) -> dict[str, Any]:
    """A failing schedule: a thread flow for each task, and the order of all their steps."""
    tasks = {step.task: step.name for step in steps}
    return {
        "message": {"text": "The order of events in which it fails."},
        "threadFlows": [
            {
                "id": f"{task}: {name}",
                "message": {"text": name},
                "locations": [
                    {
                        "executionOrder": step.number,
                        "importance": "essential" if step.is_turn else "important",
                        "location": {
                            **_location(Place(step.file, step.line)),
                            "message": {"text": step.does},
                        },
                    }
                    for step in steps
                    if step.task == task
                ],
            }
            for task, name in sorted(tasks.items())
        ],
    }


def _location(place: Place) -> dict[str, Any]:
    return location(place.file, place.line, place.last_line, place.column)
