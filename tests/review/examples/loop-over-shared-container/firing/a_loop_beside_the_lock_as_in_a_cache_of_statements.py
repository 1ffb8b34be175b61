# file: service/cache.py
import threading


class Cache:
    def __init__(self, size):
        self._data = {}
        self._size = size
        self._lock = threading.Lock()

    def __setitem__(self, key, value):
        self._data[key] = value
        self._shrink()

    def values(self):
        return [value for value in self._data.values()]  # here

    def _shrink(self):
        with self._lock:
            while len(self._data) > self._size:
                self._data.pop(next(iter(self._data)), None)
