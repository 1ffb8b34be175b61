"""A producer notifies with every item.

Safe: as many notifications as items; a consumer that waits takes exactly one of each.
"""

import threading
from collections import deque


class Buffer:
    def __init__(self):
        self.filled = threading.Condition()
        self.items = deque()

    def put(self, item):
        with self.filled:
            self.items.append(item)
            self.filled.notify()

    def get(self):
        with self.filled:
            while not self.items:
                self.filled.wait()
            return self.items.popleft()


def test_two_items_reach_two_consumers():
    buffer = Buffer()
    got = []

    def produce():
        buffer.put(1)
        buffer.put(2)

    threads = [threading.Thread(target=produce)]
    threads += [threading.Thread(target=lambda: got.append(buffer.get())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [1, 2]
