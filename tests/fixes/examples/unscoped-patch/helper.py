from unittest import mock


def freeze(clock):
    mock.patch("service.clock.now", return_value=5).start()
    clock.freeze()
