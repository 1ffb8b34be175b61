"""Who comes to the lines in which test: tests are run once each, until enough are known.

Test files of pytest's go together into one session as far as they can, so that each test is
collected once; it is the single test that goes on, not its file. Where the user has named no test,
the looking has a bound, and what was left out is told.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from racewright import originals
from racewright.errors import TargetError
from racewright.prove.experiments import Question
from racewright.prove.reach import Reach, reach_of
from racewright.prove.sessions import in_session
from racewright.prove.work import Work
from racewright.report.wording import count, listing
from racewright.run import Program
from racewright.search.programs import kind_of
from racewright.settings import Settings

__all__ = ["MOST_TESTS", "Survey", "is_usable"]

#: Tests on which the schedules for one finding are tried.
MOST_TESTS = 3
#: Test files that are loaded into one process, to see which lines they reach.
_MOST_FILES = 40
#: Tests that are run to see which lines they reach, where the user has named none, and the seconds
#: after which no more are.
_MOST_RUN = 200
_SECONDS = 60.0


@dataclass
class Survey:
    """A look at some targets; ``asked`` are the questions that are open, with their regions."""

    work: Work
    asked: list[tuple[Question, list[int]]]
    is_bounded: bool
    runner: str
    began: float = field(default_factory=originals.monotonic)
    run: int = 0  #: tests, so far
    left: list[str] = field(default_factory=list)  #: targets that were not looked at

    def of(self, targets: Sequence[str]) -> None:
        """Take note of who comes where in the tests of the targets, in their order."""
        together = [target for target in targets if self._kind_of(target) == "pytest"]
        alone = [target for target in targets if target not in together]
        for start in range(0, len(together), _MOST_FILES):
            some = together[start : start + _MOST_FILES]
            problem = self._look(some) if len(some) > 1 else ""
            if len(some) == 1:
                alone += some
            elif problem and not self.is_over:
                # One of them may have ended the process, or been in the way of another.
                reached = {each.target.partition("::")[0] for each in self.work.reached}
                alone += [each for each in some if each.partition("::")[0] not in reached]
        for target in alone:
            problem = self._look([target])
            if problem and not self.is_over:
                self.work.notes.append(f"{target}: {problem.removeprefix(f'{target} ')}")
        if self.left and not self.work.is_over:
            self.work.notes.append(self._left_out())

    @property
    def is_over(self) -> bool:
        return self.work.is_over or self._is_enough(self.work.reached) or self._is_spent(self.run)

    def _is_enough(self, reached: Sequence[Reach]) -> bool:
        """Whether for each question there are as many tests as will be asked."""
        return all(
            sum(is_good(each, question, places) for each in reached) >= MOST_TESTS
            for question, places in self.asked
        )

    def _is_spent(self, run: int) -> bool:
        return self.is_bounded and (
            run >= _MOST_RUN or originals.monotonic() - self.began >= _SECONDS
        )

    def _left_out(self) -> str:
        more = [f"{len(self.left) - 3} more"] if len(self.left) > 3 else []
        files = listing([*self.left[:3], *more])
        return (
            f"Which lines they reach was looked at for {count(self.run, 'test')}, those nearest to "
            f"the code; those of {files} were left out, or the last of them. Name the tests to run "
            "with --tests."
        )

    def _kind_of(self, target: str) -> str:
        with contextlib.suppress(TargetError):  # whoever loads it says what is wrong
            return kind_of(target, self.runner)
        return ""

    def _look(self, targets: Sequence[str]) -> str:
        """Run tests of the targets once each, in one session; what kept it from that."""
        work = self.work
        if self.is_over:
            self.left += targets if self._is_spent(self.run) else []
            return ""
        work.tell(f"which tests of {listing(list(targets))} reach the lines")
        regions = [region for each in work.questions.values() for region in each.places]
        known = list(work.reached)

        def look(program: Program, settings: Settings, send: Callable[[object], None]) -> bool:
            if self._is_enough(known) or self._is_spent(self.run):
                return True
            own = _own_target(targets[0], settings, program)
            known.append(reach_of(program, own, settings, regions))
            self.run += 1
            send(known[-1])
            return False

        session = in_session(
            targets[0],
            work.settings.replace(runner=self.runner),
            look,
            more=targets[1:],
            limit=self._limit(),
        )
        work.is_interrupted = work.is_interrupted or session.is_interrupted
        work.reached += session.values
        work.executions += len(session.values)
        self.run += len(session.values)
        if self._is_spent(self.run) and not self._is_enough(work.reached):
            last = session.values[-1].target.partition("::")[0] if session.values else ""
            files = [each.partition("::")[0] for each in targets]
            self.left += targets[files.index(last) if last in files else 0 :]
        return _brief(session.problem)

    def _limit(self) -> float | None:
        """The seconds for a session: a test may take as long as all of them."""
        left = self.work.time_left()
        if not self.is_bounded:
            return left
        mine = 2 * _SECONDS - (originals.monotonic() - self.began)
        return mine if left is None else min(left, mine)


def is_usable(reach: Reach, question: Question, places: Sequence[int]) -> bool:
    """Whether schedules of the test can show anything about the places."""
    is_there = bool(reach.at(places)) and not reach.problem
    return is_there and (reach.count > 1 or not question.needs_race)


def is_good(reach: Reach, question: Question, places: Sequence[int]) -> bool:
    """Whether no test need be looked for that would show more."""
    if not is_usable(reach, question, places) or (reach.failure and question.needs_race):
        return False
    return len(reach.at(places)) > 1 and all(reach.tasks[place] for place in places)


def _brief(problem: str) -> str:
    """The line of a long problem that says what it is."""
    lines = [line for line in problem.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith("E ")]
    what = lines[0].partition("    [")[0].rstrip(":") if lines else ""
    return f"{what}: {told[-1][1:].strip()}" if told else what


def _own_target(target: str, settings: Settings, program: Program) -> str:
    """What selects this program alone, where that can be said."""
    if settings.runner == "unittest":
        return program.name
    if settings.runner == "pytest":
        path = target.partition("::")[0]
        inside = program.name.partition("::")[2]
        folder = os.path.relpath(os.path.join(settings.root, program.name.partition("::")[0]))
        return f"{folder if os.path.exists(folder) else path}::{inside}"
    return target
