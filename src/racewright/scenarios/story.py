"""What a scenario saw, as values and as a drawing: a lane for each task."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Story", "StoryEvent"]

_LEAST_LANE, _MOST_LANE = 6, 24


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """A task came to a point, or went on from it."""

    what: str  #: "held", "released", "passes", "freed", "dropped"
    task: str
    point: int  #: its place in the order, from 0
    place: str = ""  #: "bank.py:12", where it came from
    text: str = ""  #: that line
    by: str = ""  #: the task that released it
    waited: float = 0  #: how long it was held: events, or seconds running free


@dataclass(slots=True)
class Story:
    """The points, what happened at them, and how it ended."""

    labels: tuple[str, ...]
    unit: str  #: "events" or "s"
    events: list[StoryEvent] = field(default_factory=list)
    outcome: str = "under way"

    def draw(self) -> str:
        """The drawing, as text."""
        return "\n".join([self._headline(), *self._points(), "", *self._lanes()])

    def _headline(self) -> str:
        return {
            "happened": "The order happened:",
            "impossible": "The order is impossible:",
            "not reached": "The order was not reached:",
            "left": "The order was under way when the block was left:",
        }.get(self.outcome, "The order so far:")

    def _points(self) -> list[str]:
        passed = {event.point for event in self.events if event.what in ("passes", "released")}
        last = {event.point: event for event in self.events}
        width = max(len(label) for label in self.labels)
        lines = []
        for number, label in enumerate(self.labels):
            event = last.get(number)
            if number in passed:
                assert event is not None
                state = f"by {event.task}"
            elif event is not None and event.what in ("held", "freed"):
                state = f"{event.task} was held at it"
            elif event is not None:
                state = f"{event.task} was ended at it"
            else:
                state = "nobody came to it"
            mark = "✓" if number in passed else "·"
            lines.append(f"  {mark} {number + 1}. {label.ljust(width)}  {state}")
        return lines

    def _lanes(self) -> list[str]:
        names = list(dict.fromkeys(event.task for event in self.events))
        if not names:
            return ["  No task came to any of the points."]
        lane = min(max([_LEAST_LANE, *(len(name) + 2 for name in names)]), _MOST_LANE)
        lines = ["  " + "".join(_fit(name, lane) for name in names).rstrip()]
        first = {name: self._place_of(name, 0) for name in names}
        final = {name: self._place_of(name, -1) for name in names}
        for place, event in enumerate(self.events):
            mine = names.index(event.task)
            bars = "".join(
                ("│" if first[name] <= place <= final[name] else " ").ljust(lane)
                for name in names[:mine]
            )
            lines.append(f"  {bars}{self._words(event)}".rstrip())
        return lines

    def _place_of(self, name: str, which: int) -> int:
        return [place for place, event in enumerate(self.events) if event.task == name][which]

    def _words(self, event: StoryEvent) -> str:
        point = f"{event.point + 1}. {self.labels[event.point]}"
        place = f"   {event.place}" + (f"  {event.text}" if event.text else "")
        waited = f"{event.waited:.0f} events" if self.unit == "events" else f"{event.waited:.2f} s"
        if event.what == "held":
            return f"is held at {point}{place if event.place else ''}"
        if event.what == "released":
            by = f", released by {event.by}" if event.by else ""
            return f"goes on from {point}{by} after {waited}"
        if event.what == "freed":
            return f"goes on from {point}, for the order was given up, after {waited}"
        if event.what == "dropped":
            return f"ends while held at {point}"
        return f"passes {point}{place if event.place else ''}"


def _fit(name: str, lane: int) -> str:
    return (name if len(name) < lane else name[: lane - 2] + "…").ljust(lane)
