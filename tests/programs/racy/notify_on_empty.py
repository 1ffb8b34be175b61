"""A producer notifies only if the buffer was empty; two items then wake one of two consumers.

Source: Apache log4j bugs 38137 and 50463, JaConTeBe log4j4 and log4j5.

    one            two            producer
    waits          waits
                                  put: was empty, notify (one wakes)
                                  put: was not empty, no notify
    takes one item
                   waits for ever, an item in the buffer
"""

import threading
from collections import deque


class Buffer:
    def __init__(self):
        self.filled = threading.Condition()
        self.items = deque()

    def put(self, item):
        with self.filled:
            was_empty = not self.items
            self.items.append(item)
            if was_empty:
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
