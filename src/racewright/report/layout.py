"""A story drawn in a terminal: a lane for each task, wherever the width allows.

Exactly one task acts in a row, so its text may run on over the lanes to its right, which are empty
there: three tasks fit into sixty columns. To its left the lanes of the others are drawn on::

    step  main      worker-1  worker-2
       4  │         bank.py:14  balance = self.balance       reads .balance → 100
          │         ⤷ preempted: worker-2 runs
       5  │         │         bank.py:14  balance = self.balance       reads .balance → 100

What was done stands in a column at the right, on the next line where the source line runs into it;
where that would be most lines, it stands below each. Where there are more lanes than room, the
task's name stands in each row instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from racewright.model.execution import Event
from racewright.report.story import Row, Story
from racewright.report.wording import clean, fit, listing, phrase, wrap

__all__ = ["draw"]

_MARGIN = 2
_MIN_TEXT = 38  #: cells that the last lane should have for its text
_LEAST_TEXT = 24  #: cells without which lanes are given up
_MIN_LANE, _MAX_LANE = 3, 16
_STAIR_LANE = 8  #: where the names do not fit into lanes anyway

_STYLES = {"where": "cyan", "read": "green", "write": "yellow", "other": "", "bar": "dim"}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A row's own text, before it is put into a lane."""

    where: str = ""
    text: str = ""
    what: str = ""
    style: str = "other"


def draw(story: Story, width: int) -> Iterator[Text]:
    """The lines of ``story``, none of them wider than ``width``."""
    if story.rows:
        yield from _Drawing(story, width).lines()


