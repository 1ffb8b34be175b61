"""What is said of files is demonstrated: a schedule makes the shape fail, and not the other."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.review.support import assert_demonstrated, pairs_of


def at_once(*functions: Callable[[], object]) -> list[BaseException]:
    """Run each in a thread of its own; what they raised."""
    raised: list[BaseException] = []

    def run(function: Callable[[], object]) -> None:
        try:
            function()
        except OSError as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@contextlib.contextmanager
def folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as parent:
        yield parent


def make_after_a_look() -> None:
    with folder() as parent:
        path = os.path.join(parent, "cache")

        def prepare() -> None:
            if not os.path.exists(path):
                os.mkdir(path)

        assert at_once(prepare, prepare) == []


def make_without_a_look() -> None:
    with folder() as parent:
        path = os.path.join(parent, "cache")
        assert at_once(*[lambda: os.makedirs(path, exist_ok=True)] * 2) == []


def write_after_a_look() -> None:
    with folder() as parent:
        path = os.path.join(parent, "owner")
        written = []

        def write(name: str) -> None:
            if not os.path.exists(path):
                with open(path, "w") as file:
                    file.write(name)
                written.append(name)

        at_once(lambda: write("one"), lambda: write("two"))
        assert len(written) == 1


def write_without_a_look() -> None:
    with folder() as parent:
        path = os.path.join(parent, "owner")
        written = []

        def write(name: str) -> None:
            with contextlib.suppress(FileExistsError):
                with open(path, "x") as file:
                    file.write(name)
                written.append(name)

        at_once(lambda: write("one"), lambda: write("two"))
        assert len(written) == 1


def write_to_a_name_that_is_known() -> None:
    with folder() as shared:
        name = os.path.join(shared, "export.csv")
        other = os.path.join(shared, "of-the-other")

        def link() -> None:
            os.symlink(other, name)

        def export() -> None:
            with open(name, "w") as file:
                file.write("rows")

        at_once(link, export)
        assert not os.path.exists(other)


def write_to_a_name_that_is_new() -> None:
    with folder() as shared:
        other = os.path.join(shared, "of-the-other")

        def link() -> None:
            os.symlink(other, os.path.join(shared, "export.csv"))

        def export() -> None:
            descriptor, _ = tempfile.mkstemp(dir=shared)
            with open(descriptor, "w") as file:
                file.write("rows")

        at_once(link, export)
        assert not os.path.exists(other)


def close_in_a_second_step() -> None:
    with folder() as parent:
        path = os.path.join(parent, "key")
        seen = []

        def save() -> None:
            with open(path, "w") as file:
                file.write("key")
            if os.path.exists(path):
                os.chmod(path, 0o600)

        def look() -> None:
            seen.append(stat.S_IMODE(os.stat(path).st_mode))

        at_once(save, look)
        assert not any(mode & 0o044 for mode in seen)


def close_when_it_is_made() -> None:
    with folder() as parent:
        path = os.path.join(parent, "key")
        seen = []

        def save() -> None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with open(os.open(path, flags, 0o600), "w") as file:
                file.write("key")

        def look() -> None:
            seen.append(stat.S_IMODE(os.stat(path).st_mode))

        at_once(save, look)
        assert not any(mode & 0o044 for mode in seen)


class Lines:
    """What is written in parts: each is handed out in a step of its own."""

    def __init__(self) -> None:
        self.given = 0

    def __iter__(self) -> Iterator[str]:
        for line in ("one\n", "two\n"):
            self.given += 1
            yield line


def read_what_is_written_in_place() -> None:
    with folder() as parent:
        path = os.path.join(parent, "state")
        with open(path, "w") as file:
            file.write("old")
        lines, seen = Lines(), []

        def save() -> None:
            with open(path, "w") as file:
                file.writelines(lines)

        def load() -> None:
            with open(path) as file:
                seen.append((lines.given, file.read()))

        at_once(save, load)
        assert all(text in ("old", "one\ntwo\n") for _, text in seen)


def read_what_is_put_in_place_at_once() -> None:
    with folder() as parent:
        path = os.path.join(parent, "state")
        with open(path, "w") as file:
            file.write("old")
        lines, seen = Lines(), []

        def save() -> None:
            with open(path + ".new", "w") as file:
                file.writelines(lines)
            os.replace(path + ".new", path)

        def load() -> None:
            with open(path) as file:
                seen.append((lines.given, file.read()))

        at_once(save, load)
        assert all(text in ("old", "one\ntwo\n") for _, text in seen)


#: By rule: shapes that some schedule makes fail, each with the one that stands instead.
SHAPES = {
    "path-check-before-use": [
        (make_after_a_look, make_without_a_look),
        (write_after_a_look, write_without_a_look),
    ],
    "predictable-temporary-name": [
        (write_to_a_name_that_is_known, write_to_a_name_that_is_new),
    ],
    "write-in-place": [(read_what_is_written_in_place, read_what_is_put_in_place_at_once)],
    "chmod-after-open": [(close_in_a_second_step, close_when_it_is_made)],
}


@pytest.mark.parametrize(("wrong", "right"), pairs_of(SHAPES))
def test_a_schedule_demonstrates_what_the_rule_says(
    wrong: Callable[[], None], right: Callable[[], None]
) -> None:
    assert_demonstrated(wrong, right)
