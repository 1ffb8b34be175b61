"""Randomness under control: the same numbers in every execution of one seed.

The global generator of ``random`` is seeded when a run begins and given back its state when it
ends; what asks the operating system for entropy (``os.urandom``, hence ``uuid``, ``secrets``,
``tempfile``'s names and unseeded ``random.Random()``) gets bytes from a generator of the run's own.
String hashing is fixed by ``PYTHONHASHSEED``, which only a new process can set.
"""

from __future__ import annotations

import os
import random
import uuid
from typing import Any

from racewright import originals
from racewright.interpose.patching import Patches
from racewright.kernel.scheduler import here

__all__ = ["Entropy", "install"]


class Entropy:
    """The random numbers of one run: a context manager around it."""

    #: The source of the run under way; one object in a process, since a process has one run.
    current: random.Random | None = None

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __enter__(self) -> None:
        self.state = random.getstate()
        random.seed(self.seed)
        Entropy.current = random.Random(self.seed)

    def __exit__(self, *_: object) -> None:
        Entropy.current = None
        random.setstate(self.state)


def urandom(size: int, /) -> bytes:
    """``os.urandom``: bytes of the run under way, or the system's."""
    source = Entropy.current
    if source is None or here() is None:
        return originals.urandom(size)
    return source.randbytes(size)


def install(patches: Patches) -> None:
    patches.replace(os, "urandom", urandom)
    for module, name in ((random, "_urandom"), (uuid, "_urandom")):
        if name in vars(module):
            patches.replace(module, name, urandom)
    for name in ("_generate_time_safe", "_UuidCreate"):
        if vars(uuid).get(name) is not None:
            patches.replace(uuid, name, None)
    patches.replace(random.Random, "seed", _seed)


_random_seed = random.Random.seed


def _seed(self: random.Random, a: Any = None, version: int = 2) -> None:
    source = Entropy.current
    if a is None and source is not None and self is not source and here() is not None:
        a = source.getrandbits(64)
    _random_seed(self, a, version)
