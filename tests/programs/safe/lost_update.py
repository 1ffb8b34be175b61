"""Two threads add one to an attribute under one lock.

Safe: the read and the write belong to one critical section, so the second addition starts from
what the first one wrote.
"""

import threading


class Counter:
    def __init__(self):
        self.lock = threading.Lock()
        self.value = 0

    def increment(self):
        with self.lock:
            value = self.value
            self.value = value + 1


def test_two_increments_are_both_kept():
    counter = Counter()
    threads = [threading.Thread(target=counter.increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 2
