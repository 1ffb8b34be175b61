"""Runs programs of ``tests/programs`` under random schedules and prints what each trace was.

Usage: ``python digest_programs.py EXECUTIONS FOLDER/NAME...``, where they lie. For each execution
one line of JSON: the program, the outcome, the digest of its events, its decisions.
"""

from __future__ import annotations

import json
import os
import sys

from explore_programs import programs_in

from racewright import hot
from racewright.run import many_runs, run_once
from racewright.search.control import take_control
from racewright.settings import Settings
from racewright.strategies.random_walk import RandomWalk


def main(executions: str, *names: str) -> None:
    sys.path.insert(0, os.getcwd())
    take_control(os.getcwd())
    print(json.dumps({"is_compiled": hot.module is not None}))
    for name in names:
        for program in programs_in(name):
            # Unfocused: what was learnt of addresses must not decide where there is a choice.
            strategy = RandomWalk(seed=3)
            with many_runs():
                for _ in range(int(executions)):
                    strategy.begin()
                    run = run_once(program, strategy, Settings(), is_kept=True, is_focused=False)
                    execution = run.execution
                    facts = {
                        "program": name,
                        "outcome": execution.outcome.value,
                        "digest": execution.schedule.trace_digest,
                        "deviations": len(execution.schedule.deviations),
                        "decisions": execution.decisions,
                    }
                    print(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
