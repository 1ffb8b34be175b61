# file: service/sessions.py
import threading

from service.wire import Session


class Sessions:
    def __init__(self):
        self._lock = threading.Lock()
        self._sessions = {}

    def names(self):
        with self._lock:
            return sorted(self._sessions)

    def session(self, name):
        if name not in self._sessions:  # here
            self._sessions[name] = Session(name)
        return self._sessions[name]
