"""What a language model was asked, and what became of its answers.

A model extracts claims or writes a review; it decides nothing. Values only: reports see nothing
else of a conversation.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Consultation"]


@dataclass(frozen=True, slots=True)
class Consultation:
    """How one model was asked, from the first request of a command to the last."""

    model: str
    endpoint: str
    requests: int = 0  #: that were answered, or begun and given up
    sent: int = 0  #: characters of requests
    received: int = 0  #: characters of answers
    claims: int = 0  #: in the answers
    kept: int = 0  #: of these, the ones that a checker decided and that are in the report
    #: Why the others are not in the report, and how many for each reason.
    dropped: tuple[tuple[str, int], ...] = ()
    unsent: tuple[str, ...] = ()  #: what was not sent, and why
    failure: str = ""  #: why it was asked no further; empty where nothing went wrong

    @property
    def source(self) -> str:
        """Who says what it says, as reports name it."""
        return f"model {self.model}"