class _Drawing:
    """The measures of one drawing."""

    def __init__(self, story: Story, width: int) -> None:
        self.story = story
        self.width = width
        self.cells = _cells(story)
        steps = [row.event.step for row in story.rows if row.event is not None]
        self.gutter = _MARGIN + max([4, *(len(str(step)) for step in steps)]) + 2
        self.names = {task: clean(story.name_of(task)) for task in story.columns}
        longest = max(map(cell_len, self.names.values()))
        self.lane = max(longest + 2, 8) if longest + 2 <= _MAX_LANE else _STAIR_LANE
        self.name_width = 0
        self.where_width = max(cell_len(cell.where) for cell in self.cells)
        self.beside = self._column_beside()
        if self.beside is None:
            self._narrow(longest)
            self.beside = self._column_beside()
        self.alive = self._lifetimes()

    def _narrow(self, longest: int) -> None:
        """Move the lanes together until the last of them has room, or give them up."""
        others = max(len(self.names) - 1, 1)
        room = self.width - self.gutter
        self.lane = min(self.lane, max(_MIN_LANE, (room - _MIN_TEXT) // others))
        if room - self.lane * (len(self.names) - 1) < _LEAST_TEXT:
            self.lane = 0
            self.name_width = min(longest, 16) + 2
        self.where_width = min(self.where_width, max(room // 3, 8))

    def _column_beside(self) -> int | None:
        """Where the column of what was done begins, if most rows can reach it in one line."""
        rows = [
            (self._start(row) + self.where_width + 2 + cell_len(cell.text), cell_len(cell.what))
            for row, cell in zip(self.story.rows, self.cells, strict=True)
            if row.event is not None and cell.text
        ]
        if not rows:
            return None
        column = min(max(end for end, _ in rows) + 2, self.width - max(what for _, what in rows))
        reached = sum(end + 2 <= column for end, _ in rows)
        return column if reached * 2 >= len(rows) else None

    def _lifetimes(self) -> dict[int, tuple[int, int]]:
        """The first and the last row of each task: between them its lane is drawn."""
        lives: dict[int, tuple[int, int]] = {}
        for place, row in enumerate(self.story.rows):
            tasks = set(row.tasks) if len(row.tasks) == 1 else set()
            for task in tasks | ({row.preempted} if row.preempted is not None else set()):
                lives[task] = (lives.get(task, (place, 0))[0], place)
        return lives

    def _start(self, row: Row) -> int:
        return self._start_of(row.tasks[0] if len(row.tasks) == 1 else None)

    def _start_of(self, task: int | None) -> int:
        if task is None or task not in self.names:
            return self.gutter + self.name_width
        return self.gutter + self.name_width + self.lane * self.story.columns.index(task)

    # --- Lines ---

    def lines(self) -> Iterator[Text]:
        yield from self._header()
        for place, (row, cell) in enumerate(zip(self.story.rows, self.cells, strict=True)):
            if row.preempted is not None:
                runs = clean(self.story.name_of(row.tasks[0]))
                words = f"⤷ preempted: {runs} runs"
                yield self._line(place, row.preempted, "", [(words, "bold yellow")])
            yield from self._row(place, row, cell)

    def _header(self) -> Iterator[Text]:
        step = " " * (self.gutter - 6) + "step"
        longest = max(map(cell_len, self.names.values()))
        if not self.lane:
            yield Text(f"{step}  task", "bold")
        elif len(self.names) == 1 or longest < self.lane:
            line = Text(step + "  ", "bold")
            for name in self.names.values():
                line.append(name + " " * (self.lane - cell_len(name)))
            yield _trimmed(line, self.width)
        else:  # a stair: each name at the head of its lane
            for place, name in enumerate(self.names.values()):
                line = Text(step if place == 0 else " " * len(step), "bold")
                line.append("  ")
                line.append(("│" + " " * (self.lane - 1)) * place, "not bold dim")
                line.append(name)
                yield _trimmed(line, self.width)

    def _row(self, place: int, row: Row, cell: _Cell) -> Iterator[Text]:
        task = row.tasks[0] if len(row.tasks) == 1 else None
        step = str(row.event.step) if row.event is not None else ""
        if row.count:
            yield self._line(place, task, "", [(cell.what, "dim")])
            return
        where = fit(cell.where, self.where_width)
        where += " " * (self.where_width - cell_len(where) + 2) if where else ""
        what = (cell.what, _STYLES.get(cell.style, cell.style))
        if not cell.text:
            yield from self._hanging(place, task, step, where, what)
            return
        head = [(where, _STYLES["where"]), (cell.text, "")]
        if self.beside is not None and not row.ending:
            gap = self.beside - self._start(row) - cell_len(where) - cell_len(cell.text)
            if gap >= 2:
                yield self._line(place, task, step, [*head, (" " * gap, ""), what])
                return
            yield self._line(place, task, step, head)
            below = (" " * (self.beside - self._start(row)), "")
            yield self._line(place, task, "", [below, what], name=False)
            return
        yield self._line(place, task, step, head)
        yield from self._below(place, task, cell_len(where), what)

    def _hanging(
        self, place: int, task: int | None, step: str, where: str, what: tuple[str, str]
    ) -> Iterator[Text]:
        """A row without a source line: what was done in its place, on more lines if it must."""
        room = self.width - self._start_of(task) - cell_len(where)
        if cell_len(what[0]) <= max(room, _LEAST_TEXT // 2):
            yield self._line(place, task, step, [(where, _STYLES["where"]), what])
            return
        yield self._line(place, task, step, [(where, _STYLES["where"])])
        yield from self._below(place, task, 2, what)

    def _below(
        self, place: int, task: int | None, indent: int, what: tuple[str, str]
    ) -> Iterator[Text]:
        room = self.width - self._start_of(task) - indent
        if room < _LEAST_TEXT and cell_len(what[0]) > room:
            room, indent = room + indent - 2, 2
        for line in wrap(what[0], max(room, 8), most=2):
            yield self._line(place, task, "", [(" " * indent, ""), (line, what[1])], name=False)

    def _line(
        self,
        place: int,
        task: int | None,
        step: str,
        pieces: list[tuple[str, str]],
        *,
        name: bool = True,
    ) -> Text:
        line = Text()
        line.append(step.rjust(self.gutter - 2) + "  ", "dim")
        if not self.lane:
            owner = self.names.get(task, "") if task is not None and name else ""
            owner = fit(owner, self.name_width - 2)
            line.append(owner + " " * (self.name_width - cell_len(owner)), "bold")
        elif task in self.names:
            for other in self.story.columns[: self.story.columns.index(task)]:
                first, last = self.alive.get(other, (0, -1))
                bar = "│" if first <= place <= last else " "
                line.append(bar + " " * (self.lane - 1), _STYLES["bar"])
        room = self.width - line.cell_len
        for text, style in pieces:
            shown = fit(text, room)
            line.append(shown, style)
            room -= cell_len(shown)
        return _trimmed(line, self.width)


def _trimmed(line: Text, width: int) -> Text:
    line.rstrip()
    line.truncate(width, overflow="ellipsis")
    return line


# --- What each row says --------------------------------------------------------------------------


def _cells(story: Story) -> list[_Cell]:
    places = _short_names({row.event.file for row in story.rows if row.event is not None})
    cells: list[_Cell] = []
    for last, row in zip([None, *story.rows], story.rows, strict=False):
        if row.event is not None:
            cells.append(_event_cell(row.event, places))
        elif row.count:
            cells.append(_Cell(what=_folded(row, story)))
        else:
            where = clean(row.site.split(" ")[0].replace("\\", "/").rpartition("/")[2])
            text = clean(row.text.strip())
            above = (cells[-1].where, cells[-1].text, last.tasks) if cells and last else None
            if above == (where, text, row.tasks):
                text = ""
            cells.append(_Cell(where, text, f"✗ {clean(row.ending)}", "bold red"))
    return cells


def _event_cell(event: Event, places: dict[str, str]) -> _Cell:
    if event.kind == "begin":  # of which the line is its start's
        return _Cell(what="begins")
    where = f"{clean(places[event.file])}:{event.line}" if event.file else ""
    style = event.kind if event.kind in ("read", "write") else "other"
    return _Cell(where, clean(event.text.strip()) if where else "", phrase(event), style)


def _folded(row: Row, story: Story) -> str:
    names = [clean(story.name_of(task)) for task in row.tasks]
    of = listing(names) if len(names) <= 3 else f"{len(names)} tasks"
    return f"… {row.count:,} more operations of {of}"


def _short_names(files: set[str]) -> dict[str, str]:
    """Each file by its last name; by its last two where two files share that one."""
    short = {}
    for file in files:
        parts = file.replace("\\", "/").split("/")
        shared = any(
            other != file and other.replace("\\", "/").split("/")[-1] == parts[-1]
            for other in files
        )
        short[file] = "/".join(parts[-2:] if shared else parts[-1:])
    return short
