"""Files are written whole or not at all, and only over what was read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from racewright.fixes import write_over, writing


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "it.py"
    path.write_bytes(b"old\r\n")
    return path


def others(file: Path) -> list[str]:
    return sorted(each.name for each in file.parent.iterdir() if each != file)


def test_the_new_bytes_take_the_place_of_the_old_ones(file: Path) -> None:
    assert write_over(str(file), b"old\r\n", b"new\r") is None
    assert (file.read_bytes(), others(file)) == (b"new\r", [])


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_the_mode_of_a_file_stays(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert write_over(str(file), b"old\r\n", b"new") is None
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_the_age_of_a_file_is_that_of_the_change(file: Path) -> None:
    os.utime(file, (1, 1))
    assert write_over(str(file), b"old\r\n", b"new") is None
    assert file.stat().st_mtime > 1_000_000


def test_a_link_stays_a_link(file: Path) -> None:
    link = file.with_name("link.py")
    link.symlink_to(file.name)
    assert write_over(str(link), b"old\r\n", b"new") is None
    assert (link.is_symlink(), file.read_bytes()) == (True, b"new")


def test_another_name_of_the_same_file_keeps_what_it_had(file: Path) -> None:
    other = file.with_name("other.py")
    os.link(file, other)
    assert write_over(str(file), b"old\r\n", b"new") is None
    assert (file.read_bytes(), other.read_bytes()) == (b"new", b"old\r\n")


def test_a_file_that_has_been_changed_in_the_meantime_is_left(file: Path) -> None:
    assert write_over(str(file), b"older", b"new") == "it has been changed in the meantime"
    assert (file.read_bytes(), others(file)) == (b"old\r\n", [])


def test_a_file_that_is_gone_is_not_made_again(file: Path) -> None:
    file.unlink()
    assert write_over(str(file), b"old\r\n", b"new") == "No such file or directory"
    assert not file.exists()


def test_a_read_only_file_is_left(file: Path) -> None:
    file.chmod(0o444)
    assert write_over(str(file), b"old\r\n", b"new") == "it is read-only"
    assert (file.read_bytes(), others(file)) == (b"old\r\n", [])


@pytest.mark.parametrize("power", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file_and_nothing_else(
    file: Path, power: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, power, fail)
    assert write_over(str(file), b"old\r\n", b"new") == "No space left on device"
    assert (file.read_bytes(), others(file)) == (b"old\r\n", [])


def test_an_interruption_leaves_the_old_file_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_over(str(file), b"old\r\n", b"new")
    assert (file.read_bytes(), others(file)) == (b"old\r\n", [])
