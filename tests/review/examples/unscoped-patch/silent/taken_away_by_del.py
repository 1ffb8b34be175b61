from unittest import mock

import service


def test_the_limit_is_asked_for():
    service.limit = mock.Mock(return_value=3)
    assert service.check(2)
    service.limit.assert_called_once_with()
    del service.limit
