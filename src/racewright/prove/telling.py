"""The review that comes of proving one: each finding with what its experiment came to."""

from __future__ import annotations

from dataclasses import replace

from racewright import originals
from racewright.model.experiment import Experiment
from racewright.model.finding import Finding, Note, Review
from racewright.prove.work import Work

__all__ = ["told"]

#: What results make of a finding's evidence.
_EVIDENCE = {"demonstrated": "demonstrated", "observed": "observed", "vacuous": "observed"}
_VACUOUS = "The race test is vacuous"
_NAMED = (
    "Name the order in a scenario, and see with racewright mutate that the test fails without what "
    "it is a test of."
)


def told(work: Work) -> Review:
    findings = [
        _with(finding, work.made.get(key)) if key in work.made else _unanswered(work, key, finding)
        for key, finding in enumerate(work.review.findings)
    ]
    notes = [Note("", 0, text, is_gap=False) for text in dict.fromkeys(work.notes)]
    return replace(
        work.review,
        findings=tuple(findings),
        notes=(*work.review.notes, *notes),
        executions=work.executions,
        seconds=work.review.seconds + originals.monotonic() - work.began,
    )


def _unanswered(work: Work, key: int, finding: Finding) -> Finding:
    if key not in work.questions:
        return finding
    why = "proving was interrupted" if work.is_interrupted else "the time was up"
    return _with(finding, Experiment("not run", f"Not run: {why}."))


def _with(finding: Finding, made: Experiment | None) -> Finding:
    """The finding with what its experiment came to."""
    if made is None:
        return finding
    evidence = _EVIDENCE.get(made.result, finding.evidence)
    if made.result == "vacuous" and made.overlap is not None:
        finding = replace(finding, title=_VACUOUS, heading=_VACUOUS)
        one, other = made.overlap.sections
        finding = replace(finding, solution=_NAMED) if one != other else finding
    schedule = made.found.schedule_file if made.found is not None else finding.schedule
    return replace(
        finding,
        facts=(*finding.facts, made.reason),
        evidence=evidence,
        schedule=schedule,
        experiment=made,
    )
