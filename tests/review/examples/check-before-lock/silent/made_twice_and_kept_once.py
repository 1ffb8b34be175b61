# file: service/cache.py
import threading


class Cache:
    """Made twice at worst: what is made depends on the key alone, and the last one stays."""

    def __init__(self, compute):
        self.compute = compute
        self.lock = threading.Lock()
        self.values = {}
        self.is_used = False

    def get(self, key):
        value = self.values.get(key)
        if value is None:
            value = self.compute(key)
            with self.lock:
                self.values[key] = value
        return value

    def use(self):
        if not self.is_used:
            with self.lock:
                self.is_used = True
