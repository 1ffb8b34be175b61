"""One review of the same files is like another: from the cache, in processes, in any order."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from racewright.errors import UsageError
from racewright.model.finding import Review
from racewright.review import ReviewSettings, engine, from_pyproject, review
from racewright.review.external import find_ruff, ruff_findings

COUNTER = """\
class Counter:
    def __init__(self):
        self.value = 0

    def work(self):
        self.value += 1
"""
STARTER = """\
import threading
from .counter import Counter as Thing

class Starter:
    def __init__(self):
        self.thing = Thing()

    def start(self):
        for _ in range(4):
            threading.Thread(target=self.thing.work).start()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in which one file starts what another one holds."""
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("from .counter import *\n")
    (package / "counter.py").write_text(COUNTER)
    (package / "starter.py").write_text(STARTER)
    return tmp_path


def made(**changes: object) -> Review:
    settings = ReviewSettings(paths=("package",), ruff=False, jobs=1)
    return review(replace(settings, **changes))  # type: ignore[arg-type]


def places(result: Review) -> list[tuple[str, str, int]]:
    return [(each.rule, each.place.file, each.place.line) for each in result.findings]


LOST = ("unlocked-read-modify-write", "package/counter.py", 6)


def test_a_task_that_another_file_starts_is_followed(project: Path) -> None:
    result = made()
    assert places(result) == [LOST]
    (finding,) = result.findings
    assert finding.place.text == "self.value += 1"
    assert "package/starter.py:10 starts Counter.work" in " ".join(finding.facts)


def test_names_are_followed_through_star_imports_and_re_exports(project: Path) -> None:
    text = STARTER.replace("from .counter import Counter as Thing", "from package import *")
    (project / "package/starter.py").write_text(text.replace("Thing()", "Counter()"))
    assert places(made()) == [LOST]


def test_a_lock_that_the_caller_holds_is_seen_in_the_other_file(project: Path) -> None:
    text = STARTER.replace("self.thing.work", "self.work") + (
        "\n    lock = threading.Lock()\n\n"
        "    def work(self):\n        with self.lock:\n            self.thing.work()\n"
    )
    (project / "package/starter.py").write_text(text)
    assert places(made()) == []


def test_a_second_review_comes_from_the_cache_and_says_the_same(project: Path) -> None:
    first, second = made(), made()
    assert (first.from_cache, second.from_cache) == (0, 3)
    assert second.findings == first.findings


def test_a_change_of_one_file_is_seen_and_the_others_come_from_the_cache(project: Path) -> None:
    made()
    (project / "package/starter.py").write_text(STARTER.replace("range(4)", "()"))
    again = made()
    assert again.from_cache == 2
    (project / "package/starter.py").write_text("")
    assert places(made()) == []


@pytest.mark.parametrize("entry", ["", "[]", "null", "[1, 2, 3, 4, 5]", "{", '"x"', "[" * 10_000])
def test_an_entry_of_the_cache_that_is_none_is_made_again(project: Path, entry: str) -> None:
    first = made()
    entries = list((project / ".racewright/cache/review").rglob("*.json"))
    assert len(entries) == 3
    for path in entries:
        path.write_text(entry)
    again = made()
    assert again.from_cache == 0
    assert again.findings == first.findings


def test_an_entry_of_another_version_is_not_used(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made()
    monkeypatch.setattr(engine, "rules_digest", lambda: "another")
    assert made().from_cache == 0


def test_processes_find_what_one_process_finds(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_WORTH_A_POOL", 0)
    many = made(jobs=2, cache=False)
    assert many.findings == made(cache=False).findings != ()


def test_only_the_chosen_rules_are_asked(project: Path) -> None:
    assert places(made(select=("check-then-act",))) == []
    assert places(made(select=("*-write",))) == [LOST]
    assert places(made(ignore=("unlocked-*",))) == []
    with pytest.raises(UsageError, match="Did you mean check-then-act"):
        made(select=("check-than-act",))


# -- comments --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "self.value += 1  # racewright: allow unlocked-read-modify-write only a hint",
        "self.value += 1  # racewright: ignore[unlocked-read-modify-write] only a hint",
        "# racewright: allow unlocked-read-modify-write only a hint\n        self.value += 1",
        "self.value += 1  # racewright: allow unlocked-read-modify-write: only a hint",
    ],
)
def test_a_comment_with_a_reason_allows_a_finding(project: Path, line: str) -> None:
    (project / "package/counter.py").write_text(COUNTER.replace("self.value += 1", line))
    result = made()
    assert (places(result), result.notes) == ([], ())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x = 1  # racewright: allow check-then-act a reason", "none is found"),
        ("x = 1  # racewright: allow no-such-rule a reason", "which is no rule"),
        ("x = 1  # racewright: allow check-then-act", "gives no reason"),
        ("x = 1  # racewright: ignore[] a reason", "names no rule"),
    ],
)
def test_a_comment_that_allows_nothing_is_named(project: Path, line: str, message: str) -> None:
    (project / "package/counter.py").write_text(line + "\n" + COUNTER)
    result = made()
    (note,) = result.notes
    assert message in note.message
    assert not note.is_gap
    assert len(result.findings) == 1


def test_a_string_is_no_comment(project: Path) -> None:
    text = COUNTER.replace("+= 1", '+= len("# racewright: allow unlocked-read-modify-write x")')
    (project / "package/counter.py").write_text(text)
    assert len(made().findings) == 1


# -- settings --------------------------------------------------------------------------------------


def test_settings_come_from_the_nearest_pyproject_and_are_relative_to_it(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.racewright.review]\npaths = ["package"]\nruff = false\nruff-select = ["F"]\n'
    )
    settings = from_pyproject(str(project / "package"))
    assert settings.paths == ("package",)
    assert (settings.ruff, settings.ruff_select) == (False, ("F",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "has no key 'selct'"),
        ('select = "x"', "no list of strings"),
        ("ruff = 1", "is no bool"),
        ("select = [", "cannot be read"),
    ],
)
def test_a_setting_that_is_wrong_is_an_error(project: Path, text: str, message: str) -> None:
    (project / "pyproject.toml").write_text(f"[tool.racewright.review]\n{text}\n")
    with pytest.raises(UsageError, match=message):
        from_pyproject(".")


# -- ruff ------------------------------------------------------------------------------------------


@pytest.mark.skipif(not find_ruff(), reason="ruff is not installed")
def test_what_ruff_finds_is_named_as_ruffs_and_not_told_twice(project: Path) -> None:
    file = project / "test_it.py"
    file.write_text("import os\nimport yaml\n\nCONF = yaml.CONF\nyaml.load('x')\n")
    result = review(ReviewSettings(paths=("test_it.py",), cache=False))
    assert [(each.source, each.rule, each.place.line) for each in result.findings] == [
        ("ruff", "S506", 5),
        ("ruff", "F401", 1),
        ("racewright", "unused-module-name", 4),
    ]
    assert result.defects[0].cwe == 502
    settings = ReviewSettings(ruff_select=("F401",))
    ours = (replace(result.findings[1], source="racewright"),)
    found, note, version = ruff_findings(["test_it.py"], settings, ours)
    assert (found, note) == ([], None)
    assert version.startswith("ruff ")


def test_without_ruff_there_is_a_note(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("racewright.review.external.find_ruff", lambda: "")
    result = made(ruff=True)
    (note,) = result.notes
    assert "ruff is not installed" in note.message
    assert places(result) == [LOST]


def test_a_ruff_that_fails_is_a_note(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("racewright.review.external.find_ruff", lambda: "/bin/false")
    (note,) = made(ruff=True).notes
    assert "ruff failed" in note.message


def test_the_cache_holds_nothing_but_json(project: Path) -> None:
    made()
    cached = [path for path in (project / ".racewright/cache/review").rglob("*") if path.is_file()]
    assert cached
    assert all(isinstance(json.loads(path.read_text()), (dict, list)) for path in cached)
