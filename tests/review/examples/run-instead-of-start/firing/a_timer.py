import threading


def test_the_cache_is_emptied_later(cache):
    timer = threading.Timer(0.1, cache.clear)
    timer.run()  # here
    assert not cache
