"""What came of trying to confirm a finding by running something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from racewright.model.execution import Found
from racewright.model.vacuity import Mutation, Overlap

__all__ = ["RESULTS", "Experiment"]

#: What an experiment can come to, in words.
RESULTS: Final[dict[str, str]] = {
    "demonstrated": "a schedule fails because of it, and its replay fails alike",
    "observed": "two tasks were about to do what conflicts, at the same time, without a failure",
    "vacuous": "the test passes whether or not what it is a test of is there",
    "not reproduced": "no schedule of the budget shows it",
    "not reached": "no test brings two tasks to the lines",
    "not run": "nothing could be run, for the reason that is given",
}


@dataclass(frozen=True, slots=True)
class Experiment:
    """Test, budget, and what came of it. ``reason`` is a sentence or several."""

    result: str  #: a word of RESULTS
    reason: str
    target: str = ""  #: the test
    executions: int = 0
    found: Found | None = None  #: of a demonstrated finding: how it fails
    overlap: Overlap | None = None  #: of a test: whether its two sides ever met
    mutation: Mutation | None = None  #: of a test: what it does not notice
    candidate: str = ""  #: the file of a test that was written for this
