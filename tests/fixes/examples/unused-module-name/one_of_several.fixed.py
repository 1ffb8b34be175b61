# file: tests/test_it.py
from oslo_config import (
    types,  # both
)

LIMIT = 3


def test_the_default():
    assert types and LIMIT
