"""The part of ``racewright review`` that changes files: ``--fix`` and ``--suggest``.

What is changed is told on standard error, so that standard output has the report of what is left,
or, with ``--suggest``, nothing but the diffs.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from racewright.errors import UsageError
from racewright.model.finding import Finding, Note, Review
from racewright.report.wording import clean, count

if TYPE_CHECKING:
    from racewright.fixes import Fixing, Offer
    from racewright.review import ReviewSettings
    from racewright.review.again import Again

__all__ = ["FIX_OPTIONS", "begin_fixing", "fix_review", "shown_by", "write_diffs"]

#: Findings of which is told why they have no fix.
_MOST_REFUSED = 20

Shown = Callable[[Review, Mapping[str, bytes]], Review]

FIX_OPTIONS: list[Callable[[Any], Any]] = [
    click.option("--fix", is_flag=True, help="Make the changes that are safe, in the files."),
    click.option("--suggest", is_flag=True, help="Print the other changes, as a diff."),
]


def begin_fixing(style: str, options: dict[str, Any]) -> None:
    """Refuse what makes no sense together, before anything is read."""
    is_on = options["fix"] or options["suggest"]
    if options["tests"] and not (is_on or options["prove"]):
        raise UsageError("--tests is for --prove, --fix and --suggest; none of them is given")
    for name in ("prove", "write_baseline") if is_on else ():
        if options[name]:
            word = name.replace("_", "-")
            raise UsageError(f"--{word} is one thing and --fix or --suggest another: one by one")
    if is_on and options["runner"] and not options["tests"]:
        raise UsageError("--runner says what --tests are names for, and there are none")
    if options["suggest"] and style != "text":
        raise UsageError("--suggest prints a diff in place of the report, so it has no --format")
    if is_on:
        try:
            import libcst  # noqa: F401
        except ImportError as error:
            hint = "pip install 'racewright[review]'"
            raise UsageError(f"--fix and --suggest need libcst ({hint})") from error


def shown_by(settings: ReviewSettings, changes: dict[str, list[range]] | None) -> Shown:
    """What leaves, of a review, the findings that are to be told."""
    from racewright.review.baseline import apply_baseline
    from racewright.review.changes import moved_lines, only_changed
    from racewright.review.source import read_bytes

    def moved(file: str, lines: list[range], contents: Mapping[str, bytes]) -> list[range]:
        before = read_bytes(file) if file in contents else None
        return moved_lines(lines, before, contents[file]) if isinstance(before, bytes) else lines

    def shown(review: Review, contents: Mapping[str, bytes]) -> Review:
        if settings.baseline:
            review = apply_baseline(review, settings.baseline, settings, contents)
        if changes is not None:
            now = {file: moved(file, lines, contents) for file, lines in changes.items()}
            review = only_changed(review, now)
        return review

    return shown


def fix_review(
    made: Review, settings: ReviewSettings, options: dict[str, Any], shown: Shown
) -> tuple[bool, bytes]:
    """Fix what is shown of ``made``. Whether files were changed, and the diff of the rest."""
    from racewright.fixes import Trial, fix_project, to_diffs
    from racewright.review.again import Again

    told = shown(made, {})
    again = Again(made, settings)
    data = _contents(told, again)
    runner = options["runner"] or "pytest"
    trial = Trial(options["tests"], again.paths, runner) if options["tests"] else None
    fixed = partial(
        fix_project,
        told,
        again,
        data,
        shown=shown,
        tests=trial.why_not if trial is not None else None,
    )
    is_changed, contents, diffs = False, dict[str, bytes](), b""
    if options["fix"]:
        applied = fixed(grades=frozenset({"safe"}))
        contents = _written(applied, again, data)
        offers = [each for each in applied.offers if each.finding.place.file in contents]
        is_changed = bool(offers)
        _tell("Fixed", offers, applied.refused)
    if options["suggest"]:
        grades = {"suggested"} if options["fix"] else {"safe", "suggested"}
        suggested = fixed(grades=frozenset(grades), base=contents)
        diffs = to_diffs(suggested.offers)
        _tell("Suggested", suggested.offers, suggested.refused)
    if trial is not None:
        _tell_tests(trial.runs, sorted(trial.tried - trial.loaded))
    return is_changed, diffs


def _contents(told: Review, again: Again) -> dict[str, bytes]:
    """What is now in the files that the findings speak of."""
    from racewright.review.source import read_bytes

    files = sorted({each.place.file for each in told.findings} & set(again.paths))
    read = {file: read_bytes(again.paths[file]) for file in files}
    return {file: each for file, each in read.items() if not isinstance(each, Note)}


def _written(applied: Fixing, again: Again, data: dict[str, bytes]) -> dict[str, bytes]:
    """What could be written of it."""
    from racewright.fixes import write_over

    written = {}
    for file, after in sorted(applied.contents.items()):
        reason = write_over(again.paths[file], data[file], after)
        if reason is None:
            written[file] = after
        else:
            click.echo(f"Not written: {clean(file)}: {reason}", err=True)
    return written


def _tell(word: str, offers: list[Offer], refused: list[tuple[Finding, str]]) -> None:
    files = Counter(each.finding.place.file for each in offers)
    total = f"{count(len(offers), 'finding')} in {count(len(files), 'file')}"
    click.echo(f"{word}: {total}" if offers else f"{word}: nothing", err=True)
    for file in sorted(files):
        rules = Counter(o.finding.rule for o in offers if o.finding.place.file == file)
        named = ", ".join(
            f"{rule} ({number} times)" if number > 1 else rule
            for rule, number in sorted(rules.items())
        )
        click.echo(f"  {clean(file)}: {named}", err=True)
    for finding, reason in refused[:_MOST_REFUSED]:
        first, *_ = reason.splitlines()
        click.echo(f"  not {clean(str(finding.place))} {finding.rule}: {clean(first)}", err=True)
    if len(refused) > _MOST_REFUSED:
        click.echo(f"  nor {count(len(refused) - _MOST_REFUSED, 'finding')} more", err=True)


def _tell_tests(runs: int, unloaded: list[str]) -> None:
    click.echo(f"The tests were run {count(runs, 'time')}.", err=True)
    for file in unloaded:
        click.echo(f"  They never import {clean(file)}, so they say nothing of it.", err=True)


def write_diffs(diffs: bytes, output: str | None) -> None:
    """To the file, or standard output: as they are, but escaped on a terminal."""
    if output:
        try:
            with open(output, "wb") as file:
                file.write(diffs)
        except OSError as error:
            raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    elif sys.stdout.isatty():
        for line in diffs.decode(errors="replace").splitlines():
            click.echo(clean(line))
    else:
        click.echo(diffs, nl=False)
