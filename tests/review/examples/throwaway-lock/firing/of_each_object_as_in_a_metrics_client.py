# file: metrics/client.py
# The kind: a client of which each user makes one, with a registry for all.
import threading

_registered = {}


class Client:
    def __init__(self, name):
        self._lock = threading.Lock()
        self.name = name

    def register(self, make):
        with self._lock:
            if self.name not in _registered:  # here
                _registered[self.name] = make()
        return _registered[self.name]
