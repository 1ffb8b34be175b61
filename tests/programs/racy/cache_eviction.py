"""Two threads make room in a full cache and remove the same entry.

Source: Python-native; zict 2.2.0's LRU and many hand-made ones.

    one                           two
    full: oldest is "a"
                                  full: oldest is "a"
                                  del entries["a"]
    del entries["a"]: KeyError
"""

import threading


class Cache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.entries = {}

    def put(self, key, value):
        if len(self.entries) >= self.capacity:
            oldest = next(iter(self.entries))
            del self.entries[oldest]
        self.entries[key] = value


def test_full_cache_makes_room():
    cache = Cache(capacity=1)
    cache.put("a", 1)
    threads = [threading.Thread(target=cache.put, args=(key, 0)) for key in "bc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cache.entries) == 1
