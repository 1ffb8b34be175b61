"""One counter guarded by two names of the same lock.

Safe: `a` and `b` are one object.
"""

import threading


class Counter:
    def __init__(self):
        self.a = self.b = threading.Lock()
        self.value = 0

    def increment_with_a(self):
        with self.a:
            before = self.value
            self.value = before + 1

    def increment_with_b(self):
        with self.b:
            before = self.value
            self.value = before + 1


def test_every_increment_counts():
    counter = Counter()
    threads = [threading.Thread(target=counter.increment_with_a)]
    threads += [threading.Thread(target=counter.increment_with_b) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 4
