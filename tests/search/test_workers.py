"""Children leave nothing behind in the process that made them."""

from __future__ import annotations

import gc
import warnings

from racewright.search.workers import call_in_child


def test_a_child_that_is_gone_holds_no_file() -> None:
    # Where a test suite makes warnings errors, an unclosed file fails whatever is running when the
    # garbage is collected: the test that is explored, or pytest at its end.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value, death, _ = call_in_child(lambda child: 6 * 7, silence=5.0)
        gc.collect()
    assert (value, death) == (42, "")
    assert [str(each.message) for each in caught] == []
