"""``Lock`` and ``RLock`` as objects: what may be done with one besides taking it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest

from racewright import originals
from racewright.primitives.locks import Lock, RLock


@pytest.mark.parametrize("copies", [copy.copy, copy.deepcopy, pickle.dumps])
@pytest.mark.parametrize(
    ("ours", "real"), [(Lock, originals.allocate_lock), (RLock, originals.RLock)]
)
def test_a_lock_cannot_be_copied_and_says_so_as_natively(
    ours: Callable[[], object], real: Callable[[], object], copies: Callable[[object], object]
) -> None:
    with pytest.raises(TypeError) as natively:
        copies(real())
    with pytest.raises(TypeError) as raised:
        copies(ours())
    assert str(raised.value) == str(natively.value)
