"""Random numbers are the run's own, but for those whose only purpose is to be nobody else's."""

from __future__ import annotations

import os
import random
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from racewright.interpose import stdlib
from racewright.run import run_once
from racewright.search.programs import CallableProgram
from racewright.search.workers import call_in_child
from racewright.settings import Settings
from racewright.strategies.base import Strategy


@pytest.fixture(autouse=True)
def _control() -> Iterator[None]:
    stdlib.install()
    try:
        yield
    finally:
        stdlib.uninstall()


def drawn(folder: Path) -> list[object]:
    """What a run in a process of its own draws: numbers, and the name of a temporary file."""
    seen: list[object] = []

    def body() -> None:
        seen.append((random.random(), uuid.uuid4(), os.urandom(4), random.Random().random()))
        handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        seen.append(name)

    def once(_: object) -> list[object]:
        strategy = Strategy()
        strategy.begin()
        run_once(CallableProgram("draw", body), strategy, Settings())
        return seen

    value: list[object] = call_in_child(once, silence=30)[0]
    return value


def test_two_processes_draw_the_same_numbers_and_different_names_of_files(tmp_path: Path) -> None:
    # A name that is taken is tried again, which would be an operation that was not recorded.
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    numbers, name = drawn(tmp_path / "one")
    others, other = drawn(tmp_path / "two")
    assert numbers == others
    assert os.path.basename(str(name)) != os.path.basename(str(other))
