"""A method that holds the lock calls another that takes it, but only if somebody came in between.

Source: Python-native. `Lock` is not re-entrant.

    refresh                        put
    with lock: entries empty,
    nothing to do
      ... or ...
                                   with lock: entries = ["a"]
    with lock: entries is full,
    calls clear(): waits for itself
"""

import threading


class Cache:
    def __init__(self):
        self.lock = threading.Lock()
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
