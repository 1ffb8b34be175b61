"""What a review says of a test that only running it can decide.

Three questions are understood: whether the test would notice that its fix is gone, whether two
functions are ever inside at one time in it, and whether it fails at times. Each is read from one
clause, or from one and its condition ("the test passes, even if the lock is removed"), and the
words have to be understood to their end, as checkers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from racewright.audit.clauses import Clause

__all__ = ["FAILS", "NOTICES", "OVERLAPS", "REPRODUCES", "Question", "questions_in"]

NOTICES: Final = "notices"  #: that what repairs the bug is gone
OVERLAPS: Final = "overlaps"
REPRODUCES: Final = "reproduces"  #: the race
FAILS: Final = "fails"  #: at times


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a run, and by which words."""

    kind: str
    is_denied: bool
    start: int  #: of the words
    end: int
    claim: str  #: in few words
    how: str = ""  #: "may": it is said that it can be; "always": that it is each time
    subject: str = ""  #: the test that is named; empty where it is "the test"
    about: tuple[str, ...] = ()  #: the locks that are named, or the functions
    is_of_locks: bool = False  #: whether the words say that it is a matter of locks
    is_of_sleeps: bool = False  #: or of sleeps


_TEST = (
    r"(?P<t>#code|(?:the|this|that|these) (?:\w+ )?tests?(?: case| method| function)?"
    r"|the (?:\w+ )?@\d+(?: (?:test|method|function|case))*|@\d+(?: test)?)"
)
_ADVERB = (
    r"(?:(?:still|even|also|actually|only|ever) )?(?:(?P<adverb>always|reliably|consistently|often"
    r"|sometimes|occasionally) )?"
)
_BUG = (
    r"(?:the|this|that|a|any|its|such a|such) (?:\w+ )?(?:bugs?|race(?: conditions?)?|regressions?"
    r"|defects?|problems?|data race|failure|(?:missing|absent) (?:lock|locking|@\d+|fix"
    r"|synchroni[sz]ation)|(?:absence|removal|loss) of (?:the )?(?:lock|locking|fix|@\d+))"
)
#: What repairs the bug.
_FIX = (
    r"(?:(?:the|its|this|that|any|all) )?(?:@\d+ )?(?:fix(?:es)?|patch|locks?|locking|mutex"
    r"|semaphore|synchroni[sz]ation|lock decorator|decorator|critical section)(?: fix)?"
    r"(?: (?:in|of|on|around|from|for|called) (?:the )?@\d+)?"
    r"(?: (?:for|of) (?:the|this|that|its) (?:race(?: condition)?|bug|defect|problem|regression))?"
    r"|(?:the )?@\d+(?: (?:lock|decorator))?"
)
_GONE = (
    rf"(?:(?P<gone>{_FIX}) (?:is|are|was|were|be|being|has been|had been) (?:removed|absent|gone"
    r"|missing|reverted|disabled|deleted|omitted|dropped|taken (?:away|out)|left out|not there"
    r"|not applied|commented out)|the (?:bug|race|race condition|defect|problem)"
    r" (?:is|are|was|were|be) (?:present|there|back|not fixed|unfixed|reintroduced|put back"
    r"|in place|still there|still present))"
)
_WITHOUT = (
    rf"(?:without|in the absence of) (?P<without>{_FIX})|with (?:or|and) without (?P<both>{_FIX})"
    r"|with the (?:bug|race|defect)(?: (?:present|put back|reintroduced|there))?"
    rf"|with (?P<with>{_FIX}) (?:removed|absent|gone|reverted|disabled|deleted|dropped)"
    rf"|after (?:removing|reverting|disabling|deleting|dropping) (?P<after>{_FIX})"
)
_WHETHER = (
    r"(?:whether or not|regardless of whether|no matter whether|even if|if|when|once)"
    rf" {_GONE}(?: or not)?"
)
_MAY = r"(?:may|might|could|can|would|will|should)"
_PASSES = (
    rf"(?:(?P<may>{_MAY}) )?{_ADVERB}(?:be )?(?P<passes>pass(?:es)?|succeeds?|green|stays? green"
    r"|not fail|(?:does|do) not fail|fails?|not pass|(?:does|do) not pass|breaks?)"
)
_NOT = r"(?:(?P<no>(?:does|do|will|would|can|could|did|may|might) not|cannot|never|fails to) )?"


def _table(*rows: tuple[str, str, bool]) -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    return tuple((re.compile(f"(?:{words})$"), kind, denied) for words, kind, denied in rows)


