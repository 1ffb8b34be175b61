# file: tests/test_it.py
import settings  # noqa: F401 registers the options


def test_the_default():
    assert True
