"""Tests are run with files as they could be, which are not touched for that."""

from __future__ import annotations

import importlib.machinery
import py_compile
import sys
from pathlib import Path

import pytest

from racewright.errors import UsageError
from racewright.fixes import Trial
from racewright.fixes.overlay import OverlayFinder
from racewright.review.changes import moved_lines

CODE = "def answer():\n    return 42\n"
OTHER = b"def answer():\n    return 43\n"
TEST = "from package.code import answer\n\n\ndef test_it():\n    assert answer() == 42\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "package").mkdir()
    (tmp_path / "package/__init__.py").write_text("from package.code import answer\n")
    (tmp_path / "package/code.py").write_text(CODE)
    (tmp_path / "test_it.py").write_text(TEST)
    return tmp_path


def trial(*targets: str, runner: str = "pytest") -> Trial:
    paths = {name: name for name in ("package/code.py", "package/__init__.py", "test_it.py")}
    return Trial(targets or ("test_it.py",), paths, runner)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_change_is_seen_though_the_old_file_lies_compiled_beside_it(folder: Path) -> None:
    py_compile.compile("package/code.py", doraise=True)
    assert list((folder / "package/__pycache__").glob("code.*.pyc"))
    tried = trial()
    before = everything(folder)
    assert tried.why_not({"package/code.py": CODE.encode() + b"# the same\n"}) is None
    reason = tried.why_not({"package/code.py": OTHER})
    assert reason is not None
    assert reason.startswith("the tests fail\n")
    assert tried.why_not({}) is None
    assert everything(folder) == before
    assert (tried.runs, tried.loaded, tried.tried) == (4, {"package/code.py"}, {"package/code.py"})


def test_a_change_of_the_tests_themselves_is_seen(folder: Path) -> None:
    tried = trial()
    assert tried.why_not({"test_it.py": TEST.replace("42", "44").encode()}) is not None
    assert (
        tried.why_not({"package/code.py": OTHER, "test_it.py": TEST.replace("42", "43").encode()})
        is None
    )
    assert tried.loaded == {"package/code.py", "test_it.py"}


def test_a_package_can_be_changed_by_its_own_file(folder: Path) -> None:
    tried = trial()
    assert tried.why_not({"package/__init__.py": b"raise ImportError('no')\n"}) is not None
    assert tried.why_not({"package/__init__.py": b""}) is None


def test_settings_of_the_project_for_pytest_hold(folder: Path) -> None:
    settings = '[tool.pytest.ini_options]\naddopts = "--ff --import-mode=importlib"\n'
    (folder / "pyproject.toml").write_text(settings + 'pythonpath = ["."]\n')
    tried = trial()
    assert tried.why_not({"package/code.py": OTHER}) is not None
    assert not (folder / ".pytest_cache").exists()


def test_tests_that_do_not_end_are_no_pass() -> None:
    tried = trial()
    tried._limit = 1.0
    reason = tried.why_not({"package/code.py": b"def answer():\n    while True:\n        pass\n"})
    assert reason == "the tests did not end in time"


def test_tests_that_fail_without_a_change_or_are_none_are_an_error(folder: Path) -> None:
    (folder / "test_it.py").write_text(TEST.replace("42", "41"))
    with pytest.raises(UsageError, match=r"do not pass as the project stands(.|\n)*assert"):
        trial()
    (folder / "test_none.py").write_text("")
    with pytest.raises(UsageError, match="do not pass"):
        trial("test_none.py")


def test_what_another_finder_finds_is_changed_as_well(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Editable:
        """As the one that an editable installation puts there."""

        @staticmethod
        def find_spec(name: str, _path: object, _target: object) -> object:
            if name != "somewhere":
                return None
            loader = importlib.machinery.SourceFileLoader(name, str(folder / "package/code.py"))
            return importlib.machinery.ModuleSpec(
                name, loader, origin=loader.path, is_package=False
            )

    finder = OverlayFinder({str(folder / "package/code.py"): OTHER})
    monkeypatch.setattr(sys, "meta_path", [finder, Editable])
    spec = finder.find_spec("somewhere", None)
    assert spec is None  # its origin is no location that has been set
    real = Editable.find_spec

    def located(name: str, path: object, target: object) -> object:
        found = real(name, path, target)
        if found is not None:
            found.has_location = True  # type: ignore[attr-defined]
        return found

    monkeypatch.setattr(Editable, "find_spec", staticmethod(located))
    spec = finder.find_spec("somewhere", None)
    assert spec is not None
    assert spec.loader is not None
    assert spec.loader.get_data(spec.origin) == OTHER  # type: ignore[attr-defined]
    assert finder.find_spec("nowhere", None) is None


@pytest.mark.parametrize(
    ("changed", "before", "after", "moved"),
    [
        ([range(2, 3)], b"a\nb\nc\n", b"a\nb\nc\n", [range(2, 3)]),
        ([range(2, 3)], b"a\nb\nc\n", b"x\na\nb\nc\n", [range(3, 4)]),
        ([range(2, 3)], b"a\nb\nc\n", b"a\nx\ny\nc\n", [range(2, 4)]),
        ([range(3, 4)], b"a\nb\nc\n", b"a\nc\n", [range(2, 3)]),
        ([range(1, 9)], b"a\nb\nc", b"a\nb\nx\nc", [range(1, 3), range(3, 4), range(4, 5)]),
        ([], b"a\nb\n", b"a\nx\n", []),
        ([range(1, 2)], b"a\nb\nc\n", b"a\nb\nx\n", [range(1, 2)]),
    ],
)
def test_lines_that_had_changed_are_followed_through_a_change(
    changed: list[range], before: bytes, after: bytes, moved: list[range]
) -> None:
    assert moved_lines(changed, before, after) == moved
