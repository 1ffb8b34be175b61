# file: service/pool.py
import threading
import weakref


class Pool:
    def __init__(self):
        self.alive = 0
        self.lock = threading.RLock()

    def lend(self, item):
        with self.lock:
            self.alive += 1
        weakref.finalize(item, self._gone)
        return item

    def _gone(self):
        with self.lock:
            self.alive -= 1
