import pytest
from unittest import mock


def test_the_clock_is_asked(service):
    mock.patch("service.clock.now", return_value=5).start()

    # It is five.
    assert service.time() == 5
    # And stays so.
    assert service.time() == 5


@pytest.fixture
def clock():
    now = mock.patch("service.clock.now").start()
    now.return_value = 5
    yield now
