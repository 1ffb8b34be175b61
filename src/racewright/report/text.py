"""The report for a terminal: the verdict first, then what happened, then how to see it again.

Every line is laid out here, so that a report reads the same with and without a terminal; ``rich``
adds the colours. Text from the program under test is never markup, nor can it send a terminal a
control sequence: what cannot be printed is shown as an escape.
"""

from __future__ import annotations

import io
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from racewright.model.execution import Exploration, Failure, Found
from racewright.report.layout import draw
from racewright.report.story import tell
from racewright.report.waits import draw_waits
from racewright.report.wording import (
    OUTCOMES,
    clean,
    clean_lines,
    count,
    duration,
    fit,
    ordered,
    phrase_of_schedule,
    short_site,
    title,
    verdict,
    wrap,
)

__all__ = ["show", "to_text"]

DEFAULT_WIDTH: Final = 100  #: where there is no terminal to ask
_MIN_WIDTH: Final = 40
_MAX_WIDTH: Final = 160  #: longer lines are not easier to read

_MAX_LINES = 12  #: of a message
_MAX_FRAMES = 30  #: lines of a traceback
_MAX_FAILURES = 5  #: told in full
_MAX_SCENARIO = 150  #: lines of what a scenario says
#: How the story of a scenario begins, in a traceback: see `racewright.scenarios.story`.
_SCENARIO = "\nThe order "
#: Kinds of failures of which the timeline says more than the traceback.
_TOLD = frozenset({"assertion", "deadlock", "livelock"})
_MAX_FACT = 6  #: lines of a fact
_MAX_ITEMS = 8  #: of a list of what was not controlled

_COLOURS = {
    "FAILED": "bold red",
    "PASSED": "bold green",
    "INCONCLUSIVE": "bold yellow",
    "ERROR": "bold red",
}
#: For an output that can hold nothing but ASCII. One character each, so that columns stay columns.
_ASCII = str.maketrans(dict(zip("⤷→←…│▼┌└─▶✗·", "\\==~|v++->x.", strict=True)))


