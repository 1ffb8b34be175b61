# file: service/expiry.py
import threading


class Sessions:
    def __init__(self):
        self._lock = threading.Lock()
        self._open = {}
        self._timer = threading.Timer(60, self._expire)

    def open(self, name):
        self._open[name] = object()

    def _expire(self):
        with self._lock:
            return [name for name, session in self._open.items() if session.is_old()]  # here
