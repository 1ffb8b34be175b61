import threading


def fill(cache):
    for key in range(100):
        cache.set(key, key)


def test_concurrent_fills(cache):
    one = threading.Thread(target=fill(cache))  # here
    two = threading.Thread(target=fill(cache))
    one.start()
    two.start()
    one.join()
    two.join()
    assert len(cache) == 100
