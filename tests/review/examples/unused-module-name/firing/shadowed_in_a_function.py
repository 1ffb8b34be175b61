import settings

LIMIT = settings.LIMIT  # here


def test_the_limit():
    LIMIT = 3
    assert LIMIT == 3
