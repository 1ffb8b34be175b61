from time import sleep as pause

from unittest import mock


def slow(*args):
    pause(0.2)  # here
    return 1


def test_two_at_once(service):
    with mock.patch.object(service.Store, "read", side_effect=slow):
        service.run_both()
