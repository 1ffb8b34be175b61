# file: registry.py
from threading import Lock


class Registry:
    def __init__(self):
        self._lock = Lock()
        self._entries = {}

    def get(self, name):
        with self._lock:
            return self._entries.get(name)

    def replace(self, name, entry):
        with self._lock:
            old = self.get(name)
            self._entries[name] = entry
            return old
