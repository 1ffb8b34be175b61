"""An audit as one page: the reviews on the left, the code on the right, linked both ways.

No script, nothing from elsewhere: the page says so itself by its content security policy, which
allows only this style. What comes from reviews and code is escaped by the template.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from racewright.model.claim import NOT_CHECKABLE, REFUTED, SUPPORTED, Audit, Claim, Evidence
from racewright.report.audit_words import audited, masked_audit, place_of, remarks_of, summary
from racewright.report.model_words import consultation_lines, restated_by
from racewright.report.review_words import mask

__all__ = ["to_html"]

_STYLE = (
    "body{margin:0;font:15px/1.45 system-ui,sans-serif;color:#1b1b1b;background:#fff}"
    "main{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);height:100vh}"
    "section{overflow:auto;padding:0 1rem 2rem;border-right:1px solid #ccc}"
    ".review{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}"
    ".review a{color:inherit;text-decoration:underline dotted}"
    ".s{background:#dff3df}.r{background:#fbdcdc}.n{background:#eee}"
    "pre{font:13px/1.4 ui-monospace,monospace}pre span{display:block;white-space:pre-wrap}"
    "pre i{display:inline-block;width:4ch;margin-right:1ch;color:#777;text-align:right;"
    "font-style:normal;user-select:none}"
    ":target{outline:2px solid #b58900}.claims li{margin:.35rem 0;padding:.2rem .4rem}"
    "@media(max-width:60rem){main{display:block;height:auto}}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}"
    ".s{background:#1d3a1d}.r{background:#4a1e1e}.n{background:#2a2a2a}}"
)
_MARKS = {SUPPORTED: "s", REFUTED: "r", NOT_CHECKABLE: "n"}
#: Of several verdicts on the same words, the one whose colour is shown.
_FIRST = (REFUTED, SUPPORTED, NOT_CHECKABLE)


@cache
def _template() -> jinja2.Template:
    source = (
        resources.files("racewright.report").joinpath("templates/audit.html").read_text("utf-8")
    )
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(source)


def to_html(audit: Audit) -> str:
    """The whole page."""
    audit = masked_audit(audit)
    numbers = {id(claim): number for number, claim in enumerate(audit.claims)}
    backs: dict[int, list[int]] = {}
    marks: dict[int, str] = {}
    for claim in audit.claims:
        for evidence in claim.evidence:
            for line in evidence.lines if evidence.file == audit.file else ():
                backs.setdefault(line, []).append(numbers[id(claim)])
                if marks.get(line) != "r":
                    marks[line] = _MARKS[claim.verdict]
    anchors: set[int] = set()
    reviews = [
        {
            "name": review.name,
            "summary": summary(audit, review.name),
            "pieces": _pieces(review.text, audit.of(review.name), audit, numbers, anchors),
            "claims": [_told(claim, audit) for claim in audit.of(review.name)],
            "remarks": remarks_of(audit, review.name),
        }
        for review in audit.reviews
    ]
    lines = [
        {
            "number": number,
            "text": text,
            "mark": marks.get(number, ""),
            "backs": [each for each in dict.fromkeys(backs.get(number, ())) if each in anchors][:6],
        }
        for number, text in enumerate(audit.code.splitlines(), 1)
    ]
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return _template().render(
        audit=audit,
        audited=audited(audit),
        style=Markup(_STYLE),
        style_hash=Markup(digest),
        reviews=reviews,
        lines=lines,
        asked=consultation_lines(audit.model) if audit.model is not None else [],
        missed=[_evidence(each, audit) for each in audit.missed],
    )


def _pieces(
    text: str,
    claims: tuple[Claim, ...],
    audit: Audit,
    numbers: dict[int, int],
    anchors: set[int],
) -> list[dict[str, Any]]:
    """The review cut where claims begin and end."""
    cuts = sorted({0, len(text), *(c.start for c in claims), *(c.end for c in claims)})
    starts = sorted(claims, key=lambda claim: claim.start)
    pieces: list[dict[str, Any]] = []
    active: list[Claim] = []
    place = 0
    for start, end in itertools.pairwise(cuts):
        while place < len(starts) and starts[place].start <= start:
            active.append(starts[place])
            place += 1
        active = [claim for claim in active if claim.end > start]
        piece: dict[str, Any] = {"text": mask(text[start:end]), "claims": bool(active)}
        if active:
            shown = min(active, key=lambda claim: (_FIRST.index(claim.verdict), claim.start))
            here = [e.lines[0] for e in shown.evidence if e.file == audit.file and e.lines]
            number = numbers[id(shown)]
            piece["mark"] = _MARKS[shown.verdict]
            piece["number"] = number if number not in anchors else f"{number}-{start}"
            piece["target"] = f"L{here[0]}" if here else f"c{piece['number']}"
            piece["title"] = f"{shown.verdict}: {shown.claim}"
            anchors.add(number)
        pieces.append(piece)
    return pieces


def _told(claim: Claim, audit: Audit) -> dict[str, Any]:
    return {
        "mark": _MARKS[claim.verdict],
        "verdict": claim.verdict,
        "claim": claim.claim,
        "restated": restated_by(claim),
        "reason": claim.reason,
        "evidence": [_evidence(each, audit) for each in claim.evidence],
    }


def _evidence(evidence: Evidence, audit: Audit) -> dict[str, Any]:
    return {
        "here": evidence.file == audit.file and bool(evidence.lines),
        "line": evidence.lines[0] if evidence.lines else 1,
        "place": place_of(evidence),
        "text": evidence.text,
    }
