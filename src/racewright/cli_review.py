"""The commands ``review`` and ``rule``.

Exit status of ``review``: 0 nothing found, 1 findings, 2 wrong usage, 3 nothing found where
something could not be checked, 4 a bug of ours.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from racewright.cli_fix import FIX_OPTIONS, begin_fixing, fix_review, shown_by, write_diffs
from racewright.cli_model import MODEL_OPTIONS, begin_asking, review_with_model
from racewright.cli_options import with_options
from racewright.cli_prove import PROVE_OPTIONS, begin_proving, prove_review
from racewright.errors import UsageError
from racewright.model.finding import Review
from racewright.report.wording import count

if TYPE_CHECKING:
    from racewright.review import ReviewSettings

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
@click.option(
    "--time-limit",
    type=click.IntRange(min=0),
    metavar="SECONDS",
    help="For one file; 0: none. Default: 60.",
)
@click.option("--format", "style", type=click.Choice(FORMATS), default="text")
@click.option("--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write there.")
@click.option("--diff", metavar="REV", help="Only what has changed since this git revision.")
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Not what is accepted there.",
)
@click.option("--write-baseline", is_flag=True, help="Accept, in that file, all that is found.")
@click.option(
    "--fail-on",
    type=click.Choice(["any", "defect"]),
    default="any",
    show_default=True,
    help="What makes the status 1.",
)
@click.option("--exit-zero", is_flag=True, help="Status 0 although something is found.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
@with_options(FIX_OPTIONS)
@with_options(PROVE_OPTIONS)
@with_options(MODEL_OPTIONS)
def review(paths: tuple[str, ...], style: str, output: str | None, **options: Any) -> None:
    """Review the Python files below PATHS. They are read, never imported and never run, unless
    --prove or --tests says so.

    Without PATHS: those of [tool.racewright.review] in pyproject.toml, or the working directory.

    Exit status: 0 nothing found, 1 findings, 2 wrong usage, 3 nothing found, and something could
    not be checked.
    """
    from racewright.review import review as make_review
    from racewright.review.baseline import write_baseline
    from racewright.review.changes import changed_lines

    begin_fixing(style, options)
    begin_proving(options)
    begin_asking(options)
    settings = _settings(paths, options)
    diff, is_written = options["diff"], options["write_baseline"]
    if is_written and not settings.baseline:
        raise UsageError("--write-baseline needs a file: --baseline FILE, or the key baseline")
    if is_written and diff is not None:
        raise UsageError("--write-baseline accepts all that is found; it cannot keep to --diff")
    changes = None if diff is None else changed_lines(diff)
    with _progress(options["quiet"]) as on_progress:
        made = make_review(settings, on_progress=on_progress)
    if is_written:
        number = write_baseline(made, settings.baseline, settings)
        click.echo(f"{settings.baseline}: {count(number, 'finding')} accepted")
        return
    shown = shown_by(settings, changes)
    if options["fix"] or options["suggest"]:
        is_changed, diffs = fix_review(made, settings, options, shown)
        if is_changed:
            made = make_review(settings)
            shown = shown_by(settings, None if diff is None else changed_lines(diff))
        if options["suggest"]:
            write_diffs(diffs, output)
            sys.exit(0 if options["exit_zero"] else _status(shown(made, {}), options["fail_on"]))
    made = shown(made, {})
    is_interrupted = False
    if options["prove"]:
        made, is_interrupted = prove_review(made, settings.paths, options)
    made = review_with_model(made, settings, changes, options)
    text = _told(made, style)
    if output:
        _write(output, text.rstrip("\n") + "\n")
        click.echo(made.verdict)
    else:
        click.echo(text.rstrip("\n"))
    if is_interrupted:
        sys.exit(130)
    sys.exit(0 if options["exit_zero"] else _status(made, options["fail_on"]))


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


def _settings(paths: tuple[str, ...], options: dict[str, Any]) -> ReviewSettings:
    """Those of pyproject.toml, and over them the options that were given."""
    from racewright.review import from_pyproject

    settings = from_pyproject(os.getcwd())
    words = ("ruff", "cache", "jobs", "time_limit")
    given = {name: options[name] for name in words if options[name] is not None}
    given |= {
        name: tuple(word.strip() for word in options[name].split(",") if word.strip())
        for name in ("select", "ignore")
        if options[name] is not None
    }
    return replace(
        settings,
        paths=paths or settings.paths,
        exclude=(*settings.exclude, *options["exclude"]),
        preview=options["preview"] or settings.preview,
        baseline=options["baseline"] or settings.baseline,
        **given,
    )


def _status(made: Review, fail_on: str) -> int:
    if made.defects or (fail_on == "any" and made.findings):
        return 1
    return 3 if made.gaps else 0


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


def _write(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


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
