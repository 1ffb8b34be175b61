# As tests of deadlines: the clock is the test's own.
import time
from unittest import mock


@mock.patch("time.monotonic")
def test_a_deadline(clock, service):
    clock.side_effect = [0, 1, 2, 3]
    began = time.monotonic()
    service.step()
    assert time.monotonic() - began < 5
