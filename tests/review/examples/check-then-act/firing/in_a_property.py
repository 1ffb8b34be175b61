# file: outbox.py
import threading
from collections import deque


class Outbox:
    def __init__(self):
        self._queue = None

    @property
    def queue(self):
        if self._queue is None:  # here
            self._queue = deque()
        return self._queue

    def send(self, message):
        self.queue.append(message)

    def start(self, messages):
        for message in messages:
            threading.Thread(target=self.send, args=(message,)).start()
