# file: tests/test_it.py
"""A test of the default."""

import os

from oslo_config import cfg
from oslo_config import types

CONF = cfg.CONF


def test_the_default():
    assert os.name and types
