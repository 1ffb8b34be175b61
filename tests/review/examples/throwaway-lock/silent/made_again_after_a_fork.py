# file: service/pool.py
import threading


class Pool:
    def __init__(self):
        self.lock = threading.Lock()
        self.free = []

    def _reinitialise(self):
        self.lock = threading.Lock()
        with self.lock:
            self.free = []

    def take(self):
        with self.lock:
            return self.free.pop()
