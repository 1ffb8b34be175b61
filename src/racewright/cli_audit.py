"""The command ``audit``.

Exit status: 0 nothing is refuted, 1 something is, 2 wrong usage, 3 nothing could be decided, or the
model that was to be asked was not heard, 4 a bug of ours.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from racewright.cli_model import MODEL_OPTIONS, audit_with_model, begin_asking
from racewright.cli_options import fix_hash_seed, terminable, with_options
from racewright.errors import UsageError
from racewright.model.claim import REFUTED, Audit

if TYPE_CHECKING:
    from racewright.audit.code import Code
    from racewright.audit.texts import Text

__all__ = ["COMMANDS", "FORMATS"]

#: Seconds for which git is asked about former versions, where nobody wanted that expressly.
_UNASKED = 2.0
#: What ``--format`` takes.
FORMATS = ("text", "markdown", "json", "sarif", "html")


@click.command()
@click.argument("code", metavar="CODE")
@click.option(
    "--review",
    "reviews",
    multiple=True,
    metavar="FILE",
    help="A review: text, SARIF, or comments in JSON; - for standard input. Repeatable.",
)
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False),
    help="The folder that names are looked up in. Default: where CODE's package lies.",
)
@click.option(
    "--other-version",
    "others",
    multiple=True,
    metavar="FILE",
    help="Another version of CODE; it is told which one the cited lines fit. Repeatable.",
)
@click.option(
    "--history/--no-history",
    default=None,
    help="Whether former versions of CODE are looked for in git. Default: where cited lines do not "
    "fit.",
)
@click.option(
    "--revision",
    metavar="REV",
    help="Audit what CODE was at this revision of its git repository.",
)
@click.option(
    "--missed/--no-missed",
    default=True,
    help="Whether it is told what racewright review finds and no review says.",
)
@click.option(
    "--run",
    "target",
    metavar="TARGET",
    help="Run this test for claims that a run decides. The code is then imported, in a process of "
    "its own.",
)
@click.option("--runner", type=click.Choice(["pytest", "unittest", "callable"]))
@click.option("--runs", type=click.IntRange(min=1), default=3, show_default=True)
@click.option(
    "--undo",
    multiple=True,
    metavar="NAME",
    help="With --run: what reviews mean by the fix, as for mutate. Repeatable. Default: the locks "
    "that two tasks of the test use.",
)
@click.option(
    "--time",
    "seconds",
    type=click.FloatRange(min=1),
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    help="With --run: no new run after this.",
)
@click.option("--format", "style", type=click.Choice(FORMATS), default="text")
@click.option("--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write there.")
@click.option("--exit-zero", is_flag=True, help="Status 0 although something is refuted.")
@with_options(MODEL_OPTIONS)
def audit(
    code: str,
    reviews: tuple[str, ...],
    project: str | None,
    others: tuple[str, ...],
    history: bool | None,
    revision: str | None,
    missed: bool,
    target: str | None,
    runner: str | None,
    runs: int,
    undo: tuple[str, ...],
    seconds: float,
    style: str,
    output: str | None,
    exit_zero: bool,
    **options: Any,
) -> None:
    """Check what reviews say about CODE, a Python file: claim by claim, with evidence.

    Without --run the code is read, never imported and never run; a review is text, whatever it
    says.
    """
    from racewright.audit import audit as make_audit
    from racewright.audit import load_code, missed_by, named_apart, read_text

    begin_asking(options)
    if target is not None and revision is not None:
        raise UsageError("--run runs what the file is, and --revision audits what it was: not both")
    if undo and target is None:
        raise UsageError("--undo says what the fix is, for the runs of --run TARGET")
    if target is not None:
        fix_hash_seed(os.environ.get("PYTHONHASHSEED", ""))
        from racewright.audit.runs import Budget, with_runs
        from racewright.settings import Settings
    names = reviews or (() if sys.stdin.isatty() else ("-",))
    if not names:
        raise UsageError("an audit needs a review: --review FILE, or a text on standard input")
    if names.count("-") > 1:
        raise UsageError("standard input can be read only once")
    data = None
    if revision is None:
        subject, at = load_code(code, project or ""), ""
    else:
        subject, at, data = _former(code, project or "", revision)
    texts = named_apart([read_text(name) for name in names])
    made = replace(make_audit(subject, texts), revision=at)
    made = _with_versions(made, subject, texts, code, project or "", others, history)
    if target is not None:
        settings = Settings(runner=runner or "", root=os.getcwd())
        budget = Budget(runs=runs, seconds=seconds)
        with terminable():
            ran = with_runs(made, texts, subject, target, settings, budget=budget, undo=undo)
        made = ran.audit
        if ran.why_not:
            click.echo(f"{target} was not run: {ran.why_not}", err=True)
    if missed:
        made = missed_by(made, code, data)
    made = audit_with_model(made, texts, subject, options)
    text = _told(made, style)
    if output:
        with open(output, "w", encoding="utf-8") as file:
            file.write(text.rstrip("\n") + "\n")
        from racewright.report.audit_words import summary

        click.echo(summary(made))
    else:
        click.echo(text.rstrip("\n"))
    sys.exit(0 if exit_zero else _status(made))


COMMANDS = (audit,)


def _former(path: str, project: str, name: str) -> tuple[Code, str, bytes]:
    """What the file was at a revision, how that is told, and its bytes."""
    from racewright.audit import Limits, at_revision, code_of, load_code

    revision, data = at_revision(path, name, Limits())
    around = load_code(path, project).around
    return code_of(path, data, around), str(revision), data


def _with_versions(
    made: Audit,
    subject: Code,
    texts: list[Text],
    path: str,
    project: str,
    others: tuple[str, ...],
    history: bool | None,
) -> Audit:
    """The audit beside other versions: those that were given, and those of the file's history.

    History is looked at unasked only where a review cites lines that do not fit, and then for a few
    seconds: it is the one question that it answers, and most reviews do not ask it.
    """
    from racewright.audit import (
        Limits,
        Version,
        fits_all,
        former_versions,
        load_code,
        with_versions,
    )

    def other(name: str) -> Code:
        version = load_code(name, project)
        version.file = subject.file  # what is said of one is said of the other, whatever its name
        return version

    for each in others:
        load_code(each, project)  # what was given and cannot be read is told
    versions = [Version(name, partial(other, name), age=age) for age, name in enumerate(others)]
    looked_at, seconds = "", None
    if history or (history is None and not fits_all(subject, texts)):
        limits = Limits() if history else Limits(seconds=_UNASKED)
        former = former_versions(path, subject, texts, limits)
        if former.why_not and history:
            raise UsageError(f"--history: {path} has none: {former.why_not}")
        versions += former.versions
        looked_at, seconds = former.looked_at, former.seconds
    if not versions and not history:
        return made
    return with_versions(
        made,
        subject,
        texts,
        versions,
        looked_at=looked_at,
        is_asked=bool(history or others),
        seconds=seconds,
    )


def _status(made: Audit) -> int:
    if made.count(REFUTED):
        return 1
    is_heard = made.model is None or not made.model.failure
    return 0 if is_heard and any(claim.is_decided for claim in made.claims) else 3


def _told(made: Audit, style: str) -> str:
    from racewright.report import audit_html, audit_json, audit_markdown, audit_sarif
    from racewright.report.audit_text import to_text

    if style == "text":
        width = min(shutil.get_terminal_size((100, 24)).columns, 120)
        return to_text(made, width)
    forms: dict[str, Callable[[Audit], str]] = {
        "markdown": audit_markdown.to_markdown,
        "json": audit_json.to_json,
        "sarif": audit_sarif.to_sarif,
        "html": audit_html.to_html,
    }
    return forms[style](made)
