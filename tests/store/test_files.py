"""The folder of schedules: nothing is lost, nothing is half there, every mishap has words."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from racewright import store
from racewright.errors import ScheduleFileError, UsageError
from racewright.model.schedule import Deviation, Schedule

LIGHT = Schedule("tests/test_a.py::test_a", fingerprint="f1", deviations=(Deviation(1, 3, 2),))
HEAVY = LIGHT.replace(deviations=LIGHT.deviations * 3)
OTHER = HEAVY.replace(fingerprint="f2")
ELSEWHERE = LIGHT.replace(target="tests/test_b.py::test_b")


def files(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    folder = store.folder_for(tmp_path)
    path = store.write(LIGHT, folder)
    assert path.parent == tmp_path / ".racewright"
    assert path.name == store.name_for(LIGHT)
    assert store.read(path) == LIGHT
    assert files(folder) == [path.name]


def test_the_lighter_schedule_replaces_the_heavier(tmp_path: Path) -> None:
    first = store.write(HEAVY, tmp_path)
    assert store.write(LIGHT, tmp_path) == first
    assert store.read(first) == LIGHT


def test_the_heavier_schedule_does_not_replace_the_lighter(tmp_path: Path) -> None:
    path = store.write(LIGHT, tmp_path)
    assert store.write(HEAVY, tmp_path) == path
    assert store.read(path) == LIGHT


def test_a_schedule_that_no_longer_reproduces_is_replaced_on_request(tmp_path: Path) -> None:
    path = store.write(LIGHT, tmp_path)
    store.write(HEAVY, tmp_path, replace=True)
    assert store.read(path) == HEAVY


def test_a_schedule_of_older_semantics_gives_way(tmp_path: Path) -> None:
    path = store.write(LIGHT.replace(semantics=0), tmp_path)
    store.write(HEAVY, tmp_path)
    assert store.read(path) == HEAVY


def test_other_failures_and_other_targets_have_their_own_files(tmp_path: Path) -> None:
    paths = {store.write(schedule, tmp_path) for schedule in (LIGHT, OTHER, ELSEWHERE)}
    assert len(paths) == 3
    assert {store.read(path).fingerprint for path in paths} == {"f1", "f2"}


def test_a_file_of_another_failure_under_our_name_is_kept(tmp_path: Path) -> None:
    taken = tmp_path / store.name_for(LIGHT)
    store.write(OTHER, tmp_path).rename(taken)
    path = store.write(LIGHT, tmp_path)
    assert path != taken
    assert store.read(taken) == OTHER
    assert store.read(path) == LIGHT
    assert store.write(LIGHT, tmp_path) == path


def test_a_file_of_a_newer_format_is_kept(tmp_path: Path) -> None:
    taken = tmp_path / store.name_for(LIGHT)
    taken.write_bytes(b"racewright schedule 2\n")
    assert store.write(LIGHT, tmp_path) != taken
    assert taken.read_bytes() == b"racewright schedule 2\n"


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    path = store.write(LIGHT, tmp_path)
    path.write_bytes(path.read_bytes()[:-9])
    assert store.write(HEAVY, tmp_path) == path
    assert store.read(path) == HEAVY


def test_a_directory_under_our_name_is_gone_around(tmp_path: Path) -> None:
    (tmp_path / store.name_for(LIGHT)).mkdir()
    assert store.read(store.write(LIGHT, tmp_path)) == LIGHT


def test_many_explorations_at_once_keep_the_lightest_of_each_failure(tmp_path: Path) -> None:
    schedules = [
        LIGHT.replace(fingerprint=f"f{number % 3}", deviations=LIGHT.deviations * (1 + number // 3))
        for number in range(30)
    ]
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda s: store.write(s, tmp_path), reversed(schedules)))
    assert len(paths) == 3
    assert {store.read(path) for path in paths} == set(schedules[:3])
    assert files(tmp_path) == sorted(path.name for path in paths)


def test_processes_at_once_keep_the_lightest_of_each_failure(tmp_path: Path) -> None:
    children = []
    for child in range(4):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                for weight in range(20, child, -1):
                    store.write(LIGHT.replace(deviations=LIGHT.deviations * weight), tmp_path)
                store.write(LIGHT.replace(fingerprint=f"own-{child}"), tmp_path)
                status = 0
            finally:
                os._exit(status)
        children.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 4
    paths, warnings = store.corpus(tmp_path, LIGHT.target)
    assert warnings == []
    assert len(paths) == 5
    assert LIGHT in [store.read(path) for path in paths]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.write(HEAVY, tmp_path)

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(ScheduleFileError, match="No space left on device"):
        store.write(LIGHT, tmp_path)
    assert store.read(path) == HEAVY
    assert files(tmp_path) == [path.name]


def test_a_name_left_by_a_killed_writer_is_gone_around(tmp_path: Path) -> None:
    (tmp_path / f".{store.name_for(LIGHT)}.{os.getpid()}-0").write_text("half")
    assert store.read(store.write(LIGHT, tmp_path)) == LIGHT


def test_a_folder_that_may_not_be_written_to_is_an_error_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def read_only(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(13, "Permission denied", path)
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(ScheduleFileError, match="cannot be saved: Permission denied"):
        store.write(LIGHT, tmp_path)


@pytest.mark.parametrize("folder", ["a-file", "a-file/below", "nul\0"])
def test_a_folder_that_cannot_be_one_is_an_error_in_words(tmp_path: Path, folder: str) -> None:
    (tmp_path / "a-file").write_text("")
    with pytest.raises(ScheduleFileError, match="cannot be saved"):
        store.write(LIGHT, tmp_path / folder)


def test_reading_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScheduleFileError, match="no such file") as caught:
        store.read(tmp_path / "absent.schedule")
    assert isinstance(caught.value, UsageError)
    assert "absent.schedule" in str(caught.value)
    assert caught.value.__cause__ is None


def test_reading_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ScheduleFileError, match="this is a directory"):
        store.read(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ScheduleFileError, match="not a regular file"):
        store.read(tmp_path / "pipe")
    with pytest.raises(ScheduleFileError, match="cannot be read"):
        store.read("nul\0.schedule")
    with pytest.raises(ScheduleFileError, match="cannot be read"):
        store.read(tmp_path / ("x" * 5000))


def test_a_file_beyond_the_limit_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.schedule"
    with path.open("wb") as file:
        file.truncate(60 * 1024 * 1024)
    with pytest.raises(ScheduleFileError, match="60 MB, and a schedule file at most 16 MB"):
        store.read(path)


def test_a_corpus_is_that_of_its_target_lightest_first(tmp_path: Path) -> None:
    heavy = store.write(OTHER, tmp_path)
    light = store.write(LIGHT, tmp_path)
    store.write(ELSEWHERE, tmp_path)
    (tmp_path / "README").write_text("not a schedule")
    assert store.corpus(tmp_path, LIGHT.target) == ([light, heavy], [])


def test_files_that_cannot_be_read_are_named_in_warnings(tmp_path: Path) -> None:
    light = store.write(LIGHT, tmp_path)
    (tmp_path / "bad.schedule").write_bytes(b"\x00\xff")
    (tmp_path / "dangling.schedule").symlink_to("nowhere")
    (tmp_path / "folder.schedule").mkdir()
    paths, warnings = store.corpus(tmp_path, LIGHT.target)
    assert paths == [light]
    assert len(warnings) == 3
    assert "bad.schedule" in warnings[0]


def test_a_corpus_is_empty_where_nothing_was_kept(tmp_path: Path) -> None:
    assert store.corpus(tmp_path / "absent", "x") == ([], [])


def test_a_corpus_in_a_place_that_is_no_folder_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    paths, warnings = store.corpus(tmp_path / "file", "x")
    assert paths == []
    assert "cannot be listed" in warnings[0]
