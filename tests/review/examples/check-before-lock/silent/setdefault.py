# file: service/locks.py
import threading


class Locks:
    def __init__(self):
        self.guard = threading.Lock()
        self.locks = {}

    def of(self, name):
        if name not in self.locks:
            with self.guard:
                self.locks.setdefault(name, threading.Lock())
        return self.locks[name]

    def drop(self, name):
        if name in self.locks:
            with self.guard:
                self.locks.pop(name, None)
