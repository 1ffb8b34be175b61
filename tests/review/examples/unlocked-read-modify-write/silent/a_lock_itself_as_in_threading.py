# file: service/locks.py
import threading
from threading import get_ident


class Reentrant:
    def __init__(self):
        self._inner = threading.Lock()
        self._owner = None
        self._count = 0

    def acquire(self):
        if self._owner == get_ident():
            self._count += 1  # of the owner alone
        else:
            self._inner.acquire()
            self._owner = get_ident()
            self._count = 1

    def release(self):
        self._count -= 1
        if not self._count:
            self._owner = None
            self._inner.release()
