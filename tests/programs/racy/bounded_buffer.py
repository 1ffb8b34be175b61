"""A consumer lets go of the lock between seeing an item and taking it.

Source: Inspect's boundedBuffer in the variant of PERIOD.

    one                      two
    buffer is not empty
    release
                             buffer is not empty
                             takes the item
    IndexError: pop from an empty deque
"""

import threading
from collections import deque


class BoundedBuffer:
    def __init__(self):
        self.changed = threading.Condition()
        self.items = deque()

    def put(self, item):
        with self.changed:
            self.items.append(item)
            self.changed.notify()

    def get(self):
        with self.changed:
            while not self.items:
                self.changed.wait()
        with self.changed:
            return self.items.popleft()


def test_two_consumers_get_two_items():
    buffer = BoundedBuffer()
    got = []

    def consume():
        got.append(buffer.get())

    threads = [threading.Thread(target=consume) for _ in range(2)]
    for thread in threads:
        thread.start()
    buffer.put("first")
    buffer.put("second")
    for thread in threads:
        thread.join()
    assert sorted(got) == ["first", "second"]
