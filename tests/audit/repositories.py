"""Small git repositories, made with no more of the user's configuration than git needs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

__all__ = ["Repository"]


class Repository:
    """A repository in a folder, with commits a day apart."""

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.days = 0
        self.git("init", "--quiet", "--initial-branch=main", *options)

    def git(self, *arguments: str) -> str:
        moment = f"2024-05-{1 + self.days:02} 12:00:00 +0000"
        mine = {name: each for name, each in os.environ.items() if not name.startswith("GIT_")}
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        done = subprocess.run(
            ["git", *identity, "-c", "commit.gpgSign=false", *arguments],
            cwd=self.folder,
            env={
                **mine,
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_DATE": moment,
                "GIT_COMMITTER_DATE": moment,
            },
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, subject: str, **files: str | bytes) -> str:
        """Write the files, ``bank_py`` for ``bank.py``, and commit all; gives the commit."""
        for name, text in files.items():
            self.write(name.replace("_py", ".py"), text)
        return self.commit_all(subject)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def commit_all(self, subject: str) -> str:
        self.days += 1
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")
