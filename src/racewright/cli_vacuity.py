"""``racewright overlap`` and ``racewright mutate``: whether a test can notice anything."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from racewright.cli_options import (
    TARGET_OPTIONS,
    fix_hash_seed,
    progress,
    terminable,
    with_options,
)
from racewright.errors import UsageError
from racewright.model.vacuity import Mutation, Overlap
from racewright.settings import ISOLATIONS, STRATEGIES, Settings

__all__ = ["mutate", "overlap"]

#: Exit statuses by outcome, the worst first.
_MUTATED = {"fails-already": 2, "vacuous": 1, "gaps": 1, "inconclusive": 3, "notices": 0}
_OVERLAPPED = {"inconclusive": 3, "never-overlapped": 1, "overlapped": 0}

_SLACK = click.option(
    "--slack",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Virtual seconds by which a runnable task may be kept waiting, so that time-outs come "
    "first. Default: none for some executions, then some.",
)


@click.command()
@click.argument("target", metavar="TARGET")
@click.option(
    "--undo",
    multiple=True,
    metavar="NAME",
    help="Neutralise this alone: a decorated function (pkg.mod:Class.method), or what is at a line "
    "(file.py:14). May be repeated.",
)
@click.option(
    "--schedules",
    type=click.IntRange(min=1),
    default=500,
    show_default=True,
    help="Executions of each mutant, and of the target as it stands.",
)
@click.option(
    "--time", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop each of them after this."
)
@click.option("--strategy", type=click.Choice(STRATEGIES), default="auto", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@_SLACK
@click.option("--jobs", "-j", type=click.IntRange(min=0), default=0, help="Default: one per core.")
@click.option("--isolation", type=click.Choice(ISOLATIONS), default="auto", show_default=True)
@click.option("--minimise/--no-minimise", default=True)
@click.option("--corpus/--no-corpus", default=True, help="Try saved failing schedules first.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
@with_options(TARGET_OPTIONS)
def mutate(target: str, undo: tuple[str, ...], style: str, quiet: bool, **options: Any) -> None:
    """Take each lock and each wait away from TARGET, and see whether it fails.

    Every lock, semaphore, lock decorator, wait and join of the project that two tasks use is
    neutralised in turn, and the target explored. A test that notices nothing of it is vacuous.

    Exit status: 0 all was noticed, 1 something was not, 2 wrong usage, or the target fails as it
    is, 3 inconclusive.
    """
    fix_hash_seed(os.environ.get("PYTHONHASHSEED", ""))
    settings = Settings(**{**options, "runner": options["runner"] or ""}, root=os.getcwd())
    from racewright.report import text, vacuity
    from racewright.search.targets import each_program
    from racewright.vacuity.mutate import mutate_program

    done: list[Mutation] = []
    with progress(quiet or style != "text") as on_progress, terminable():

        def mutate_one(program: Any, chosen: Settings) -> Mutation:
            done.append(mutate_program(program, chosen, undo=undo, on_progress=on_progress))
            return done[-1]

        is_interrupted = _until_interrupted(lambda: each_program(target, settings, mutate_one))
    if is_interrupted and not done:
        raise KeyboardInterrupt
    if style == "json":
        click.echo(vacuity.mutations_to_json(done))
    else:
        for mutation in done:
            if mutation.outcome == "fails-already" and mutation.before is not None:
                text.show(mutation.before)
        vacuity.show(vacuity.mutations_to_text(done))
    if is_interrupted or done[-1].interrupted:
        sys.exit(130)
    sys.exit(_worst(_MUTATED, [each.outcome for each in done]))


@click.command()
@click.argument("target", metavar="TARGET")
@click.argument("section_a", metavar="A")
@click.argument("section_b", metavar="B")
@click.option(
    "--runs",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    help="Ordinary runs, on real threads and in real time.",
)
@click.option(
    "--schedules",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Runs under control, each under another schedule.",
)
@click.option(
    "--limit",
    type=click.FloatRange(min=0.1),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="After which an ordinary run is ended.",
)
@click.option(
    "--time", type=click.FloatRange(min=0), metavar="SECONDS", help="No new run after this."
)
@click.option("--seed", type=int, default=0, show_default=True)
@_SLACK
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@with_options(TARGET_OPTIONS)
def overlap(
    target: str,
    section_a: str,
    section_b: str,
    runs: int,
    schedules: int,
    limit: float,
    style: str,
    **options: Any,
) -> None:
    """See whether A and B are ever inside at one time in TARGET, as it stands.

    A and B are functions (pkg.mod:Class.method) or lines (file.py:10-20); they may be the same, and
    then it is asked whether two tasks are in it.

    Exit status: 0 they overlapped, 1 they never did, 2 wrong usage, 3 inconclusive: one of them was
    never entered.
    """
    fix_hash_seed(os.environ.get("PYTHONHASHSEED", ""))
    if not runs and not schedules:
        raise UsageError("--runs 0 and --schedules 0 leave nothing to run")
    settings = Settings(**{**options, "runner": options["runner"] or ""}, root=os.getcwd())
    from racewright.report import vacuity
    from racewright.search.targets import each_program
    from racewright.vacuity.overlap import find_overlaps

    sections = (section_a, section_b)
    done: list[Overlap] = []
    with terminable():

        def overlap_one(program: Any, chosen: Settings) -> Overlap:
            done.append(
                find_overlaps(
                    program, chosen, sections, runs=runs, schedules=schedules, limit=limit
                )
            )
            return done[-1]

        is_interrupted = _until_interrupted(lambda: each_program(target, settings, overlap_one))
    if is_interrupted and not done:
        raise KeyboardInterrupt
    if style == "json":
        click.echo(vacuity.overlaps_to_json(done))
    else:
        vacuity.show(vacuity.overlaps_to_text(done))
    if is_interrupted or done[-1].interrupted:
        sys.exit(130)
    sys.exit(_worst(_OVERLAPPED, [each.outcome for each in done]))


def _until_interrupted(work: Callable[[], object]) -> bool:
    """Whether the user wanted an end: what was found by then is told all the same."""
    try:
        work()
    except KeyboardInterrupt:
        return True
    return False


def _worst(statuses: dict[str, int], outcomes: list[str]) -> int:
    """The status of the first outcome in the table that there is."""
    return next(status for outcome, status in statuses.items() if outcome in outcomes)
