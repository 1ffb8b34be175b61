"""An order of named points that a test asks for, instead of sleeping; or the proof that it cannot
be.

``scenario(before(f), after(g))`` holds each task at its point until all earlier points have
happened, under control and in ordinary runs alike. See ``docs/reference/scenarios.md``.
"""

from __future__ import annotations

from racewright.scenarios.block import Scenario, scenario
from racewright.scenarios.points import Point, after, at, before
from racewright.scenarios.story import Story, StoryEvent
from racewright.scenarios.stuck import Stuck

__all__ = [
    "Point",
    "Scenario",
    "Story",
    "StoryEvent",
    "Stuck",
    "after",
    "at",
    "before",
    "scenario",
]
