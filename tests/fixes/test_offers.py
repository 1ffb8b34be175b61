"""What a fix made is offered only where a second review, Python and ruff agree; all else stays."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable
from pathlib import Path

import libcst as cst
import pytest

from racewright.fixes import Fixing, all_fixes, to_diffs
from racewright.fixes.document import Document
from racewright.fixes.edits import Edits
from racewright.model.finding import Finding
from racewright.review.external import find_ruff
from tests.fixes.support import BOTH, fixed

WAIT = """\
import threading


def test_it(work):
    ready = threading.Event()
    work(ready)
    ready.wait()
"""
_Change = Callable[[Finding, Document], Edits | None]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def reason(result: Fixing) -> str:
    assert (result.contents, result.offers) == ({}, [])
    ((_, why),) = result.refused
    return why


def with_change(monkeypatch: pytest.MonkeyPatch, change: _Change) -> None:
    """Let the fix of unbounded waits make this of them."""
    monkeypatch.setattr(all_fixes()["unbounded-wait"], "change", change)


class Instead(Edits):
    """Puts a text in the place of the wait, whatever it is."""

    def __init__(self, document: Document, text: str) -> None:
        super().__init__(document)
        self.text = text

    def to_bytes(self) -> bytes:
        return self.document.data.replace(b"ready.wait()", self.text.encode())


def instead(text: str) -> _Change:
    return lambda _finding, document: Instead(document, text)


# -- what is not offered ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ready.wait( )", "the finding would remain"),
        ("ready.wait(", "it would not compile"),
        ("(yield) = 1", "it would not compile"),
        ("nonlocal x", "it would not compile"),
        ("ready.wait()", "the change changes nothing"),
        ("threading.Thread(target=work).start()", "it would bring a finding of unjoined-task"),
    ],
)
def test_what_would_be_wrong_is_not_offered(
    text: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("test_it.py", WAIT)
    with_change(monkeypatch, instead(text))
    assert reason(fixed("unbounded-wait", "unjoined-task")) == why


@pytest.mark.skipif(not find_ruff(), reason="ruff is not installed")
def test_what_ruff_would_find_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    write("test_it.py", WAIT)
    with_change(monkeypatch, instead("x = undefined"))
    assert reason(fixed("unbounded-wait", "F841", ruff=True)) == "ruff would find F841"
    assert fixed("unbounded-wait", "F401", ruff=True).contents


def test_a_change_that_cannot_be_encoded_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    write("test_it.py", "# coding: latin-1\n# caf\u00e9\n".encode("latin-1") + WAIT.encode())

    def change(finding: Finding, document: Document) -> Edits:
        edits = Edits(document)
        (call,) = document.at(finding.place, ast.Call)
        form = document.form(call)
        assert form is not None
        edits.replace(form, cst.SimpleString("'\u20ac'"))
        return edits

    with_change(monkeypatch, change)
    assert reason(fixed("unbounded-wait")) == "its encoding has no bytes for the change"


def test_a_rule_whose_fixes_are_not_asked_for_is_left() -> None:
    write("tests/test_it.py", WAIT + "    threading.Thread(target=work).start()\n")
    safe = fixed("unbounded-wait", "unjoined-task", grades=frozenset({"safe"}))
    assert [each.finding.rule for each in safe.offers] == ["unbounded-wait"]
    both = fixed("unbounded-wait", "unjoined-task", grades=BOTH)
    assert {each.finding.rule for each in both.offers} == {"unbounded-wait", "unjoined-task"}


def test_a_fix_that_would_bring_a_finding_in_another_file_is_taken_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counter = "class Counter:\n    value = 0\n    def work(self):\n        self.value += 1\n"
    write("package/__init__.py", "")
    write("package/counter.py", counter)
    text = WAIT.replace("import threading", "import threading\nfrom .counter import Counter")
    write(
        "package/test_it.py", text.replace("    work(ready)", "    c = Counter()\n    work(ready)")
    )
    write("package/test_other.py", WAIT)
    many = "ready.wait(1)\n    for _ in range(9):\n        threading.Thread(target=c.work).start()"

    def change(finding: Finding, document: Document) -> Edits:
        is_other = "other" in finding.place.file
        return Instead(document, "ready.wait(1)" if is_other else many)

    with_change(monkeypatch, change)
    result = fixed("unbounded-wait", "unlocked-read-modify-write")
    assert list(result.contents) == ["package/test_other.py"]
    assert [(each.place.file, why) for each, why in result.refused] == [
        ("package/test_it.py", "it would bring a finding in another file")
    ]


# -- what stays as it is ---------------------------------------------------------------------------

FORMS = {
    "crlf": WAIT.replace("\n", "\r\n").encode(),
    "mixed": WAIT.replace("\n", "\r\n", 3).encode(),
    "no-end": WAIT.rstrip("\n").encode(),
    "mark": b"\xef\xbb\xbf" + WAIT.encode(),
    "latin": "# coding: latin-1\n# caf\u00e9\n".encode("latin-1") + WAIT.encode(),
    "cyrillic": "# -*- coding: cp1251 -*-\nx = '\u0436'\n".encode("cp1251") + WAIT.encode(),
    "tabs": WAIT.replace("    ", "\t").encode(),
    "two": WAIT.replace("    ", "  ").encode(),
    "form-feed": WAIT.replace("\n\n\n", "\n\f\n\n").encode(),
    "wide": WAIT.replace("ready.wait()", "'\U0001f600\u00e9'; ready.wait()  # \u4e2d").encode(),
    "continued": WAIT.replace("ready.wait()", "ready \\\n        .wait()").encode(),
    "spaces": WAIT.replace("work(ready)", "work( ready  ,) ;  # ?").encode() + b"   \n\n\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_only_the_bytes_that_are_meant_change(form: str) -> None:
    data = FORMS[form]
    write("test_it.py", data)
    result = fixed("unbounded-wait")
    (after,) = result.contents.values()
    begin, _, end = data.partition(b"ready")[2].partition(b"wait()")
    head = data[: -len(end)] if end else data
    assert after.endswith(b"wait(timeout=10)" + end)
    assert after[: head.rindex(b"ready")] == head[: head.rindex(b"ready")]
    assert begin


def test_a_file_whose_lines_end_as_nobody_ends_them_is_left() -> None:
    write("test_it.py", WAIT.replace("\n", "\r"))
    result = fixed("unbounded-wait")
    assert (result.contents, len(result.refused)) == ({}, 1)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("x = " + "lambda: " * 700 + "1\n", "libcst does not understand the file"),
        ("x = 1  # long\n" * 40_000, "the file has more than 500,000 bytes"),
    ],
)
def test_a_file_that_is_too_much_for_libcst_is_left(more: str, why: str) -> None:
    write("test_it.py", WAIT + more)
    assert reason(fixed("unbounded-wait")).startswith(why)


def test_a_fix_that_libcst_refuses_is_no_end_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def change(finding: Finding, document: Document) -> Edits:
        if finding.place.file == "test_it.py":
            cst.Name("no name")
        return Instead(document, "ready.wait(1)")

    write("test_it.py", WAIT)
    write("test_other.py", WAIT)
    with_change(monkeypatch, change)
    result = fixed("unbounded-wait")
    assert list(result.contents) == ["test_other.py"]
    assert [why for _, why in result.refused] == [
        "libcst cannot make the change (CSTValidationError)"
    ]


def test_an_import_that_a_text_speaks_of_stays() -> None:
    text = "from oslo import cfg\n\nCONF = cfg.CONF\n\n\ndef test_it(patch):\n    patch({})\n"
    for spoken, stays in (
        ("'tests.test_it.cfg.other'", True),
        ("'cfg.other'", True),
        ("'cfg'", True),
        ("'The cfg. And more.'", False),
    ):
        write("test_it.py", text.format(spoken))
        (after,) = fixed("unused-module-name").contents.values()
        assert (b"import cfg" in after, b"CONF =" in after) == (stays, False), spoken


def test_a_file_that_libcst_does_not_know_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> cst.Module:
        raise cst.ParserSyntaxError("no", lines=[""], raw_line=1, raw_column=0)

    write("test_it.py", WAIT)
    monkeypatch.setattr(cst, "parse_module", fail)
    assert "libcst does not understand the file" in reason(fixed("unbounded-wait"))


# -- diffs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["crlf", "no-end", "mark", "latin", "wide", "tabs"])
def test_git_applies_the_diffs_to_the_bytes_that_were_offered(form: str, folder: Path) -> None:
    data = (
        FORMS[form].replace(
            b"def test_it", b"def test_two(work):\n    work.x().start()\n\n\ndef test_it"
        )
        if form == "wide"
        else FORMS[form]
    )
    path = write("tests/test it.py", data)
    result = fixed("unbounded-wait")
    diff = to_diffs(result.offers)
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], input=diff, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == result.contents["tests/test it.py"]


def test_diffs_of_one_file_can_be_applied_one_after_another() -> None:
    path = write("test_it.py", WAIT + "    work(3)\n    ready.wait()\n    work(4)\n")
    result = fixed("unbounded-wait")
    assert len(result.offers) == 2
    subprocess.run(["git", "apply", "-"], input=to_diffs(result.offers), check=True)
    assert path.read_bytes() == result.contents["test_it.py"]


def test_a_title_cannot_become_a_part_of_the_diff() -> None:
    write("test_it.py", WAIT)
    (offer,) = fixed("unbounded-wait").offers
    from dataclasses import replace

    hostile = replace(offer.finding, title="x\n--- a/other\n+++ b/other\n\x1b[2J")
    lines = to_diffs([replace(offer, finding=hostile)]).decode().splitlines()
    assert lines[0] == r"# unbounded-wait: x\n--- a/other\n+++ b/other\n\x1b[2J"
    assert lines[1:3] == ["--- a/test_it.py", "+++ b/test_it.py"]


@pytest.mark.parametrize(
    "name", ["test_a\n+++ b/other.py", 'test_"it".py', "test_\\n.py", "test_\u00e9.py", "test_ .py"]
)
def test_a_file_of_any_name_is_the_one_that_git_changes(name: str) -> None:
    path = write(f"{name.partition('/')[0]}/{name.partition('/')[2]}x_test.py", WAIT)
    result = fixed("unbounded-wait")
    assert len(result.contents) == 1
    subprocess.run(["git", "apply", "-"], input=to_diffs(result.offers), check=True)
    assert path.read_bytes() == next(iter(result.contents.values()))
    assert not Path("other.py").exists()
