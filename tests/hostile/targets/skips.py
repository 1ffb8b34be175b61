"""A test that skips itself."""

import pytest


def test_ends():
    pytest.skip("not today")
