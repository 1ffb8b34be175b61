"""Datetimes are pickled by the name of their class, which under control is that of a facade."""

from __future__ import annotations

import copy
import datetime
import pickle
from collections.abc import Iterator

import pytest

from racewright import originals
from racewright.interpose import stdlib


@pytest.fixture(autouse=True)
def _control() -> Iterator[None]:
    stdlib.install()
    yield
    stdlib.uninstall()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_under_control_a_datetime_can_be_pickled(protocol: int) -> None:
    for moment in (
        datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
        datetime.datetime(2026, 1, 2, 3, fold=1),
        datetime.date(2026, 1, 2),
    ):
        again = pickle.loads(pickle.dumps(moment, protocol))
        assert again == copy.deepcopy(moment) == copy.copy(moment) == moment
        assert type(again) in (originals.datetime_class, originals.date_class)
        assert getattr(again, "fold", 0) == getattr(moment, "fold", 0)


def test_what_was_pickled_under_control_is_read_without_it() -> None:
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5)
    pickled = pickle.dumps(moment)
    stdlib.uninstall()
    assert pickle.loads(pickled) == moment
    assert pickle.dumps(moment).count(b"datetime") == pickled.count(b"datetime")
