"""What every report in SARIF 2.1.0 is made of: the log around the results, and places in files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

__all__ = ["MOST_RESULTS", "located", "location", "written"]

#: That a service takes of one run.
MOST_RESULTS: Final = 25_000
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def written(
    version: str,
    rules: Sequence[dict[str, Any]],
    notes: Sequence[dict[str, Any]],
    results: Sequence[dict[str, Any]],
) -> str:
    """The log of one run."""
    driver = {"name": "racewright", "semanticVersion": version, "rules": rules}
    invocation = {"executionSuccessful": True, "toolExecutionNotifications": notes}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def location(file: str, line: int, last_line: int, column: int = 1) -> dict[str, Any]:
    """Lines of a file; the address is relative where the name of the file is."""
    region = {"startLine": max(line, 1), "endLine": max(last_line, 1)}
    if column > 1:
        region["startColumn"] = column
    # A colon is quoted, too: in the first segment it would make a scheme of it.
    artifact = {"uri": quote(file, errors="replace")}
    if not file.startswith("/"):
        artifact["uriBaseId"] = "%SRCROOT%"
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def located(places: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The parts of a result that say where: the first place, and what else it rests on."""
    told: dict[str, Any] = {"locations": [places[0]]}
    if len(places) > 1:
        told["relatedLocations"] = [
            {"id": number, **place} for number, place in enumerate(places[1:], 1)
        ]
    return told
