"""The command ``audit``.

Exit status: 0 nothing is refuted, 1 something is, 2 wrong usage, 3 nothing could be decided, 4 a
bug of ours.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from racewright.cli_options import fix_hash_seed, terminable
from racewright.errors import UsageError
from racewright.model.claim import REFUTED, Audit

if TYPE_CHECKING:
    from racewright.audit.code import Code
    from racewright.run import Program
    from racewright.settings import Settings

__all__ = ["COMMANDS", "FORMATS"]

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
    "--missed/--no-missed",
    default=True,
    help="Whether it is told what racewright review finds and no review says.",
)
@click.option(
    "--run",
    "target",
    metavar="TARGET",
    help="Run this, as overlap would, for claims that a run decides. The code is then imported.",
)
@click.option("--runner", type=click.Choice(["pytest", "unittest", "callable"]))
@click.option("--runs", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--format", "style", type=click.Choice(FORMATS), default="text")
@click.option("--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write there.")
@click.option("--exit-zero", is_flag=True, help="Status 0 although something is refuted.")
def audit(
    code: str,
    reviews: tuple[str, ...],
    project: str | None,
    others: tuple[str, ...],
    missed: bool,
    target: str | None,
    runner: str | None,
    runs: int,
    style: str,
    output: str | None,
    exit_zero: bool,
) -> None:
    """Check what reviews say about CODE, a Python file: claim by claim, with evidence.

    Without --run the code is read, never imported and never run; a review is text, whatever it
    says.
    """
    from racewright.audit import audit as make_audit
    from racewright.audit import load_code, missed_by, named_apart, read_text, with_versions

    if target is not None:
        fix_hash_seed(os.environ.get("PYTHONHASHSEED", ""))
    names = reviews or (() if sys.stdin.isatty() else ("-",))
    if not names:
        raise UsageError("an audit needs a review: --review FILE, or a text on standard input")
    if names.count("-") > 1:
        raise UsageError("standard input can be read only once")
    subject = load_code(code, project or "")
    texts = named_apart([read_text(name) for name in names])
    made = make_audit(subject, texts)
    if others:
        made = with_versions(made, texts, [load_code(each, project or "") for each in others])
    if target is not None:
        made = _run(made, subject, target, runner or "", runs)
    if missed:
        made = missed_by(made, code)
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


def _run(made: Audit, subject: Code, target: str, runner: str, runs: int) -> Audit:
    from racewright.audit.runs import Budget, decided_by_runs
    from racewright.search.targets import each_program
    from racewright.settings import Settings

    settings = Settings(runner=runner, root=os.getcwd())
    found: list[Audit] = []

    def run_one(program: Program, chosen: Settings) -> Audit:
        if not found:
            found.append(decided_by_runs(made, subject, program, chosen, Budget(runs=runs)))
        return found[0]

    with terminable():
        each_program(target, settings, run_one)
    return found[0] if found else made


def _status(made: Audit) -> int:
    if made.count(REFUTED):
        return 1
    return 0 if any(claim.is_decided for claim in made.claims) else 3


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
