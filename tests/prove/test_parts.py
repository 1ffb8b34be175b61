"""The parts of proving: who is inside what, which tests are asked, what is written, sessions."""

from __future__ import annotations

import os
import textwrap
import threading
from pathlib import Path

import pytest

from racewright.cli_prove import begin_proving
from racewright.errors import InternalError, TargetError, UsageError
from racewright.model.finding import Finding, Place, Review
from racewright.prove import Budget, prove
from racewright.prove.candidates import Candidate, candidate_for, why_not_written
from racewright.prove.questions import question_of, tree_of, why_not_run
from racewright.prove.selection import installed_packages
from racewright.prove.sessions import in_session
from racewright.prove.vacuous import Doubt
from racewright.prove.watch import Watch
from racewright.settings import Settings
from racewright.strategies.aimed import Aim

HERE = str(Path(__file__).resolve())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    tree_of.cache_clear()
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


def finding(line: int, last: int = 0, file: str = "code.py", **more: str) -> Finding:
    values = {"rule": "check-then-act", "proof": "explore", **more}
    places = (Place(file, line, last),)
    return Finding(values["rule"], "defect", "t", "t", places, "d", "s", proof=values["proof"])


# -- watching --------------------------------------------------------------------------------------


def watched_function(times: int) -> int:
    total = 0
    for number in range(times):
        total += number  # watched
    return total


def test_a_stay_begins_and_ends_with_the_lines() -> None:
    lines = Path(HERE).read_text().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if text.endswith("# watched"))
    watch = Watch([Aim.parse(f"{HERE}:{line}"), Aim.parse(f"{HERE}:{line - 1}-{line}")])
    with watch:
        assert watched_function(3) == 3
        thread = threading.Thread(target=watched_function, args=(2,))
        thread.start()
        thread.join()
    assert watch.stays == 3 + 1 + 2 + 1  # each round is a stay in the line, the loop is one
    assert watch.places == {}


# -- selection -------------------------------------------------------------------------------------


def test_a_target_that_is_not_there_is_an_error(project: Path) -> None:
    write(project / "code.py", "x = 1\n")
    with pytest.raises(TargetError, match=r"tests/nothing\.py"):
        prove(Review((finding(1),)), Settings(), tests=["tests/nothing.py"])


# -- questions -------------------------------------------------------------------------------------


def test_the_lines_of_a_loop_are_the_whole_loop_and_the_last_region_is_the_function(
    project: Path,
) -> None:
    write(
        project / "code.py",
        """\
        def f(kept):
            for each in kept:
                print(each)
            return 1
        """,
    )
    question = question_of(0, finding(2, rule="loop-over-shared-container"))
    assert [(each.first, each.last) for each in question.regions] == [(2, 3), (1, 4)]
    assert [(each.first, each.last) for each in question.places] == [(2, 2)]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("async def f():\n    x = 1\n", "asyncio"),
        ("import eventlet\ndef f():\n    x = 1\n", "eventlet"),
        ("from gevent.lock import Lock\nx = 1\n", "gevent"),
    ],
)
def test_what_rides_on_no_carrier_is_not_run(source: str, word: str, project: Path) -> None:
    write(project / "code.py", source)
    assert word in (why_not_run(finding(2)) or "")


def test_threads_are_run(project: Path) -> None:
    write(project / "code.py", "def f():\n    x = 1\n")
    assert why_not_run(finding(2)) is None
    assert why_not_run(finding(2, file="gone.py")) is not None


