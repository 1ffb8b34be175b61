"""Aimed: a task that comes to one of the lines in question is held there until another comes, too.

Sen: "Race directed random testing of concurrent programs", PLDI 2008. A suspicion about two places
is worth a schedule in which two tasks stand at them at the same time. So a task whose next
operation is at one of these places is not chosen while anybody else can go on; when another task is
about to do what conflicts with it there, the two have met, and who goes first is left to chance;
when nobody else can go on, one of those that are held goes on.

Deviations from the paper. Between the places the walk is random in some executions and the default
one in others, which keeps schedules short; a task is held with a probability that changes from one
execution to the next, because where every arrival is held the later ones are seldom met; and it is
let go after a while during which nobody new has come, because it may be what the others poll for.
There is no guarantee beyond the random walk's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from racewright.errors import UsageError
from racewright.model.operation import Site, conflicts
from racewright.strategies.base import Strategy, TaskView

__all__ = ["Aim", "Aimed", "Meeting"]

#: By the number of the execution: how likely an arrival is held, and how likely a decision between
#: the places is random.
_MOODS = ((1.0, 0.0), (1.0, 1.0), (0.7, 0.1), (0.5, 0.5))
#: Decisions after which, when nobody new has come, one of those that are held is let go.
_PATIENCE = 400

_AIM = re.compile(r"(.+):(\d+)(?:-(\d+))?")


@dataclass(frozen=True, slots=True)
class Aim:
    """Lines of a file, whose path is given in every form in which code may have been compiled.

    Nothing is asked of the system while a run is under way: that would be an event of its own.
    """

    files: frozenset[str]
    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> Aim:
        """``bank.py:12`` or ``bank.py:12-14``, relative to the working directory."""
        match = _AIM.fullmatch(text)
        first = int(match[2]) if match else 0
        last = int(match[3] or first) if match else 0
        if match is None or not 0 < first <= last:
            raise UsageError(f"{text!r} names no lines\nSay file.py:12, or file.py:12-14.")
        path = match[1]
        spelt = {path, os.path.normpath(path), os.path.abspath(path), os.path.realpath(path)}
        return cls(frozenset(spelt), first, last)

    def holds(self, site: Site) -> bool:
        """Whether ``site`` is on these lines."""
        return self.first <= site.line <= self.last and site.file in self.files


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two tasks that were about to do what conflicts, at the same time, and both could."""

    sites: tuple[tuple[str, int], tuple[str, int]]  #: file and line, in order
    kinds: tuple[str, str]  #: what each was about to do


class Aimed(Strategy):
    """Bring two tasks to the lines of ``aims`` at the same time."""

    name = "aimed"

    def __init__(self, seed: int = 0, aims: Iterable[Aim] = ()) -> None:
        super().__init__(seed)
        self.aims = tuple(aims)
        self.meetings: set[Meeting] = set()
        self.known: dict[int, tuple[Site, bool]] = {}  #: by the identity of the site, kept beside
        self.mood = _MOODS[0]
        self.let_pass: set[tuple[int, int]] = set()
        self.drawn: set[tuple[int, int]] = set()
        self.waited = 0
        self.held: frozenset[tuple[int, int]] = frozenset()

    def __getstate__(self) -> dict[str, object]:
        """For another process, where sites have other identities."""
        return {**vars(self), "known": {}}

    def begin(self) -> None:
        super().begin()
        self.mood = _MOODS[(self.executions - 1) % len(_MOODS)]
        self.let_pass = set()
        self.drawn = set()
        self.waited = 0
        self.held = frozenset()

    def choose(self, enabled: Sequence[TaskView], current: TaskView, default: TaskView) -> TaskView:
        held = [task for task in enabled if self.is_held(task)]
        if len(held) > 1:
            met = self.met_among(held)
            if met:
                return met[int(self.random.random() * len(met))]
        free = [task for task in enabled if task not in held]
        if not free or (held and self.is_impatient(held)):
            chosen = held[int(self.random.random() * len(held))]
            self.let_pass.add((chosen.index, chosen.ops))
            return chosen
        if default in free and self.random.random() >= self.mood[1]:
            return default
        return free[int(self.random.random() * len(free))]

    def is_held(self, task: TaskView) -> bool:
        """Whether the task stands at one of the places, and is not let pass."""
        if not task.is_enabled or task.site is None or not self.is_aimed_at(task.site):
            return False
        arrival = (task.index, task.ops)
        if arrival not in self.drawn:
            self.drawn.add(arrival)
            if self.random.random() >= self.mood[0]:
                self.let_pass.add(arrival)
        return arrival not in self.let_pass

    def is_aimed_at(self, site: Site) -> bool:
        known = self.known.get(id(site))
        if known is None:
            known = self.known[id(site)] = (site, any(aim.holds(site) for aim in self.aims))
        return known[1]

    def met_among(self, held: Sequence[TaskView]) -> list[TaskView]:
        """Those of the held that are about to do what conflicts with what another is about to
        do."""
        met: list[TaskView] = []
        for place, one in enumerate(held):
            for other in held[place + 1 :]:
                if conflicts(one.kind, one.resource, other.kind, other.resource):
                    self.take_note(one, other)
                    met += [task for task in (one, other) if task not in met]
        return met

    def take_note(self, one: TaskView, other: TaskView) -> None:
        assert one.site is not None
        assert other.site is not None
        sides = sorted(
            ((site.file, site.line), kind)
            for site, kind in ((one.site, one.kind), (other.site, other.kind))
        )
        (first, doing), (second, doing_too) = sides
        self.meetings.add(Meeting((first, second), (doing, doing_too)))

    def is_impatient(self, held: Sequence[TaskView]) -> bool:
        """Whether nobody has come or gone for long."""
        now = frozenset((task.index, task.ops) for task in held)
        self.waited = self.waited + 1 if now == self.held else 0
        self.held = now
        if self.waited < _PATIENCE:
            return False
        self.waited = 0
        return True
