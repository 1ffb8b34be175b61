"""The command, in a repository: which revision a review was written for."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from racewright.cli import commands
from racewright.errors import UsageError
from tests.audit.repositories import Repository
from tests.audit.support import SERVICE

REVIEW = "1. `LIMIT` on line 12.\n2. `UNUSED` on line 13.\n3. `helper` is never called.\n"


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A file that the review was written for, and that has changed twice since."""
    repository = Repository(tmp_path / "bank")
    repository.commit("First", bank_py=SERVICE)
    repository.commit("With a licence", bank_py="# A licence.\n" * 3 + SERVICE)
    repository.commit("More", bank_py="# A licence.\n" * 3 + SERVICE + "\n\nMORE = 1\n")
    repository.write("review.md", REVIEW)
    monkeypatch.chdir(repository.folder)
    return repository


def run(*options: str) -> Result:
    arguments = ["audit", "bank.py", "--review", "review.md", "--exit-zero", *options]
    return CliRunner().invoke(commands, arguments, catch_exceptions=False)


def report(*options: str) -> dict[str, Any]:
    done = run("--format", "json", *options)
    found: dict[str, Any] = json.loads(done.output)
    return found


def moved(made: dict[str, Any]) -> list[str]:
    return [each["text"] for each in made["remarks"] if each["kind"].startswith("moved")]


def test_where_cited_lines_do_not_fit_the_revision_that_they_fit_is_named(bank: Repository) -> None:
    made = report("--no-missed")
    commit = bank.git("rev-parse", "HEAD~2")
    assert moved(made) == [
        f"its cited lines fit revision {commit[:10]} (2024-05-02, “First”): 2 of 2; bank.py fits "
        "0 of 2; 3 versions in git's history"
    ]
    told = {each["commit"]: (each["fits"], each["is_audited"]) for each in made["fits"]}
    assert told == {None: (0, True), commit: (2, False)}


def test_the_search_ends_with_a_version_that_all_fits_unless_all_are_asked_for(
    bank: Repository,
) -> None:
    commits = [None, bank.git("rev-parse", "HEAD~1"), bank.git("rev-parse", "HEAD~2")]
    assert [each["commit"] for each in report("--no-missed")["fits"]] == [commits[0], commits[2]]
    assert [each["commit"] for each in report("--no-missed", "--history")["fits"]] == commits


def test_where_they_fit_history_is_not_looked_at(bank: Repository) -> None:
    bank.write("bank.py", SERVICE)
    made = report("--no-missed")
    assert (moved(made), made["fits"]) == ([], [])


def test_a_review_without_lines_is_looked_up_only_if_that_is_asked(bank: Repository) -> None:
    bank.write("bank.py", SERVICE.replace("UNUSED", "KEPT"))
    bank.write("review.md", "The `UNUSED` constant is never used.\n")
    assert moved(report("--no-missed")) == []
    (told,) = moved(report("--no-missed", "--history"))
    assert told.startswith(f"it may be about revision {bank.git('rev-parse', 'HEAD')[:10]}")
    assert "UNUSED is there, and not here" in told


def test_history_is_left_alone_if_that_is_asked(bank: Repository) -> None:
    assert report("--no-missed", "--no-history")["fits"] == []


def test_that_there_is_no_history_is_told_only_to_who_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    Path("bank.py").write_text("# more\n" * 3 + SERVICE)
    Path("review.md").write_text(REVIEW)
    assert report("--no-missed")["fits"] == []
    with pytest.raises(UsageError, match=r"bank.py has none: it does not lie in a git repository"):
        run("--history")


def test_a_former_text_is_audited_as_it_was(bank: Repository) -> None:
    made = report("--revision", "HEAD~2")
    first = bank.git("rev-parse", "HEAD~2")[:10]
    assert made["revision"] == f"revision {first} (2024-05-02, “First”)"
    verdicts = [(each["kind"], each["verdict"]) for each in made["claims"]]
    assert verdicts.count(("line-reference", "supported")) == 2
    line = SERVICE.splitlines().index("                    time.sleep(0.1)") + 1
    assert any(line in each["lines"] for each in made["missed"]) or made["missed"] == []


def test_what_no_review_says_is_told_of_the_text_that_is_audited(bank: Repository) -> None:
    racy = "import threading\n\n\ndef once():\n    lock = threading.Lock()\n    with lock:\n"
    racy += "        return 1\n"
    bank.commit("Racy", bank_py="# one\n" + racy)
    bank.commit("Gone", bank_py="a = 1\n")
    bank.write("review.md", "The code is fine.\n")
    assert report()["missed"] == []
    lines = [each["lines"] for each in report("--revision", "HEAD~1")["missed"]]
    now = [each["lines"] for each in at_once(bank, "# one\n" + racy)["missed"]]
    assert lines == now != []


