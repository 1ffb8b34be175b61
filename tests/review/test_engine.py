"""One review of the same files is like another: from the cache, in processes, in any order."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from racewright.errors import UsageError
from racewright.model.finding import Review
from racewright.review import ReviewSettings, engine, from_pyproject, review
from racewright.review.concurrency import Concurrency
from racewright.review.external import find_ruff, ruff_findings
from racewright.review.project import Project

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
    assert len(entries) == 2 * 3 + 1  # of each file what was found and its facts; what of all
    for path in entries:
        path.write_text(entry)
    again = made()
    assert again.from_cache == 0
    assert again.findings == first.findings


@pytest.mark.parametrize("entry", ["", "[]", "null", '{"across": 3}', "[1, 2, 3, 4]", "[" * 10_000])
def test_any_entry_of_the_cache_can_be_lost_alone(project: Path, entry: str) -> None:
    first = made()
    entries = sorted((project / ".racewright/cache/review").rglob("*.json"))
    for path in entries:
        whole = path.read_text()
        path.write_text(entry)
        assert made().findings == first.findings
        path.unlink(missing_ok=True)
        assert made().findings == first.findings
        path.write_text(whole)
    facts = [path for path in entries if path.stem.endswith("f") and len(path.stem) == 31]
    assert len(facts) == 3
    for path in facts:
        path.write_text(entry)
    (project / "package/other.py").write_text("x = 1\n")
    assert made().findings == first.findings  # for which the facts of all are needed


def test_files_that_have_not_changed_are_not_joined_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made()
    joined: list[int] = []

    def join(project: Project) -> Concurrency:
        joined.append(len(project.files))
        return Concurrency(project)

    monkeypatch.setattr(engine, "Concurrency", join)
    assert made().findings == first.findings
    assert joined == []
    made(select=("unlocked-*",))
    assert joined == [3]  # other rules were asked
    (project / "package/other.py").write_text("x = 1\n")
    assert made().findings == first.findings
    assert joined == [3, 4]
    assert made(cache=False).findings == first.findings
    assert joined == [3, 4, 4]


def test_an_entry_of_another_version_is_not_used(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made()
    monkeypatch.setattr(engine, "rules_digest", lambda: "another")
    assert made().from_cache == 0


def test_processes_find_what_one_process_finds(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_WORTH_MORE_PROCESSES", 0)
    many = made(jobs=2, cache=False)
    assert many.findings == made(cache=False).findings != ()


def test_only_the_chosen_rules_are_asked(project: Path) -> None:
    assert places(made(select=("check-then-act",))) == []
    assert places(made(select=("*-write",))) == [LOST]
    assert places(made(ignore=("unlocked-*",))) == []
    with pytest.raises(UsageError, match="Did you mean check-then-act"):
        made(select=("check-than-act",))


def test_what_is_excluded_is_not_read_though_it_is_named_and_that_is_said(project: Path) -> None:
    result = made(paths=("package/counter.py", "package/starter.py"), exclude=("package/s*", "x"))
    assert places(result) == [LOST]  # a path, no pattern
    result = made(paths=("package/counter.py", "package"), exclude=("./package/",))
    assert (result.files, result.findings) == (0, ())
    assert {note.message for note in result.notes} == {"not reviewed: it is excluded"}
    result = made(paths=(str(project / "package"),), exclude=("package/starter.py",))
    assert (result.files, places(result), result.notes) == (2, [], ())


# -- comments --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "self.value += 1  # racewright: ignore[unlocked-read-modify-write] only a hint",
        "self.value += 1  # racewright: ignore[unlocked-read-modify-write]: only a hint",
        "# racewright: ignore[unlocked-read-modify-write] only a hint\n        self.value += 1",
        "self.value += 1  # noqa  # racewright:ignore[ unlocked-read-modify-write ] only a hint",
    ],
)
def test_a_comment_with_a_reason_allows_a_finding(project: Path, line: str) -> None:
    (project / "package/counter.py").write_text(COUNTER.replace("self.value += 1", line))
    result = made()
    assert (places(result), result.notes) == ([], ())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x = 1  # racewright: ignore[check-then-act] a reason", "none is found"),
        ("x = 1  # racewright: ignore[no-such-rule] a reason", "which is no rule"),
        ("x = 1  # racewright: ignore[check-then-act]", "gives no reason"),
        ("x = 1  # racewright: ignore[check-then-act]:", "gives no reason"),
        ("x = 1  # racewright: allow check-then-act a reason", "is not understood"),
        ("x = 1  # racewright: ignore a reason", "is not understood"),
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


def test_a_comment_that_names_several_rules_allows_what_is_asked_and_says_nothing_of_the_rest(
    project: Path,
) -> None:
    both = "+= 1  # racewright: ignore[unlocked-read-modify-write, check-then-act] only a hint"
    (project / "package/counter.py").write_text(COUNTER.replace("+= 1", both))
    one = made(select=("unlocked-read-modify-write",))
    assert (places(one), one.notes) == ([], ())
    (note,) = made().notes
    assert note.message == "this comment allows check-then-act; none is found"


def test_a_string_is_no_comment(project: Path) -> None:
    text = COUNTER.replace("+= 1", '+= len("# racewright: ignore[unlocked-read-modify-write] x")')
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
        ("selct = []", "has no key 'selct' .*\nDid you mean select"),
        ('root = "x"', "has no key 'root'"),
        ("ruff_select = []", "has no key 'ruff_select' .*\nDid you mean ruff-select"),
        ('per-file-ignores = ["x"]', "per-file-ignores .* is no table"),
        ('per-file-ignores = { "a" = "x" }', "at 'a', is no list of strings"),
        ('severity = "off"', "severity .* is no table"),
        ('severity = { check-then-act = "of" }', "is none of defect, improvement, off"),
        ("severity = { check-then-act = [1] }", "is none of defect, improvement, off"),
        ('select = "x"', "no list of strings"),
        ("ruff = 1", "is no bool"),
        ("select = [", "cannot be read"),
    ],
)
def test_a_setting_that_is_wrong_is_an_error(project: Path, text: str, message: str) -> None:
    (project / "pyproject.toml").write_text(f"[tool.racewright.review]\n{text}\n")
    with pytest.raises(UsageError, match=message):
        from_pyproject(".")


def with_settings(project: Path, text: str) -> Review:
    (project / "pyproject.toml").write_text(f"[tool.racewright.review]\nruff = false\n{text}\n")
    return review(replace(from_pyproject("."), paths=("package",), jobs=1, cache=False))


@pytest.mark.parametrize(
    ("pattern", "is_ignored"),
    [
        ("package/*", True),
        ("package", True),
        ("./package/", True),
        ("counter.py", True),
        ("package/counter.py", True),
        ("pack", False),
        ("tests/*", False),
        ("other/counter.py", False),
    ],
)
def test_a_rule_can_be_off_in_some_files(project: Path, pattern: str, is_ignored: bool) -> None:
    result = with_settings(project, f'per-file-ignores = {{ "{pattern}" = ["unlocked-*"] }}')
    assert places(result) == ([] if is_ignored else [LOST])


def test_patterns_of_files_are_relative_to_the_settings_wherever_one_is(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[tool.racewright.review]\nper-file-ignores = { "package/c*" = ["unlocked-*"] }\n'
    (project / "pyproject.toml").write_text(text)
    monkeypatch.chdir(project / "package")
    settings = replace(from_pyproject("."), ruff=False, paths=(".",))
    assert places(review(settings)) == []


def test_the_severity_of_a_rule_can_be_changed(project: Path) -> None:
    rule = "unlocked-read-modify-write"
    lower = with_settings(project, f'severity = {{ {rule} = "improvement" }}')
    assert (len(lower.defects), len(lower.improvements)) == (0, 1)
    assert lower.verdict == "No security defects are detected in the code."
    off = with_settings(project, f'severity = {{ "unlocked-*" = "defect", {rule} = "off" }}')
    assert off.findings == ()
    with pytest.raises(UsageError, match="there is no rule 'unlokced'"):
        with_settings(project, 'severity = { unlokced = "off" }')
    with pytest.raises(UsageError, match="there is no rule 'unlokced'"):
        with_settings(project, 'per-file-ignores = { "*" = ["unlokced"] }')


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


@pytest.mark.skipif(not find_ruff(), reason="ruff is not installed")
def test_codes_of_ruff_can_be_chosen_ignored_and_allowed_as_rules_can(project: Path) -> None:
    file = project / "one.py"
    file.write_text("import os\nimport re\n\n\ndef f():\n    x = 1\n")

    def found(**changes: object) -> list[tuple[str, int]]:
        settings = ReviewSettings(paths=("one.py",), cache=False)
        result = review(replace(settings, **changes))  # type: ignore[arg-type]
        return [(each.rule, each.place.line) for each in result.findings]

    assert found() == [("F401", 1), ("F401", 2), ("F841", 6)]
    assert found(select=("check-then-act",)) == []
    assert found(select=("check-then-act", "F8")) == [("F841", 6)]
    assert found(ignore=("F401",)) == [("F841", 6)]
    assert found(severity=(("F", "off"),)) == []
    assert found(per_file_ignores=(("one.py", ("F841",)),)) == [("F401", 1), ("F401", 2)]
    text = "import os  # racewright: ignore[F401] loaded for its effects\n"
    file.write_text(text + "x = 1  # racewright: ignore[F811] no reason at all\n")
    result = review(ReviewSettings(paths=("one.py",), cache=False))
    assert result.findings == ()
    assert [note.message for note in result.notes] == ["this comment allows F811; none is found"]
    assert review(ReviewSettings(paths=("one.py",), cache=False, ruff=False)).notes == ()


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
