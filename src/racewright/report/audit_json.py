"""An audit as one JSON object; its fields are documented in ``docs/reference/audit-json.md``."""

from __future__ import annotations

import json
from typing import Any

from racewright.model.claim import VERDICTS, Audit, Claim, Evidence
from racewright.report.audit_words import holding, masked_audit
from racewright.report.model_words import consultation_facts

__all__ = ["to_json"]


def to_json(audit: Audit) -> str:
    """The whole report; keys that have nothing to say are ``null`` or empty, never left out."""
    audit = masked_audit(audit)
    facts = {
        "version": 1,
        "racewright": audit.version,
        "file": audit.file,
        "claims": [_claim(each) for each in audit.claims],
        "remarks": [
            {"review": each.review, "item": each.item, "kind": each.kind, "text": each.text}
            for each in audit.remarks
        ],
        "reviews": [
            {
                "name": each.name,
                "items": each.items,
                "note": each.note or None,
                "counts": {verdict: audit.count(verdict, each.name) for verdict in VERDICTS},
            }
            for each in audit.reviews
        ],
        "panel": [
            {
                "claim": each.claim,
                "kind": each.kind,
                "verdict": each.verdict,
                "said_by": list(each.said_by),
                "denied_by": list(each.denied_by),
                "members": list(each.members),
            }
            for each in audit.panel
        ],
        "holds": [
            {"claim": claim.claim, "reviews": list(names), "evidence": _all(claim.evidence)}
            for claim, names in holding(audit)
        ],
        "missed": _all(audit.missed),
        "revision": audit.revision or None,
        "fits": [
            {
                "review": each.review,
                "version": each.version,
                "commit": each.commit or None,
                "fits": each.fits,
                "cited": each.cited,
                "names": list(each.names),
                "is_audited": each.is_audited,
            }
            for each in audit.fits
        ],
        "ran": audit.ran or None,
        "model": consultation_facts(audit.model),
        "seconds": round(audit.seconds, 3),
    }
    return json.dumps(facts, indent=2)


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "review": claim.review,
        "item": claim.item,
        "start": claim.start,
        "end": claim.end,
        "quote": claim.quote,
        "claim": claim.claim,
        "kind": claim.kind,
        "verdict": claim.verdict,
        "reason": claim.reason or None,
        "evidence": _all(claim.evidence),
        "checker": claim.checker or None,
        "extractor": claim.extractor or None,
        "restated": claim.restated or None,
    }


def _all(evidence: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    return [
        {"file": each.file or None, "lines": list(each.lines), "text": each.text}
        for each in evidence
    ]
