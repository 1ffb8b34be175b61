# file: service/lazy.py
import threading

_MISSING = object()


class Lazy:
    def __init__(self, make):
        self.make = make
        self.lock = threading.Lock()

    def get(self, cache, name):
        value = cache.get(name, _MISSING)
        if value is _MISSING:  # here
            with self.lock:
                value = self.make(name)
                try:
                    cache[name] = value
                except TypeError:
                    raise ValueError(name) from None
        return value
