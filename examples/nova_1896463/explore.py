"""Runs a functional test of OpenStack Nova under control: many schedules, then one many times.

    python3.11 examples/nova_1896463/explore.py

makes an environment with Nova 34.0.0 from PyPI in ``nova-1896463/`` (about a minute, once), runs
the test natively, explores it under random schedules, follows one of those schedules again and
again in fresh processes, and prints what was measured. Exit status: 0 if every schedule passed and
every replay gave the same trace to its last event, else 1.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

from environment import TEST, Environment, set_up


def main() -> int:
    options = arguments()
    folder = options.folder.resolve()
    environment = set_up(folder)

    native = environment.run("-m", "testtools.run", TEST)
    ran = re.search(r"Ran 1 test in ([0-9.]+)s", native.stdout + native.stderr)
    if native.returncode or ran is None:
        print(native.stdout + native.stderr)
        return 1

    schedule = folder / "passing.schedule"
    explored = json.loads(
        racewright(
            environment, "explore", "--runner", "unittest", TEST,
            "--strategy", "random", "--schedules", str(options.schedules + 2),
            "--seed", str(options.seed), "--jobs", str(options.jobs), "--record", str(schedule),
            "--stall", "30",  # on a busy machine there are seconds without a scheduling point
        ).stdout
    )  # fmt: skip
    print(f"explored          {explored['executions']} executions: {explored['outcome']}")
    if explored["outcome"] != "passed":
        print(json.dumps(explored, indent=2))
        return 1
    began = time.monotonic()
    replay = racewright(environment, "replay", str(schedule), "--times", str(options.times))
    if replay.returncode == 5:  # diverged: the message says where
        return 1
    replayed = json.loads(replay.stdout)
    print(
        f"replayed          {replayed['times']} times: {replayed['identical_traces']} traces equal "
        f"to the last event ({time.monotonic() - began:.0f} s)"
    )
    seconds = explored["seconds"] * explored["jobs"] / explored["executions"]
    print(f"strategies        {explored['strategies']}")
    print(f"distinct traces   {explored['distinct_traces']}")
    print(f"tasks             {explored['tasks']}")
    print(f"events            {explored['operations']:,} in one execution, at most")
    print(f"decisions         {explored['decisions']:,} in one execution, at most")
    print(f"one native run    {float(ran[1]):.1f} s")
    print(f"one under control {seconds:.1f} s ({seconds / float(ran[1]):.2f} of the native one)")
    return 0 if replayed["identical_traces"] == options.times else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Explore a functional test of OpenStack Nova.")
    parser.add_argument("--folder", type=Path, default=Path("nova-1896463"))
    parser.add_argument(
        "--schedules", type=int, default=20, help="random ones, besides the default"
    )
    parser.add_argument("--times", type=int, default=20, help="replays of one of them")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="one is best for measuring")
    return parser.parse_args()


def racewright(environment: Environment, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """One command, whose report is JSON."""
    finished = environment.run("-m", "racewright", *arguments, "--format", "json")
    if finished.returncode not in (0, 1, 3):
        print(finished.stdout + finished.stderr, file=sys.stderr)
    if finished.returncode not in (0, 1, 3, 5):
        sys.exit(1)
    return finished


if __name__ == "__main__":
    sys.exit(main())
