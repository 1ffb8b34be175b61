"""A bounded queue whose producer drops a value when it finds the queue occupied.

Source: SCTBench CS/queue_bad, with three attempts instead of nineteen. `stored` remembers every
value the producer tried, whether it got in or not; the consumer compares by position.

    producer                  consumer
    stored [7], queue [7]
    stored [7, 8], full
                              takes 7, as stored[0]
    stored [7, 8, 9], queue [9]
                              takes 9, but stored[1] is 8
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
                self.stored.append(value)
                if not self.queue:
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
