"""A look at a path is a scheduling point of its own, whatever module of the standard library it
goes through."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import threading
from collections.abc import Callable

import pytest

import racewright


def seen_between(look: Callable[[str], object]) -> bool:
    """Whether some schedule lets another in after a file was made and before ``look`` at it.

    Behind the look the file's mode is changed, which is no scheduling point.
    """

    def program() -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "file")
            modes = []

            def make() -> None:
                with open(path, "w"):
                    pass
                look(path)
                os.chmod(path, 0o600)

            def other() -> None:
                with contextlib.suppress(FileNotFoundError):
                    modes.append(stat.S_IMODE(os.stat(path).st_mode))

            threads = [threading.Thread(target=each) for each in (make, other)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert modes in ([], [0o600])

    found = racewright.explore(program, schedules=200, save=False, corpus=False, jobs=1)
    return found.failed


def test_what_is_no_look_is_no_scheduling_point() -> None:
    assert not seen_between(lambda path: os.path.join(path, "below"))


@pytest.mark.parametrize("word", ["exists", "isfile", "getsize", "lexists", "realpath"])
def test_a_function_of_os_path_is_a_scheduling_point(word: str) -> None:
    assert seen_between(lambda path: getattr(os.path, word)(path))


def test_making_folders_is_a_scheduling_point() -> None:
    assert seen_between(lambda path: os.makedirs(f"{path}.folder/below"))
