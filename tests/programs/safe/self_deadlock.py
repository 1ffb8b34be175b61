"""A method that holds the lock calls another that takes it, and the lock is re-entrant.

Safe: an RLock lets its owner in again.
"""

import threading


class Cache:
    def __init__(self):
        self.lock = threading.RLock()
        self.entries = []

    def put(self, entry):
        with self.lock:
            self.entries.append(entry)

    def clear(self):
        with self.lock:
            self.entries.clear()

    def refresh(self):
        with self.lock:
            if self.entries:
                self.clear()


def test_refresh_and_put_may_overlap():
    cache = Cache()
    refreshing = threading.Thread(target=cache.refresh)
    refreshing.start()
    cache.put("a")
    refreshing.join()
    assert cache.entries in ([], ["a"])
