"""Which programs proving takes, where none is named: scripts, then the nearest tests."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from racewright.model.finding import Finding, Place, Review
from racewright.prove import Budget, prove, survey
from racewright.prove.imports import Sources, is_script
from racewright.prove.questions import tree_of
from racewright.prove.selection import default_targets, scripts_among
from racewright.review import ReviewSettings, review
from racewright.settings import Settings

COUNTER = """\
    import threading


    class Counter:
        def __init__(self):
            self.value = 0

        def work(self):
            self.value = self.value + 1

        def run(self):
            threads = [threading.Thread(target=self.work) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert self.value == 2
"""
#: The same, of which nobody who reads it can make an object.
UNKNOWN = COUNTER.replace(
    "(self):\n            self.value = 0", "(self, start):\n            self.value = start.x"
)
RUNS_IT = """\
    from counter import Counter

    def test_count():
        Counter().run()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    tree_of.cache_clear()
    return tmp_path


def write(project: Path, **files: str) -> None:
    """Files by their names, where ``__`` is a slash and what is not said ends in ``.py``."""
    for name, text in files.items():
        path = project / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


def proved(path: str = ".", **budget: float) -> tuple[Finding, list[str], int]:
    """What became of the one finding, what is noted, and how many executions there were."""
    rule = ("unlocked-read-modify-write",)
    found = review(ReviewSettings(paths=(path,), ruff=False, cache=False, select=rule))
    given = Budget(**budget) if budget else None  # type: ignore[arg-type]
    made, _ = prove(found, Settings(), paths=(path,), budget=given)
    (finding,) = made.findings
    return finding, [note.message for note in made.notes], made.executions


# -- imports ---------------------------------------------------------------------------------------


def test_a_file_that_imports_a_module_in_any_form_is_one_import_away(project: Path) -> None:
    write(
        project,
        shop__till="",
        one="import shop.till",
        two="from shop import till",
        three="def f():\n    from shop.till import pay",
        shop__four="from . import till",
        shop__five="from .till import pay as p",
        six="import shop.till as t, os",
        none="'import shop.till'\nfrom shop import tills\nimport till\nimport shop",
    )
    (project / "shop/__init__.py").write_text("")
    (project / "broken.py").write_text("import shop.till\n(")
    found = Sources([str(each) for each in project.rglob("*.py")]).importers(["shop/till.py"])
    near = {"one.py", "two.py", "three.py", "shop/four.py", "shop/five.py", "six.py"}
    assert found == {"shop/till.py": 0, **dict.fromkeys(near, 1)}


def test_a_test_is_as_far_away_as_the_imports_between(project: Path) -> None:
    write(
        project,
        bank="",
        teller="import bank",
        branch="import teller",
        tests__test_far="import branch",
        tests__test_near="import teller\nimport branch",
        tests__test_nearest="import bank",
        tests__test_other="import json",
    )
    assert default_targets(["."], ["bank.py"]) == [
        "tests/test_nearest.py",
        "tests/test_near.py",
        "tests/test_far.py",
    ]


def test_imports_in_a_circle_end(project: Path) -> None:
    write(project, a="import b", b="import a", test_c="import b")
    assert default_targets(["."], ["a.py"]) == ["test_c.py"]


def test_a_module_beside_a_file_goes_before_one_of_the_same_name(project: Path) -> None:
    write(project, one__bank="", one__test_one="import bank")
    write(project, two__bank="", two__test_two="import bank")
    assert default_targets(["."], ["one/bank.py"]) == ["one/test_one.py"]


def test_what_a_conftest_imports_its_tests_can_come_to(project: Path) -> None:
    write(
        project,
        bank="",
        tests__slow__conftest="import bank",
        tests__slow__test_one="def test_one(account): pass",
        tests__test_two="",
    )
    assert default_targets(["."], ["bank.py"]) == ["tests/slow/test_one.py"]


def test_tests_that_mention_a_module_are_asked_where_none_imports_it(project: Path) -> None:
    write(project, bank="", test_one="importlib.import_module('bank')", test_two="")
    assert default_targets(["."], ["bank.py"]) == ["test_one.py"]


def test_the_nearest_tests_come_first_where_none_speaks_of_the_module(project: Path) -> None:
    write(project, tests__test_one="", shop__bank="", shop__test_two="", shop__deep__test_three="")
    assert default_targets(["."], ["shop/bank.py"]) == [
        "shop/test_two.py",
        "shop/deep/test_three.py",
        "tests/test_one.py",
    ]


# -- scripts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def main(): pass\n\nif __name__ == '__main__':\n    main()\n", True),
        ("if '__main__' == __name__: pass\n", True),
        ("def main(): pass\n\nmain()\n", True),
        (
            "import threading\n\nfor _ in range(2):\n    threading.Thread(target=print).start()\n",
            True,
        ),
        ("import logging\n\nlogging.getLogger('x')\nprint('hello')\n", False),
        ("def main(): pass\n\nif __name__ != 'bank':\n    main()\n", False),
        ("def main():\n    main()\n", False),
        ("def (", False),
    ],
)
def test_a_script_is_what_runs_something_by_itself(
    text: str, expected: bool, project: Path
) -> None:
    (project / "file.py").write_text(text)
    assert is_script("file.py") == expected