# -- doubts about tests ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("class TestIt(Base):", ["unittest", "pytest"]),
        ("class TestIt:", ["pytest", "unittest"]),
    ],
)
def test_a_class_of_tests_that_has_bases_is_unittests_first(
    head: str, expected: list[str], project: Path
) -> None:
    write(project / "test_code.py", f"{head}\n    def test_race(self):\n        pass\n")
    doubt = Doubt(0, (), Place("test_code.py", 2))
    targets = doubt.targets("")
    assert [runner for _, runner in targets] == expected
    assert {runner: target for target, runner in targets} == {
        "unittest": "test_code.TestIt.test_race",
        "pytest": "test_code.py::TestIt::test_race",
    }
    assert doubt.is_of("test_code.py::TestIt::test_race[1]")
    assert doubt.is_of("test_code.TestIt.test_race")
    assert not doubt.is_of("test_code.TestIt.test_races")


def test_a_function_is_pytests(project: Path) -> None:
    write(project / "test_code.py", "def test_race():\n    pass\n")
    doubt = Doubt(0, (), Place("test_code.py", 1))
    assert doubt.targets("") == [("test_code.py::test_race", "pytest")]


def test_the_packages_of_files_that_are_not_the_projects_are_instrumented(project: Path) -> None:
    write(project / "env/site-packages/shop/__init__.py", "")
    write(project / "env/site-packages/shop/till.py", "")
    write(project / "src/mine.py", "")
    files = ["env/site-packages/shop/till.py", "src/mine.py"]
    assert installed_packages(files, ".") == ("shop",)


# -- candidates ------------------------------------------------------------------------------------


SHOP = """\
    class Shop:
        def __init__(self, {init}):
            self.sold = {{}}

        def sell(self, {arguments}):
            {body}
"""


@pytest.mark.parametrize(
    ("init", "arguments", "body", "call"),
    [
        ("", "", "pass", "subject.sell()"),
        ("size: int", "name: str", "pass", 'subject.sell("a")'),
        ("size=3", "count: 'int | None' = None", "pass", "subject.sell()"),
        ("*, size: float", "*, names: list[str]", "pass", "subject.sell(names=[])"),
        ("", "key", "return self.sold[key]", 'subject.sell("a")'),
        ("", "amount", "self.total = 1 + amount", "subject.sell(1)"),
        ("", "x: Optional[bytes]", "pass", 'subject.sell(b"a")'),
    ],
)
def test_arguments_are_read_from_the_source(
    init: str, arguments: str, body: str, call: str, project: Path
) -> None:
    write(project / "code.py", SHOP.format(init=init, arguments=arguments, body=body))
    candidate = candidate_for(finding(6), str(project))
    assert candidate is not None
    compile(candidate.source, candidate.path, "exec")
    assert f"lambda: {call}" in candidate.source


@pytest.mark.parametrize(
    "source",
    [
        SHOP.format(init="broker", arguments="", body="pass"),
        SHOP.format(init="", arguments="broker", body="pass"),
        SHOP.format(init="", arguments="broker: Broker", body="pass"),
        SHOP.format(init="", arguments="", body="yield 1"),
        SHOP.format(init="", arguments="", body="pass").replace("def sell", "async def sell"),
        SHOP.format(init="", arguments="", body="pass")
        .replace("Shop:", "Shop(Base):")
        .replace("__init__", "setup"),
        "x = 1\n" * 8,
    ],
)
def test_no_test_is_written_where_something_is_not_known(source: str, project: Path) -> None:
    write(project / "code.py", source)
    assert candidate_for(finding(6), str(project)) is None


def test_a_candidate_that_somebody_has_changed_is_left_alone(project: Path) -> None:
    candidate = Candidate(".racewright/candidates/test_it.py", "x = 1\n")
    assert why_not_written(candidate) is None
    assert why_not_written(candidate) is None
    written = project / candidate.path
    assert written.read_text() == "x = 1\n"
    written.write_text("x = 2\n")
    assert "has been changed" in (why_not_written(candidate) or "")
    assert written.read_text() == "x = 2\n"


def test_a_folder_that_cannot_be_written_to_is_no_crash(project: Path) -> None:
    (project / ".racewright").write_text("a file")
    problem = why_not_written(Candidate(".racewright/candidates/test_it.py", "x = 1\n"))
    assert "No test could be written" in (problem or "")


