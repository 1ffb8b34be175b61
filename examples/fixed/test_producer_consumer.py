"""One producer, two consumers, one condition, and a consumer that asks again when it is woken."""

import threading
from collections import deque


class Channel:
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


def test_every_item_is_consumed_once():
    channel = Channel()
    consumed = []

    def consume():
        consumed.append(channel.get())

    consumers = [threading.Thread(target=consume, name=f"consumer-{n}") for n in (1, 2)]
    for consumer in consumers:
        consumer.start()
    for item in ("bread", "butter"):
        channel.put(item)
    for consumer in consumers:
        consumer.join()
    assert sorted(consumed) == ["bread", "butter"]
