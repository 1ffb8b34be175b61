"""A doubt about a test, measured in a session of its own."""

from __future__ import annotations

from collections.abc import Callable

from racewright.model.experiment import Experiment
from racewright.prove.sessions import in_session
from racewright.prove.vacuous import Doubt, measure
from racewright.prove.work import Work
from racewright.run import Program
from racewright.settings import Settings

__all__ = ["measured"]


def measured(work: Work, doubt: Doubt) -> Experiment | None:
    """What came of measuring the test, by the first runner that can; ``None`` where none can."""
    problems = []
    best: Experiment | None = None
    for target, runner in doubt.targets(work.settings.runner):
        if work.is_over:
            break
        work.tell(f"whether the sections of {target} ever meet")
        made, problem = _by(work, doubt, target, runner)
        best = made or best
        if made is not None and made.result != "not run":
            return made
        problems += [f"{target}: {problem}"] if problem else []
    if best is None and not work.is_over:
        work.notes += problems[-1:]
    return best


def _by(work: Work, doubt: Doubt, target: str, runner: str) -> tuple[Experiment | None, str]:
    settings = work.settings.replace(runner=runner, time=work.time_left())

    def act(program: Program, mine: Settings, send: Callable[[object], None]) -> bool:
        if not doubt.is_of(program.name):
            return False
        made = measure(program, settings.replace(root=mine.root), doubt)
        send(made)
        overlap, mutation = made.overlap, made.mutation
        return bool(
            (overlap is not None and overlap.interrupted)
            or (mutation is not None and mutation.interrupted)
        )

    session = in_session(target, settings, act)
    work.is_interrupted = work.is_interrupted or session.is_interrupted
    if not session.values:
        return None, session.problem.partition("\n")[0]
    made: Experiment = session.values[0]
    work.executions += made.executions
    return made, ""
