# file: web/sessions.py
from django.core.cache import caches


class Sessions:
    def __init__(self):
        self._cache = caches["sessions"]

    def load(self, key):
        try:
            data = self._cache.get(key)  # here
        except Exception:
            data = None
        if data is None:
            data = self.read(key)
            self._cache.set(key, data)
        return data

    def read(self, key):
        return {key: 1}
