"""Proving a review: findings that were read become findings that were run.

:func:`prove` takes a :class:`~racewright.model.finding.Review` and gives it back with each
suspected finding demonstrated, observed, or tried in vain.
"""

from racewright.prove.prove import Budget, prove

__all__ = ["Budget", "prove"]
