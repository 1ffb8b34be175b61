"""Shows what two tests of OpenStack Nova for the same bug are worth: one that sleeps, one that asks
for an order.

    python3.11 examples/nova_1896463/scenario.py

makes an environment with Nova 34.0.0 from PyPI in ``nova-1896463/`` (about a minute, once), puts
the sleep-free test (``test_order.py``) there, runs both tests with the bug put back and repaired,
in each of three ways, and prints the table and the stories. Exit status: 0 if each cell is as
expected, else 1.
"""

import argparse
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from environment import HERE, Environment, set_up
from verdicts import FREED, IMPOSSIBLE, NOT_REACHED, PASSED, story_in, verdict_of

MODES = {
    "native": "native threads, free running",
    "control": "native threads, under control",
    "eventlet": "eventlet, free running",
}
TESTS = {
    "sleeps": ("Sleeps", "Nova's test, with its sleeps"),
    "order": ("Order", "the order in place of the sleeps"),
    "regression": ("OrderIsImpossible", "the same, said to be impossible"),
}
STATES = {"bug": "with the bug put back", "repaired": "repaired"}


@dataclass(frozen=True)
class Cell:
    """One test, of Nova with the bug or without, run in one way."""

    mode: str
    test: str
    state: str

    @property
    def name(self) -> str:
        return "test_order." + TESTS[self.test][0] + ("WithBug" if self.state == "bug" else "")

    @property
    def expected(self) -> str:
        if self.test == "sleeps":
            return PASSED  # whether the bug is there or not: it is vacuous
        if self.state == "bug":
            return FREED
        if self.test == "regression":
            return PASSED
        return IMPOSSIBLE if self.mode == "control" else NOT_REACHED


@dataclass(frozen=True)
class Result:
    """What one run of a cell came to."""

    verdict: str
    seconds: float
    output: str


def main() -> int:
    options = arguments()
    environment = set_up(options.folder)
    for name in ("test_order.py", "under_control.py"):
        shutil.copy(HERE / name, environment.tests)
    modes = list(MODES) if options.mode == "all" else [options.mode]
    is_good = True
    for mode in modes:
        cells = [Cell(mode, test, state) for test in options.tests for state in STATES]
        results = run_all(environment, cells, options.times, options.jobs)
        for line in [*table(mode, results), ""]:
            print(line, flush=True)
        for line in () if options.quiet else stories(results):
            print(line, flush=True)
        is_good = is_good and all(
            result.verdict == cell.expected for cell in cells for result in results[cell]
        )
    if "sleeps" in options.tests:
        print("The test with sleeps passes with the bug and without it: it is vacuous." * is_good)
    return 0 if is_good else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Tests of Nova, with a bug and without it.")
    add = parser.add_argument
    add("--folder", type=Path, default=Path("nova-1896463"))
    add("--mode", choices=[*MODES, "all"], default="all", help="how Nova's threads are run")
    add("--times", type=int, default=1, metavar="N", help="how often each cell is run")
    add("--tests", nargs="+", choices=TESTS, default=["sleeps", "order"], help="which of the tests")
    add("--jobs", type=int, default=os.cpu_count() or 1, help="runs at a time")
    add("--quiet", action="store_true", help="the table only, no stories")
    return parser.parse_args()


def run_all(
    environment: Environment, cells: list[Cell], times: int, jobs: int
) -> dict[Cell, list[Result]]:
    with ThreadPoolExecutor(jobs) as pool:
        runs = {
            cell: [pool.submit(run, environment, cell, number) for number in range(times)]
            for cell in cells
        }
        return {cell: [each.result() for each in runs[cell]] for cell in cells}


def run(environment: Environment, cell: Cell, number: int) -> Result:
    """One run, in a process of its own. Under control ``number`` is the seed of its schedule."""
    if cell.mode == "control":
        command = [str(environment.tests / "under_control.py"), cell.name, str(number)]
    else:
        command = ["-m", "testtools.run", cell.name]
    began = time.monotonic()
    finished = environment.run(*command, is_eventlet=cell.mode == "eventlet")
    output = finished.stdout + finished.stderr
    result = Result(verdict_of(finished.stdout), time.monotonic() - began, output)
    if result.verdict != cell.expected:
        (environment.folder / f"unexpected-{cell.mode}-{cell.name}-{number}.log").write_text(output)
    return result


def table(mode: str, results: dict[Cell, list[Result]]) -> Iterator[str]:
    yield MODES[mode].ljust(36) + "".join(f"{title:30}" for title in STATES.values()).rstrip()
    for test in dict.fromkeys(cell.test for cell in results):
        row = "".join(
            f"{summary(results[Cell(mode, test, state)]):30}" for state in STATES
        ).rstrip()
        yield f"  {TESTS[test][1]:34}{row}"


def summary(results: list[Result]) -> str:
    """``passed, 20 of 20, 9.1 s``: what came out how often, and the middle one of the times."""
    counts = Counter(result.verdict for result in results)
    seconds = sorted(result.seconds for result in results)[len(results) // 2]
    words = "; ".join(f"{verdict}, {count}" for verdict, count in counts.items())
    return f"{words} of {len(results)}, {seconds:.1f} s"


def stories(results: dict[Cell, list[Result]]) -> Iterator[str]:
    """What the first run of each cell tells that failed, or did not come about."""
    for cell, runs in results.items():
        if runs[0].verdict != PASSED:
            yield f"--- {TESTS[cell.test][1]}, {STATES[cell.state]} ({MODES[cell.mode]})"
            yield story_in(runs[0].output)
            yield ""


if __name__ == "__main__":
    sys.exit(main())
