"""A review as one JSON object; its fields are documented in ``docs/reference/review-json.md``."""

from __future__ import annotations

import json
from typing import Any

from racewright.model.finding import Finding, Review
from racewright.report.model_words import consultation_facts, said_facts, told_by_model
from racewright.report.review_experiment import experiment_facts
from racewright.report.review_words import mask, masked

__all__ = ["to_json"]


def to_json(review: Review) -> str:
    """The whole report; keys that have nothing to say are ``null``, never left out."""
    facts = {
        "version": 1,
        "racewright": review.version,
        "verdict": review.verdict,
        "defects": [_finding(each) for each in review.defects],
        "improvements": [_finding(each) for each in review.improvements],
        "notes": [
            {"file": each.file, "line": each.line, "message": each.message, "gap": each.is_gap}
            for each in review.notes
        ],
        "files": review.files,
        "lines": review.lines,
        "seconds": round(review.seconds, 3),
        "from_cache": review.from_cache,
        "rules": list(review.rules),
        "sources": list(review.sources),
        "executions": review.executions,
        "model": consultation_facts(review.model),
        "said": [said_facts(each) for each in told_by_model(review)],
        "unchecked": [
            {"file": each.review, "quote": mask(each.quote), "reason": each.reason}
            for each in review.said
            if not each.is_decided
        ],
    }
    return json.dumps(facts, indent=2)


def _finding(finding: Finding) -> dict[str, Any]:
    finding = masked(finding)
    place = finding.place
    return {
        "rule": finding.rule,
        "source": finding.source,
        "cwe": finding.cwe,
        "status": finding.evidence,
        "confidence": finding.confidence,
        "title": finding.title,
        "file": place.file,
        "lines": [place.line, place.last_line],
        "function": place.function or None,
        "text": place.text,
        "related": [
            {"file": each.file, "lines": [each.line, each.last_line]} for each in finding.places[1:]
        ],
        "defect": finding.defect,
        "evidence": list(finding.facts),
        "solution": finding.solution,
        "corrected": finding.corrected or None,
        "proof": finding.proof,
        "fix": finding.fix,
        "schedule": finding.schedule or None,
        "experiment": experiment_facts(finding.experiment),
        "fingerprint": finding.fingerprint,
    }
