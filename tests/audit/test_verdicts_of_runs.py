"""What runs may come to, and what may be said then: every case."""

from __future__ import annotations

import itertools

import pytest

from racewright.audit.questions import NOTICES, OVERLAPS, REPRODUCES, Question
from racewright.audit.trials import _on_notice, _on_overlap, _Result
from racewright.model.claim import NOT_CHECKABLE, REFUTED, SUPPORTED
from racewright.model.vacuity import MutantVerdict, Sighting

HOW = ("", "may", "always")


def question(kind: str, how: str, *, is_denied: bool) -> Question:
    return Question(kind, is_denied, 0, 1, "", how)


def result(verdict: str, executions: int = 100, passed: int = 0, failed: int = 0) -> _Result:
    sighting = Sighting("lock bank.py:14")
    return _Result(sighting, MutantVerdict(sighting, verdict, executions, 1.0), passed, failed)


RESULTS = [
    result(verdict, executions, passed, failed)
    for verdict in ("noticed", "not noticed", "equivalent", "inconclusive")
    for executions in (1, 9, 10)
    for passed, failed in ((0, 0), (1, 0), (3, 0), (2, 1), (0, 3))
]


@pytest.mark.parametrize("how", HOW)
def test_a_claim_and_its_denial_do_not_come_out_alike(how: str) -> None:
    for first, second in itertools.product(RESULTS, RESULTS):
        said = [
            _on_notice(question(NOTICES, how, is_denied=denied), [first, second])
            for denied in (False, True)
        ]
        # That it may notice, and that it may not, are both so of many a test.
        allowed = how == "may" and said == [SUPPORTED, SUPPORTED]
        assert said[0] == NOT_CHECKABLE or said[0] != said[1] or allowed


def test_what_ran_too_seldom_decides_nothing() -> None:
    for each in RESULTS:
        if each.verdict.verdict == "inconclusive" and not each.failed:
            assert {
                _on_notice(question(NOTICES, "", is_denied=denied), [each])
                for denied in (False, True)
            } == {NOT_CHECKABLE}
    few = result("not noticed", executions=9, passed=1)
    assert _on_notice(question(NOTICES, "", is_denied=True), [few]) == NOT_CHECKABLE
    assert _on_notice(
        question(NOTICES, "", is_denied=True), [result("not noticed", 9, passed=2)]
    ) == (SUPPORTED)


def test_locks_that_do_not_agree_decide_nothing() -> None:
    both = [result("noticed"), result("not noticed")]
    for how, denied in itertools.product(("", "always"), (False, True)):
        assert _on_notice(question(NOTICES, how, is_denied=denied), both) == NOT_CHECKABLE


def test_that_a_test_always_notices_is_never_supported() -> None:
    for each in RESULTS:
        assert _on_notice(question(NOTICES, "always", is_denied=False), [each]) != SUPPORTED


def test_what_fails_only_when_searched_for_is_called_neither() -> None:
    each = result("noticed", passed=3)
    for denied in (False, True):
        assert _on_notice(question(NOTICES, "", is_denied=denied), [each]) == NOT_CHECKABLE


OVERLAPPING = [
    (apart, runs, is_held_apart)
    for runs in (1, 3)
    for apart in range(runs + 1)
    for is_held_apart in (False, True)
]


@pytest.mark.parametrize("kind", [OVERLAPS, REPRODUCES])
def test_of_overlaps_a_claim_and_its_denial_do_not_come_out_alike(kind: str) -> None:
    for (apart, runs, is_held_apart), how in itertools.product(OVERLAPPING, HOW):
        is_never = runs > 1 and apart == runs and is_held_apart
        said = [
            _on_overlap(
                question(kind, how, is_denied=denied),
                apart,
                runs,
                is_never=is_never,
                is_seen=apart < runs or not is_held_apart,
            )
            for denied in (False, True)
        ]
        allowed = how == "may" and said == [SUPPORTED, SUPPORTED]
        assert said[0] == NOT_CHECKABLE or said[0] != said[1] or allowed
        if kind == REPRODUCES:
            assert said[0] != SUPPORTED  # that they meet is not yet the race
            assert said[1] != REFUTED
        if is_never and how != "may":
            assert said == [REFUTED, SUPPORTED]
