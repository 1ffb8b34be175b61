"""What runs of one test say to a question of :mod:`racewright.audit.questions`.

Whether the test notices that its fix is gone is asked as ``racewright mutate`` asks it; whether two
functions are inside at one time, as ``racewright overlap`` does; whether it fails at times, as
``racewright explore`` does. The evidence names the command that does the same again. What a run
cannot show is not said: that a test has not failed is no proof that it never does, and a run that
broke says nothing but that.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field

from racewright import originals
from racewright.audit.apart import message_of
from racewright.audit.questions import FAILS, NOTICES, OVERLAPS, Question
from racewright.errors import RacewrightError
from racewright.interpose.mutation import applied
from racewright.model.claim import NOT_CHECKABLE, REFUTED, SUPPORTED
from racewright.model.execution import Exploration, Outcome
from racewright.model.mutant import Mutant
from racewright.model.vacuity import MutantVerdict, Overlap, OverlapRun, Sighting
from racewright.run import Program
from racewright.search.deaths import GRACE
from racewright.search.explore import explore_program
from racewright.search.workers import Child, call_in_child
from racewright.settings import Settings
from racewright.vacuity.mutate import Watched, find, judge, names_a_line, wanted, watch_program
from racewright.vacuity.overlap import find_overlaps

__all__ = ["Budget", "Said", "Trials", "is_ordinary"]

#: Executions that a test has to pass without its fix, before that says anything.
_FEWEST = 10
#: What is taken away that may be the fix: a join is not.
_FIXES = ("lock", "semaphore", "decorator")
_MOST_MUTANTS = 6


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is run."""

    runs: int = 3  #: ordinary ones, of each thing that is asked
    schedules: int = 6  #: executions of each pair of sections
    executions: int = 100  #: of the test as it is, and of each mutant
    limit: float = 300.0  #: seconds that an ordinary run may take
    each: float = 120.0  #: seconds for the executions of one of them
    seconds: float = 900.0  #: after which nothing more is begun


