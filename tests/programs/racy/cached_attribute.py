"""An attribute is built on first use, once for each thread that comes early.

Source: Python-native. Each thread goes on with an object of its own, and one is lost with what
it holds.

    one                          two
    _queue is None
                                 _queue is None
                                 _queue = deque A, A.append(2)
    _queue = deque B
                                                               2 is lost
"""

import threading
from collections import deque


class Outbox:
    def __init__(self):
        self._queue = None

    @property
    def queue(self):
        if self._queue is None:
            self._queue = deque()
        return self._queue

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
