"""What the commands have in common: options, a fixed hash seed, how they are told to end."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click

from racewright import originals
from racewright.errors import UsageError
from racewright.settings import CARRIERS, CLOCKS

__all__ = ["TARGET_OPTIONS", "fix_hash_seed", "progress", "terminable", "with_options"]

TARGET_OPTIONS: list[Callable[[Any], Any]] = [
    click.option(
        "--runner",
        type=click.Choice(["pytest", "unittest", "script", "callable"]),
        help="What TARGET is a name for; guessed where it is not given.",
    ),
    click.option(
        "--instrument",
        multiple=True,
        metavar="PACKAGE",
        help="Switch at this package's accesses to memory too. May be repeated.",
    ),
    click.option("--carrier", type=click.Choice(CARRIERS), default="greenlets", show_default=True),
    click.option("--clock", type=click.Choice(CLOCKS), default="virtual", show_default=True),
    click.option(
        "--stall",
        type=click.FloatRange(min=0.1),
        default=5.0,
        show_default=True,
        help="Seconds without a scheduling point that count as a stall.",
    ),
    click.option(
        "--max-steps",
        type=click.IntRange(min=100),
        default=250_000,
        show_default=True,
        help="Events after which an execution counts as livelocked.",
    ),
]


def with_options(options: list[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def add(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def fix_hash_seed(wanted: str) -> None:
    """Run this command again in a process whose string hashing is fixed, unless it is."""
    wanted = wanted if wanted.isdigit() else "0"
    if os.environ.get("PYTHONHASHSEED") == wanted and sys.flags.hash_randomization == (
        wanted != "0"
    ):
        return
    if os.environ.get("RACEWRIGHT_RESTARTED") == wanted:
        raise UsageError(f"PYTHONHASHSEED={wanted} has no effect here (python -E or -I?)")
    environment = {**os.environ, "PYTHONHASHSEED": wanted, "RACEWRIGHT_RESTARTED": wanted}
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, "-m", "racewright", *sys.argv[1:]], environment)


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM is what Ctrl-C is, from the first target to the last."""

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def progress(is_quiet: bool) -> Iterator[Any]:
    """A line on a terminal, nothing elsewhere."""
    if is_quiet or not sys.stderr.isatty() or os.environ.get("CI"):
        yield None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(stderr=True), transient=True, auto_refresh=False) as live:
        last = [0.0]

        def tell(tally: Any, seconds: float, failures: int) -> None:
            now = originals.monotonic()
            if now - last[0] < 0.1:
                return
            last[0] = now
            rate = tally.executions / max(seconds, 0.001)
            live.update(
                Text(
                    f"{tally.executions} executions ({rate:.0f}/s), "
                    f"{len(tally.traces)} distinct traces, {failures} failures"
                ),
                refresh=True,
            )

        yield tell