@dataclass(frozen=True, slots=True)
class Said:
    """An answer."""

    verdict: str
    text: str  #: what was seen; or why there is no verdict
    command: str = ""  #: that does the same again


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of a test without one thing."""

    sighting: Sighting
    verdict: MutantVerdict
    passed: int = 0  #: ordinary runs without it
    failed: int = 0

    @property
    def is_noticed(self) -> bool:
        return self.verdict.verdict == "noticed" or self.failed > 0

    @property
    def is_missed(self) -> bool:
        if self.failed or self.verdict.verdict not in ("not noticed", "equivalent"):
            return False
        is_enough = self.verdict.executions >= _FEWEST or self.verdict.verdict == "equivalent"
        return is_enough or self.passed > 1

    @property
    def can_pass(self) -> bool:
        noticed = self.verdict.verdict == "noticed"
        return self.passed > 0 or self.is_missed or (noticed and self.verdict.executions > 1)

    @property
    def text(self) -> str:
        found = self.verdict.found
        told = f"without {self.sighting.label} it "
        if found is not None:
            told += f"fails in execution {found.number} under control: {found.failure.message}"
        else:
            told += f"passed {self.verdict.executions} executions under control"
        runs = self.passed + self.failed
        if runs:
            told += f", and passed in {self.passed} of {runs} ordinary runs"
        return told


@dataclass(slots=True)
class Trials:
    """One test, and what was found out about it."""

    program: Program
    settings: Settings
    budget: Budget
    undo: tuple[str, ...] = ()  #: what reviews mean by the fix
    end: float = field(init=False)
    _before: Exploration | None = None
    _watched: Watched | None = None
    _results: dict[str, _Result] = field(default_factory=dict)
    _overlaps: dict[tuple[str, str], Overlap] = field(default_factory=dict)
    _baseline: tuple[int, int, str] | None = None

    def __post_init__(self) -> None:
        self.end = originals.monotonic() + self.budget.seconds

    def answer(self, question: Question, sections: tuple[str, str] | None) -> Said | None:
        """What is to be said; nothing where nothing was run for it."""
        if self.left() <= 0:
            return Said(NOT_CHECKABLE, "the time for runs was over")
        try:
            if question.kind == NOTICES:
                return self._notices(question)
            if question.kind == FAILS:
                return self._fails(question)
            return self._overlaps_said(question, sections) if sections is not None else None
        except RacewrightError as error:
            return Said(NOT_CHECKABLE, f"it could not be run for this: {message_of(error)}")

    def left(self) -> float:
        return self.end - originals.monotonic()

    def overlap(self, sections: tuple[str, str]) -> Overlap:
        """Who was in these sections when; asked once."""
        if sections not in self._overlaps:
            left = max(self.left(), 1.0)
            self._overlaps[sections] = find_overlaps(
                self.program,
                self.settings.replace(time=left),
                sections,
                runs=self.budget.runs,
                schedules=self.budget.schedules,
                limit=min(self.budget.limit, left),
            )
        return self._overlaps[sections]

    # --- Whether it notices ---

    def _notices(self, question: Question) -> Said:
        if problem := self._why_not_as_it_stands():
            return Said(NOT_CHECKABLE, problem)
        meant = self._meant(question)
        if isinstance(meant, str):
            return Said(NOT_CHECKABLE, meant)
        results = [self._without(each) for each in meant]
        text = "; ".join(each.text for each in results)
        names = " ".join(f"--undo {shlex.quote(_name_of(each.sighting))}" for each in results)
        command = self._command("mutate", f"{names} {self._bounds()}")
        verdict = _on_notice(question, results)
        if verdict == NOT_CHECKABLE:
            open_ = "; ".join(each.verdict.reason for each in results if each.verdict.reason)
            return Said(verdict, f"{text}{f' ({open_})' if open_ else ''}", command)
        return Said(verdict, text, command)

    def _why_not_as_it_stands(self) -> str:
        before = self._explored()
        if before.failures:
            return f"the test fails as it stands: {before.failures[0].failure.message}"
        return "" if before.outcome == "passed" else _why_nothing(before)

    def _explored(self) -> Exploration:
        if self._before is None:
            self._before = explore_program(self.program, self._searching())
        return self._before

    def _searching(self) -> Settings:
        """Nothing is read from former runs, and nothing is left behind."""
        return self.settings.replace(
            schedules=self.budget.executions,
            time=max(min(self.budget.each, self.left()), 1.0),
            minimise=False,
            keep_going=False,
            save=False,
            corpus=False,
        )

    def _meant(self, question: Question) -> list[Sighting] | str:
        """What is to be taken away; or why it is not known."""
        if self.undo and not question.about:
            is_named = not any(names_a_line(name) for name in self.undo)
            watched = Watched((), has_timers=True) if is_named else self._seen()
            return [find(name, watched) for name in self.undo]
        used = [each for each in wanted(self._seen()) if _kind(each) in _FIXES]
        if not used:
            return "no two tasks of it use one lock of the project's, so there is none to take away"
        if question.about:
            used = [each for each in used if _is_named(each, question.about)]
            if not used:
                return f"no lock that two tasks of it use is called {' or '.join(question.about)}"
        if len(used) > _MOST_MUTANTS:
            return f"it uses {len(used)} locks, and which of them is the fix is not said (--undo)"
        return used

    def _seen(self) -> Watched:
        if self._watched is None:
            self._watched = watch_program(self.program, self._searching())
        return self._watched

    def _without(self, sighting: Sighting) -> _Result:
        if sighting.mutant not in self._results:
            seen = self._watched or Watched((), has_timers=True)
            verdict, _ = judge(
                self.program, self._searching(), sighting, seen, self._explored(), None
            )
            # Other locks are neutral only under control.
            is_plain = _kind(sighting) == "decorator" and not self._ordinary()[1]
            passed, failed, _ = self._ordinary(sighting.mutant) if is_plain else (0, 0, "")
            self._results[sighting.mutant] = _Result(sighting, verdict, passed, failed)
        return self._results[sighting.mutant]

    def _ordinary(self, mutant: str = "") -> tuple[int, int, str]:
        """How many ordinary runs pass and fail, and how one ended that did neither."""
        if not mutant and self._baseline is not None:
            return self._baseline
        passed = failed = 0
        problem = ""
        for _ in range(self.budget.runs):
            limit = min(self.budget.limit, max(self.left(), 1.0))
            outcome = _run_once_freely(self.program, mutant, limit)
            passed += outcome == "passed"
            failed += outcome == "failed"
            problem = problem if outcome in ("passed", "failed") else outcome
        if not mutant:
            self._baseline = (passed, failed, problem)
        return passed, failed, problem

    # --- Whether it fails at times ---

    def _fails(self, question: Question) -> Said:
        explored = self._explored()
        command = self._command("explore", f"{self._bounds()} --no-corpus")
        if explored.outcome not in ("failed", "passed"):
            return Said(NOT_CHECKABLE, _why_nothing(explored))
        passed, failed, problem = self._ordinary()
        if problem and not passed:
            return Said(NOT_CHECKABLE, f"no ordinary run of it came to its end: {problem}")
        found = explored.failures[0] if explored.failures else None
        ordinary = f"in {passed} of {passed + failed} ordinary runs"
        if found is None and passed and failed and not question.is_of_sleeps:
            text = f"it passed {ordinary}, and failed in the others"
            return Said(REFUTED if question.is_denied else SUPPORTED, text, command)
        if found is None:
            text = f"it passed {explored.executions} executions under control and {ordinary}"
            return Said(NOT_CHECKABLE, f"{text}, which does not prove that it always does", command)
        if not passed:
            return Said(NOT_CHECKABLE, f"it fails in ordinary runs, too: {found.failure.message}")
        if found.execution.outcome is Outcome.STALLED:
            return Said(NOT_CHECKABLE, f"it waits for what we do not rule: {found.failure.message}")
        text = f"it fails in execution {found.number} under control: {found.failure.message}"
        if found.execution.slack_used:
            text += f" (where a task is kept waiting for {found.execution.slack_used:g} s)"
        elif question.is_of_sleeps:
            return Said(NOT_CHECKABLE, f"{text}, however long sleeps take", command)
        text += f"; and passes {ordinary}"
        return Said(REFUTED if question.is_denied else SUPPORTED, text, command)

    # --- Whether two are inside at one time ---

    def _overlaps_said(self, question: Question, sections: tuple[str, str]) -> Said:
        seen = self.overlap(sections)
        both = {"A", "B"} if sections[0] != sections[1] else {"A"}
        entered = [run for run in seen.runs if both <= {each.section for each in run.intervals}]
        free = [run for run in entered if is_ordinary(run)]
        held = [run for run in entered if run.is_controlled]
        command = self.overlap_command(sections)
        if not free:
            return Said(NOT_CHECKABLE, _why_no_run(seen), command)
        apart = sum(not run.overlaps for run in free)
        apart_held = sum(not run.overlaps for run in held)
        text = (
            f"they were inside at one time in {len(free) - apart} of {len(free)} ordinary runs, "
            f"and in {len(held) - apart_held} of {len(held)} under control"
        )
        is_never = len(free) > 1 and apart == len(free) and apart_held == len(held)
        is_seen = apart < len(free) or apart_held < len(held)
        verdict = _on_overlap(question, apart, len(free), is_never=is_never, is_seen=is_seen)
        return Said(verdict, text, command)

    def _bounds(self) -> str:
        return f"--schedules {self.budget.executions} --time {self.budget.each:g}"

    def overlap_command(self, sections: tuple[str, str]) -> str:
        places = " ".join(shlex.quote(each) for each in sections)
        counts = f"--runs {self.budget.runs} --schedules {self.budget.schedules}"
        return self._command("overlap", f"{places} {counts}")

    def _command(self, name: str, options: str) -> str:
        runner = self.settings.runner
        given = f" --runner {runner}" if runner in ("unittest", "callable") else ""
        return f"racewright {name} {shlex.quote(self.program.name)}{given} {options}".strip()


def _on_notice(question: Question, results: list[_Result]) -> str:
    """The verdict where each of ``results`` is what may be meant by the fix."""
    if question.is_denied and question.how == "may":
        return SUPPORTED if all(each.can_pass for each in results) else NOT_CHECKABLE
    if all(each.is_missed for each in results):
        return SUPPORTED if question.is_denied else REFUTED
    if not all(each.is_noticed for each in results):
        return NOT_CHECKABLE
    if question.how == "may":
        return SUPPORTED
    # What fails under a schedule that was searched for, and passes whenever it is simply run, can
    # be called both.
    if any(each.passed for each in results):
        return NOT_CHECKABLE
    if question.is_denied:
        return REFUTED
    return NOT_CHECKABLE if question.how == "always" else SUPPORTED


def _on_overlap(question: Question, apart: int, runs: int, *, is_never: bool, is_seen: bool) -> str:
    """The verdict where in ``apart`` of so many ordinary runs the two did not overlap."""
    if is_never and question.how != "may":
        return SUPPORTED if question.is_denied else REFUTED
    if question.how == "may":
        is_so = apart > 0 if question.is_denied else is_seen and question.kind == OVERLAPS
        return SUPPORTED if is_so else NOT_CHECKABLE
    if question.how == "always" and not question.is_denied:
        return REFUTED if apart else NOT_CHECKABLE
    if question.kind != OVERLAPS:  # that they overlap is not yet that the race is there
        return NOT_CHECKABLE
    if question.is_denied:
        return REFUTED if apart < runs and question.how != "always" else NOT_CHECKABLE
    return NOT_CHECKABLE if apart else SUPPORTED


def is_ordinary(run: OverlapRun) -> bool:
    """Whether it ran on real threads, to its end."""
    return not run.is_controlled and run.outcome in ("passed", "failed")


def _why_nothing(explored: Exploration) -> str:
    """Why an exploration that neither passed nor found a race says nothing."""
    messages = [each.failure.message for each in explored.failures]
    reason = _first_line(explored.reason or "".join(messages[:1]) or explored.outcome)
    return f"nothing can be said by runs of it: {reason}"


def _why_no_run(seen: Overlap) -> str:
    broken = [run for run in seen.runs if run.outcome not in ("passed", "failed")]
    if broken and broken[0].reason:
        return f"no ordinary run came to its end: {broken[0].outcome}, {broken[0].reason}"
    return f"no ordinary run entered both: {seen.reason or 'the time was over'}"


def _run_once_freely(program: Program, mutant: str, limit: float) -> str:
    """How a run on real threads and in real time ends."""

    def run(_: Child) -> str:
        with applied(mutant):
            try:
                program.run()
            except Exception as error:
                is_skip = type(error).__name__ in ("SkipTest", "Skipped")
                return "skipped" if is_skip else "failed"
        return "passed"

    value, death, _ = call_in_child(run, silence=limit + GRACE, time=limit)
    return str(value) if value is not None else (death or "the process ended itself")


def _kind(sighting: Sighting) -> str:
    return Mutant.parse(sighting.mutant).kind


def _name_of(sighting: Sighting) -> str:
    return Mutant.parse(sighting.mutant).place


def _is_named(sighting: Sighting, about: tuple[str, ...]) -> bool:
    """Whether one of the names is the lock's, or the decorated function's."""
    place = Mutant.parse(sighting.mutant).place
    known = {part.strip() for part in sighting.name.strip("()").split(",")}
    if _kind(sighting) == "decorator":
        known.add(place.partition(":")[2])
    lasts = {each.rpartition(".")[2] for each in known if each}
    return any(name.removesuffix("()").rpartition(".")[2] in lasts for name in about)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
