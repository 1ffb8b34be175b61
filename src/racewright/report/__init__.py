"""Reports: what an exploration found, told from values only, as text, JSON or JUnit XML."""

from __future__ import annotations

from racewright.report.json import to_json
from racewright.report.junit import to_junit
from racewright.report.story import Story, tell
from racewright.report.text import show, to_text

__all__ = ["Story", "show", "tell", "to_json", "to_junit", "to_text"]
