"""``--model`` as it is typed: what is asked, what is shown, and how the command ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

pytest.importorskip("openai")

from racewright.cli import main
from tests.audit.support import project
from tests.language_model.server import Reply, Server, raw, saying, serving, status

ROOT = Path(__file__).parent.parent.parent
OPEN = "1. What puzzles me is that nobody ever seems to call `_forgotten`.\n"
FALSE = "2. What puzzles me is that nobody ever seems to call `_write`.\n"
TRUE = "3. The `helper` function takes two parameters.\n"


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("RACEWRIGHT_MODEL_ENDPOINT", raising=False)
    monkeypatch.setenv("RACEWRIGHT_MODEL_KEY", "sk-test-0123456789abcdefghij")
    monkeypatch.chdir(tmp_path)
    project(tmp_path)


def restating(request: Any) -> str:
    entries = []
    for each in request.data["passages"]:
        found = re.search(r"nobody ever seems to call (`\w+`)", each["words"])
        if found:
            claim = f"{found[1]} is never called"
            entries.append({"id": each["id"], "quote": found[0], "claim": claim})
    return json.dumps({"claims": entries})


def status_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    assert isinstance(end.value.code, int)
    return end.value.code


def audit(words: str, server: Server | None, *more: str) -> int:
    Path("review.md").write_text(words)
    there = ["--model", "small", "--endpoint", server.url] if server is not None else []
    return status_of("audit", "bank/service.py", "--review", "review.md", *there, *more)


def review(server: Server | None, *more: str) -> int:
    there = ["--model", "small", "--endpoint", server.url] if server is not None else []
    return status_of("review", "--no-ruff", "--no-cache", "bank/service.py", *there, *more)


Said = pytest.CaptureFixture[str]


# --- Off by default ---


def test_without_the_option_the_client_is_not_even_imported() -> None:
    Path("review.md").write_text(OPEN)
    code = (
        "import sys\nfrom racewright.cli import main\n"
        "try:\n    main(['audit', 'bank/service.py', '--review', 'review.md'])\n"
        "except SystemExit as end:\n    print(end.code)\n"
        "try:\n    main(['review', '--no-ruff', '--no-cache', 'bank/service.py'])\n"
        "except SystemExit as end:\n    print(end.code)\n"
        "names = ('openai', 'httpx', 'httpx2', 'racewright.language_model')\n"
        "print([name for name in names if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_an_endpoint_in_the_environment_alone_asks_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(saying(restating)) as server:
        monkeypatch.setenv("RACEWRIGHT_MODEL_ENDPOINT", server.url)
        assert audit(OPEN, None) == 3
        assert review(None) == 0
    assert server.asked == []


@pytest.mark.parametrize(
    "option", [["--endpoint", "http://localhost/v1"], ["--model-show"], ["--model-time", "5"]]
)
@pytest.mark.parametrize("command", ["audit", "review"])
def test_options_of_the_model_need_the_model(command: str, option: list[str], capsys: Said) -> None:
    assert status_of(command, "bank/service.py", *option) == 2
    assert f"{option[0]} is for --model, which is not given" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["audit", "review"])
def test_without_the_package_the_command_names_it_and_reads_nothing(
    command: str, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    more = ["--model", "small", "--endpoint", "http://localhost:1/v1"]
    assert status_of(command, "there-is-no-such-file.py", *more) == 2
    said = capsys.readouterr()
    assert "pip install 'racewright[model]'" in said.err
    assert said.out == ""


def test_a_package_that_cannot_be_used_is_a_failure_of_the_model(
    capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    import openai

    monkeypatch.delattr(openai, "OpenAI")
    with serving(saying(restating)) as server:
        assert audit(OPEN + TRUE, server) == 3
    assert "the package openai cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", " ", "a\x1b[2Jb", "x" * 300])
def test_what_is_no_name_of_a_model_is_refused(name: str, capsys: Said) -> None:
    assert status_of("audit", "bank/service.py", "--model", name) == 2
    assert "is no name of a model" in capsys.readouterr().err


def test_without_an_endpoint_the_command_says_how_to_give_one(capsys: Said) -> None:
    assert status_of("review", "bank/service.py", "--model", "small") == 2
    assert "--endpoint URL" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--suggest", "--write-baseline"])
def test_a_command_without_a_report_asks_no_model(option: str, capsys: Said) -> None:
    if option == "--suggest":
        pytest.importorskip("libcst")
    with serving(saying("x")) as server:
        assert review(server, option, "--baseline", "b.json") == 2
    assert "--model is not for it" in capsys.readouterr().err
    assert server.asked == []


# --- How an audit ends ---


@pytest.mark.parametrize(
    ("words", "wanted"),
    [(OPEN, 0), (OPEN + TRUE, 0), (OPEN + FALSE, 1), ("Ghastly prose, my dear.", 3)],
)
def test_a_claim_of_the_model_counts_as_any_other(words: str, wanted: int) -> None:
    with serving(saying(restating)) as server:
        assert audit(words, server) == wanted
        assert audit(words, server, "--exit-zero") == 0


BROKEN: dict[str, Reply] = {
    "key": status(401),
    "model": status(404),
    "busy": status(429, retry_after="99"),
    "broken": raw(b"<html>"),
    "shape": raw(b"{}"),
    "empty": raw(b'{"choices": []}'),
    "elsewhere": raw(b"", 307, location="https://example.org/v1"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_model_that_is_not_heard_ends_the_audit_with_3_and_its_report(
    name: str, capsys: Said
) -> None:
    audit(OPEN + TRUE, None)
    before = capsys.readouterr().out
    with serving(BROKEN[name]) as server:
        assert audit(OPEN + TRUE, server) == 3
    said = capsys.readouterr()
    assert said.out.startswith(before.rstrip("\n"))
    assert "The model was not heard to the end: " in said.out
    assert said.err.startswith("racewright: the model small was not heard to the end: ")
    with serving(BROKEN[name]) as server:
        assert audit("`LIMIT` is never used. Ghastly `helper`.", server) == 1
        assert audit(OPEN + TRUE, server, "--exit-zero") == 0


def test_nobody_at_the_endpoint_ends_the_audit_with_3(capsys: Said) -> None:
    with serving(saying("x")) as server:
        pass
    assert audit(OPEN + TRUE, server) == 3
    assert "no connection with 127.0.0.1" in capsys.readouterr().err


# --- How a review ends ---


def test_a_review_ends_as_without_a_model(capsys: Said) -> None:
    with serving(saying("1. `helper` has no docstring.\n2. There are 9 defects.\n")) as server:
        assert review(server) == review(None) == 0
    first, _, second = capsys.readouterr().out.partition("Asked as well: model small at ")
    assert "Said by model small, and so in the code, which makes no defect of it:" in first
    assert second


@pytest.mark.parametrize("name", BROKEN)
def test_a_model_that_is_not_heard_ends_the_review_with_3_and_its_report(
    name: str, capsys: Said
) -> None:
    with serving(BROKEN[name]) as server:
        assert review(server) == 3
        assert review(server, "--exit-zero") == 0
    assert capsys.readouterr().out.startswith("No security defects are detected in the code.\n")


def test_findings_outweigh_a_model_that_is_not_heard() -> None:
    Path("defect.py").write_text(
        "import threading\n\nready = threading.Condition()\n\n\ndef wait():\n"
        "    with ready:\n        ready.wait()\n"
    )
    with serving(status(401)) as server:
        assert review(server, "defect.py") == 1


def test_with_a_difference_only_changed_files_are_sent() -> None:
    for command in (
        ["init", "-q"],
        ["add", "bank"],
        ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], check=True)
    Path("bank/errors.py").write_text("class Full(Exception):\n    x = 1\n")
    with serving(saying("1. `Full` is defined in the code.\n")) as server:
        assert review(server, "bank", "--diff", "HEAD") == 0
    assert [each.data["file"] for each in server.asked] == ["bank/errors.py"]


# --- What would be sent ---


def test_what_would_be_sent_to_audit_is_shown_and_not_sent(
    capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(saying(restating)) as server:
        assert audit(OPEN, server) == 0
        (asked,) = server.asked
        capsys.readouterr()
        monkeypatch.setitem(sys.modules, "openai", None)  # which is not needed to show it
        assert audit(OPEN, server, "--model-show") == 0
    assert len(server.asked) == 1
    shown = capsys.readouterr().out
    head, _, body = shown.partition("\n\n")
    assert head.startswith(f"POST {server.url}/chat/completions\n")
    assert "sk-test" not in shown
    assert json.loads(body) == asked.body


def test_what_would_be_sent_to_review_is_shown_and_not_sent(capsys: Said) -> None:
    with serving(saying("1. x")) as server:
        assert review(server, "--model-show", "bank/store.py") == 0
    assert server.asked == []
    shown = capsys.readouterr().out
    assert shown.count(f"POST {server.url}/chat/completions\n") == 2
    assert "detected" not in shown


def test_nothing_to_send_is_said(capsys: Said) -> None:
    with serving(saying("x")) as server:
        assert audit(TRUE, server, "--model-show") == 0
    assert capsys.readouterr().out == "There is nothing to send.\n"


# --- The reports ---


def test_the_endpoint_of_the_project_is_used(capsys: Said) -> None:
    with serving(saying(restating)) as server:
        text = f'[tool.racewright.model]\nendpoint = "{server.url}"\n'
        Path("pyproject.toml").write_text(text)
        assert audit(OPEN, None, "--model", "small") == 0
    assert len(server.asked) == 1
    assert "Asked as well: model small at 127.0.0.1:" in capsys.readouterr().out


def test_the_json_has_the_documented_fields_and_no_other(capsys: Said) -> None:
    with serving(saying(restating)) as server:
        audit(OPEN + FALSE + TRUE, server, "--format", "json")
    report = json.loads(capsys.readouterr().out)
    page = (ROOT / "docs/reference/audit-json.md").read_text()
    text = page.partition("## Model\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
    assert set(report["model"]) == {n for c in cells for n in re.findall(r"`([^`]+)`", c)}
    assert [(each["quote"], each["extractor"], each["restated"]) for each in report["claims"]][
        -2:
    ] == [
        (f"nobody ever seems to call `{name}`", "model small", f"`{name}` is never called")
        for name in ("_forgotten", "_write")
    ]
    assert {each["extractor"] for each in report["claims"][:-2]} == {None}


def test_every_format_says_that_the_form_is_the_model_s(capsys: Said) -> None:
    with serving(saying(restating)) as server:
        for style in ("text", "markdown", "sarif", "html"):
            audit(OPEN + FALSE + TRUE, server, "--format", style)
            told = capsys.readouterr().out
            assert "estated by model small" in told, style
            assert "Asked as well" in told, style
            if style == "sarif":
                schema = (ROOT / "tests/review/sarif-schema-2.1.0.json").read_text()
                jsonschema.validate(json.loads(told), json.loads(schema))


def test_two_reviews_are_restated_each_for_itself(capsys: Said) -> None:
    Path("other.md").write_text(FALSE)
    with serving(saying(restating)) as server:
        audit(OPEN, server, "--review", "other.md", "--format", "json")
    report = json.loads(capsys.readouterr().out)
    found = [(e["review"], e["verdict"]) for e in report["claims"] if e["extractor"]]
    assert found == [("review.md", "supported"), ("other.md", "refuted")]
