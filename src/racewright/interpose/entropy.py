"""Randomness under control: the same numbers in every execution of one seed.

The global generator of ``random`` is seeded when a run begins and given back its state when it
ends; what asks the operating system for entropy (``os.urandom``, hence ``uuid``, ``secrets``
and unseeded ``random.Random()``) gets bytes from a generator of the run's own. The names that
``tempfile`` makes up stay the system's: they are there to differ from those of other processes, and
of executions that left files behind. String hashing is fixed by ``PYTHONHASHSEED``, which only a
new process can set.
"""

from __future__ import annotations

import _random
import os
import random
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from racewright import hot, originals
from racewright.interpose.patching import Patches
from racewright.kernel.scheduler import here

__all__ = ["ENTROPY", "Entropy", "install", "kept_generator"]


class Entropy:
    """The random numbers of the run under way; one object, since a process has one run."""

    __slots__ = ("_source", "is_kept", "seed", "state")

    def __init__(self) -> None:
        self.seed: int | None = None  #: that of the run under way
        self.is_kept = False  #: whether `kept_generator` gives the global generator its state back
        self.state: Any = None
        self._source: random.Random | None = None

    @property
    def source(self) -> random.Random:
        """What stands for the operating system; made when it is first asked, for few runs do."""
        if self._source is None:
            self._source = random.Random(self.seed)
        return self._source

    def begin(self, seed: int) -> None:
        self.state = None if self.is_kept else random.getstate()
        self.seed = seed
        self._source = None
        seed_global(seed)

    def end(self) -> None:
        self.seed = None
        if self.state is not None:
            random.setstate(self.state)


ENTROPY = Entropy()


def seed_global(seed: int) -> None:
    """``random.seed(seed)``, without the layers that find out what kind of seed it is."""
    generator: Any = _module._inst
    if _copy_state is None:
        _c_seed(generator, seed)
    else:
        _copy_state(_seeded(seed), generator)
    generator.gauss_next = None


_module: Any = random


@lru_cache(8)
def _seeded(seed: int) -> Any:
    """A generator that was seeded and never asked: copying its state is cheaper than seeding."""
    return _random.Random(seed)


_copy_state: Any = getattr(hot.module, "copy_state", None)


@contextmanager
def kept_generator() -> Iterator[None]:
    """Around many runs: the global generator gets its state back at the end of them all."""
    if ENTROPY.is_kept:
        yield
        return
    state = random.getstate()
    ENTROPY.is_kept = True
    try:
        yield
    finally:
        ENTROPY.is_kept = False
        random.setstate(state)


def urandom(size: int, /) -> bytes:
    """``os.urandom``: bytes of the run under way, or the system's."""
    if ENTROPY.seed is None or here() is None:
        return originals.urandom(size)
    return ENTROPY.source.randbytes(size)


def install(patches: Patches) -> None:
    patches.replace(os, "urandom", urandom)
    for module, name in ((random, "_urandom"), (uuid, "_urandom")):
        if name in vars(module):
            patches.replace(module, name, urandom)
    for name in ("_generate_time_safe", "_UuidCreate"):
        if vars(uuid).get(name) is not None:
            patches.replace(uuid, name, None)
    patches.replace(random.Random, "seed", _seed)
    patches.replace(tempfile, "_Random", Unrepeatable)


_random_seed = random.Random.seed
_c_seed: Any = _random.Random.seed


def _seed(self: random.Random, a: Any = None, version: int = 2) -> None:
    if a is None and ENTROPY.seed is not None and here() is not None:
        a = ENTROPY.source.getrandbits(64)
    _random_seed(self, a, version)


class Unrepeatable(random.Random):
    """A generator that is seeded by the system, in a run too."""

    def seed(self, a: Any = None, version: int = 2) -> None:
        _random_seed(self, originals.urandom(16) if a is None else a, version)
