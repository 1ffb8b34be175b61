"""The command line: ``racewright explore``, ``replay``, ``minimise``; see also
:mod:`racewright.cli_vacuity`.

Exit status: 0 nothing found, 1 a failure found, 2 wrong usage or target, 3 inconclusive, 4 a bug of
ours, 5 (replay) the program did something else than was recorded.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

import click

from racewright import __version__, store
from racewright.cli_audit import audit
from racewright.cli_options import (
    TARGET_OPTIONS,
    fix_hash_seed,
    progress,
    terminable,
    with_options,
)
from racewright.cli_review import review, rule
from racewright.cli_vacuity import mutate, overlap
from racewright.errors import InternalError, RacewrightError, UsageError
from racewright.model.execution import Exploration
from racewright.model.mutant import Mutant
from racewright.settings import ISOLATIONS, STRATEGIES, Settings

__all__ = ["main"]

_STATUS = {"passed": 0, "failed": 1, "fails-without-race": 1, "inconclusive": 3, "error": 2}
_WORST = ("error", "failed", "fails-without-race", "inconclusive", "passed")


def main(arguments: list[str] | None = None) -> None:
    """The entry point. Always ends by ``SystemExit``."""
    try:
        commands.main(arguments, standalone_mode=False)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except RacewrightError as error:
        click.echo(f"racewright: {error}", err=True)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception:
        traceback.print_exc()
        bug = InternalError("this is a bug in Racewright; the lines above say where")
        click.echo(f"racewright: {bug}", err=True)
        sys.exit(4)
    sys.exit(0)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="racewright")
def commands() -> None:
    """Find, replay, minimise and explain races in unmodified Python tests."""


@commands.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--schedules", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--time", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop after this.")
@click.option("--strategy", type=click.Choice(STRATEGIES), default="auto", show_default=True)
@click.option(
    "--aim",
    multiple=True,
    metavar="FILE:LINES",
    help="Lines at which two tasks are to meet, with --strategy aimed. May be repeated.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--slack",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Virtual seconds by which a runnable task may be kept waiting, so that time-outs come "
    "first. Default: none at first, then some for one execution in six.",
)
@click.option("--jobs", "-j", type=click.IntRange(min=0), default=0, help="Default: one per core.")
@click.option("--isolation", type=click.Choice(ISOLATIONS), default="auto", show_default=True)
@click.option("--keep-going", is_flag=True, help="Collect failures of distinct fingerprints.")
@click.option("--minimise/--no-minimise", default=True)
@click.option("--corpus/--no-corpus", default=True, help="Try saved failing schedules first.")
@click.option(
    "--record",
    type=click.Path(dir_okay=False),
    default="",
    metavar="FILE",
    help="Save the schedule of an execution that passes, for replays.",
)
@click.option("--format", "style", type=click.Choice(["text", "json", "junit"]), default="text")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
@with_options(TARGET_OPTIONS)
def explore(targets: tuple[str, ...], style: str, quiet: bool, **options: Any) -> None:
    """Run TARGET under many schedules until it fails.

    TARGET is a pytest selection (tests/test_x.py::test_y, a file, a folder), a script (bank.py), a
    callable (pkg.mod:function), or with --runner unittest a name (pkg.mod.Class.test).
    """
    fix_hash_seed(os.environ.get("PYTHONHASHSEED", ""))
    settings = Settings(**{**options, "runner": options["runner"] or ""}, root=os.getcwd())
    from racewright.search.explore import explore_program
    from racewright.search.targets import each_program

    explorations: list[Exploration] = []
    is_interrupted = False
    with progress(quiet or style != "text") as on_progress, terminable():

        def explore_one(program: Any, chosen: Settings) -> Exploration:
            explorations.append(explore_program(program, chosen, on_progress=on_progress))
            return explorations[-1]

        try:
            for target in targets:
                try:
                    each_program(target, settings, explore_one)
                except UsageError as error:
                    # What was found before must be told, and who reads JSON wants an object anyway.
                    click.echo(f"racewright: {error}", err=True)
                    explorations.append(Exploration(target, "error", 0, 0, 0.0, reason=str(error)))
                if explorations and explorations[-1].interrupted:
                    break
        except KeyboardInterrupt:  # between two explorations: what was found is told all the same
            is_interrupted = True
    if not explorations:
        raise KeyboardInterrupt
    if style == "text" and all(each.outcome == "error" for each in explorations):
        sys.exit(_STATUS["error"])
    _print(explorations, style)
    outcome = next(o for o in _WORST if any(e.outcome == o for e in explorations))
    is_interrupted = is_interrupted or explorations[-1].interrupted
    if is_interrupted and outcome not in ("failed", "fails-without-race"):
        sys.exit(130)
    sys.exit(_STATUS[outcome])


@commands.command()
@click.argument("file", type=click.Path())
@click.option("--times", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--pdb", is_flag=True, help="Stop in the debugger where it fails.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
def replay(file: str, times: int, pdb: bool, style: str) -> None:
    """Follow the schedule in FILE, and say at which step the program departs from it.

    Exit status: 1 the same failure, 0 none (so for a recorded execution that passed), 5 diverged.
    """
    schedule = store.read(file)
    fix_hash_seed(schedule.hash_seed)
    from racewright.search.replay import replay_schedule

    result = replay_schedule(schedule, times=times, is_debugged=pdb)
    if not pdb:
        _print_replays(result, style)
    sys.exit(result.status)


@commands.command()
@click.argument("file", type=click.Path())
def minimise(file: str) -> None:
    """Make the schedule in FILE as light as it can be: fewest preemptions, then fewest switches."""
    schedule = store.read(file)
    fix_hash_seed(schedule.hash_seed)
    from racewright.search.replay import minimise_schedule

    exploration = minimise_schedule(schedule, file)
    if not exploration.failures:
        click.echo(f"{file} does not fail any more: nothing to minimise")
        sys.exit(0)
    _print([exploration], "text")
    sys.exit(1)


# ---------------------------------------------------------------------- shared


def _print(explorations: list[Exploration], style: str) -> None:
    from racewright.report import json, junit, text

    if style == "json":
        click.echo(json.to_json(explorations))
    elif style == "junit":
        click.echo(junit.to_junit(explorations))
    else:
        text.show(explorations)


def _print_replays(result: Any, style: str) -> None:
    import json

    from racewright.report import text
    from racewright.report.wording import count

    schedule = result.schedule
    if style == "json":
        facts = {
            "target": schedule.target,
            "times": result.times,
            "outcome": schedule.outcome,
            "same_failure": result.same,
            "identical_traces": result.identical,
            "diverged": result.diverged or None,
            "fingerprint": schedule.fingerprint,
            "mutant": schedule.mutant or None,
        }
        click.echo(json.dumps(facts, indent=2))
        return
    if result.diverged:
        click.echo(f"ScheduleDiverged: {result.diverged}", err=True)
        return
    recorded = result.recorded
    if result.same and recorded is not None and recorded.failure is not None:
        from racewright.model.execution import Found

        found = Found(recorded.failure, recorded, 1, "", "replay")
        text.show(
            Exploration(
                target=schedule.target,
                outcome="failed",
                executions=result.times,
                distinct_traces=1,
                seconds=0.0,
                tasks=recorded.tasks,
                operations=recorded.operations,
                failures=(found,),
            )
        )
    if schedule.mutant:
        effect = Mutant.parse(schedule.mutant).effect
        click.echo(f"this is a mutant: {schedule.mutant} {effect}")
    what = "passed" if schedule.outcome == "passed" else "the same failure"
    click.echo(
        f"replayed {count(result.times, 'time')}: {what} {count(result.same, 'time')}, "
        f"the whole trace identical {count(result.identical, 'time')}"
    )


commands.add_command(audit)
commands.add_command(mutate)
commands.add_command(overlap)
commands.add_command(review)
commands.add_command(rule)
