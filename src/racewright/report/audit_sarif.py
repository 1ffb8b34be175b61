"""An audit as SARIF 2.1.0: a result for each decided claim, at the lines of its evidence.

A refuted claim is a warning and a supported one a note, so that a service shows at the code what
was said about it, and whether it is so.
"""

from __future__ import annotations

import hashlib
from typing import Any

from racewright.model.claim import KINDS, REFUTED, Audit, Claim, Evidence
from racewright.report.audit_words import masked_audit
from racewright.report.model_words import consultation_lines, restated_by
from racewright.report.sarif import MOST_RESULTS, located, location, written

__all__ = ["to_sarif"]


def to_sarif(audit: Audit) -> str:
    """The whole report."""
    audit = masked_audit(audit)
    decided = [claim for claim in audit.claims if claim.is_decided][:MOST_RESULTS]
    kinds = sorted({claim.kind for claim in decided})
    seen: dict[str, int] = {}
    notes = [
        {"level": "note", "message": {"text": f"{each.review}: {each.kind}: {each.text}"}}
        for each in audit.remarks
    ]
    if audit.model is not None:
        notes += [
            {"level": "warning" if audit.model.failure else "note", "message": {"text": line}}
            for line in consultation_lines(audit.model)
        ]
    results = [_result(each, kinds.index(each.kind), audit, seen) for each in decided]
    return written(audit.version, [_rule(kind) for kind in kinds], notes, results)


def _rule(kind: str) -> dict[str, Any]:
    return {
        "id": f"claim-{kind}",
        "shortDescription": {"text": f"A review says {KINDS[kind]}"},
        "fullDescription": {"text": f"A claim of a review about {KINDS[kind]}, checked."},
        "help": {"text": "racewright audit"},
        "defaultConfiguration": {"level": "note"},
        "properties": {"tags": ["review"], "precision": "high"},
    }


def _result(claim: Claim, index: int, audit: Audit, seen: dict[str, int]) -> dict[str, Any]:
    words = f"{claim.review}\0{claim.claim}\0{claim.quote}"
    print_ = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:16]
    seen[print_] = seen.get(print_, 0) + 1
    told = "; ".join(each.text for each in claim.evidence)
    said = " ".join(claim.quote.split())
    form = f" {restated_by(claim).capitalize()}." if claim.restated else ""
    places = [each for each in claim.evidence if each.file] or [Evidence(audit.file, (1,), "")]
    return {
        "ruleId": f"claim-{claim.kind}",
        "ruleIndex": index,
        "level": "warning" if claim.verdict == REFUTED else "note",
        "message": {
            "text": f"{claim.verdict.capitalize()}: “{said}” ({claim.review}).{form} {told}"
        },
        **located([_location(each) for each in places]),
        "partialFingerprints": {"racewright/v1": f"{print_}:{seen[print_]}"},
        "properties": {
            "verdict": claim.verdict,
            "checker": claim.checker,
            "item": claim.item,
            **({"extractor": claim.extractor} if claim.extractor else {}),
        },
    }


def _location(evidence: Evidence) -> dict[str, Any]:
    first = evidence.lines[0] if evidence.lines else 1
    last = first
    for line in evidence.lines[1:]:
        if line != last + 1:
            break
        last = line
    return location(evidence.file, first, last)
