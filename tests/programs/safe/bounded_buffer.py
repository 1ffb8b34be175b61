"""A consumer keeps the lock from seeing an item to taking it.

Safe: nobody else can take the item in between. Two puts, two notifications: a consumer that
waits is either notified or finds the item before it waits, and a notification cannot go to
waste, for only a consumer that then takes an item leaves the wait.
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