def to_text(
    explorations: Exploration | Sequence[Exploration],
    *,
    width: int | None = None,
    color: bool = False,
    ascii_only: bool = False,
) -> str:
    """The report on one exploration or several, as lines of at most ``width`` cells.

    Only what is there to be copied, a command or a target, may be longer. Without a ``width``, as
    in a log, a verdict is one line however long, so that it can be searched for.
    """
    out = io.StringIO()
    console = Console(
        file=out,
        width=100_000,  # the lines have their breaks already
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    page = None if width is None else max(_MIN_WIDTH, min(width, _MAX_WIDTH))
    for line in _report(ordered(explorations), page):
        line.rstrip()
        console.print(line, soft_wrap=True)
    text = out.getvalue()
    if ascii_only:
        text = text.translate(_ASCII).encode("ascii", "backslashreplace").decode()
    return text


def show(explorations: Exploration | Sequence[Exploration], file: TextIO | None = None) -> None:
    """Print the report as suits ``file``: its width, its colours, its encoding."""
    out = sys.stdout if file is None else file
    terminal = Console(file=out)
    try:
        "⤷→✗│".encode(out.encoding or "ascii")
        has_signs = True
    except (LookupError, UnicodeError):
        has_signs = False
    text = to_text(
        explorations,
        width=terminal.width if terminal.is_terminal else None,
        color=terminal.is_terminal and not terminal.no_color,
        ascii_only=not has_signs,
    )
    encoding = out.encoding or "ascii"
    out.write(text.encode(encoding, "backslashreplace").decode(encoding))


# --- The whole -----------------------------------------------------------------------------------


def _report(explorations: tuple[Exploration, ...], width: int | None) -> Iterator[Text]:
    for place, exploration in enumerate(explorations):
        if place:
            yield Text()
        yield from _exploration(exploration, width)
    if len(explorations) > 1:
        yield Text()
        yield from _indented([_summary(explorations)], width or DEFAULT_WIDTH, "bold", 0)
    if not explorations:
        yield Text("Nothing was explored.")


def _summary(explorations: tuple[Exploration, ...]) -> str:
    tally = Counter(exploration.outcome for exploration in explorations)
    known = [outcome for outcome in OUTCOMES if tally[outcome]]
    known += sorted(outcome for outcome in tally if outcome not in OUTCOMES)
    words = {"failed": "failed", "fails-without-race": "failed without a race", "error": "in error"}
    parts = [f"{tally[outcome]:,} {words.get(outcome, clean(outcome))}" for outcome in known]
    return f"{count(len(explorations), 'target')}: {', '.join(parts)}"


def _exploration(exploration: Exploration, page: int | None) -> Iterator[Text]:
    yield from _verdict(exploration, page)
    width = page or DEFAULT_WIDTH
    if exploration.interrupted:
        words = "Interrupted: this is what was known by then."
        yield from _indented([words], width, "yellow", 2)
    total = len(exploration.failures)
    for number, found in enumerate(exploration.failures[:_MAX_FAILURES], start=1):
        yield Text()
        if total > 1:
            yield Text(f"  Failure {number} of {total}", "bold")
        yield from _found(found, width)
    for found in exploration.failures[_MAX_FAILURES:]:
        yield Text()
        yield Text("  " + fit(_heading(found.failure), width - 2), "bold")
        yield from _replay(found)
    facts = list(_facts(exploration))
    if facts and exploration.failures:
        yield Text()
    yield from _table(facts, width)


def _verdict(exploration: Exploration, page: int | None) -> Iterator[Text]:
    label, sentence = verdict(exploration)
    head = f"{clean(exploration.target)}:"
    lines = [f"{head} {sentence}"]
    if page is not None and cell_len(lines[0]) > page - len(label) - 2:
        lines = [head, *wrap(sentence, page - len(label) - 2)]  # the target stays in one piece
    for place, line in enumerate(lines):
        start = f"{label}  " if place == 0 else " " * (len(label) + 2)
        yield Text.assemble((start, _COLOURS.get(label, "bold")), (line, "bold"))
    if label not in ("FAILED", "PASSED", "INCONCLUSIVE"):
        yield from _indented(clean_lines(exploration.reason)[1:], page or DEFAULT_WIDTH, "", 2)


def _facts(exploration: Exploration) -> Iterator[tuple[str, str]]:
    """What was tried, within what bounds, and what was out of reach."""
    if exploration.outcome != "error":
        if exploration.outcome in ("passed", "inconclusive"):
            yield "controlled", _controlled(exploration)
            if exploration.strategies:
                each = sorted(exploration.strategies.items(), key=lambda item: (-item[1], item[0]))
                yield "strategies", ", ".join(f"{clean(name)} {number:,}" for name, number in each)
        if exploration.is_exhausted:
            bound = f" with {clean(exploration.bound)}" if exploration.bound else ""
            yield "exhausted", f"every schedule{bound} was tried"
        elif exploration.outcome == "passed":
            yield "stopped", _stopped(exploration)
        if exploration.uncontrolled or exploration.outcome == "passed":
            yield "not controlled", _uncontrolled(exploration)
    for note in exploration.notes:
        yield "note", " ".join(clean_lines(note))
    if exploration.outcome == "failed" and exploration.reason:
        yield "note", " ".join(clean_lines(exploration.reason))


def _controlled(exploration: Exploration) -> str:
    return ", ".join(
        [
            count(exploration.tasks, "task"),
            count(exploration.operations, "operation"),
            count(exploration.decisions, "decision"),
        ]
    )


def _stopped(exploration: Exploration) -> str:
    if exploration.interrupted:
        return "interrupted; other schedules were not tried"
    words = " ".join(clean_lines(exploration.reason)) or "the budget was used up"
    bound = f" with {clean(exploration.bound)}" if exploration.bound else ""
    return f"{words}; other schedules{bound} were not tried"


def _uncontrolled(exploration: Exploration) -> str:
    items = [" ".join(clean_lines(item)) for item in exploration.uncontrolled]
    if len(items) > _MAX_ITEMS:
        items[_MAX_ITEMS:] = [f"… {len(items) - _MAX_ITEMS:,} more"]
    return "; ".join(items) or "nothing that was noticed"


def _table(facts: list[tuple[str, str]], width: int) -> Iterator[Text]:
    label_width = max((len(label) for label, _ in facts), default=0)
    for label, words in facts:
        lines = wrap(words, max(width - label_width - 4, 20), most=_MAX_FACT)
        for place, line in enumerate(lines):
            shown = label if place == 0 else ""
            yield Text.assemble("  ", (shown.ljust(label_width), "dim"), "  ", line)


# --- One failure ---------------------------------------------------------------------------------


def _found(found: Found, width: int) -> Iterator[Text]:
    failure = found.failure
    yield from _indented([_heading(failure)], width, "bold", 2)
    message = clean_lines(failure.message) if failure.message.strip() else []
    yield from _indented(message, width, "red", 4)
    story = tell(found)
    if story.rows:
        yield Text()
        yield from draw(story, width)
    elif found.execution.schedule.deviations:
        yield Text()
        yield from _indented(phrase_of_schedule(found.execution.schedule), width, "", 2)
    if failure.kind == "deadlock" and any(task.state == "blocked" for task in failure.tasks):
        yield from draw_waits(failure, width)
    if failure.kind in ("stall", "livelock"):
        yield from _stack(failure, width)
    if failure.cycle:
        yield from _cycle(failure, width)
    if failure.traceback.strip() and (failure.kind not in _TOLD or not story.rows):
        yield from _traceback(failure, width)
    elif _SCENARIO in failure.traceback:
        yield from _scenario(failure, width)
    if not (found.execution.schedule.deviations or found.schedule_file):
        return
    yield Text()
    if found.execution.schedule.deviations:
        yield from _indented([_size(found)], width, "dim", 2)
    if found.execution.schedule.timeout_dependent is not None:
        delay = duration(found.execution.schedule.timeout_dependent)
        words = f"Timeout-dependent: a task that could run has to be kept waiting for {delay}."
        yield from _indented([words], width, "yellow", 2)
    yield from _replay(found)


def _heading(failure: Failure) -> str:
    heading = title(failure)
    if failure.kind not in ("deadlock", "livelock"):
        heading += f" in {clean(failure.task)}"
    return heading + (f" at {short_site(failure.site)}" if failure.site else "")


def _size(found: Found) -> str:
    schedule = found.execution.schedule
    words = count(schedule.preemptions, "preemption")
    others = len(schedule.deviations) - schedule.preemptions
    if others:
        words += f" and {count(others, 'other choice')}"
    strategy = f" by {clean(found.strategy)}" if found.strategy else ""
    if found.strategy == "corpus":
        strategy = ", by a schedule saved before"
    return f"Found in execution {found.number:,}{strategy}; the schedule has {words}."


def _replay(found: Found) -> Iterator[Text]:
    if found.schedule_file:
        path = clean(found.schedule_file)
        shown = path if path == shlex.quote(path) else shlex.quote(path)
        yield Text.assemble("  To replay:  ", (f"racewright replay {shown}", "bold"))


def _indented(lines: list[str], width: int, style: str, indent: int) -> Iterator[Text]:
    room = max(width - indent, 20)
    wrapped = [part for line in lines[: _MAX_LINES + 1] for part in wrap(line, room, _MAX_LINES)]
    left_out = max(len(lines) - _MAX_LINES - 1, 0)
    if len(wrapped) > _MAX_LINES:
        left_out += len(wrapped) - _MAX_LINES
        wrapped = wrapped[:_MAX_LINES]
    for line in wrapped:
        yield Text(" " * indent + line, style)
    if left_out:
        yield Text(" " * indent + f"… {left_out:,} more lines", "dim")


def _traceback(failure: Failure, width: int) -> Iterator[Text]:
    lines = clean_lines(failure.traceback)
    yield Text()
    if len(lines) > _MAX_FRAMES:
        yield Text(f"  … {len(lines) - _MAX_FRAMES:,} lines above", "dim")
    for line in lines[-_MAX_FRAMES:]:
        yield Text("  " + fit(line, width - 2))


def _scenario(failure: Failure, width: int) -> Iterator[Text]:
    """What the scenarios of the test saw, as they say it in the message of the failure."""
    lines = clean_lines(failure.traceback)
    error = next((n for n, line in enumerate(lines) if n and not line.startswith(" ")), 0)
    yield Text()
    for line in lines[error + 1 :][:_MAX_SCENARIO]:
        yield Text("  " + fit(line, width - 2))


def _stack(failure: Failure, width: int) -> Iterator[Text]:
    """Where the failing task stands, as it never came to raise anything."""
    frames = next((task.stack for task in failure.tasks if task.name == failure.task), ())
    if not frames:
        return
    yield Text()
    yield Text(f"  Where {fit(clean(failure.task), width - 18)} stands:", "bold")
    for frame in frames[-_MAX_FRAMES // 2 :]:
        where = short_site(f"{frame.file}:{frame.line} {frame.function}")
        yield Text("    " + fit(where, width - 4), "cyan")
        if frame.text:
            yield Text("      " + fit(clean(frame.text), width - 6))


def _cycle(failure: Failure, width: int) -> Iterator[Text]:
    yield Text()
    yield Text(f"  Again and again, {count(len(failure.cycle), 'event')}:", "bold")
    last = len(failure.cycle) - 1
    for place, event in enumerate(failure.cycle):
        sign = "┌▶" if place == 0 else "└─" if place == last else "│ "
        sign = "─▶" if last == 0 else sign
        yield Text.assemble(("  " + sign + " ", "dim"), fit(clean(event), width - 5))
