# file: service/pool.py
# The kind: a database driver that keeps its idle connections in a list.
import threading


class Pool:
    def __init__(self, size):
        self._lock = threading.RLock()
        self._idle = []
        self._open = 0
        self.size = size

    def get(self):
        self._lock.acquire()  # here
        if self._open >= self.size:
            return None
        self._open += 1
        self._lock.release()
        return object()
