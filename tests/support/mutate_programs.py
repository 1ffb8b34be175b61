"""Mutates programs of ``tests/programs`` in one process and prints a line of JSON for each mutant.

Usage: ``python mutate_programs.py OPTIONS_AS_JSON FOLDER/NAME...``, where they lie.
"""

from __future__ import annotations

import json
import os
import sys

from explore_programs import programs_in

from racewright.search.control import take_control
from racewright.settings import Settings
from racewright.vacuity.mutate import mutate_program


def main(options: str, *names: str) -> None:
    root = os.getcwd()
    settings = Settings(root=root, runner="callable", **json.loads(options))
    sys.path.insert(0, root)
    take_control(root)
    for name in names:
        for program in programs_in(name):
            mutation = mutate_program(program, settings)
            facts = {"program": name, "target": program.name, "outcome": mutation.outcome}
            facts |= {"reason": mutation.reason, "seconds": round(mutation.seconds, 2)}
            print(json.dumps(facts), flush=True)
            for each in mutation.verdicts:
                found = each.found
                print(
                    json.dumps(
                        {
                            "program": name,
                            "mutant": each.sighting.mutant,
                            "name": each.sighting.name,
                            "verdict": each.verdict,
                            "executions": each.executions,
                            "reason": each.reason,
                            "kind": found.failure.kind if found else "",
                            "message": found.failure.message if found else "",
                            "schedule": found.schedule_file if found else "",
                        }
                    ),
                    flush=True,
                )


if __name__ == "__main__":
    main(*sys.argv[1:])
