"""git, asked and never obeyed: the one place that runs it.

A repository may be somebody else's, and its configuration can name programs: a pager, a file system
monitor, a signature checker, a helper that fetches what is missing. Whatever could start one is
switched off for each question, and nothing may be fetched. What is asked for are trees, commits and
the bytes of objects; no filter, no textual conversion and no hook has a part in these. What a
question takes is bounded, and what came before the bound is kept.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Answer", "ask_git"]

#: Of each, why it is there stands in the module's docstring.
_SWITCHED_OFF = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "log.diffMerges=separate",
    "log.showSignature=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
)
#: What the user's environment says of git's configuration, and of where repositories may be.
_KEPT = re.compile(
    r"GIT_(?:CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|PARAMETERS|KEY_\d+|VALUE_\d+)"
    r"|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|EXEC_PATH)"
)
_SET = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_FLUSH": "1",  # what is said before time is over arrives
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What git said."""

    said: bytes
    problem: str = ""  #: its first words where it failed, or why it could not be run
    is_cut: bool = False  #: whether it was ended before it was done

    @property
    def text(self) -> str:
        return self.said.decode(errors="surrogateescape")


def ask_git(
    arguments: Sequence[str],
    *,
    folder: str = "",
    given: bytes = b"",
    seconds: float | None = None,
) -> Answer:
    """Run git with ``arguments``: in ``folder``, whose repository is then meant whatever the
    environment says, or in the working directory, as it says.

    Paths are taken literally in a folder. After ``seconds`` git is ended.
    """
    program = _program()
    if not program:
        return Answer(b"", "git is not installed")
    command = [program, "--no-pager"]
    for each in _SWITCHED_OFF:
        command += ["-c", each]
    if folder:
        command += ["--literal-pathspecs", "-C", folder]
    try:
        done = subprocess.run(
            [*command, *arguments],
            input=given,
            capture_output=True,
            check=False,
            env=_environment(is_whole=not folder),
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as expired:
        return Answer(expired.stdout or b"", f"git took longer than {seconds:g} s", is_cut=True)
    except (OSError, ValueError) as error:
        return Answer(b"", f"git could not be run: {error}")
    if not done.returncode:
        return Answer(done.stdout)
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return Answer(done.stdout, lines[0] if lines else f"git ended with {done.returncode}")


def _program() -> str:
    """git, where the path names it outright: not one that lies in whatever folder we are in."""
    folders = [each for each in os.get_exec_path() if os.path.isabs(each)]
    found = shutil.which("git", path=os.pathsep.join(folders)) if folders else None
    if found is None:
        return ""
    # On Windows the working directory is looked at first, asked or not.
    folder = os.path.normcase(os.path.dirname(os.path.abspath(found)))
    known = {os.path.normcase(os.path.abspath(each)) for each in folders}
    return found if folder in known else ""


def _environment(*, is_whole: bool) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if is_whole or not name.startswith("GIT_") or _KEPT.fullmatch(name)
    }
    return {**kept, **_SET}
