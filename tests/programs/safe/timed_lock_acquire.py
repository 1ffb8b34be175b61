"""Who does not get the lock in time does nothing and reports it.

Source: Python-native. needs: slack
Safe: value and lock are touched only by the holder, and the test expects as many additions as
there were successes. (`list.append` is one step.)
"""

import threading


class Counter:
    def __init__(self):
        self.lock = threading.Lock()
        self.value = 0

    def increment(self):
        if not self.lock.acquire(timeout=0.5):
            return False
        try:
            self.value += 1
        finally:
            self.lock.release()
        return True


def test_both_increments_count():
    counter = Counter()
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(counter.increment())) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == sum(results) >= 1
