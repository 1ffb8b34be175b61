"""Replays the minimal schedule of every racy program a thousand times, on a machine kept busy.

    python benchmarks/replays.py [--times 1000] [--programs NAME...]

Each program of ``tests/programs/racy`` is explored in a copy of the folder; the schedule that was
saved is then followed by several interpreters at once, each started with another
``PYTHONHASHSEED``, in one forked process for each replay, while all cores but one are kept busy. A
replay is identical if every event, and so its digest, is the recorded one. Prints a table in
Markdown; the exit status is 1 unless every replay was identical.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from subprocess import Popen
from typing import Any

TESTS = Path(__file__).resolve().parent.parent / "tests"
#: What the interpreters are started with; the schedule says what they go on with.
HASH_SEEDS = ("random", "0", "1", "4294967295")


def compute() -> None:
    while True:
        pass


def explored(folder: Path, names: list[str]) -> dict[str, str]:
    """The schedule file of each program's first failure."""
    command = [sys.executable, str(TESTS / "support" / "explore_programs.py")]
    options = json.dumps({"schedules": 2000, "jobs": 1})
    explorer = run([*command, options, *(f"racy/{name}" for name in names)], folder)
    if explorer.returncode:
        sys.exit(f"exploring the programs failed:\n{explorer.stderr}")
    found = {}
    for line in explorer.stdout.splitlines():
        facts = json.loads(line)
        if facts["target"].endswith("]"):  # the parameter of a pytest item, which only pytest knows
            facts = explored_by_pytest(folder, facts["program"])
        found[facts["program"].removeprefix("racy/")] = facts["schedule"]
    return found


def explored_by_pytest(folder: Path, program: str) -> dict[str, Any]:
    target = f"{program}.py"
    command = [sys.executable, "-m", "racewright", "explore", target, "--format", "json"]
    report = json.loads(run(command, folder).stdout)
    first = report.get("targets", [report])[0]
    return {"program": program, "schedule": first["failures"][0]["schedule"]}


def replaying(folder: Path, files: Iterable[str], times: int, seed: str) -> Popen[str]:
    """An interpreter that replays each of the files, and prints a line of JSON for each."""
    command = [sys.executable, str(TESTS / "support" / "replay_programs.py"), str(times), *files]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)


def run(command: list[str], folder: Path, seed: str = "0") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--programs", nargs="*", default=[])
    options = parser.parse_args()
    names = options.programs or sorted(
        file.stem for file in (TESTS / "programs" / "racy").glob("[!_]*.py")
    )
    share = -(-options.times // len(HASH_SEEDS))
    busy = [
        multiprocessing.Process(target=compute, daemon=True) for _ in range(os.cpu_count() or 1)
    ]
    for process in busy:
        process.start()
    is_well = True
    print("| program | preemptions | events | replays | identical | seconds |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "programs"
        shutil.copytree(TESTS / "programs", folder, ignore=shutil.ignore_patterns(".racewright"))
        found = explored(folder, names)
        interpreters = [replaying(folder, found.values(), share, seed) for seed in HASH_SEEDS]
        began = time.perf_counter()
        for name in found:
            lines = [interpreter.stdout.readline() for interpreter in interpreters]  # type: ignore[union-attr]
            results = [json.loads(line) for line in lines]
            times = sum(result["times"] for result in results)
            identical = sum(result["identical_traces"] for result in results)
            is_well = is_well and identical == share * len(HASH_SEEDS)
            seconds, began = time.perf_counter() - began, time.perf_counter()
            shape = f"{results[0]['preemptions']} | {results[0]['events']}"
            print(f"| `{name}` | {shape} | {times} | {identical} | {seconds:.0f} |", flush=True)
    for process in busy:
        process.kill()
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} cores, all but one kept busy.")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
