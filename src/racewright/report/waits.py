"""Who waits for what, who holds it, and where both were taken: a deadlock, drawn.

A circle of tasks is drawn as one, each with the lock it wants and those it holds; the others that
are blocked follow it. Where there is no circle, as after a lost wakeup, that is all there is::

    worker-1  wants Lock#2 (bank.py:15)  at bank.py:31 transfer
      |       holds Lock#1 (bank.py:14)  taken at bank.py:30 transfer
      v
    worker-2  wants Lock#1 (bank.py:14)  at bank.py:31 transfer
      |       holds Lock#2 (bank.py:15)  taken at bank.py:30 transfer
      v
    worker-1  and round again
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from racewright.model.execution import Failure, TaskState
from racewright.report.story import circle_of
from racewright.report.wording import clean, fit, short_site

__all__ = ["draw_waits"]


def draw_waits(failure: Failure, width: int) -> Iterator[Text]:
    """The circle of those who wait for one another, then the others that are blocked."""
    blocked = {task.index: task for task in failure.tasks if task.state == "blocked"}
    circle = circle_of(failure)
    names = [fit(clean(task.name), 24) for task in blocked.values()]
    label_width = max(map(cell_len, names)) + 2
    yield Text()
    for index in circle:
        yield from _waiting(blocked[index], blocked, label_width, width, in_circle=True)
        yield Text(f"  {'▼'.rjust(3)}", "red")
    if circle:
        first = clean(blocked[circle[0]].name)
        yield Text.assemble(("  " + fit(first, 24), "bold"), ("  and round again", "dim"))
    for index, task in sorted(blocked.items()):
        if index not in circle:
            yield from _waiting(task, blocked, label_width, width, in_circle=False)


def _waiting(
    task: TaskState,
    blocked: dict[int, TaskState],
    label_width: int,
    width: int,
    *,
    in_circle: bool,
) -> Iterator[Text]:
    name = fit(clean(task.name), 24)
    bar = "  │".ljust(label_width) if in_circle else " " * label_width
    room = max(width - 2 - label_width, 20)
    rows = _waiting_rows(task, blocked)
    for number, (verb, what, where) in enumerate(rows):
        verb = verb.ljust(max(len(row[0]) for row in rows if row[1]) + 1) if what else verb
        line = Text("  ")
        if number == 0:
            line.append(name + " " * (label_width - cell_len(name)), "bold")
        else:
            line.append(bar, "red")
        line.append(fit(verb, room), "dim" if what else "")
        shown = f"{what}  {where}".rstrip()
        is_whole = cell_len(verb) + cell_len(shown) <= room
        line.append(fit(shown if is_whole else what, room - cell_len(verb)))
        yield line
        if is_whole or not where:
            continue
        line = Text("  ")
        line.append(bar, "red" if in_circle else "")
        indent = " " * (cell_len(verb) + 2)
        if cell_len(indent + where) > room:
            where = _with_short_path(where)
        line.append(fit(indent + where, room))
        yield line


def _with_short_path(where: str) -> str:
    """``at /a/b.py:3 f`` as ``at b.py:3 f``."""
    head, space, path = where.rpartition("at ")
    return head + space + path.rpartition("/")[2]


def _waiting_rows(task: TaskState, blocked: dict[int, TaskState]) -> list[tuple[str, str, str]]:
    """(verb, what, where) for what ``task`` wants, and for each lock that it holds."""
    doing = clean(task.doing) or "waits"
    verb, _, what = doing.partition(" ")
    verb = "wants" if verb in ("acquires", "tries") else verb
    if verb in ("waits", "takes", "puts") and what:  # waits for, takes from, puts into
        preposition, _, what = what.partition(" ")
        verb = f"{verb} {preposition}"
    where = ""
    if task.stack:
        frame = task.stack[-1]
        where = "at " + short_site(f"{frame.file}:{frame.line} {frame.function}")
    rows = [(verb, what, where)]
    rows += [
        (
            "holds",
            clean(held.lock),
            f"taken at {short_site(held.taken_at)}" if held.taken_at else "",
        )
        for held in task.holds
    ]
    if task.waits_for is None:
        rows.append(("nobody is left to let it go on", "", ""))
    elif task.waits_for not in blocked:
        rows.append((f"task-{task.waits_for} would have to let it go on", "", ""))
    return rows
