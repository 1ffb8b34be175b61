"""How fast a review reads: lines a minute from cold and from the cache, beside ruff and pylint.

``python benchmarks/review_speed.py [FOLDER]``; without a folder, the standard library. The time of
``ruff check --select ALL`` on the same files is the measure that a machine does not change much;
pylint is measured where it is installed, on a tenth of the files.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time

from racewright.review import ReviewSettings, review
from racewright.review.external import find_ruff
from racewright.review.source import files_in


def main(folder: str) -> None:
    """Measure, and print a table."""
    folder = os.path.abspath(folder)
    excluded = (os.path.join(folder, "site-packages"),)
    with tempfile.TemporaryDirectory() as empty, contextlib.chdir(empty):
        settings = ReviewSettings(paths=(folder,), exclude=excluded, ruff=False)
        cold = review(settings)
        warm = review(settings)
    print(f"{cold.files:,} files, {cold.lines:,} lines, {len(cold.findings)} findings")
    print(f"cold    {cold.seconds:7.1f} s  {cold.lines / cold.seconds * 60:12,.0f} lines a minute")
    print(f"cached  {warm.seconds:7.1f} s  {warm.lines / warm.seconds * 60:12,.0f} lines a minute")
    print(
        f"        {cold.seconds / warm.seconds:.1f} times as fast; {warm.from_cache:,} from cache"
    )
    files = list(files_in([folder], excluded))
    ruff = find_ruff()
    if ruff:
        command = [ruff, "check", "--isolated", "--no-cache", "--exit-zero", "-q", "--select=ALL"]
        _compare("ruff", command, files, cold.seconds)
    pylint = [sys.executable, "-m", "pylint", "-j0", "--exit-zero"]
    if subprocess.run([*pylint, "--version"], capture_output=True, check=False).returncode == 0:
        tenth = files[::10]
        _compare("pylint (a tenth of the files)", pylint, tenth, cold.seconds / 10)


def _compare(name: str, command: list[str], files: list[str], seconds: float) -> None:
    began = time.monotonic()
    for start in range(0, len(files), 500):
        subprocess.run([*command, *files[start : start + 500]], capture_output=True, check=False)
    taken = time.monotonic() - began
    print(f"{name}: {taken:.1f} s; the review took {seconds / taken:.2f} times as long")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.__file__))
