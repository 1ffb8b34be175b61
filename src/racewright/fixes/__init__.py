"""Changes that take findings away, made to the source with its formatting and comments kept.

A fix is offered only if the file still compiles, the finding is gone when the file is reviewed
again and no other has come, and the tests that are named still pass. It is told in
``docs/how-to/fix-what-a-review-finds.md``; how one is written, in
:mod:`racewright.fixes.changes`.
"""

from __future__ import annotations

from racewright.fixes.attempt import Offer
from racewright.fixes.difference import to_diffs
from racewright.fixes.fix import Fix, all_fixes
from racewright.fixes.project import Fixing, fix_project
from racewright.fixes.trial import Trial
from racewright.fixes.writing import write_over

__all__ = [
    "Fix",
    "Fixing",
    "Offer",
    "Trial",
    "all_fixes",
    "fix_project",
    "to_diffs",
    "write_over",
]