def at_once(bank: Repository, source: str) -> dict[str, Any]:
    bank.write("bank.py", source)
    return report()


def test_the_other_formats_name_the_revision(bank: Repository) -> None:
    first = bank.git("rev-parse", "HEAD~2")[:10]
    for style in ("text", "markdown", "html"):
        output = run("--no-missed", "--revision", "HEAD~2", "--format", style).output
        assert f"revision {first}" in " ".join(output.split()), style


def test_what_is_run_cannot_be_a_former_text(bank: Repository) -> None:
    with pytest.raises(UsageError, match="not both"):
        run("--revision", "HEAD", "--run", "bank.py")


def test_a_subject_with_markup_or_a_secret_is_text(bank: Repository) -> None:
    subject = "<script>alert(1)</script> \x1b[31m password='hunter2hunter2' \u202e"
    bank.commit(subject, bank_py=SERVICE + "\n# end\n")
    bank.commit("Last", bank_py="# more\n" * 3 + SERVICE)
    for style in ("text", "html", "markdown", "json"):
        output = run("--no-missed", "--format", style).output
        assert "\x1b" not in output
        assert "\u202e" not in output
        assert "hunter2" not in output
        assert style == "json" or style == "text" or "<script>alert" not in output


def test_a_version_that_is_no_program_is_passed_over(bank: Repository) -> None:
    bank.commit("Broken", bank_py=SERVICE + "\ndef (:\n")
    bank.commit("Bytes", bank_py=b"\xff\xfe\x00a\n" * 20)
    bank.commit("Last", bank_py="# more\n" * 4 + SERVICE)
    (told,) = moved(report("--no-missed"))
    assert "(2024-05-02, “First”): 2 of 2" in told


def test_a_file_of_another_name_is_another_version_of_the_same(bank: Repository) -> None:
    bank.write("old.py", SERVICE)
    bank.write("review.md", "### bank.py\n\n" + REVIEW)
    (told,) = moved(report("--no-missed", "--no-history", "--other-version", "old.py"))
    assert told.startswith("its cited lines fit old.py: 2 of 2; bank.py fits 0 of 2")
    assert os.path.exists("old.py")


def comments(bank: Repository, *made: dict[str, Any]) -> str:
    """Review comments as GitHub exports them."""
    return str(
        bank.write("review.json", json.dumps([{"path": "bank.py", **each} for each in made]))
    )


def test_an_outdated_comment_is_looked_up_at_the_commit_that_it_was_made_at(
    bank: Repository,
) -> None:
    """Of several versions that fit alike, that one; also where it was never merged."""
    bank.git("checkout", "--quiet", "-b", "side", "HEAD~2")
    side = bank.commit("On the side", bank_py=SERVICE + "\n\nSIDE = 1\n")
    bank.git("checkout", "--quiet", "main")
    made = {"line": None, "original_commit_id": side}
    path = comments(
        bank,
        {"body": "`LIMIT` is a constant", "original_line": 12, **made},
        {"body": "`UNUSED` is not used", "original_line": 13, **made},
    )
    arguments = ["audit", "bank.py", "--review", path, "--exit-zero", "--no-missed"]
    done = CliRunner().invoke(commands, [*arguments, "--format", "json"], catch_exceptions=False)
    (told,) = moved(json.loads(done.output))
    assert told.startswith(f"its cited lines fit revision {side[:10]} (2024-05-05, “On the side”)")
    assert "its comments were made there" in told


def test_what_a_comment_calls_its_commit_is_only_a_name(bank: Repository) -> None:
    for name in ("--output=stolen", "HEAD:bank.py", "main", "0" * 40, "x" * 40, "../../etc"):
        made = {"line": None, "original_commit_id": name, "original_line": 12}
        path = comments(bank, {"body": "`LIMIT` is a constant", **made})
        arguments = ["audit", "bank.py", "--review", path, "--exit-zero", "--no-missed"]
        done = CliRunner().invoke(commands, arguments, catch_exceptions=False)
        assert done.exit_code == 0
        assert "were made there" not in done.output
    assert sorted(each.name for each in bank.folder.iterdir()) == [
        ".git",
        "bank.py",
        "review.json",
        "review.md",
    ]
