"""``datetime`` under control looks like the real one, to programs and to compiled extensions."""

from __future__ import annotations

import copy
import datetime
import pickle

import pytest

from racewright import originals
from racewright.primitives.clocks import VirtualDate, VirtualDatetime


@pytest.mark.parametrize(
    ("facade", "real"),
    [(VirtualDatetime, originals.datetime_class), (VirtualDate, originals.date_class)],
)
def test_a_facade_is_as_large_as_the_class_it_stands_for(facade: type, real: type) -> None:
    assert facade.__basicsize__ == real.__basicsize__


def test_instances_are_real_and_count_as_the_facades() -> None:
    moment = VirtualDatetime(2026, 1, 2, 3, 4, 5)
    assert type(moment) is originals.datetime_class
    assert isinstance(moment, VirtualDatetime)
    assert isinstance(moment, VirtualDate)
    assert issubclass(originals.datetime_class, VirtualDatetime)
    assert pickle.loads(pickle.dumps(moment)) == copy.deepcopy(moment) == moment


def test_every_way_of_making_a_datetime_makes_a_real_one() -> None:
    made = [
        VirtualDatetime.now(),
        VirtualDatetime.now(datetime.timezone.utc),
        VirtualDatetime.fromtimestamp(0),
        VirtualDatetime.fromisoformat("2026-01-02"),
        VirtualDatetime.strptime("2026", "%Y"),
        VirtualDatetime.combine(VirtualDate(2026, 1, 2), datetime.time()),
        VirtualDatetime.min,
    ]
    assert {type(moment) for moment in made} == {originals.datetime_class}
