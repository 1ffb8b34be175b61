"""A test without any concurrency."""


def test_ends():
    assert 1 + 1 == 2
