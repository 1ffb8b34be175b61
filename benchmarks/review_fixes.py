"""Whether fixes leave real files whole: every one parses, and a second run changes nothing.

Files with something to fix are looked for in source trees, copied with their places, others beside
them up to the number wanted, and fixed as ``racewright review --fix`` would, and then as if every
suggestion had been taken. The trees themselves are only read.

    python benchmarks/review_fixes.py TREE... [--files 200] [--json FILE]

The exit status is 0 if no file was broken and nothing was changed twice, else 1. With fewer files
than were asked for it is 1 as well.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from racewright.fixes import Fixing, all_fixes, fix_project, write_over
from racewright.model.finding import Review
from racewright.review import ReviewSettings, review
from racewright.review.again import Again
from racewright.review.source import files_in

GRADES = {"--fix": frozenset({"safe"}), "--suggest": frozenset({"safe", "suggested"})}


@dataclass
class Measured:
    """What became of the files under fixes of one kind."""

    files: int = 0
    lines: int = 0
    findings: int = 0  #: that have a fix of the kind
    changed: int = 0  #: files
    fixed: Counter[str] = field(default_factory=Counter)  #: by rule
    refused: Counter[str] = field(default_factory=Counter)  #: by reason
    broken: list[str] = field(default_factory=list)  #: files that parse no longer
    changed_again: list[str] = field(default_factory=list)  #: by a second run
    seconds: float = 0.0


def chosen(trees: list[Path], most: int) -> list[tuple[Path, Path]]:
    """Files of the trees, each with its tree: those with something to fix, then any others."""
    found: list[tuple[Path, Path]] = []
    others: list[tuple[Path, Path]] = []
    for tree in trees:
        rules = tuple(sorted(all_fixes()))
        settings = ReviewSettings(paths=(str(tree),), select=rules, ruff=False, cache=False)
        made = review(settings)
        named = {os.path.abspath(e.place.file) for e in made.findings if e.fix != "none"}
        print(f"{tree.name}: {made.files} files, {len(named)} with something to fix", flush=True)
        for path in map(os.path.abspath, files_in(settings.paths)):
            (found if path in named else others).append((tree, Path(path)))
    found = [each for each in found if parses(each[1])]
    others = [each for each in others if parses(each[1])]
    random.Random(0).shuffle(others)
    return [*found[:most], *others[: max(0, most - len(found))]]


def copied(files: list[tuple[Path, Path]], folder: Path) -> None:
    """Copy each file to its place, and what makes the folders above it packages."""
    for tree, file in files:
        relative = file.relative_to(os.path.abspath(tree))
        target = folder / tree.name / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        for above in relative.parents:
            if (tree / above / "__init__.py").is_file() and above != Path():
                (folder / tree.name / above / "__init__.py").touch()


def fixed(grades: frozenset[str], again: Again, made: Review, data: dict[str, bytes]) -> Fixing:
    def all_of_it(review: Review, _contents: Mapping[str, bytes]) -> Review:
        return review

    return fix_project(made, again, data, grades=grades, shown=all_of_it)


def measure(grades: frozenset[str], names: list[str], rounds: int = 2) -> Measured:
    """Fix the files of the working directory, twice."""
    settings = ReviewSettings(ruff=False, cache=False, select=tuple(sorted(all_fixes())))
    found = Measured(files=len(names))
    began = time.monotonic()
    for number in range(rounds):
        made = review(settings)
        again = Again(made, settings)
        data = {file: Path(path).read_bytes() for file, path in again.paths.items()}
        result = fixed(grades, again, made, data)
        for file, after in result.contents.items():
            reason = write_over(again.paths[file], data[file], after)
            assert reason is None, f"{file}: {reason}"
        if number:
            found.changed_again = sorted(result.contents)
            continue
        found.lines = sum(data[name].count(b"\n") for name in names)
        found.findings = sum(each.fix in grades for each in made.findings)
        found.changed = len(result.contents)
        found.fixed = Counter(each.finding.rule for each in result.offers)
        found.refused = Counter(f"{each.rule}: {reason}" for each, reason in result.refused)
    found.broken = [name for name in names if not parses(Path(name))]
    found.seconds = time.monotonic() - began
    return found


def parses(path: Path) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return False
    return True


def told(word: str, measured: Measured) -> str:
    lines = [
        f"{word}: {measured.files} files, {measured.lines:,} lines, {measured.findings} findings; "
        f"{measured.changed} files changed, {sum(measured.fixed.values())} findings fixed, "
        f"{len(measured.broken)} broken, {len(measured.changed_again)} changed again, "
        f"{measured.seconds:.0f} s"
    ]
    lines += [f"  {number:4} fixed    {rule}" for rule, number in sorted(measured.fixed.items())]
    lines += [f"  {number:4} not      {why}" for why, number in sorted(measured.refused.items())]
    lines += [f"  BROKEN {name}" for name in measured.broken]
    lines += [f"  CHANGED AGAIN {name}" for name in measured.changed_again]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trees", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    files = chosen(arguments.trees, arguments.files)
    results = {}
    for word, grades in GRADES.items():
        with tempfile.TemporaryDirectory() as folder:
            copied(files, Path(folder))
            names = sorted(
                (Path(tree.name) / file.relative_to(os.path.abspath(tree))).as_posix()
                for tree, file in files
            )
            before = os.getcwd()
            os.chdir(folder)
            try:
                results[word] = measure(grades, names)
            finally:
                os.chdir(before)
        print(told(word, results[word]), flush=True)
    if arguments.json:
        arguments.json.write_text(
            json.dumps({word: vars(each) for word, each in results.items()}, indent=1)
        )
    is_good = all(not each.broken and not each.changed_again for each in results.values())
    return 0 if is_good and len(files) >= arguments.files else 1


if __name__ == "__main__":
    sys.exit(main())
