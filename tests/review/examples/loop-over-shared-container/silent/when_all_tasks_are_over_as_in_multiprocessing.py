# file: service/sharer.py
import threading


class Sharer:
    def __init__(self):
        self._cache = {}
        self._thread = threading.Thread(target=self._serve)

    def _serve(self):
        self._cache.pop(1, None)

    def stop(self):
        self._thread.join()
        for item in self._cache.values():
            item.close()

    def _afterfork(self):
        for item in self._cache.values():
            item.close()
