"""What ruff finds, taken over with its own codes and named as ruff's.

Ruff is a program of its own; it is looked for beside our interpreter, then on the path. Where it is
not there, the review says so and goes on. Only a short selection is asked for: what a reviewer
would mention, not what a formatter would change. Ruff's own settings in the project are left aside,
so that the same files give the same review everywhere; what a line says by ``noqa`` holds.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from racewright.model.finding import Finding, Note, Place
from racewright.review.configuration import ReviewSettings, is_code
from racewright.review.source import shown_path

__all__ = ["DEFAULT_SELECTION", "find_ruff", "ruff_codes", "ruff_counts", "ruff_findings"]

#: What is asked for by default, with what it is about.
DEFAULT_SELECTION: Final[dict[str, str]] = {
    "ASYNC210": "blocking HTTP call in a coroutine",
    "ASYNC220": "blocking process call in a coroutine",
    "ASYNC221": "blocking process call in a coroutine",
    "ASYNC222": "blocking wait for a process in a coroutine",
    "ASYNC251": "blocking sleep in a coroutine",
    "B012": "a jump in finally that swallows the exception",
    "B023": "a closure that reads a loop's variable later",
    "F401": "an import that is not used",
    "F811": "a name that is defined twice",
    "F841": "a variable that is not used",
    "PLE": "what is an error wherever it is run",
    "PLW1509": "preexec_fn beside threads",
    "PLW2101": "a lock that is made by the with statement that holds it",
    "RUF006": "a task that nobody keeps",
    "S306": "a temporary name that somebody else can take",
    "S324": "a hash that is broken",
    "S501": "a certificate that is not checked",
    "S506": "YAML that can make any object",
    "S602": "a shell that is given a string",
}
#: Codes that are defects; with the weakness they are.
_DEFECTS: Final[dict[str, int]] = {
    "PLW2101": 820,
    "S306": 377,
    "S324": 327,
    "S501": 295,
    "S506": 502,
    "S602": 78,
}
_WEAKNESSES: Final[dict[str, int]] = {
    **_DEFECTS,
    "ASYNC210": 1322,
    "ASYNC220": 1322,
    "ASYNC221": 1322,
    "ASYNC222": 1322,
    "ASYNC251": 1322,
    "F841": 563,
    "RUF006": 772,
}


def find_ruff() -> str:
    """The path of the program, or an empty string."""
    beside = os.path.join(os.path.dirname(sys.executable), "ruff")
    return beside if os.access(beside, os.X_OK) else shutil.which("ruff") or ""


def ruff_codes(settings: ReviewSettings) -> tuple[str, ...]:
    """What ruff is asked for. ``select`` is the whole selection, so without a code, nothing."""
    if settings.select:
        return tuple(word for word in settings.select if is_code(word))
    return settings.ruff_select or tuple(DEFAULT_SELECTION)


def ruff_findings(
    paths: list[str], settings: ReviewSettings, ours: Iterable[Finding]
) -> tuple[list[Finding], Note | None, str]:
    """What ruff finds that is not in ``ours``, what is to be noted, and ruff's name and version."""
    program = find_ruff()
    if not program:
        hint = "pip install 'racewright[review]'"
        message = f"ruff is not installed, so its rules were not asked ({hint})"
        return [], Note("", 0, message, is_gap=False), ""
    if not paths:
        return [], None, ""
    command = [*_command(program, settings), "--"]
    found: list[Finding] = []
    taken = {(p.file, p.line) for finding in ours for p in finding.places}
    for start in range(0, len(paths), 500):
        batch = [os.path.abspath(path) for path in paths[start : start + 500]]
        try:
            done = subprocess.run(
                [*command, *batch], capture_output=True, check=False, stdin=subprocess.DEVNULL
            )
            diagnostics = json.loads(done.stdout or b"[]")
        except (OSError, ValueError) as error:
            return found, Note("", 0, f"ruff could not be run: {error}"), ""
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
            return found, Note("", 0, f"ruff failed: {reason[-1] if reason else ''}"), ""
        found += [_finding(each) for each in diagnostics if each.get("code")]
    return [each for each in found if _is_new(each, taken)], None, _version(program)


def ruff_counts(path: str, data: bytes, settings: ReviewSettings) -> Counter[str]:
    """How often ruff finds which code in ``data``, as if that were the file; without it, nothing.

    Also how often it does not understand the file, which is no code, and counts alike.
    """
    program = find_ruff() if settings.ruff and ruff_codes(settings) else ""
    if not program:
        return Counter()
    name = f"--stdin-filename={os.path.abspath(path)}"
    command = [*_command(program, settings), name, "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    try:
        return Counter(str(each.get("code")) for each in json.loads(done.stdout or b"[]"))
    except ValueError:
        return Counter()


def _command(program: str, settings: ReviewSettings) -> list[str]:
    return [
        program,
        "check",
        "--isolated",
        "--no-cache",
        "--exit-zero",
        "--output-format=json",
        "--target-version=py310",
        f"--select={','.join(ruff_codes(settings))}",
        "--no-fix",
    ]


def _is_new(finding: Finding, taken: set[tuple[str, int]]) -> bool:
    """Whether nothing of ours is said about that line already."""
    is_syntax = finding.rule in ("invalid-syntax", "E902", "E999")
    return not is_syntax and (finding.place.file, finding.place.line) not in taken


def _version(program: str) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, check=False)
    return done.stdout.decode(errors="replace").strip() or "ruff"


def _finding(about: dict[str, Any]) -> Finding:
    code = str(about["code"])
    line, column = int(about["location"]["row"]), int(about["location"]["column"])
    end = int(about["end_location"]["row"])
    file = shown_path(str(about["filename"]))
    message = str(about["message"])
    change = about.get("fix") or {}
    advice = str(change.get("message") or "").rstrip(".")
    return Finding(
        rule=code,
        kind="defect" if code in _DEFECTS else "improvement",
        title=message.rstrip("."),
        heading=DEFAULT_SELECTION.get(code) or message.rstrip("."),
        places=(Place(file, line, end, column, "", _line(file, line)),),
        defect=message,
        solution=f"{advice}." if advice else f"See `ruff rule {code}`.",
        cwe=_WEAKNESSES.get(code),
        confidence="high",
        source="ruff",
    )


def _line(file: str, number: int) -> str:
    try:
        with open(file, encoding="utf-8", errors="replace") as lines:
            for place, line in enumerate(lines, 1):
                if place == number:
                    return line.strip()[:300]
    except OSError:
        pass
    return ""