def test_a_candidate_finds_the_package_that_the_code_is_in(project: Path) -> None:
    write(project / "src/shop/__init__.py", "")
    write(project / "src/shop/till.py", "def pay():\n    x = 1\n")
    candidate = candidate_for(finding(2, file="src/shop/till.py"), str(project))
    assert candidate is not None
    assert "import shop.till as code" in candidate.source
    assert 'parents[2] / "src"' in candidate.source


# -- sessions --------------------------------------------------------------------------------------


TARGET = """\
    import os

    def passes():
        pass

    def dies():
        os._exit(7)
"""


def test_what_a_session_sends_is_there_although_it_dies(project: Path) -> None:
    write(project / "deadly.py", TARGET)

    def act(program: object, settings: object, send: object) -> bool:
        send("before")  # type: ignore[operator]
        program.run()  # type: ignore[attr-defined]
        send("after")  # type: ignore[operator]
        return False

    settings = Settings(root=str(project))
    died = in_session("deadly:dies", settings, act)
    assert (died.values, "status 7" in died.problem) == (["before"], True)
    passed = in_session("deadly:passes", settings, act)
    assert (passed.values, passed.problem) == (["before", "after"], "")


def test_a_target_that_cannot_be_loaded_is_a_problem(project: Path) -> None:
    session = in_session("no_such_module:f", Settings(root=str(project)), lambda *_: False)
    assert session.values == []
    assert "no_such_module" in session.problem


def test_an_error_of_ours_is_not_taken_for_one_of_the_target(project: Path) -> None:
    write(project / "fine.py", TARGET)

    def act(*_: object) -> bool:
        raise ZeroDivisionError

    with pytest.raises(InternalError, match="ZeroDivisionError"):
        in_session("fine:passes", Settings(root=str(project)), act)


def test_a_session_that_goes_on_for_too_long_is_ended(project: Path) -> None:
    write(project / "endless.py", "def spin():\n    while True:\n        pass\n")

    def act(program: object, settings: object, send: object) -> bool:
        program.run()  # type: ignore[attr-defined]
        return False

    session = in_session("endless:spin", Settings(root=str(project)), act, limit=0.2)
    assert session.problem == "the time was up"


# -- an end that the user wants --------------------------------------------------------------------


def test_an_interruption_ends_with_what_was_known_by_then(project: Path) -> None:
    write(project / "code.py", "def f(kept):\n    if 1 not in kept:\n        kept[1] = 2\n")
    write(project / "test_code.py", "import code\n")

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    review = Review((finding(2, 3),))
    made, is_interrupted = prove(review, Settings(), on_step=interrupt)
    assert is_interrupted
    assert made.findings[0].evidence == "suspected"
    assert made.findings[0].facts == ("Not run: proving was interrupted.",)


def test_nothing_is_begun_when_the_time_is_up(project: Path) -> None:
    write(project / "code.py", "def f(kept):\n    if 1 not in kept:\n        kept[1] = 2\n")
    steps: list[str] = []
    review = Review((finding(2, 3),))
    made, is_interrupted = prove(review, Settings(), budget=Budget(time=0.0), on_step=steps.append)
    assert (steps, is_interrupted) == ([], False)
    assert made.findings[0].facts == ("Not run: the time was up.",)
    assert os.listdir(project) == ["code.py"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("schedules", 5), ("time", 1.0), ("seed", 3), ("instrument", ("pkg",))],
)
def test_what_is_said_of_proving_needs_proving(name: str, value: object) -> None:
    options = {"prove": False, "tests": (), "runner": None, "fix": False, "suggest": False}
    options |= {"schedules": 200, "time": None, "seed": 0, "instrument": ()}
    begin_proving({**options})
    with pytest.raises(UsageError, match=f"--{name} is for --prove"):
        begin_proving({**options, name: value})
