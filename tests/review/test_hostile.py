"""Files that nobody should have to read: each gets its reason, and the others are reviewed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from racewright.errors import UsageError
from racewright.model.finding import Review
from racewright.review import ReviewSettings, review

GOOD = """\
import threading
condition = threading.Condition()

def take(items):
    with condition:
        if not items:
            condition.wait()
        return items.pop()
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.py").write_text(GOOD)
    return tmp_path


def made(*paths: str) -> Review:
    return review(ReviewSettings(paths=paths or (".",), ruff=False, cache=False, jobs=1))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"def f(:\n", "invalid syntax"),
        (b"x = 1\0\n", "null bytes"),
        (b"# coding: no-such-thing\n", "no text"),
        (b"x = '\xff\xfe'\n", "no text"),
        (b"\xff\xfe\x00", "no text"),
        (b"x = " + b"(" * 100_000, "not reviewed"),
        (b"x = " + b"-" * 200_000 + b"1", "nested too deeply"),
        (b"x = " + b"1+" * 100_000 + b"1", "nested too deeply"),
        (b"x = a" + b".b" * 100_000, "nested too deeply"),
        (b"x = f" + b"()" * 100_000, "nested too deeply"),
        (b"x" * 10_000_000, "MB are more"),
        (b"".join(b" " * i + b"if 1:\n" for i in range(101)) + b" " * 101 + b"x\n", "not reviewed"),
        (b"print 'hello'\n", "not reviewed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_reviewed(
    tree: Path, data: bytes, reason: str
) -> None:
    (tree / "bad.py").write_bytes(data)
    result = made()
    (note,) = result.notes
    assert note.file == "bad.py"
    assert reason in note.message
    assert note.is_gap
    assert [finding.place.file for finding in result.findings] == ["good.py"]


def test_long_chains_that_can_be_parsed_are_reviewed(tree: Path) -> None:
    (tree / "long.py").write_bytes(b"x = " + b"1+" * 300 + b"1\ny = x" + b".a" * 300 + b"\n")
    assert made().notes == ()


def test_one_long_line_is_reviewed(tree: Path) -> None:
    (tree / "wide.py").write_text("x = [" + "1, " * 500_000 + "]\n")
    result = made()
    assert result.notes == ()
    assert result.files == 2


def test_a_declared_encoding_and_a_byte_order_mark_are_understood(tree: Path) -> None:
    (tree / "latin.py").write_bytes(b"# -*- coding: latin-1 -*-\nx = '\xe9'\n")
    (tree / "marked.py").write_bytes(b"\xef\xbb\xbfx = 1\r\ny = 2\r")
    result = made()
    assert result.notes == ()
    assert result.lines == 8 + 2 + 2


def test_a_folder_that_links_to_itself_is_read_once(tree: Path) -> None:
    (tree / "loop").symlink_to(tree, target_is_directory=True)
    (tree / "again.py").symlink_to(tree / "good.py")
    (tree / "nowhere.py").symlink_to(tree / "not-there")
    result = made()
    assert result.files == 1
    assert [note.file for note in result.notes] == ["nowhere.py"]


def test_a_pipe_is_not_waited_for(tree: Path) -> None:
    os.mkfifo(tree / "pipe.py")
    (note,) = made().notes
    assert note.message == "not reviewed: it is no regular file"


def test_what_others_made_is_not_read(tree: Path) -> None:
    for folder in (".git", "node_modules", "env"):
        (tree / folder).mkdir()
        (tree / folder / "a.py").write_text(GOOD)
    (tree / "env" / "pyvenv.cfg").write_text("")
    assert made().files == 1


def test_a_path_that_is_not_there_is_an_error(tree: Path) -> None:
    with pytest.raises(UsageError, match="there is no file or folder 'nowhere'"):
        made("nowhere")


def test_nothing_that_is_reviewed_is_run(tree: Path) -> None:
    (tree / "bomb.py").write_text(
        "import pathlib\npathlib.Path('ran').touch()\n"
        "class M(type):\n    def __del__(self): pathlib.Path('ran').touch()\n"
    )
    (tree / "conftest.py").write_text("raise SystemExit('imported')\n")
    (tree / "sitecustomize.py").write_text("raise SystemExit('imported')\n")
    assert made().files == 4
    assert not (tree / "ran").exists()


def test_a_name_that_looks_like_an_option_or_markup_is_a_name(tree: Path) -> None:
    (tree / "--select=x.py").write_text(GOOD)
    (tree / "a <b>`;$(x).py").write_text(GOOD)
    found = {finding.place.file for finding in made().findings}
    assert found == {"good.py", "--select=x.py", "a <b>`;$(x).py"}


def test_an_attribute_that_is_kept_and_set_back_in_a_thousand_places_is_looked_up_once(
    tree: Path,
) -> None:
    places = "".join(
        f"    def f{n}(self):\n        old = self.x\n        self.x = {n}\n"
        "        self.x.acquire()\n        self.x = old\n"
        for n in range(1000)
    )
    (tree / "state.py").write_text(f"class State:\n{places}")
    result = made()
    assert result.files == 2
    assert result.notes == ()
