"""The part of ``racewright review`` that runs something: ``--prove`` and what goes with it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from racewright.cli_options import fix_hash_seed, terminable
from racewright.errors import UsageError
from racewright.model.finding import Review

__all__ = ["PROVE_OPTIONS", "begin_proving", "prove_review"]

PROVE_OPTIONS: list[Callable[[Any], Any]] = [
    click.option(
        "--prove",
        is_flag=True,
        help="Run tests to confirm what was found: the code is imported and run.",
    ),
    click.option(
        "--tests",
        multiple=True,
        metavar="TARGET",
        help="The tests to run, as for explore. Repeatable. Default: what is reviewed and is a "
        "script; then the tests that import what is reviewed, nearest first.",
    ),
    click.option(
        "--runner",
        type=click.Choice(["pytest", "unittest"]),
        help="What --tests are names for; guessed where it is not given.",
    ),
    click.option(
        "--schedules",
        type=click.IntRange(min=3),
        default=200,
        show_default=True,
        help="With --prove: executions for each finding.",
    ),
    click.option(
        "--time",
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        help="With --prove: begin nothing new after this.",
    ),
    click.option("--seed", type=int, default=0, help="With --prove: of every random choice."),
    click.option(
        "--instrument",
        multiple=True,
        metavar="PACKAGE",
        help="With --prove: switch at this package's accesses to memory, too. Repeatable.",
    ),
]

#: Options that mean nothing without ``--prove``, and what they are then.
_NEEDS = {"runner": None, "schedules": 200, "time": None, "seed": 0, "instrument": ()}


def begin_proving(options: dict[str, Any]) -> None:
    """Before anything else: the process is started again where its hash seed is not fixed."""
    if options["prove"]:
        fix_hash_seed(os.environ.get("PYTHONHASHSEED", ""))
        return
    is_fixing = options["fix"] or options["suggest"]
    for name, default in _NEEDS.items():
        if options[name] != default and not (is_fixing and name == "runner"):
            raise UsageError(f"--{name} is for --prove, which is not given")


def prove_review(
    made: Review, paths: Sequence[str], options: dict[str, Any]
) -> tuple[Review, bool]:
    """The review with what experiments made of it, and whether the user wanted an end."""
    from racewright.prove import Budget, prove
    from racewright.settings import Settings

    settings = Settings(
        runner=options["runner"] or "",
        instrument=options["instrument"],
        seed=options["seed"],
        root=os.getcwd(),
    )
    is_shown = not options["quiet"] and sys.stderr.isatty() and not os.environ.get("CI")

    def tell(step: str) -> None:
        if is_shown:
            click.echo(f"\r\x1b[K{step[:100]}", err=True, nl=False)

    with terminable():
        proved, is_interrupted = prove(
            made,
            settings,
            tests=options["tests"],
            paths=paths,
            budget=Budget(options["schedules"], options["time"]),
            on_step=tell,
        )
    if is_shown:
        click.echo("\r\x1b[K", err=True, nl=False)
    return proved, is_interrupted
