"""A queue whose producer remembers only the values that got in.

Safe: `stored` and `queue` change together under the lock, so the n-th value taken is the n-th
stored. Values that found the queue occupied are dropped, which nobody minds.
"""

import threading
from collections import deque

VALUES = [7, 8, 9]


class Channel:
    def __init__(self):
        self.lock = threading.Lock()
        self.queue = deque()
        self.stored = []

    def produce(self):
        for value in VALUES:
            with self.lock:
                if not self.queue:
                    self.stored.append(value)
                    self.queue.append(value)

    def consume(self):
        taken = 0
        for _ in VALUES:
            with self.lock:
                if self.queue:
                    assert self.queue.popleft() == self.stored[taken]
                    taken += 1


def test_values_come_out_as_they_were_stored():
    channel = Channel()
    threads = [threading.Thread(target=channel.produce), threading.Thread(target=channel.consume)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
