"""Why a model was not heard, in one sentence."""

from __future__ import annotations

__all__ = ["ModelFailure"]


class ModelFailure(Exception):
    """A question had no usable answer. Nobody's verdict depends on it, so it ends no command."""

    def __init__(self, reason: str, is_passing: bool = False, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.is_passing = is_passing  #: whether it may be over in a moment
        self.pause = pause  #: seconds that the server asked for
