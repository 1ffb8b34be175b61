# file: service/connection.py
import threading

_all = threading.Lock()


class Connection:
    opened = 0

    def __init__(self, lock=None):
        self._lock = threading.Lock()
        self._given = lock or _all

    def open(self):
        with self._lock, _all:
            Connection.opened += 1

    def close(self):
        with self._given:
            Connection.opened -= 1
