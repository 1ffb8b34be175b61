"""What a file was before, as git keeps it.

The revisions of one file are followed back from what is checked out, through merges and renames, as
``git log --follow`` does: newest first, so many at most, and for so many seconds. A revision that
left the file with the same bytes as one before is no version of its own. Blobs are read by their
name in the object store, so nothing that the repository says is done to them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from racewright import originals
from racewright.errors import UsageError
from racewright.review.repository import ask_git
from racewright.review.source import LARGEST

__all__ = ["History", "Limits", "Revision", "at_revision", "history_of", "revisions_named"]

#: Bytes of texts that are asked for at one time.
_AT_ONCE = 20_000_000
_RAW = re.compile(r"\n?:\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*\Z")
_COMMIT = re.compile(r"[0-9a-f]{40,64}\Z")
#: A subject is cut by git, which may have one of many megabytes.
_FORMAT = "%x00%H%x00%cs%x00%<(72,trunc)%s"


@dataclass(frozen=True, slots=True)
class Limits:
    """How far back is looked, and how long."""

    revisions: int = 500
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit that left the file with other bytes."""

    commit: str
    date: str  #: 2024-05-31, the committer's
    subject: str
    blob: str  #: the object's name
    path: str  #: of the file, in that commit

    def __str__(self) -> str:
        return f"revision {self.commit[:10]} ({self.date}, “{self.subject}”)"


@dataclass(frozen=True, slots=True)
class History:
    """The versions of a file, newest first; or why there are none."""

    folder: str = ""
    revisions: tuple[Revision, ...] = ()
    why_not: str = ""
    notes: tuple[str, ...] = ()  #: what of it is not there

    def texts(self, seconds: float) -> Iterator[tuple[Revision, bytes]]:
        """What the file held at each revision; of those that are not here, or huge, nothing."""
        end = originals.monotonic() + seconds
        sizes = _sizes(self.folder, [each.blob for each in self.revisions], seconds)
        batch: list[Revision] = []
        total = 0
        for each in self.revisions:
            size = sizes.get(each.blob, LARGEST + 1)
            if size > LARGEST:
                continue
            if batch and total + size > _AT_ONCE:
                yield from self._read(batch, end)
                batch, total = [], 0
            batch.append(each)
            total += size
        yield from self._read(batch, end)

    def _read(self, batch: list[Revision], end: float) -> Iterator[tuple[Revision, bytes]]:
        left = end - originals.monotonic()
        if batch and left > 0:
            asked = "".join(f"{each.blob}\n" for each in batch).encode()
            answer = ask_git(["cat-file", "--batch"], folder=self.folder, given=asked, seconds=left)
            found = dict(_blobs(answer.said))
            yield from ((each, found[each.blob]) for each in batch if each.blob in found)


def history_of(path: str, limits: Limits) -> History:
    """The revisions of the file at ``path``, or why they are not known."""
    end = originals.monotonic() + limits.seconds
    folder, name, why_not = _place(path, limits.seconds)
    if why_not:
        return History(why_not=why_not)
    most = limits.revisions
    arguments = ["log", "--follow", "-m", "--raw", "-z", "--no-abbrev", "--no-color"]
    arguments += ["--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-notes"]
    arguments += ["--no-decorate", "--encoding=UTF-8", f"--max-count={most + 1}"]
    arguments += [f"--format={_FORMAT}", "HEAD", "--", name]
    left = max(end - originals.monotonic(), 0.1)
    answer = ask_git(arguments, folder=folder, seconds=left)
    found = list(_revisions(answer.said.decode(errors="surrogateescape")))
    commits = dict.fromkeys(each.commit for each in found)
    kept = set(list(commits)[:most])
    notes = []
    if answer.is_cut:
        notes.append("older ones were not looked for: the time for it was over")
    elif len(commits) > most:
        notes.append(f"only the newest {most} were looked at")
    elif answer.problem and found:
        notes.append(f"older ones could not be read: {answer.problem}")
    asked = ["rev-parse", "--is-shallow-repository"]
    if ask_git(asked, folder=folder, seconds=limits.seconds).said.strip() == b"true":
        notes.append("older ones are not here: the repository is shallow")
    by_blob: dict[str, Revision] = {}
    for each in found:
        if each.commit in kept:
            by_blob.setdefault(each.blob, each)
    if not by_blob:
        reason = answer.problem or "git knows no revision of it"
        return History(why_not=reason, notes=tuple(notes))
    return History(folder, tuple(by_blob.values()), notes=tuple(notes))


