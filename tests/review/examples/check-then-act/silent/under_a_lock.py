# file: cache.py
import threading


class Cache:
    def __init__(self):
        self._kept = {}
        self._lock = threading.Lock()

    def get(self, key):
        with self._lock:
            if key not in self._kept:
                self._kept[key] = object()
            return self._kept[key]

    def fill(self, keys):
        for key in keys:
            threading.Thread(target=self.get, args=(key,)).start()
