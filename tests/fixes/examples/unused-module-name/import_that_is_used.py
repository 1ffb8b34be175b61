# file: tests/test_it.py
import settings

CONF = settings.CONF


def test_the_default():
    assert settings.default == 1
