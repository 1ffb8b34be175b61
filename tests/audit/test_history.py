"""What a file was before, as its repository keeps it; and that the repository stays text."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from racewright.audit.history import History, Limits, at_revision, history_of
from racewright.errors import UsageError
from tests.audit.repositories import Repository

LIMITS = Limits(seconds=30.0)


def texts(history: History) -> list[bytes]:
    return [data for _, data in history.texts(30.0)]


def subjects(history: History) -> list[str]:
    return [each.subject for each in history.revisions]


@pytest.fixture
def three(tmp_path: Path) -> Repository:
    """A file of three versions."""
    repository = Repository(tmp_path / "bank")
    repository.commit("One", bank_py="a = 1\n")
    repository.commit("Two", bank_py="a = 2\n")
    repository.commit("Three", bank_py="a = 3\n")
    return repository


def path_of(repository: Repository, name: str = "bank.py") -> str:
    return str(repository.folder / name)


def test_versions_come_newest_first_with_their_texts(three: Repository) -> None:
    history = history_of(path_of(three), LIMITS)
    assert subjects(history) == ["Three", "Two", "One"]
    assert texts(history) == [b"a = 3\n", b"a = 2\n", b"a = 1\n"]
    assert (history.why_not, history.notes) == ("", ())
    first = history.revisions[0]
    assert str(first) == f"revision {three.git('rev-parse', 'HEAD')[:10]} (2024-05-04, “Three”)"


def test_a_version_that_came_back_is_one(three: Repository) -> None:
    three.commit("Two again", bank_py="a = 2\n")
    assert subjects(history_of(path_of(three), LIMITS)) == ["Two again", "Three", "One"]


def test_a_renamed_file_is_followed(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    body = "".join(f"line_{number} = {number}\n" for number in range(30))
    repository.commit("Old", old_py=body + "a = 1\n")
    repository.git("mv", "old.py", "new.py")
    repository.commit("Moved", new_py=body + "a = 2\n")
    history = history_of(path_of(repository, "new.py"), LIMITS)
    assert [each.path for each in history.revisions] == ["new.py", "old.py"]


def test_both_sides_of_a_merge_and_what_only_the_merge_has_are_versions(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit("Base", bank_py="a = 1\n\n\n\n\nb = 1\n")
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit("Side", bank_py="a = 1\n\n\n\n\nb = 2\n")
    repository.git("checkout", "--quiet", "main")
    repository.commit("Main", bank_py="a = 2\n\n\n\n\nb = 1\n")
    repository.git("merge", "--quiet", "--no-commit", "side")
    repository.commit("Merge", bank_py="a = 2\nevil = 1\n\n\n\nb = 2\n")
    history = history_of(path_of(repository), LIMITS)
    assert set(subjects(history)) == {"Merge", "Main", "Side", "Base"}
    assert b"a = 2\nevil = 1\n\n\n\nb = 2\n" in texts(history)


@pytest.mark.parametrize(
    "name", ["with space.py", "-rf.py", "new\nline.py", "*.py", ":(top)x.py", "ü'\".py"]
)
def test_any_name_of_a_file_is_only_a_name(tmp_path: Path, name: str) -> None:
    repository = Repository(tmp_path / "of it")
    repository.write("other.py", "b = 1\n")
    path = repository.write(name, "a = 1\n")
    repository.commit_all("One")
    repository.write(name, "a = 2\n")
    repository.commit_all("Two")
    assert texts(history_of(str(path), LIMITS)) == [b"a = 2\n", b"a = 1\n"]
    revision, data = at_revision(str(path), "HEAD~1", LIMITS)
    assert (revision.subject, data) == ("One", b"a = 1\n")


def test_no_more_revisions_are_looked_at_than_was_said(three: Repository) -> None:
    history = history_of(path_of(three), Limits(revisions=2, seconds=30.0))
    assert subjects(history) == ["Three", "Two"]
    assert history.notes == ("only the newest 2 were looked at",)


def test_that_older_ones_are_not_here_is_said_of_a_shallow_clone(
    three: Repository, tmp_path: Path
) -> None:
    three.git("clone", "--quiet", "--depth=2", f"file://{three.folder}", str(tmp_path / "shallow"))
    history = history_of(str(tmp_path / "shallow" / "bank.py"), LIMITS)
    assert subjects(history) == ["Three", "Two"]
    assert history.notes == ("older ones are not here: the repository is shallow",)


def test_a_file_in_a_submodule_has_the_history_of_the_submodule(
    three: Repository, tmp_path: Path
) -> None:
    around = Repository(tmp_path / "around")
    arguments = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add"]
    around.git(*arguments, str(three.folder), "inner")
    around.commit_all("With a submodule")
    history = history_of(path_of(around, "inner/bank.py"), LIMITS)
    assert subjects(history) == ["Three", "Two", "One"]


def test_a_link_has_the_history_of_what_it_leads_to(three: Repository, tmp_path: Path) -> None:
    (tmp_path / "link.py").symlink_to(three.folder / "bank.py")
    assert subjects(history_of(str(tmp_path / "link.py"), LIMITS))[0] == "Three"


def test_a_repository_that_the_environment_names_is_not_the_files(
    three: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    other.commit("Elsewhere", bank_py="b = 1\n")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.folder))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_GLOB_PATHSPECS", "1")
    assert subjects(history_of(path_of(three), LIMITS)) == ["Three", "Two", "One"]


# --- No history ---


def why_not(path: Path | str) -> str:
    history = history_of(str(path), LIMITS)
    assert history.revisions == ()
    return history.why_not


def test_a_file_in_no_repository_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "bank.py").write_text("a = 1\n")
    assert why_not(tmp_path / "bank.py") == "it does not lie in a git repository"


def test_a_file_that_was_never_committed_has_none(three: Repository) -> None:
    three.write("new.py", "a = 1\n")
    assert why_not(path_of(three, "new.py")) == "it was never committed"


def test_a_repository_without_a_commit_has_none(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.write("bank.py", "a = 1\n")
    assert why_not(path_of(repository)) == "there is no commit yet"


def test_a_file_beside_what_a_bare_repository_keeps_has_none(tmp_path: Path) -> None:
    bare = Repository(tmp_path / "bare.git", "--bare")
    assert why_not(bare.write("bank.py", "a = 1\n")) == "it does not lie in a git repository"


def test_a_file_in_the_folder_of_git_has_none(three: Repository) -> None:
    assert why_not(three.write(".git/bank.py", "a = 1\n")) in (
        "it lies in git's own folder",
        "it does not lie in a git repository",
    )


def test_without_git_there_is_none(three: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(three.folder))
    assert why_not(path_of(three)) == "git is not installed"


def test_a_git_that_lies_in_the_folder_is_not_run(
    three: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path that names the working directory, as some do."""
    own = three.write("git", "#!/bin/sh\ntouch run\n")
    own.chmod(0o755)
    monkeypatch.chdir(three.folder)
    for path in (".", "", f".{os.pathsep}"):
        monkeypatch.setenv("PATH", path)
        assert why_not(path_of(three)) == "git is not installed"
    assert not (three.folder / "run").exists()


