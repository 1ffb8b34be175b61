"""How fast a review reads: lines a minute from cold and from the cache, beside ruff and pylint.

``python benchmarks/review_speed.py [FOLDER] [--pylint PROGRAM] [--runs N] [--markdown PAGE]``;
without a folder, the standard library. The times of ``ruff check --select ALL`` and of pylint on
the same files are measures that a machine does not change much. pylint is run on every tenth file,
with as many processes as there are cores. It is looked for on the path; it is best installed into
an environment of its own::

    python -m venv /tmp/pylint && /tmp/pylint/bin/pip install pylint
    python benchmarks/review_speed.py --pylint /tmp/pylint/bin/pylint

Each is run several times, and the shortest time counts: what else the machine does only adds.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from racewright.model.finding import Review
from racewright.review import ReviewSettings, review
from racewright.review.external import find_ruff
from racewright.review.source import files_in
from racewright.settings import core_count

#: What the time from the cache is to be at the most, of the time from cold.
WANTED = 10
MARKS = ("<!-- table: benchmarks/review_speed.py --markdown -->\n", "<!-- end of table -->")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=os.path.dirname(os.__file__))
    parser.add_argument("--pylint", default=shutil.which("pylint") or "")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--markdown", metavar="PAGE")
    options = parser.parse_args()
    folder = os.path.abspath(options.folder)
    excluded = (os.path.join(folder, "site-packages"),)
    pairs = [_reviewed(folder, excluded) for _ in range(options.runs)]
    cold = min((one for one, _ in pairs), key=lambda each: each.seconds)
    warm = min((each for _, more in pairs for each in more), key=lambda each: each.seconds)
    rows = [
        ("review, cold", cold.seconds, cold.seconds),
        ("review, from the cache", warm.seconds, cold.seconds),
    ]
    files = list(files_in([folder], excluded))
    for name, command, part in _others(options.pylint):
        some = files[::part]
        seconds = min(_seconds(command, some) for _ in range(options.runs)) * part
        rows.append((name, seconds, cold.seconds))
    table = "".join(_told(cold, rows))
    print(table)
    if warm.seconds * WANTED > cold.seconds:
        print(f"The cache is less than {WANTED} times as fast.")
    if options.markdown:
        page = Path(options.markdown)
        before, _, rest = page.read_text().partition(MARKS[0])
        _, _, after = rest.partition(MARKS[1])
        page.write_text(f"{before}{MARKS[0]}{table}{MARKS[1]}{after}")


def _reviewed(folder: str, excluded: tuple[str, ...]) -> tuple[Review, list[Review]]:
    """A review without a cache, and two with all in it."""
    with tempfile.TemporaryDirectory() as empty, contextlib.chdir(empty):
        settings = ReviewSettings(paths=(folder,), exclude=excluded, ruff=False)
        return review(settings), [review(settings) for _ in range(2)]


def _others(pylint: str) -> Iterator[tuple[str, list[str], int]]:
    """The name of another program, how it is run, and every how many files it is given."""
    ruff = find_ruff()
    if ruff:
        checking = ["check", "--isolated", "--no-cache", "--exit-zero", "-q"]
        yield f"{_version(ruff)}, all rules", [ruff, *checking, "--select=ALL"], 1
        yield f"{_version(ruff)}, its default rules", [ruff, *checking], 1
    if pylint:
        yield _version(pylint), [pylint, f"-j{core_count()}", "--exit-zero"], 10


def _version(program: str) -> str:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return told.stdout.partition("\n")[0]


def _seconds(command: list[str], files: list[str]) -> float:
    began = time.monotonic()
    for start in range(0, len(files), 500):
        subprocess.run([*command, *files[start : start + 500]], capture_output=True, check=False)
    return time.monotonic() - began


def _told(cold: Review, rows: list[tuple[str, float, float]]) -> Iterator[str]:
    yield "| program | seconds | lines a minute | the cold review took |\n"
    yield "| --- | --- | --- | --- |\n"
    for name, seconds, of in rows:
        rate = cold.lines / seconds * 60
        yield f"| {name} | {seconds:.1f} | {rate:,.0f} | {of / seconds:.2f} times as long |\n"
    yield (
        f"\n{cold.files:,} files of {cold.lines:,} lines, {len(cold.findings)} findings of "
        f"{len(cold.rules)} rules.\nPython {platform.python_version()}, {core_count()} cores, load "
        f"{os.getloadavg()[0]:.1f} at the end.\n"
    )


if __name__ == "__main__":
    main()
