"""Which tests bring which tasks to which lines: each test is run once, under control, and watched.

The run is the default schedule, in a child of its own, so that a test that crashes or never ends
costs only itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from racewright import originals
from racewright.model.execution import Outcome
from racewright.prove.watch import Watch, unhurried
from racewright.run import Program, run_once
from racewright.search.deaths import GRACE
from racewright.search.workers import Child, call_in_child
from racewright.settings import Settings
from racewright.strategies.aimed import Aim
from racewright.strategies.base import Strategy

__all__ = ["Reach", "reach_of"]


@dataclass(frozen=True, slots=True)
class Reach:
    """What one run of one test came to."""

    name: str
    target: str  #: what it was selected by
    tasks: tuple[frozenset[int], ...] = ()  #: for each region, the tasks that came there
    sites: tuple[frozenset[tuple[str, int]], ...] = ()  #: where they did what others could see
    count: int = 0  #: of all tasks
    seconds: float = 0.0
    problem: str = ""  #: why it can prove nothing: it was skipped, or died
    failure: str = ""  #: how it failed: another order may let it pass

    def at(self, regions: Sequence[int]) -> frozenset[int]:
        """The tasks that came to one of these regions."""
        return frozenset(task for region in regions for task in self.tasks[region])


def reach_of(program: Program, target: str, settings: Settings, regions: Sequence[Aim]) -> Reach:
    """Run ``program`` once and see who comes to ``regions``."""
    began = originals.monotonic()
    settings = unhurried(settings)

    def run(child: Child) -> Reach:
        strategy = Strategy(settings.seed)
        strategy.begin()
        watch = Watch(regions)
        with watch:
            result = run_once(program, strategy, settings, heartbeat=child.beat, trace=watch)
        execution = result.execution
        problem = failure = ""
        if execution.outcome is Outcome.SKIPPED:
            problem = "it skips itself"
        elif execution.failure is not None:
            failure = execution.failure.message.partition("\n")[0]
        return Reach(
            program.name,
            target,
            tuple(frozenset(each) for each in watch.tasks),
            tuple(watch.sites(number) for number in range(len(regions))),
            execution.tasks,
            originals.monotonic() - began,
            problem,
            failure,
        )

    value, death, _ = call_in_child(run, silence=settings.stall + GRACE)
    if value is None:
        nobody: tuple[frozenset[int], ...] = (frozenset(),) * len(regions)
        nowhere: tuple[frozenset[tuple[str, int]], ...] = (frozenset(),) * len(regions)
        seconds = originals.monotonic() - began
        return Reach(program.name, target, nobody, nowhere, 0, seconds, death or "it ended itself")
    result: Reach = value
    return result
