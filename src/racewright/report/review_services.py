"""A review in the formats of services: GitHub's and GitLab's, reviewdog's, and JUnit XML."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from xml.etree import ElementTree

from racewright.model.finding import Finding, Review
from racewright.report.review_words import evidence_of, masked, weakness
from racewright.report.wording import clean

__all__ = ["to_github", "to_gitlab", "to_junit", "to_rdjson"]

#: What XML 1.0 cannot hold, not even as a character reference, and what turns the way one reads.
_FORBIDDEN = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
#: What a service shows as the name of the rule where a file was not read.
_GAP = "not-reviewed"
_SEVERITIES = {"defect": "major", "improvement": "minor"}


def to_github(review: Review) -> str:
    """Workflow commands: an annotation for each finding, and the verdict as a line of the log."""
    lines = [review.verdict]
    for finding in map(masked, review.findings):
        place = finding.place
        level = "error" if finding.is_defect else "notice"
        properties = {
            "file": place.file,
            "line": str(max(place.line, 1)),
            "endLine": str(max(place.last_line, 1)),
            "title": f"{finding.rule}: {finding.title}",
        }
        told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
        lines.append(f"::{level} {told}::{_data(_message(finding))}")
    for note in review.notes:
        where = f"file={_property(note.file)},line={max(note.line, 1)}" if note.file else ""
        lines.append(f"::warning {where}::{_data(str(note))}")
    return "\n".join(lines)


def to_gitlab(review: Review) -> str:
    """GitLab's code quality report."""
    seen: dict[str, int] = {}
    entries = []
    for finding in map(masked, review.findings):
        count = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
        entries.append(
            {
                "check_name": finding.rule,
                "description": f"{finding.title}. {finding.solution}",
                "severity": _SEVERITIES[finding.kind],
                "fingerprint": f"{finding.fingerprint}-{count}",
                "location": {
                    "path": finding.place.file,
                    "lines": {"begin": finding.place.line, "end": finding.place.last_line},
                },
            }
        )
    for note in review.gaps:
        entries.append(
            {
                "check_name": _GAP,
                "description": note.message,
                "severity": "minor",
                "fingerprint": hashlib.sha256(str(note).encode("utf-8", "replace")).hexdigest(),
                "location": {
                    "path": note.file or ".",
                    "lines": {"begin": max(note.line, 1), "end": max(note.line, 1)},
                },
            }
        )
    return json.dumps(entries, indent=2)


def to_rdjson(review: Review) -> str:
    """The diagnostics of reviewdog."""
    diagnostics: list[dict[str, Any]] = []
    for finding in map(masked, review.findings):
        place = finding.place
        diagnostics.append(
            {
                "message": _message(finding),
                "location": {
                    "path": place.file,
                    "range": {
                        "start": {"line": max(place.line, 1), "column": place.column},
                        "end": {"line": max(place.last_line, 1)},
                    },
                },
                "severity": "ERROR" if finding.is_defect else "INFO",
                "code": {"value": finding.rule},
                "source": {"name": finding.source},
            }
        )
    for note in review.gaps:
        diagnostics.append(
            {
                "message": clean(note.message),
                "location": {
                    "path": note.file or ".",
                    "range": {"start": {"line": max(note.line, 1), "column": 1}},
                },
                "severity": "WARNING",
                "code": {"value": _GAP},
                "source": {"name": "racewright"},
            }
        )
    return json.dumps({"source": {"name": "racewright"}, "diagnostics": diagnostics}, indent=2)


def to_junit(review: Review) -> str:
    """A failure for each defect, a test that passes for each improvement, which says so, and an
    error for each file that was not read."""
    told = len(review.findings) + len(review.gaps)
    suite = ElementTree.Element(
        "testsuite",
        name="racewright review",
        tests=str(max(told, 1)),
        failures=str(len(review.defects)),
        errors=str(len(review.gaps)),
        skipped="0",
        time=f"{review.seconds:.3f}",
    )
    if not told:
        ElementTree.SubElement(suite, "testcase", classname="racewright", name=review.verdict)
    for finding in map(masked, review.findings):
        place = finding.place
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=_valid(place.file),
            name=_valid(f"{finding.rule} at line {place.lines}"),
            file=_valid(place.file),
            line=str(place.line),
        )
        if finding.is_defect:
            child = ElementTree.SubElement(
                case, "failure", message=_valid(finding.title), type=finding.rule
            )
        else:
            child = ElementTree.SubElement(case, "system-out")
        child.text = _valid(_message(finding))
    for note in review.gaps:
        case = ElementTree.SubElement(
            suite, "testcase", classname=_valid(note.file or "racewright"), name=_GAP
        )
        ElementTree.SubElement(case, "error", message=_valid(note.message), type=_GAP)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}'


def _message(finding: Finding) -> str:
    name = " ".join(word for word in (finding.rule, weakness(finding)) if word)
    told = f"{finding.defect} {evidence_of(finding)} {finding.solution} [{name}]"
    return clean(told)


def _data(text: str) -> str:
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _valid(text: str) -> str:
    return _FORBIDDEN.sub("", text)
