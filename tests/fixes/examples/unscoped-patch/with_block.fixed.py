import pytest
from unittest import mock


def test_the_clock_is_asked(service):
    with mock.patch("service.clock.now", return_value=5):
        # It is five.
        assert service.time() == 5
        # And stays so.
        assert service.time() == 5


@pytest.fixture
def clock():
    with mock.patch("service.clock.now") as now:
        now.return_value = 5
        yield now