def at_revision(path: str, name: str, limits: Limits) -> tuple[Revision, bytes]:
    """What the file at ``path`` held at the revision that ``name`` means, under that name or one
    that it had before.

    Raises ``UsageError`` where there is no such revision, or no such file in it.
    """
    folder, file, why_not = _place(path, limits.seconds, is_checked_out=False)
    if why_not:
        raise UsageError(f"--revision {name}: {why_not}")
    if name.startswith("-") or not name.strip() or "\0" in name:
        raise UsageError(f"--revision: {name!r} is no revision")
    asked = ["rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
    commit = ask_git(asked, folder=folder, seconds=limits.seconds).text.strip()
    if not _COMMIT.match(commit):
        raise UsageError(f"--revision {name}: the repository has no such revision")
    places = [f"./{file}"]
    seconds = limits.seconds
    blob = _blob_at(folder, f"{commit}:{places[0]}", seconds)
    if not blob:
        former = history_of(path, limits).revisions
        places = list(dict.fromkeys(each.path for each in former))
        blobs = (_blob_at(folder, f"{commit}:{place}", seconds) for place in places)
        blob = next((found for found in blobs if found), "")
    if not blob:
        raise UsageError(f"--revision {name}: the file is not there at that revision")
    revision = _about(folder, commit, blob, file, seconds)
    texts = dict(History(folder, (revision,)).texts(limits.seconds))
    if revision not in texts:
        raise UsageError(f"--revision {name}: what the file held is not here, or is huge")
    return revision, texts[revision]


def revisions_named(path: str, commits: Iterable[str], limits: Limits) -> list[Revision]:
    """What the file at ``path`` was at ``commits``, as far as these are here.

    Only whole names of commits are taken for such: they come from a review.
    """
    folder, file, why_not = _place(path, limits.seconds, is_checked_out=False)
    found = []
    for commit in [each for each in commits if _COMMIT.match(each)] if not why_not else ():
        blob = _blob_at(folder, f"{commit}:./{file}", limits.seconds)
        if blob:
            found.append(_about(folder, commit, blob, file, limits.seconds))
    return found


def _about(folder: str, commit: str, blob: str, file: str, seconds: float) -> Revision:
    """A commit, as it is told."""
    arguments = ["log", "--max-count=1", "--no-show-signature", "--no-color", "--encoding=UTF-8"]
    answer = ask_git([*arguments, f"--format={_FORMAT}", commit], folder=folder, seconds=seconds)
    _, _, date, subject = (answer.said.decode(errors="replace").split("\0") + [""] * 4)[:4]
    return Revision(commit, date, _shown(subject), blob, file)


def _place(path: str, seconds: float, *, is_checked_out: bool = True) -> tuple[str, str, str]:
    """The folder of a file, its name in it, and why it has no history."""
    folder, name = os.path.split(os.path.realpath(path))
    inside = ask_git(["rev-parse", "--is-inside-work-tree"], folder=folder, seconds=seconds)
    if inside.problem:
        return folder, name, _why(inside.problem)
    if inside.said.strip() != b"true":
        return folder, name, "it lies in git's own folder"
    if is_checked_out and not _blob_at(folder, f"HEAD:./{name}", seconds):
        asked = ["rev-parse", "--verify", "--quiet", "HEAD"]
        head = ask_git(asked, folder=folder, seconds=seconds)
        return folder, name, "it was never committed" if head.said else "there is no commit yet"
    return folder, name, ""


def _why(problem: str) -> str:
    if "not a git repository" in problem or "cannot use bare repository" in problem:
        return "it does not lie in a git repository"
    if "dubious ownership" in problem:
        return "git refuses a repository that belongs to somebody else (see safe.directory)"
    return problem.removeprefix("fatal: ")


def _blob_at(folder: str, name: str, seconds: float) -> str:
    """The object's name of a file in a commit; empty where there is none."""
    asked = ["rev-parse", "--verify", "--quiet", name]
    blob = ask_git(asked, folder=folder, seconds=seconds).text.strip()
    if not _COMMIT.match(blob):
        return ""
    kind = ask_git(["cat-file", "-t", blob], folder=folder, seconds=seconds)
    return blob if kind.said.strip() == b"blob" else ""


def _sizes(folder: str, blobs: Sequence[str], seconds: float) -> dict[str, int]:
    asked = "".join(f"{blob}\n" for blob in blobs).encode()
    answer = ask_git(["cat-file", "--batch-check"], folder=folder, given=asked, seconds=seconds)
    lines = (line.split() for line in answer.text.splitlines())
    return {words[0]: int(words[2]) for words in lines if words[1:2] == ["blob"]}


def _blobs(said: bytes) -> Iterator[tuple[str, bytes]]:
    """What ``cat-file --batch`` printed, object by object."""
    at = 0
    while (end := said.find(b"\n", at)) >= 0:
        words = said[at:end].decode(errors="replace").split()
        at = end + 1
        if len(words) == 3 and words[2].isdecimal():
            size = int(words[2])
            if len(said) <= at + size:
                return
            yield words[0], said[at : at + size]
            at += size + 1


def _revisions(said: str) -> Iterator[Revision]:
    """What ``log --raw -z`` printed: a commit, then its entries, each with one name or two."""
    tokens = iter(said.split("\0"))
    commit = date = subject = ""
    for token in tokens:
        entry = _RAW.match(token)
        if entry is not None:
            path = next(tokens, "")
            if entry[3] in "RC":
                path = next(tokens, "")
            if entry[1] in ("100644", "100755"):
                yield Revision(commit, date, subject, entry[2], path)
        elif _COMMIT.match(token):
            commit, date, subject = token, next(tokens, ""), _shown(next(tokens, ""))


def _shown(subject: str) -> str:
    words = "".join(each if each.isprintable() else " " for each in subject)
    return " ".join(words.split())
