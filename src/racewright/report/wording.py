"""The words that every report uses, and what makes text from a program fit to be printed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len

from racewright.model.execution import Event, Exploration, Failure
from racewright.model.operation import KINDS, READS
from racewright.model.schedule import Schedule

__all__ = [
    "OUTCOMES",
    "clean",
    "clean_lines",
    "count",
    "duration",
    "fit",
    "listing",
    "ordered",
    "phrase",
    "phrase_of_schedule",
    "short_site",
    "title",
    "verdict",
    "worst",
    "wrap",
]

#: Characters shown of any one line, which no page has room for.
_LONGEST = 10_000

#: Outcomes of explorations, the worst first.
OUTCOMES = ("error", "failed", "fails-without-race", "inconclusive", "passed")

_TITLES = {
    "assertion": "Assertion failed",
    "crash": "The interpreter crashed",
    "crashed": "The interpreter crashed",
    "deadlock": "Deadlock",
    "exception": "Exception",
    "livelock": "Livelock",
    "stall": "Stalled outside control",
    "unhandled-exception": "Unhandled exception",
}

#: What was found, in the verdict's line.
_FOUND = {
    "crash": "crash",
    "crashed": "crash",
    "deadlock": "deadlock",
    "livelock": "livelock",
    "stall": "stall",
}


def clean(text: str) -> str:
    """``text`` on one line, with what a terminal would obey, or could not show, as escapes."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    text = text.replace("\t", "    ")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def clean_lines(text: str) -> list[str]:
    """The lines of ``text``, each of them clean, without blank ones at either end."""
    return [clean(line.rstrip()) for line in text.strip("\n").split("\n")]


def fit(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells of a terminal, marked where it was cut."""
    if width < 1:
        return ""
    if len(text) <= 4 * width and cell_len(text) <= width:
        return text
    end = _reach(text, 0, width - 1)  # the ellipsis takes one
    return text[:end].rstrip() + "…"


def wrap(text: str, width: int, most: int = 0) -> list[str]:
    """``text`` broken into lines of ``width`` cells: at a space where there is one in reach.

    Of more than ``most`` lines, if that is given, the last ends with an ellipsis.
    """
    lines: list[str] = []
    start = 0
    while (end := _reach(text, start, width)) < len(text):
        if most and len(lines) == most - 1:
            return [*lines, fit(text[start : start + 4 * width + 1], width - 1).rstrip("…") + "…"]
        space = text.rfind(" ", start, end + 1)
        if space > start + width // 2:
            end = space
        else:
            end = max(end, start + 1)
        lines.append(text[start:end].rstrip())
        start = end
        while text[start : start + 1] == " ":
            start += 1
    return [*lines, text[start:]]


def _reach(text: str, start: int, width: int) -> int:
    """Where the part of ``text`` ends that begins at ``start`` and takes ``width`` cells."""
    used = 0
    for place in range(start, len(text)):
        used += cell_len(text[place])
        if used > width or place - start > 4 * width:  # marks that combine take no cell
            return place
    return len(text)


def count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    if not math.isfinite(seconds):
        return "? s"
    if seconds < 99.5:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,} min {rest} s"


def listing(items: list[str] | tuple[str, ...], conjunction: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def phrase(event: Event) -> str:
    """What ``event`` did: ``reads .balance → 100``."""
    resource = event.resource
    # A resource is named with the place where it was made: no news where it was made here.
    made = resource.rfind(" (")
    if made > 0 and f"/{event.file}:{event.line})".endswith("/" + resource[made + 2 :]):
        resource = resource[:made]
    words = clean(f"{KINDS.get(event.kind, event.kind)} {resource}").strip()
    if not event.value:
        return words
    arrow = "→" if event.kind in READS or event.kind == "get" else "←"
    return f"{words} {arrow} {clean(event.value)}"


def short_site(site: str) -> str:
    """``bank.py:14 test_it.<locals>.transfer`` as ``bank.py:14 transfer``."""
    file, space, function = clean(site).rpartition(" ")
    return file + space + function.rpartition("<locals>.")[2]


def title(failure: Failure) -> str:
    """The kind of ``failure``, as a heading has it."""
    kind = clean(failure.kind.replace("-", " ")).capitalize()
    return _TITLES.get(failure.kind) or kind or "Failure"


def verdict(exploration: Exploration) -> tuple[str, str]:
    """The label and the sentence that a report of ``exploration`` begins with."""
    tried = count(exploration.executions, "execution")
    spent = (
        f"({count(exploration.distinct_traces, 'distinct trace')}, {duration(exploration.seconds)})"
    )
    if exploration.outcome == "passed":
        return "PASSED", f"no failure in {tried} {spent}"
    if exploration.outcome == "failed":
        return "FAILED", f"{_found(exploration, tried)} {spent}"
    if exploration.outcome == "fails-without-race":
        return "FAILED", f"it fails on the default schedule, so this is no race ({tried})"
    reason = clean_lines(exploration.reason) if exploration.reason.strip() else ["no reason given"]
    if exploration.outcome == "inconclusive":
        return "INCONCLUSIVE", f"{' '.join(reason)} ({tried}, {duration(exploration.seconds)})"
    return clean(exploration.outcome).upper() or "ERROR", reason[0]


def _found(exploration: Exploration, tried: str) -> str:
    if not exploration.failures:
        return f"failed in {tried}"
    first = min(exploration.failures, key=lambda found: found.number)
    what = _FOUND.get(first.failure.kind, "race")
    if len(exploration.failures) > 1:
        return (
            f"{len(exploration.failures)} failures in {tried}, "
            f"the first in execution {first.number:,}"
        )
    if first.number >= exploration.executions:
        return f"{what} found after {tried}"
    return f"{what} found in execution {first.number:,} of {exploration.executions:,}"


def ordered(
    explorations: Exploration | Sequence[Exploration],
) -> tuple[Exploration, ...]:
    """What a report was asked about, one or several, as a tuple in the order given."""
    return (explorations,) if isinstance(explorations, Exploration) else tuple(explorations)


def worst(explorations: tuple[Exploration, ...]) -> str:
    """The worst outcome of ``explorations``; of none at all, "inconclusive"."""
    outcomes = {exploration.outcome for exploration in explorations}
    if outcomes - set(OUTCOMES):
        return "error"
    return next((outcome for outcome in OUTCOMES if outcome in outcomes), "inconclusive")


def phrase_of_schedule(schedule: Schedule) -> list[str]:
    """The deviations of ``schedule``, a line each, for where there are no events to tell from."""
    names = dict(enumerate(schedule.tasks))
    lines = []
    for deviation in schedule.deviations:
        name = clean(names.get(deviation.task, f"task-{deviation.task}"))
        chosen = clean(names.get(deviation.chosen, f"task-{deviation.chosen}"))
        site = f" ({clean(deviation.site)})" if deviation.site else ""
        how = "⤷ preempted" if deviation.is_preemption else "⤷ switch"
        lines.append(f"{how} at {name}'s operation {deviation.operation:,}{site}: {chosen} runs")
    return lines
