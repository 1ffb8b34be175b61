"""What is seen by watching functions of the file: entries, and what sleeps bring about.

Each pair is watched in ordinary runs, on real threads and in real time, and in some controlled
ones, by what ``racewright overlap`` uses.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from racewright.audit.apart import message_of
from racewright.audit.code import Code
from racewright.audit.sections import section_of
from racewright.audit.trials import Trials, is_ordinary
from racewright.errors import RacewrightError
from racewright.model.claim import REFUTED, SUPPORTED, Audit, Claim, Evidence
from racewright.model.vacuity import Overlap, OverlapRun

__all__ = ["Watching"]

#: Pairs of sections that are watched at most: each takes runs of its own.
_MOST = 3
_SLEEPS = re.compile(r"\b(?:sleeps?|delays?|time\.sleep)\b|`time\.sleep", re.IGNORECASE)
_UNRELIABLE = re.compile(
    r"\b(?:unreliable|flaky|flakiness|misleading|non-?deterministic|intermittent\w*|timing issues"
    r"|not accurately|race-prone|brittle)\b",
    re.IGNORECASE,
)
_COSTLY = re.compile(
    r"\b(?:slow(?:s|er|ing)?|inefficient|takes? (?:time|longer)|waste\w*|longer to run)\b",
    re.IGNORECASE,
)
_CALLED = re.compile(r"(?P<names>.+) (?:is|are) (?P<not>never )?called$")


@dataclass(slots=True)
class _Watch:
    """Two functions of the file that are watched together, or one twice."""

    functions: tuple[ast.AST, ast.AST]
    seen: Overlap

    @property
    def free(self) -> list[OverlapRun]:
        return [run for run in self.seen.runs if is_ordinary(run)]

    def entries(self, node: ast.AST) -> int:
        place = "A" if self.functions[0] is node else "B"
        return sum(each.section == place for run in self.free for each in run.intervals)


class Watching:
    """What one test shows about the claims of an audit."""

    def __init__(self, audit: Audit, code: Code, trials: Trials, sleeping: list[ast.AST]) -> None:
        self.audit = audit
        self.code = code
        self.trials = trials
        self.sleeping = sleeping
        self.problem = ""
        self.watches = self._watched()

    def audit_seen(self) -> Audit:
        """The same audit, with what was seen."""
        found: list[Claim] = []
        for claim in self.audit.claims:
            made = self._decided(claim)
            is_new = made.is_decided and not claim.is_decided
            found += _split(claim, made) if is_new else [made]
        return replace(self.audit, claims=tuple(found))

    # --- What is watched ---

    def _watched(self) -> list[_Watch]:
        pairs: list[tuple[ast.AST, ast.AST]] = []
        sleeping = self.sleeping
        if sleeping and any(self._is_wanted(claim) for claim in self.audit.claims):
            pairs.append((sleeping[0], sleeping[1 if len(sleeping) == 2 else 0]))
        taken = {id(node) for pair in pairs for node in pair}
        for claim in self.audit.claims:
            for node in _called(claim, self.code):
                if id(node) not in taken and len(pairs) < _MOST and not _was_run(claim):
                    taken.add(id(node))
                    pairs.append((node, node))
        watches = []
        for pair in pairs if self.trials.left() > 0 else ():
            sections = (section_of(pair[0], self.code), section_of(pair[1], self.code))
            try:
                watches.append(_Watch(pair, self.trials.overlap(sections)))
            except RacewrightError as error:
                self.problem = message_of(error)
        return watches

    def _is_wanted(self, claim: Claim) -> bool:
        about = _UNRELIABLE.search(claim.quote) or _COSTLY.search(claim.quote)
        if not claim.is_decided and about and self._is_about_sleeps(claim):
            return True
        nodes = _called(claim, self.code)
        return any(node in self.sleeping for node in nodes) and not _was_run(claim)

    def _is_about_sleeps(self, claim: Claim) -> bool:
        same = [c for c in self.audit.claims if (c.review, c.item) == (claim.review, claim.item)]
        return any(_SLEEPS.search(each.quote) for each in same)

    # --- What it says ---

    def _decided(self, claim: Claim) -> Claim:
        functions = _called(claim, self.code)
        if functions and not _was_run(claim):
            return self._by_entries(claim, functions)
        if claim.is_decided or not self.sleeping or not self._is_about_sleeps(claim):
            return claim
        watch = next((w for w in self.watches if w.functions[0] in self.sleeping), None)
        is_unreliable = bool(_UNRELIABLE.search(claim.quote)) and len(self.sleeping) == 2
        is_costly = bool(_COSTLY.search(claim.quote))
        if not is_unreliable and not is_costly:
            return claim
        if watch is None or not watch.free:
            return self._unseen(claim, watch)
        return self._by_overlap(claim, watch) if is_unreliable else self._by_time(claim, watch)

    def _unseen(self, claim: Claim, watch: _Watch | None) -> Claim:
        """No ordinary run came to its end: that is the reason."""
        runs = watch.seen.runs if watch is not None else ()
        broken = [f"{run.outcome}: {run.reason}" for run in runs if run.reason]
        why = self.problem or (broken[0] if broken else "none was made in time")
        reason = f"no ordinary run of {self.trials.program.name} came to its end: {why}"
        return claim if claim.is_decided else replace(claim, reason=reason)

    def _by_entries(self, claim: Claim, functions: list[ast.AST]) -> Claim:
        told: list[Evidence] = []
        for node in functions:
            watch = next((w for w in self.watches if node in w.functions), None)
            if watch is None or not watch.free:
                return self._unseen(claim, watch)
            name = getattr(node, "name", "")
            number = watch.entries(node)
            if not number:
                reason = f"{name} was not entered in {len(watch.free)} ordinary runs, but may be"
                return claim if claim.is_decided else replace(claim, reason=reason)
            line = int(getattr(node, "lineno", 0))
            text = f"{name} was entered {number} times in {len(watch.free)} ordinary runs"
            told.append(Evidence(self.code.file, (line,), f"{text}{self._again(watch)}"))
        return replace(
            claim,
            verdict=REFUTED if "never" in claim.claim else SUPPORTED,
            reason="",
            evidence=(*claim.evidence, *told),
            checker="runs" if not claim.is_decided else claim.checker,
        )

    def _by_overlap(self, claim: Claim, watch: _Watch) -> Claim:
        """Sleeps that are to make two calls overlap, in runs in which the calls did not."""
        entered = [r for r in watch.free if {each.section for each in r.intervals} == {"A", "B"}]
        apart = [run for run in entered if not run.overlaps]
        names = " and ".join(str(getattr(node, "name", "")) for node in watch.functions)
        if not apart:
            told = f"{names} were inside at one time in each of {len(entered)} ordinary runs"
            reason = told if entered else f"no ordinary run entered both {names}"
            return replace(claim, reason=f"{reason}{self._again(watch)}")
        passed = sum(run.outcome == "passed" for run in apart)
        text = (
            f"in {len(apart)} of {len(entered)} ordinary runs {names} were not inside at one time, "
            f"and the test passed in {passed} of these: the lengths of the sleeps do not bring it "
            "about"
        )
        return self._with(claim, watch, text)

    def _by_time(self, claim: Claim, watch: _Watch) -> Claim:
        spent = [
            sum((each.left or run.seconds) - each.entered for each in run.intervals)
            for run in watch.free
            if run.intervals
        ]
        if not spent or min(spent) < 0.5:
            return claim
        shortest = f"{min(spent):.1f} seconds or more"
        text = f"in each ordinary run tasks were in them for {shortest} together"
        return self._with(claim, watch, text)

    def _with(self, claim: Claim, watch: _Watch, text: str) -> Claim:
        lines = tuple(sorted(int(getattr(node, "lineno", 0)) for node in self.sleeping))
        evidence = Evidence(self.code.file, lines, f"{text}{self._again(watch)}")
        return replace(claim, verdict=SUPPORTED, reason="", evidence=(evidence,), checker="runs")

    def _again(self, watch: _Watch) -> str:
        return f". Again: {self.trials.overlap_command(watch.seen.sections)}"


def _called(claim: Claim, code: Code) -> list[ast.AST]:
    """The functions of this file that ``claim`` says are called, or are not."""
    match = _CALLED.match(claim.claim)
    if match is None or (claim.checker != "names" and not _was_run(claim)):
        return []
    found: list[ast.AST] = []
    for name in match["names"].split(" and "):
        functions = code.thing(name).functions
        if len(functions) != 1:
            return []
        found += functions
    return found


def _was_run(claim: Claim) -> bool:
    """Whether a run of another test has shown it already."""
    return any(" ordinary runs" in each.text for each in claim.evidence)


def _split(before: Claim, made: Claim) -> list[Claim]:
    """The words that were decided, and those behind them, which were not."""
    match = _UNRELIABLE.search(before.quote) or _COSTLY.search(before.quote)
    if match is None:
        return [made]
    rest = before.quote[match.end() :]
    first = replace(made, end=before.start + match.end(), quote=before.quote[: match.end()])
    first = replace(first, claim=" ".join(first.quote.split()))
    bare = rest.lstrip(" ,;:\n")
    if not re.search(r"[A-Za-z]", bare):
        return [first]
    start = before.end - len(bare)
    return [first, replace(before, start=start, quote=bare, claim=" ".join(bare.split()))]
