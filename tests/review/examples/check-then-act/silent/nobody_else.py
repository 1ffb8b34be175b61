# file: cache.py
class Cache:
    def __init__(self):
        self._kept = {}

    def get(self, key):
        if key not in self._kept:
            self._kept[key] = object()
        return self._kept[key]