#: Statements, the question that each asks, and whether as they stand they deny it.
_STATEMENTS = _table(
    (rf"{_TEST} {_PASSES} (?:even )?(?:{_WITHOUT}|{_WHETHER})", NOTICES, False),
    (rf"(?:even )?(?:{_WHETHER}|{_WITHOUT}) ,? ?{_TEST} {_PASSES}", NOTICES, False),
    (
        rf"(?:removing|reverting|disabling|taking away|dropping|deleting) (?P<removing>{_FIX})"
        r"(?: (?P<no>would not|does not|will not|never|cannot))? ?(?:would |will )?"
        rf"(?:makes?|causes?|lets?) {_TEST} (?:to )?fail",
        NOTICES,
        False,
    ),
    (
        rf"{_TEST} {_NOT}(?P<may>(?:may|might|could|can|would|will) )?{_ADVERB}(?:detects?"
        rf"|catch(?:es)?|notices?|exposes?|reveals?|uncovers?|flags?) {_BUG}",
        NOTICES,
        False,
    ),
    (
        rf"{_TEST} (?:does not|do not|never|cannot|fails to) (?:actually )?(?:verify|test|prove"
        rf"|check|validate) (?:that )?(?:{_BUG}|(?:the|this) fix(?: works)?)",
        NOTICES,
        True,
    ),
    (
        rf"{_TEST} (?:is|are) (?:completely |effectively |essentially |entirely )?vacuous",
        NOTICES,
        True,
    ),
    (rf"{_TEST} (?:proves?|verifies|verify|tests?|shows?) nothing(?: at all)?", NOTICES, True),
    (
        rf"{_TEST} (?:gives?|provides?) (?:a |us )*(?:false confidence|false sense of"
        r" (?:security|confidence|safety))",
        NOTICES,
        True,
    ),
    (
        rf"{_TEST} {_NOT}(?P<may>(?:may|might|could|can) (?:not )?)?(?P<always>reliably |always "
        r"|consistently |deterministically )?(?:actually |really )?(?:reproduces?|triggers?"
        r"|exercises?|provokes?|brings? about) (?P<which>the|this|that|any|a) (?:\w+ )?(?:race"
        r"(?: conditions?)?|overlap|interleaving|bug)",
        REPRODUCES,
        False,
    ),
    (
        r"(?:the|this|that) (?:\w+ )?(?:race(?: condition)?|overlap|interleaving) (?:is|was)"
        r" (?P<no>not |never )?(?P<always>reliably |always |consistently )?(?:actually |really )?"
        r"(?:reproduced|triggered|exercised|provoked|brought about)(?: by (?:the|this) test)?",
        REPRODUCES,
        False,
    ),
    (
        r"(?P<pair>(?:both )?@\d+(?: and @\d+)?|the (?:two|patched|slow|sleeping|mocked)"
        r" (?:\w+ )?(?:threads|functions|methods|calls|sections|patches|mocks|sleeps))"
        r" (?:(?P<no>do not|does not|never|will not|cannot|(?:is|are) (?:never|not)) )?"
        r"(?P<may>(?:may|might|could|can) )?(?P<always>always |reliably )?"
        r"(?:actually |ever |really )?"
        r"(?:overlaps?|(?:(?:is |are )?(?:runs?|executed?|executes|inside|active))"
        r" (?:concurrently|simultaneously|in parallel|at (?:the same|one) time))"
        r"(?: with (?P<b>@\d+))?",
        OVERLAPS,
        False,
    ),
    (
        rf"{_TEST} (?:(?P<may>(?:may|might|could|can) (?:be )?)|(?:is|are) )(?P<no>not )?"
        r"(?:very |inherently |quite |potentially )?(?:flaky|unreliable|non-?deterministic"
        r"|nondeterministic)",
        FAILS,
        False,
    ),
    (
        rf"{_TEST} (?:(?P<may>(?:may|might|could|can) )?(?:fails?|breaks?) (?:intermittently"
        r"|sporadically|at random|randomly|occasionally|sometimes|at times|now and then)|(?P<may2>"
        r"(?:may|might|could|can) )?(?:sometimes|occasionally|intermittently|randomly"
        r"|sporadically) (?:fails?|breaks?))",
        FAILS,
        False,
    ),
    (rf"{_TEST} (?:is|are) not (?:deterministic|stable|reliable)", FAILS, False),
    (rf"{_TEST} (?:is|are) (?:deterministic|stable|reliable|not flaky)", FAILS, True),
    (rf"{_TEST} (?:never fails?|always pass(?:es)?|reliably passes)", FAILS, True),
)
#: What sleeps are said to do to a test; which has to be said of sleeps.
_CAUSED = re.compile(
    r"(?:this is not \w+ , as )?(?P<cause>.{1,60}?) (?P<may>(?:may|might|could|can) )?"
    r"(?:(?:makes?|renders?) (?:(?:the|this|these|your|a) )?tests? (?:more |potentially )?"
    r"(?:flaky|unreliable|non-?deterministic|brittle)"
    r"|(?:leads? to|results? in|causes?) (?:flaky tests?(?: failures?)?|flakiness|test flakiness"
    r"|intermittent (?:test )?failures|unreliable tests?)"
    r"|(?:is|are) a (?:common |frequent |known )?(?:source|cause) of (?:flakiness|flaky tests))"
    r"(?: (?:on|under) (?:a )?(?:slow|slower|loaded|busy|heavy)(?: \w+)?)?$"
)
_SLEEP = re.compile(r"\b(?:sleep(?:s|ing)?|delays?)\b")
_FALL_SHORT = re.compile(r"(?:fails?|breaks?|(?:do(?:es)? )?not pass)$")
_OF_LOCKS = re.compile(r"\b(?:race|lock|mutex|semaphore|synchroni|interleav|vacuous|decorator)")
_CONDITION = re.compile(r"(?:even )?(?:if|when|once|without|with|after|in the absence of) ")
#: The groups that name a lock, or functions.
_NAMING = ("gone", "without", "both", "with", "after", "removing", "pair", "b")
_CONDITIONS = ("if", "when", "even though", "although", "unless", "without", "while")


