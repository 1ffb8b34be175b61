# file: service/jar.py
import threading


class Jar:
    def __init__(self):
        self._lock = threading.RLock()
        self._kept = {}

    def put(self, cookie):
        kept = self._kept
        self._lock.acquire()
        try:
            kept.setdefault(cookie.domain, {})[cookie.name] = cookie.value()
        finally:
            self._lock.release()

    def take(self, domain):
        self._lock.acquire()
        try:
            return self._kept.pop(domain)
        finally:
            self._lock.release()
