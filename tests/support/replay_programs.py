"""Follows saved schedules in one process and prints a line of JSON for each.

Usage: ``python replay_programs.py TIMES FILE...``, where ``racewright replay`` would be called. One
interpreter for many files; each replay has a forked process of its own, as ever.
"""

from __future__ import annotations

import json
import os
import sys

from racewright import store
from racewright.search.replay import replay_schedule


def main(times: str, *files: str) -> None:
    schedules = [(file, store.read(file)) for file in files]
    (hash_seed,) = {schedule.hash_seed for _, schedule in schedules}
    if os.environ.get("PYTHONHASHSEED") != hash_seed:  # as the command does
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)
    for file, schedule in schedules:
        result = replay_schedule(schedule, times=int(times), show=False)
        facts = {
            "file": file,
            "times": result.times,
            "same_failure": result.same,
            "identical_traces": result.identical,
            "diverged": result.diverged,
            "events": schedule.length,
            "preemptions": schedule.preemptions,
        }
        print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
