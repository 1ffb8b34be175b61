"""A small cache whose look-up, eviction and insertion are one critical section."""

import threading


class Cache:
    def __init__(self, capacity):
        self.lock = threading.Lock()
        self.capacity = capacity
        self.entries = {}

    def get(self, key, compute):
        with self.lock:
            if key not in self.entries:
                if len(self.entries) >= self.capacity:
                    oldest = next(iter(self.entries))
                    del self.entries[oldest]
                self.entries[key] = compute(key)
            return self.entries[key]


def test_two_threads_get_what_they_asked_for():
    cache = Cache(capacity=1)
    answers = {}

    def ask(key):
        answers[key] = cache.get(key, str.upper)

    threads = [threading.Thread(target=ask, args=(key,), name=f"asks-{key}") for key in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {"a": "A", "b": "B"}
    assert len(cache.entries) == 1
