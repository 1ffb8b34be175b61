"""The measure of what a review sees counts what stands on the racy lines, and nothing else."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

RACY = """
class Lexer:
    _default_intance = None

    @classmethod
    def get_default_instance(cls):
        if cls._default_intance is None:
            cls._default_intance = cls()
            cls._default_intance.load()
        return cls._default_intance
"""
FIXED = """
class Lexer:
    _default_intance = None

    @classmethod
    def get_default_instance(cls):
        if cls._default_intance is None:
            lexer = cls()
            lexer.load()
            cls._default_intance = lexer
        return cls._default_intance
"""
#: The same defect in a function that is not the racy one.
ELSEWHERE = FIXED + RACY.replace("Lexer", "Other").replace("get_default_instance", "get")


@pytest.fixture
def sight(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for name in ("zoo", "review_sight"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("review_sight")


def make_case(folder: Path, buggy: str | None) -> Path:
    """A zoo of one case, with the environments of its two versions."""
    case = folder / "zoo" / ("15_lexer" if buggy else "c1_lexer")
    case.mkdir(parents=True)
    confirmed = {"python_used": "3.11", "fixed_python_used": "3.11"}
    meta = {"package": "sqlparse", "buggy": "1" if buggy else None, "fixed": "2"}
    (case / "meta.json").write_text(json.dumps({**meta, "confirmed": confirmed}))
    (case / "requirements.txt").write_text("sqlparse==1\n" if buggy else "")
    (case / "test_case.py").write_text("def test_nothing():\n    assert True\n")
    for variant, text in (("buggy", buggy), ("fixed", FIXED)):
        package = folder / f"15_lexer-{variant}-py3.11/lib/python3.11/site-packages/sqlparse"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "lexer.py").write_text(text or "")
    return folder / "zoo"


def table_of(sight: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    page = folder / "page.md"
    status = sight.main(
        ["--zoo", str(folder / "zoo"), "--envs", str(folder), "--markdown", str(page)]
    )
    assert status == 0
    capsys.readouterr()
    return page.read_text()


def test_a_finding_on_the_racy_lines_is_seen_and_gone_where_it_is_fixed(
    sight: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_case(tmp_path, RACY)
    rule = "publish-before-initialised"
    text = table_of(sight, tmp_path, capsys)
    assert f"| 15_lexer | sqlparse 1 | {rule} | {rule} | no | - |" in text
    assert "Of 1 cases, a review points at the racy lines of 1" in text


def test_a_finding_elsewhere_is_not_seen(
    sight: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_case(tmp_path, ELSEWHERE)
    text = table_of(sight, tmp_path, capsys)
    assert "| 15_lexer | sqlparse 1 | no | no | no | MISSED |" in text


def test_a_source_without_the_racy_lines_is_an_error_of_the_table(
    sight: ModuleType, tmp_path: Path
) -> None:
    make_case(tmp_path, "VERSION = 1\n")
    with pytest.raises(SystemExit, match="the racy lines are not in"):
        sight.main(["--zoo", str(tmp_path / "zoo"), "--envs", str(tmp_path)])


def test_a_control_has_no_finding(
    sight: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_case(tmp_path, None)
    assert "| c1_lexer | - | - | no finding | - | - |" in table_of(sight, tmp_path, capsys)


def test_a_zoo_that_is_not_there_is_told(
    sight: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sight.main(["--zoo", str(tmp_path / "none")]) == 2
    assert "no cases" in capsys.readouterr().err