def test_a_test_file_is_no_script_though_it_can_be_run(project: Path) -> None:
    write(project, test_one="if __name__ == '__main__': pass")
    assert scripts_among({"test_one.py"}) == []


# -- proving ---------------------------------------------------------------------------------------


def test_a_script_that_holds_the_finding_is_explored_and_no_test_is_run(project: Path) -> None:
    write(
        project,
        counter=COUNTER + '\n\n    if __name__ == "__main__":\n        Counter().run()\n',
        test_counter="import counter, pathlib\n\ndef test_it():\n    pathlib.Path('run').touch()\n",
    )
    finding, notes, executions = proved()
    assert finding.evidence == "demonstrated"
    assert finding.experiment is not None
    assert finding.experiment.target == "counter.py"
    assert (notes, executions < 50) == ([], True)
    assert not (project / "run").exists()


def test_where_the_script_does_not_come_to_the_lines_tests_are_asked(project: Path) -> None:
    write(
        project,
        counter=COUNTER + '\n\n    if __name__ == "__main__":\n        Counter()\n',
        test_counter=RUNS_IT,
    )
    finding, _, _ = proved()
    assert finding.evidence == "demonstrated"
    assert finding.experiment is not None
    assert finding.experiment.target == "test_counter.py::test_count"


def test_no_more_tests_are_run_than_a_finding_needs(project: Path) -> None:
    write(project, counter=COUNTER)
    many = "".join(
        f"\n\n    def test_{n}():\n        note({n})\n        Counter().run()\n" for n in range(9)
    )
    head = (
        "    import os\n    from counter import Counter\n\n\n    def note(number):\n"
        "        with open('run', 'a') as file:\n            file.write(str(number))\n"
    )
    write(project, test_counter=head + many)
    finding, notes, _ = proved()
    assert (finding.evidence, notes) == ("demonstrated", [])
    assert set((project / "run").read_text()) == {"0", "1", "2"}


def test_what_is_left_out_for_the_bound_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "_MOST_RUN", 3)
    write(project, counter=UNKNOWN, test_z="import near")
    passing = "".join(f"\n    def test_{n}(): pass\n" for n in range(4))
    write(project, near="import counter", test_a="    import counter\n" + passing)
    finding, notes, executions = proved()
    assert finding.evidence == "suspected"
    assert executions == 3
    assert finding.facts[-1].startswith("No test reaches these lines (3 tests run).")
    assert notes == [
        "Which lines they reach was looked at for 3 tests, those nearest to the code; those of "
        "test_a.py and test_z.py were left out, or the last of them. Name the tests to run with "
        "--tests."
    ]


def test_tests_that_are_named_are_all_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "_MOST_RUN", 1)
    write(project, counter=UNKNOWN)
    write(project, test_a="def test_1(): pass\n\ndef test_2(): pass\n\ndef test_3(): pass\n")
    places = (Place("counter.py", 9),)
    found = Finding(
        "unlocked-read-modify-write", "defect", "t", "t", places, "d", "s", proof="explore"
    )
    made, _ = prove(Review((found,)), Settings(), tests=["test_a.py"])
    assert (made.executions, made.notes) == (3, ())
