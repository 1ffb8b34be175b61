"""Two threads make room in a full cache, one after the other.

Safe: check, removal and insertion are one critical section, which leaves as many entries as
allowed.
"""

import threading


class Cache:
    def __init__(self, capacity):
        self.lock = threading.Lock()
        self.capacity = capacity
        self.entries = {}

    def put(self, key, value):
        with self.lock:
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
