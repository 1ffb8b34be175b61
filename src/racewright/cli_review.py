"""The commands ``review`` and ``rule``.

Exit status of ``review``: 0 no defect, 1 defects, 2 wrong usage, 3 nothing could be read, 4 a bug
of ours.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import click

from racewright.model.finding import Review

__all__ = ["COMMANDS", "FORMATS"]

#: What ``--format`` takes.
FORMATS = ("text", "json", "sarif", "markdown", "github", "gitlab", "rdjson", "junit")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--select", metavar="RULES", help="Only these rules: names or patterns, by commas.")
@click.option("--ignore", metavar="RULES", help="Not these rules.")
@click.option("--preview", is_flag=True, help="Also the rules that are in preview.")
@click.option("--exclude", multiple=True, metavar="PATH", help="Do not read this. Repeatable.")
@click.option("--ruff/--no-ruff", default=None, help="Whether ruff is asked as well.")
@click.option("--cache/--no-cache", default=None, help="Whether unchanged files are remembered.")
@click.option("--jobs", "-j", type=click.IntRange(min=0), help="Default: one per core.")
@click.option("--format", "style", type=click.Choice(FORMATS), default="text")
@click.option("--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write there.")
@click.option("--diff", metavar="REV", help="Only what has changed since this git revision.")
@click.option("--exit-zero", is_flag=True, help="Status 0 although there are defects.")
@click.option("--strict", is_flag=True, help="Status 1 for improvements, too.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
def review(
    paths: tuple[str, ...],
    select: str | None,
    ignore: str | None,
    preview: bool,
    exclude: tuple[str, ...],
    ruff: bool | None,
    cache: bool | None,
    jobs: int | None,
    style: str,
    output: str | None,
    diff: str | None,
    exit_zero: bool,
    strict: bool,
    quiet: bool,
) -> None:
    """Review the Python files below PATHS. They are read, never imported and never run.

    Without PATHS: those of [tool.racewright.review] in pyproject.toml, or the working directory.
    """
    from racewright.review import from_pyproject
    from racewright.review import review as make_review
    from racewright.review.changes import changed_lines, only_changed

    settings = from_pyproject(os.getcwd())
    settings = replace(
        settings,
        paths=paths or settings.paths,
        exclude=(*settings.exclude, *exclude),
        select=_words(select, settings.select),
        ignore=_words(ignore, settings.ignore),
        preview=preview or settings.preview,
        ruff=settings.ruff if ruff is None else ruff,
        cache=settings.cache if cache is None else cache,
        jobs=settings.jobs if jobs is None else jobs,
    )
    changes = None if diff is None else changed_lines(diff)
    with _progress(quiet) as on_progress:
        made = make_review(settings, on_progress=on_progress)
    if changes is not None:
        made = only_changed(made, changes)
    text = _told(made, style)
    if output:
        with open(output, "w", encoding="utf-8") as file:
            file.write(text.rstrip("\n") + "\n")
        click.echo(made.verdict)
    else:
        click.echo(text.rstrip("\n"))
    sys.exit(0 if exit_zero else _status(made, strict))


@click.command()
@click.argument("name", required=False)
def rule(name: str | None) -> None:
    """Print the manual page of a rule; without NAME, a list of them."""
    from racewright.review import all_rules, find_rule

    if name is None:
        longest = max(len(each.name) for each in all_rules())
        for each in all_rules():
            weak = f"CWE-{each.cwe}" if each.cwe else ""
            state = "  (preview)" if each.preview else ""
            click.echo(f"{each.name:{longest}}  {each.kind:11}  {weak:8}  {each.title}{state}")
        return
    found = find_rule(name)
    weak = f", CWE-{found.cwe}" if found.cwe else ""
    click.echo(f"{found.name} ({found.kind}{weak})\n")
    if found.preview:
        click.echo(f"In preview: {found.preview}\n")
    click.echo(found.page)


COMMANDS = (review, rule)


def _words(text: str | None, default: tuple[str, ...]) -> tuple[str, ...]:
    if text is None:
        return default
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _status(made: Review, is_strict: bool) -> int:
    if made.defects or (is_strict and made.findings):
        return 1
    return 3 if not made.files and any(note.is_gap for note in made.notes) else 0


def _told(made: Review, style: str) -> str:
    from racewright.report import review_json, review_markdown, review_sarif, review_services
    from racewright.report.review_text import to_text

    if style == "text":
        width = min(shutil.get_terminal_size((100, 24)).columns, 120)
        return to_text(made, width)
    forms: dict[str, Callable[[Review], str]] = {
        "json": review_json.to_json,
        "sarif": review_sarif.to_sarif,
        "markdown": review_markdown.to_markdown,
        "github": review_services.to_github,
        "gitlab": review_services.to_gitlab,
        "rdjson": review_services.to_rdjson,
        "junit": review_services.to_junit,
    }
    return forms[style](made)


@contextlib.contextmanager
def _progress(is_quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, nothing elsewhere."""
    if is_quiet or not sys.stderr.isatty() or os.environ.get("CI"):
        yield None
        return

    def tell(done: int, of: int) -> None:
        if done % 20 == 0 or done == of:
            click.echo(f"\r{done} of {of} files", err=True, nl=False)

    yield tell
    click.echo("\r" + " " * 40 + "\r", err=True, nl=False)
