# file: tests/test_it.py
from oslo_config import (
    cfg,
    types,  # both
)

# What the tests look at.
CONF = cfg.CONF
LIMIT = 3


def test_the_default():
    assert types and LIMIT
