# file: registry.py
import threading


class Registry:
    def __init__(self):
        self._lock = threading.Lock()  # of the entries
        self._entries = {}

    def get(self, name):
        with self._lock:
            return self._entries.get(name)

    def replace(self, name, entry):
        with self._lock:
            old = self.get(name)
            self._entries[name] = entry
            return old
