"""The random numbers of strategies: cheap to seed, because every execution starts them anew.

Seeding the Mersenne Twister takes longer than many a small program under control. This is a linear
congruential generator modulo 2**64 with the multiplier of Knuth's MMIX, of which the upper 53 bits
are used; the start is mixed from the seed by the finaliser of SplitMix64 (Steele, Lea, Flood 2014),
so that neighbouring seeds have nothing in common.
"""

from __future__ import annotations

import random
from typing import Any

from racewright import hot

__all__ = ["Draws"]

_MASK = (1 << 64) - 1


class Draws(random.Random):
    """A ``random.Random`` with another source: all its methods are there."""

    __slots__ = ("state",)

    state: int  #: the whole of it, 64 bits

    def random(self) -> float:
        self.state = state = (self.state * 6364136223846793005 + 1442695040888963407) & _MASK
        return (state >> 11) * 2.0**-53

    def seed(self, a: Any = None, version: int = 2) -> None:
        """Start anew from an integer; ``None`` is 0, for nothing here comes from the system."""
        value = ((0 if a is None else int(a)) + 0x9E3779B97F4A7C15) & _MASK
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
        self.state = value ^ (value >> 31)


if hot.module is not None:
    hot.module.bind_draws(Draws)
