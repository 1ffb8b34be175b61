"""A registry whose replacing looks up under the lock that it holds."""

import threading


class Registry:
    def __init__(self):
        self.lock = threading.Lock()
        self.entries = {}

    def get(self, name):
        with self.lock:
            return self.entries.get(name)

    def replace(self, name, entry):
        with self.lock:
            old = self.get(name)
            self.entries[name] = entry
            return old
