"""A client that is made once, or twice."""

import threading


class Service:
    def __init__(self):
        self.lock = threading.Lock()
        self.client = None
        self.made = 0

    def get(self):
        if self.client is None:
            with self.lock:
                self.client = self.make()
        return self.client

    def make(self):
        self.made += 1
        return object()
