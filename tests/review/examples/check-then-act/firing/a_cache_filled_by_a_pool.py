# file: cache.py
from concurrent.futures import ThreadPoolExecutor


class Cache:
    def __init__(self):
        self._kept = {}

    def get(self, key):
        if key not in self._kept:  # here
            self._kept[key] = object()
        return self._kept[key]

    def fill(self, keys):
        with ThreadPoolExecutor() as pool:
            return list(pool.map(self.get, keys))
