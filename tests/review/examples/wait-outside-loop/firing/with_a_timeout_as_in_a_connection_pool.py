# file: pool.py
import threading


class ConnectionPool:
    def __init__(self, size):
        self._size = size
        self._idle = []
        self._free = threading.Condition()

    def get(self, timeout=None):
        with self._free:
            if not self._idle:
                self._free.wait(timeout)  # here
            return self._idle.pop()
