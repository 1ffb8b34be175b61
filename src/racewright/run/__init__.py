"""One controlled run of a program: ``run_once(program, strategy, settings) -> Execution``.

Everything a run must own is taken here and given back here: the scheduler and its clock,
randomness, garbage collection, the counters from which threads get their names, the hooks for
unhandled exceptions, and the watchdog that notices when nothing moves.
"""

from __future__ import annotations

from racewright.run.judgement import Program
from racewright.run.once import RunResult, run_once
from racewright.run.traces import steps_of
from racewright.run.watchdog import many_runs

__all__ = ["Program", "RunResult", "many_runs", "run_once", "steps_of"]
