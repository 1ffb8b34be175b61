# file: service/cache.py
from threading import Lock


class Cache:
    def __init__(self, load):
        self.load = load
        self.mutex = Lock()
        self.values = {}

    def get(self, key):
        self.mutex.acquire()  # here
        try:
            if key not in self.values:
                self.values[key] = self.load(key)
            value = self.values[key]
        except LookupError:
            self.mutex.release()
            return None
        self.mutex.release()
        return value
