"""An attribute is built on first use, by one step that leaves the first one in place.

Safe: `dict.setdefault` with a string key stores or finds in one C call, so all threads go on
with the same object. What a late comer built is thrown away unused.
"""

import threading
from collections import deque


class Outbox:
    def __init__(self):
        self._parts = {}

    @property
    def queue(self):
        return self._parts.setdefault("queue", deque())

    def send(self, message):
        self.queue.append(message)


def test_no_message_is_lost():
    outbox = Outbox()
    threads = [threading.Thread(target=outbox.send, args=(message,)) for message in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outbox.queue) == [1, 2]
