"""What a test notices, and what overlaps in it: for a terminal, and as JSON."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final, TextIO

from racewright.model.mutant import Mutant
from racewright.model.vacuity import Interval, MutantVerdict, Mutation, Overlap, OverlapRun
from racewright.report.wording import clean, count, duration, fit

__all__ = [
    "mutations_to_json",
    "mutations_to_text",
    "overlap_facts",
    "overlaps_to_json",
    "overlaps_to_text",
    "runs_to_lines",
    "show",
]

VERSION: Final = 1

_WIDTH = 100
_BAR = 40  #: columns of the time line of a run
_MOST_RUNS = (12, 5)  #: drawn of the ordinary ones, of those under control
_MOST_ROWS = 12  #: of one run

_LABELS = {
    "notices": "NOTICES",
    "gaps": "GAPS",
    "vacuous": "VACUOUS",
    "inconclusive": "INCONCLUSIVE",
    "fails-already": "FAILS ALREADY",
    "overlapped": "OVERLAPPED",
    "never-overlapped": "NEVER OVERLAPPED",
}
_VERDICTS = ("not noticed", "inconclusive", "equivalent", "noticed")


def show(text: str, file: TextIO | None = None) -> None:
    """Print ``text`` on what may know fewer characters."""
    out = sys.stdout if file is None else file
    encoding = out.encoding or "ascii"
    out.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


# --- mutate ------------------------------------------------------------------------------------


def mutations_to_text(mutations: Sequence[Mutation]) -> str:
    return "\n\n".join("\n".join(_mutation(mutation)) for mutation in mutations)


def _mutation(mutation: Mutation) -> Iterator[str]:
    yield f"{_LABELS[mutation.outcome]}  {clean(mutation.target)}: {_sentence(mutation)}"
    if mutation.interrupted:
        yield "  Interrupted: this is what was known by then."
    for word in _VERDICTS:
        for verdict in mutation.verdicts:
            if verdict.verdict == word:
                yield ""
                yield from _verdict(verdict)
    unguarded = [each for each in mutation.verdicts if each.counts and each.found is None]
    if unguarded:
        yield ""
        yield "  This test passes without:"
        yield from (f"    {clean(each.sighting.label)}" for each in unguarded)
    if mutation.passed_over:
        yield ""
        yield "  Not neutralised:"
        for each in mutation.passed_over:
            yield f"    {clean(each.label)}: {each.why_not}"
    for note in mutation.notes:
        yield f"  note  {clean(note)}"


def _sentence(mutation: Mutation) -> str:
    if mutation.outcome == "inconclusive" and not mutation.verdicts:
        return clean(mutation.reason)
    if mutation.outcome == "fails-already":
        return f"it fails as it stands: {clean(mutation.reason)}"
    judged = [each for each in mutation.verdicts if each.counts]
    noticed = sum(1 for each in judged if each.verdict == "noticed")
    executions = sum(each.executions for each in mutation.verdicts)
    words = f"noticed {noticed} of {count(len(judged), 'mutant')}"
    for word in ("equivalent", "inconclusive"):
        number = sum(1 for each in mutation.verdicts if each.verdict == word)
        words += f", {number} {word}" if number else ""
    return f"{words} ({count(executions, 'execution')}, {duration(mutation.seconds)})"


def _verdict(verdict: MutantVerdict) -> Iterator[str]:
    mutant = Mutant.parse(verdict.sighting.mutant)
    yield f"  {verdict.verdict:<12}  {clean(verdict.sighting.label)} {mutant.effect}"
    indent = " " * 16
    found = verdict.found
    if found is not None:
        how = f"in execution {found.number}" if found.number else ""
        yield fit(f"{indent}{clean(found.failure.message)}  ({how})", _WIDTH)
        if found.failure.site:
            yield fit(f"{indent}at {clean(found.failure.site)}", _WIDTH)
        if found.schedule_file:
            yield f"{indent}racewright replay {shlex.quote(found.schedule_file)}"
    elif verdict.verdict == "not noticed":
        yield f"{indent}in {count(verdict.executions, 'execution')}"
    if verdict.reason:
        yield f"{indent}{clean(verdict.reason)}"


def mutations_to_json(mutations: Sequence[Mutation]) -> str:
    return json.dumps(
        {"version": VERSION, "targets": [_mutation_facts(each) for each in mutations]}, indent=2
    )


def _mutation_facts(mutation: Mutation) -> dict[str, Any]:
    return {
        "target": mutation.target,
        "outcome": mutation.outcome,
        "reason": mutation.reason,
        "seconds": round(mutation.seconds, 3),
        "interrupted": mutation.interrupted,
        "notes": list(mutation.notes),
        "mutants": [
            {
                "mutant": each.sighting.mutant,
                "name": each.sighting.name,
                "function": each.sighting.function,
                "verdict": each.verdict,
                "executions": each.executions,
                "seconds": round(each.seconds, 3),
                "reason": each.reason,
                "kind": each.found.failure.kind if each.found else None,
                "message": each.found.failure.message if each.found else None,
                "fingerprint": each.found.failure.fingerprint if each.found else None,
                "execution": each.found.number if each.found else None,
                "schedule": (each.found.schedule_file or None) if each.found else None,
            }
            for each in mutation.verdicts
        ],
        "not_neutralised": [
            {"mutant": each.mutant, "function": each.function, "reason": each.why_not}
            for each in mutation.passed_over
        ],
    }


# --- overlap -----------------------------------------------------------------------------------


def overlaps_to_text(overlaps: Sequence[Overlap]) -> str:
    return "\n\n".join("\n".join(_overlap(overlap)) for overlap in overlaps)


def _overlap(overlap: Overlap) -> Iterator[str]:
    yield f"{_LABELS[overlap.outcome]}  {clean(overlap.target)}: {_overlap_sentence(overlap)}"
    names = dict(zip("AB", dict.fromkeys(overlap.sections), strict=False))
    for section, name in names.items():
        yield f"  {section}  {clean(name)}"
    if overlap.interrupted:
        yield "  Interrupted: this is what was known by then."
    yield from runs_to_lines(overlap)
    for note in overlap.notes:
        yield f"  note  {clean(note)}"


def runs_to_lines(overlap: Overlap, most: tuple[int, int] = _MOST_RUNS) -> Iterator[str]:
    """Who was inside which section, and when: a drawing of each run that is worth one.

    At ``most`` so many of the ordinary ones, and of those under control.
    """
    for is_controlled in (False, True):
        runs = [run for run in overlap.runs if run.is_controlled == is_controlled]
        # Where they met, and how near they came, is seen from a few.
        shown = sorted(runs, key=lambda run: not run.overlaps)[: most[is_controlled]]
        for run in sorted(shown, key=lambda run: run.number):
            yield ""
            yield from _run(run)
        if len(runs) > len(shown):
            yield f"  … {count(len(runs) - len(shown), 'more run')}"


def _overlap_sentence(overlap: Overlap) -> str:
    free = overlap.counted(is_controlled=False)
    controlled = overlap.counted(is_controlled=True)
    met, total = free[0] + controlled[0], free[1] + controlled[1]
    if overlap.outcome == "inconclusive":
        words = clean(overlap.reason)
    elif met:
        words = f"in {met} of {count(total, 'run')}"
    else:
        words = f"in {count(total, 'run')}"
    parts = [
        f"{sort} {each[0]} of {each[1]}"
        for sort, each in (("ordinary", free), ("under control", controlled))
        if each[1]
    ]
    return f"{words} ({', '.join(parts)}; {duration(overlap.seconds)})"


def _run(run: OverlapRun) -> Iterator[str]:
    how = f"under control, {run.strategy}" if run.is_controlled else "ordinary"
    words = "overlapped" if run.overlaps else "no overlap"
    if run.outcome not in ("passed",):
        words += f"; {run.outcome}" + (f": {clean(run.reason)}" if run.reason else "")
    sort = "virtual " if run.is_controlled else ""
    yield fit(f"  run {run.number}  ({how}, {run.seconds:.3f} {sort}s): {words}", _WIDTH)
    rows: dict[tuple[str, str], list[Interval]] = {}
    for interval in run.intervals:
        rows.setdefault((interval.section, interval.task), []).append(interval)
    width = max((len(task) for _, task in rows), default=0)
    width = min(width, 24)
    met = {each for pair in run.overlaps for each in pair}
    in_order = sorted(rows.items(), key=lambda item: not met.intersection(item[1]))
    for (section, task), intervals in in_order[:_MOST_ROWS]:
        bar = _bar(run, intervals)
        yield f"    {section}  {fit(clean(task), width):<{width}}  |{bar}|  {_moments(intervals)}"
    if len(rows) > _MOST_ROWS:
        yield f"    … {count(len(rows) - _MOST_ROWS, 'more task')}"
    if not rows:
        yield "    nobody entered either section"


def _bar(run: OverlapRun, intervals: Sequence[Interval]) -> str:
    """When the task was inside: in time; under control, where there is little of it, in order."""
    columns = [" "] * _BAR
    spans: list[tuple[float, float]]
    if run.is_controlled:
        end = float(1 + max(max(each.first, each.last) for each in run.intervals))
        spans = [(float(each.first), each.last or end) for each in intervals]
    else:
        end = max(run.seconds, 1e-9)
        spans = [(each.entered, end if each.left is None else each.left) for each in intervals]
    for start, stop in spans:
        first = min(_BAR - 1, int(start / end * _BAR))
        last = max(first + 1, min(_BAR, int(stop / end * _BAR)))
        columns[first:last] = "#" * (last - first)
    return "".join(columns)


def _moments(intervals: Sequence[Interval]) -> str:
    first = intervals[0]
    left = "the end" if first.left is None else f"{first.left:.3f}"
    words = f"{first.entered:.3f} to {left} s"
    return f"{words}, {len(intervals)} times" if len(intervals) > 1 else words


def overlaps_to_json(overlaps: Sequence[Overlap]) -> str:
    return json.dumps(
        {"version": VERSION, "targets": [overlap_facts(each) for each in overlaps]}, indent=2
    )


def overlap_facts(overlap: Overlap) -> dict[str, Any]:
    """One overlap as values that JSON can hold."""
    return {
        "target": overlap.target,
        "a": overlap.sections[0],
        "b": overlap.sections[1],
        "outcome": overlap.outcome,
        "reason": overlap.reason,
        "overlapped": sum(1 for run in overlap.runs if run.overlaps),
        "seconds": round(overlap.seconds, 3),
        "interrupted": overlap.interrupted,
        "notes": list(overlap.notes),
        "runs": [
            {
                "run": run.number,
                "controlled": run.is_controlled,
                "strategy": run.strategy or None,
                "outcome": run.outcome,
                "reason": run.reason,
                "seconds": round(run.seconds, 6),
                "overlapped": bool(run.overlaps),
                "intervals": [
                    {
                        "section": each.section,
                        "task": each.task,
                        "entered": round(each.entered, 6),
                        "left": None if each.left is None else round(each.left, 6),
                        "first": each.first,
                        "last": each.last or None,
                    }
                    for each in run.intervals
                ],
            }
            for run in overlap.runs
        ],
    }
