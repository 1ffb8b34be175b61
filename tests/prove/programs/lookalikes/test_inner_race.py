from inner_race import Cache


def test_every_making_is_counted():
    cache = Cache()
    cache.get_both()
    assert cache.made == 2
