# file: service/registry.py
# The kind: a manager of which the module makes one, with a table beside it.
import threading

_names = {}


class Manager:
    def __init__(self):
        self.lock = threading.Lock()

    def name(self, value):
        with self.lock:
            if value not in _names:
                _names[value] = len(_names)
        return _names[value]


manager = Manager()
