# file: tests/test_it.py
import settings


def test_the_default():
    assert settings.default == 1
