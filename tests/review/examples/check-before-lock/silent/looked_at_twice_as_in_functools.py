# file: service/lazy.py
# The kind: the cached property of the standard library, before 3.12.
import threading

_missing = object()


class Lazy:
    def __init__(self, make):
        self.make = make
        self.lock = threading.RLock()
        self.cache = {}
        self.value = None

    def of(self, key):
        value = self.cache.get(key, _missing)
        if value is _missing:
            with self.lock:
                value = self.cache.get(key, _missing)
                if value is _missing:
                    value = self.cache[key] = self.make(key)
        return value

    def get(self):
        if self.value is not None:
            return self.value
        with self.lock:
            if self.value is None:
                self.value = self.make(None)
            return self.value