def test_that_git_refuses_a_folder_of_another_user_is_said(
    three: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git's own tests pretend that by a variable, which we would not hand on."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setattr("racewright.review.repository._KEPT", re.compile("GIT_.*"))
    assert "safe.directory" in why_not(path_of(three))


def test_a_repository_that_is_broken_says_why(three: Repository) -> None:
    (three.folder / ".git" / "config").write_text("[core\n")
    assert "bad config" in why_not(path_of(three))


def test_a_configuration_that_never_ends_takes_no_longer_than_was_said(
    three: Repository, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (three.folder / ".git" / "config").write_text(f"[include]\n\tpath = {tmp_path}/pipe\n")
    assert history_of(path_of(three), Limits(seconds=0.2)).why_not == "git took longer than 0.2 s"


def test_what_is_not_in_the_object_store_is_left_out(three: Repository) -> None:
    blob = three.git("rev-parse", "HEAD~1:bank.py")
    (three.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert texts(history_of(path_of(three), LIMITS)) == [b"a = 3\n", b"a = 1\n"]


def test_what_is_huge_is_left_out(three: Repository) -> None:
    three.commit("Huge", bank_py=b"#" * 5_000_001)
    history = history_of(path_of(three), LIMITS)
    assert subjects(history)[0] == "Huge"
    assert texts(history) == [b"a = 3\n", b"a = 2\n", b"a = 1\n"]


def test_a_history_that_takes_too_long_is_cut(three: Repository, tmp_path: Path) -> None:
    """A git that never answers stands for a history of a million commits."""
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(
        '#!/bin/sh\ncase " $* " in *" log "*) '
        f'{real.strip()} "$@" | head -c 400; read never < "{tmp_path}/pipe";; esac\n'
        f'exec {real.strip()} "$@"\n'
    )
    slow.chmod(0o755)
    os.mkfifo(tmp_path / "pipe")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PATH", str(slow.parent), prepend=os.pathsep)
        history = history_of(path_of(three), Limits(seconds=0.5))
    assert history.notes == ("older ones were not looked for: the time for it was over",)
    assert subjects(history)[0] == "Three"


# --- At a revision ---


def test_the_text_of_a_revision_is_read_by_any_name_of_it(three: Repository) -> None:
    three.git("tag", "v1", "HEAD~2")
    for name in ("v1", "HEAD~2", three.git("rev-parse", "HEAD~2"), "main~2"):
        revision, data = at_revision(path_of(three), name, LIMITS)
        assert (revision.subject, data) == ("One", b"a = 1\n")


def test_a_revision_in_which_the_file_had_another_name_has_its_text(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit("Old", old_py="a = 1\n" * 9)
    repository.git("mv", "old.py", "new.py")
    repository.commit("Moved", new_py="a = 1\n" * 9 + "b = 1\n")
    _, data = at_revision(path_of(repository, "new.py"), "HEAD~1", LIMITS)
    assert data == b"a = 1\n" * 9


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nonesuch", "the repository has no such revision"),
        ("--output=stolen", "is no revision"),
        ("", "is no revision"),
        ("HEAD\0", "is no revision"),
        ("HEAD:bank.py", "the repository has no such revision"),
        ("HEAD~1\n--all", "the repository has no such revision"),
        ("empty", "the file is not there at that revision"),
    ],
)
def test_what_is_no_revision_is_told(three: Repository, name: str, why: str) -> None:
    three.git("checkout", "--quiet", "--orphan", "empty")
    three.git("rm", "--quiet", "-r", "--cached", ".")
    three.git("commit", "--quiet", "--allow-empty", "-m", "Nothing")
    three.git("checkout", "--quiet", "--force", "main")
    with pytest.raises(UsageError, match=why):
        at_revision(path_of(three), name, LIMITS)
    assert sorted(path.name for path in three.folder.iterdir()) == [".git", "bank.py"]


# --- What a repository could run ---


def test_nothing_that_a_repository_names_is_run(tmp_path: Path) -> None:
    """Every setting of git's that names a program names one here that leaves a mark."""
    repository = Repository(tmp_path / "hostile")
    repository.commit("One", bank_py="a = 1\n", pkg_py="b = 1\n")
    marks = tmp_path / "marks"
    marks.mkdir()
    program = tmp_path / "mark.sh"
    program.write_text(f'#!/bin/sh\ntouch "{marks}/$$-$(basename "$0")"\ncat\n')
    program.chmod(0o755)
    signed = repository.git("cat-file", "commit", "HEAD").replace(
        "\n\nOne",
        "\ngpgsig -----BEGIN PGP SIGNATURE-----\n nonsense\n -----END PGP SIGNATURE-----\n\nSigned",
    )
    (tmp_path / "signed").write_text(signed + "\n")
    commit = repository.git("hash-object", "-t", "commit", "-w", str(tmp_path / "signed"))
    repository.git("reset", "--quiet", "--soft", commit)
    repository.write(".gitattributes", "*.py diff=mark filter=mark merge=mark\n")
    repository.commit("Two", bank_py="a = 2\n")
    blob = repository.git("rev-parse", "HEAD~1:bank.py")
    for name in [
        "core.fsmonitor", "core.pager", "pager.log", "core.editor", "core.sshCommand",
        "core.askPass", "core.gitProxy", "core.alternateRefsCommand", "diff.external",
        "diff.mark.command", "diff.mark.textconv", "filter.mark.clean", "filter.mark.smudge",
        "filter.mark.process", "merge.mark.driver", "gpg.program", "gpg.ssh.program",
        "credential.helper", "remote.origin.uploadpack", "uploadpack.packObjectsHook",
        "interactive.diffFilter", "sequence.editor", "browser.mark.cmd", "web.browser",
        "alias.log", "alias.cat-file", "alias.rev-parse",
    ]:  # fmt: skip
        shell = "!" if name.startswith("alias") else ""
        repository.git("config", name, f"{shell}{program}")
    hooks = repository.folder / ".git" / "hooks"
    for name in ("post-index-change", "post-checkout", "reference-transaction", "pre-auto-gc"):
        (hooks / name).write_bytes(program.read_bytes())
        (hooks / name).chmod(0o755)
    for name, value in {
        "log.showSignature": "true",
        "log.diffMerges": "on",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{program}",
        "core.repositoryFormatVersion": "1",
    }.items():
        repository.git("config", name, value)
    (repository.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for each in marks.iterdir():
        each.unlink()  # of making it
    history = history_of(path_of(repository), LIMITS)
    assert "Two" in subjects(history)
    assert b"a = 2\n" in texts(history)
    assert at_revision(path_of(repository), "HEAD", LIMITS)[1] == b"a = 2\n"
    with pytest.raises(UsageError):
        at_revision(path_of(repository), "HEAD~1", LIMITS)
    assert [each.name for each in marks.iterdir()] == []