def questions_in(clauses: Iterable[Clause]) -> Iterator[Question]:
    """What ``clauses``, in their order, ask of a run."""
    every = list(clauses)
    for number, clause in enumerate(every):
        if clause.force in ("advice", "question"):
            continue
        following = every[number + 1] if number + 1 < len(every) else None
        asked = None
        if following is not None and following.said_before == clause.words:
            asked = _with_condition(clause, following)
        if asked is None and clause.joint not in ("if", "when", "unless"):
            asked = _asked(clause.words, clause, clause.end)
        if asked is not None:
            yield asked


def _with_condition(clause: Clause, following: Clause) -> Question | None:
    """``#code would pass`` and, joined by *if*, ``the lock were removed``; or the reverse."""
    if following.joint in _CONDITIONS[:-2]:
        words = f"{clause.words.removesuffix(' even')} if {_plain(following.words)}"
    elif _CONDITION.match(clause.words):
        words = f"{clause.words} , {following.words}"
    elif clause.joint in ("if", "when"):
        words = f"if {clause.words} , {following.words}"
    else:
        return None
    return _asked(words, clause, following.end)


def _plain(words: str) -> str:
    return re.sub(r"^(?:@\d+|#code) (?=the )", "", words)


def _asked(words: str, clause: Clause, end: int) -> Question | None:
    words = " ".join(words.split())
    for pattern, kind, denies in _STATEMENTS:
        match = pattern.match(words)
        if match is not None:
            return _question(match, kind, denies, clause, end)
    match = _CAUSED.match(words)
    if match is not None and _is_about_sleeps(clause):
        asked = _question(match, FAILS, False, clause, end)
        return replace(asked, is_of_sleeps=True) if asked is not None else None
    return None


def _is_about_sleeps(clause: Clause) -> bool:
    """Whether sleeps are spoken of, in it or before it in its item."""
    for each in (clause, *clause.earlier):
        names = " ".join(name for group in each.groups for name in group.texts)
        if _SLEEP.search(each.words) or _SLEEP.search(names):
            return True
    return False


def _question(
    match: re.Match[str], kind: str, denies: bool, clause: Clause, end: int
) -> Question | None:
    found = match.groupdict()
    no = found.get("no") or ""
    if no:
        denies = not denies
    if kind == REPRODUCES and not denies and found.get("which") in ("a", "any"):
        return None  # what it is for, rather than what it does
    may = (found.get("may") or found.get("may2") or "").split()
    if "not" in may:
        denies = not denies
    how = "may" if {*may[:1], *no.split()[:1]} & {"may", "might", "could", "can"} else ""
    adverb = (found.get("always") or found.get("adverb") or "").strip()
    if adverb:
        how = "may" if adverb in ("often", "sometimes", "occasionally") else "always"
    if found.get("passes"):
        denies = not _FALL_SHORT.match(found["passes"])
        if not denies and (
            found.get("both") or re.search(r"\b(?:or not|regardless|no matter)\b", match[0])
        ):
            return None  # a test that fails anyway
    parts = [found.get(name) or "" for name in _NAMING]
    about = [text for part in parts for text in _names(part, clause)]
    subject = _names(found.get("t") or "", clause)
    if len(subject) > 1 or (kind == OVERLAPS and about and len(about) != 2):
        return None
    return Question(
        kind=kind,
        is_denied=denies,
        start=clause.start,
        end=end,
        claim=_in_words(match[0], clause),
        how=how,
        subject=subject[0] if subject else "",
        about=tuple(about),
        is_of_locks=bool(about or _OF_LOCKS.search(match[0])),
    )


def _names(words: str, clause: Clause) -> list[str]:
    found: list[str] = []
    for token in re.findall(r"@\d+", words):
        group = clause.group(token)
        found += group.texts if group is not None else ()
    return found


def _in_words(words: str, clause: Clause) -> str:
    def name(found: re.Match[str]) -> str:
        return " and ".join(_names(found[0], clause)) or found[0]

    return re.sub(r"@\d+", name, words).replace("#code", "the test")
