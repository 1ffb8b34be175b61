from unittest import mock

import settings

LIMIT = settings.LIMIT


def test_it():
    with mock.patch("tests.test_it.LIMIT", 3):
        assert settings.check()
