"""What a run decides: whether a function is entered, and whether sleeps bring about their purpose.

Only asked for by name (``--run TARGET``), for it imports and runs the code. Each section of
interest is watched in ordinary runs, on real threads and in real time, and in some controlled ones,
by what ``racewright overlap`` uses. A run shows that something happens; that it never does is said
only of the runs that were made, and only where the claim is about what the sleeps bring about.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from racewright.audit.code import Code
from racewright.audit.panel import merged
from racewright.model.claim import REFUTED, SUPPORTED, Audit, Claim, Evidence
from racewright.model.vacuity import Overlap, OverlapRun
from racewright.run import Program
from racewright.settings import Settings
from racewright.vacuity.overlap import find_overlaps

__all__ = ["Budget", "decided_by_runs"]

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


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is run."""

    runs: int = 3  #: ordinary ones, for each pair of sections
    schedules: int = 6
    limit: float = 300.0  #: seconds that an ordinary run may take


@dataclass(slots=True)
class _Watch:
    """Two functions of the file that are watched together, or one twice."""

    functions: tuple[ast.AST, ast.AST]
    seen: Overlap | None = None

    @property
    def free(self) -> list[OverlapRun]:
        runs = self.seen.runs if self.seen is not None else ()
        return [
            run for run in runs if not run.is_controlled and run.outcome in ("passed", "failed")
        ]

    def entries(self, place: str) -> int:
        return sum(each.section == place for run in self.free for each in run.intervals)


def decided_by_runs(
    audit: Audit, code: Code, program: Program, settings: Settings, budget: Budget
) -> Audit:
    """The same audit, with what runs of ``program`` say about its claims."""
    sleeping = _sleeping(code)
    watches = _watches(audit, code, sleeping)
    for watch in watches:
        watch.seen = find_overlaps(
            program,
            settings,
            (_section(watch.functions[0], code), _section(watch.functions[1], code)),
            runs=budget.runs,
            schedules=budget.schedules,
            limit=budget.limit,
        )
    claims: list[Claim] = []
    for claim in audit.claims:
        made = _decided(claim, audit, code, watches, sleeping)
        claims += _apart(claim, made) if made is not claim and not claim.is_decided else [made]
    return replace(audit, claims=tuple(claims), panel=merged(claims), ran=program.name)


def _apart(before: Claim, made: Claim) -> list[Claim]:
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


def _section(node: ast.AST, code: Code) -> str:
    body = getattr(node, "body", [node])
    first = body[1] if len(body) > 1 and code.docstring(node) else body[0]
    return f"{code.module.file}:{first.lineno}-{getattr(node, 'end_lineno', first.lineno)}"


def _sleeping(code: Code) -> list[ast.AST]:
    """The functions that are put in the place of others by patches, and sleep."""
    found: list[ast.AST] = []
    for patch in code.patches:
        function = patch.function(code.module)
        if function is None or isinstance(function.node, ast.Lambda):
            continue
        calls = [n for n in ast.walk(function.node) if isinstance(n, ast.Call)]
        if any(code.module.dotted(call.func).endswith(".sleep") for call in calls):
            found.append(function.node)
    return list(dict.fromkeys(found))


def _watches(audit: Audit, code: Code, sleeping: list[ast.AST]) -> list[_Watch]:
    watches = []
    if len(sleeping) == 2:
        watches.append(_Watch((sleeping[0], sleeping[1])))
    elif sleeping:
        watches.append(_Watch((sleeping[0], sleeping[0])))
    watched = {id(node) for watch in watches for node in watch.functions}
    for claim in audit.claims:
        for node in _called(claim, code):
            if id(node) not in watched and len(watches) < _MOST:
                watched.add(id(node))
                watches.append(_Watch((node, node)))
    return watches


def _called(claim: Claim, code: Code) -> list[ast.AST]:
    """The functions of this file that ``claim`` says are called, or are not."""
    match = _CALLED.match(claim.claim)
    if match is None or claim.checker != "names":
        return []
    found: list[ast.AST] = []
    for name in match["names"].split(" and "):
        functions = code.thing(name).functions
        if len(functions) != 1:
            return []
        found += functions
    return found


def _decided(
    claim: Claim, audit: Audit, code: Code, watches: list[_Watch], sleeping: list[ast.AST]
) -> Claim:
    functions = _called(claim, code)
    if functions:
        return _by_entries(claim, code, functions, watches)
    if claim.is_decided or not sleeping or not _is_about_sleeps(claim, audit):
        return claim
    watch = next((w for w in watches if w.functions[0] in sleeping), None)
    if watch is None or watch.seen is None:
        return claim
    lines = tuple(sorted(int(getattr(node, "lineno", 0)) for node in sleeping))
    if _UNRELIABLE.search(claim.quote) and len(sleeping) == 2:
        return _by_overlap(claim, code, watch, lines)
    if _COSTLY.search(claim.quote):
        return _by_time(claim, code, watch, lines)
    return claim


def _is_about_sleeps(claim: Claim, audit: Audit) -> bool:
    same = [c.quote for c in audit.claims if (c.review, c.item) == (claim.review, claim.item)]
    return any(_SLEEPS.search(quote) for quote in same)


def _by_entries(claim: Claim, code: Code, functions: list[ast.AST], watches: list[_Watch]) -> Claim:
    told: list[Evidence] = []
    for node in functions:
        for watch in watches:
            if node in watch.functions and watch.free:
                place = "A" if watch.functions[0] is node else "B"
                number = watch.entries(place)
                if not number:
                    return claim
                line = int(getattr(node, "lineno", 0))
                name = getattr(node, "name", "")
                text = f"{name} was entered {number} times in {len(watch.free)} ordinary runs"
                told.append(Evidence(code.file, (line,), text))
                break
    if len(told) < len(functions):
        return claim
    verdict = REFUTED if "never" in claim.claim else SUPPORTED
    return replace(
        claim,
        verdict=verdict,
        reason="",
        evidence=(*claim.evidence, *told),
        checker="runs" if not claim.is_decided else claim.checker,
    )


def _by_overlap(claim: Claim, code: Code, watch: _Watch, lines: tuple[int, ...]) -> Claim:
    """Sleeps that are to make two calls overlap, in runs in which the calls did not."""
    entered = [r for r in watch.free if {each.section for each in r.intervals} == {"A", "B"}]
    apart = [run for run in entered if not run.overlaps]
    if not entered or not apart:
        return claim
    names = " and ".join(str(getattr(node, "name", "")) for node in watch.functions)
    passed = sum(run.outcome == "passed" for run in apart)
    text = (
        f"in {len(apart)} of {len(entered)} ordinary runs {names} were not inside at one time, and "
        f"the test passed in {passed} of these: the lengths of the sleeps do not bring it about"
    )
    return _with(claim, Evidence(code.file, lines, text))


def _by_time(claim: Claim, code: Code, watch: _Watch, lines: tuple[int, ...]) -> Claim:
    spent = [
        sum((each.left or run.seconds) - each.entered for each in run.intervals)
        for run in watch.free
        if run.intervals
    ]
    if not spent or min(spent) < 0.5:
        return claim
    text = f"in each ordinary run tasks were in them for {min(spent):.1f} seconds or more together"
    return _with(claim, Evidence(code.file, lines, text))


def _with(claim: Claim, evidence: Evidence) -> Claim:
    return replace(claim, verdict=SUPPORTED, reason="", evidence=(evidence,), checker="runs")
