"""Reviews of source code: what is suspicious, said with its place, its reason and a way out.

The reviewed code is read, never imported and never run. How a review is made is told in
``docs/explanation/how-a-review-is-made.md``; how a rule is written, in
:mod:`racewright.review.rules`.
"""

from __future__ import annotations

from racewright.review.configuration import ReviewSettings, from_pyproject
from racewright.review.engine import review, review_source
from racewright.review.rule import Rule, all_rules, find_rule

__all__ = [
    "ReviewSettings",
    "Rule",
    "all_rules",
    "find_rule",
    "from_pyproject",
    "review",
    "review_source",
]
