"""By rule: which lines its claim is about, and in which ways a failure can be tied to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from racewright.model.finding import Finding

__all__ = ["NEVER", "PROVABLE", "Way", "is_provable", "way_of"]

#: The means of confirmation that are a schedule of tasks.
PROVABLE: Final = ("explore", "hand-off")

#: What no schedule can show: a wait that never ends takes a fault elsewhere.
NEVER: Final = frozenset({"unbounded-wait"})


@dataclass(frozen=True, slots=True)
class Way:
    """How a finding of a rule is confirmed."""

    #: Ways of :mod:`racewright.prove.ties`, of which one is enough.
    ties: tuple[str, ...]
    #: What a task must be inside of: each of the "places"; the "span" from the first of them to the
    #: last in its function; the bodies of the "with" statements that they stand in; or the whole
    #: "block" that they are the head of.
    lines: str = "places"
    needs_race: bool = True  #: false where every order fails, if the claim is right


_WAYS: Final[dict[str, Way]] = {
    "acquire-without-finally": Way(("left-locked",)),
    "call-state-on-callable": Way(("straddled",)),
    "check-before-lock": Way(("interrupted",), "span"),
    "chmod-after-open": Way(("interrupted-by-any",), "span"),
    "early-assertion": Way(("early",)),
    "ignored-wait-result": Way(("interrupted",), "span"),
    "inconsistent-lock": Way(("interrupted",), "with"),
    "lock-order-inversion": Way(("blocked-all",)),
    "lost-notify": Way(("interrupted-by-any",), "span"),
    "nested-submit": Way(("blocked",)),
    "path-check-before-use": Way(("interrupted-by-any",), "span"),
    "predictable-temporary-name": Way(("interrupted-by-any",), "span"),
    "publish-before-initialised": Way(("interrupted-by-any",), "span"),
    "put-after-stop-check": Way(("interrupted-by-any",), "span"),
    "reentrance-without-owner": Way(("straddled",)),
    "release-of-unheld-lock": Way(("raised", "interrupted")),
    "scope-across-yield": Way(("interrupted",), "span"),
    "self-deadlock": Way(("for-itself",), needs_race=False),
    "throwaway-lock": Way(("interrupted",), "with"),
    "wait-outside-loop": Way(("relied-upon",)),
    "write-in-place": Way(("interrupted-by-any",), "block"),
}
_BY_PROOF: Final = {
    "explore": Way(("interrupted",)),
    "hand-off": Way(("interrupted", "ordered")),
}
#: A wait that asks nothing before it waits, and may wait for what has been.
_BARE_WAIT: Final = Way(("blocked",))


def is_provable(finding: Finding) -> bool:
    """Whether there is an experiment that could confirm the finding."""
    return (
        finding.source == "racewright" and finding.proof in PROVABLE and finding.rule not in NEVER
    )


def way_of(finding: Finding) -> Way:
    """How ``finding``, which is provable, would be confirmed."""
    if finding.rule == "wait-outside-loop" and len(finding.places) == 1:
        return _BARE_WAIT
    return _WAYS.get(finding.rule) or _BY_PROOF[finding.proof]
