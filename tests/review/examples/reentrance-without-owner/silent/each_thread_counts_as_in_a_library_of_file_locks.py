# file: filelock/api.py
from threading import local


class Context(local):
    def __init__(self):
        self.fd = None
        self.counter = 0


class BaseFileLock:
    def __init__(self):
        self._context = Context()

    def acquire(self):
        self._context.counter += 1
        if self._context.fd is None:
            self._acquire()

    def release(self):
        self._context.counter -= 1
        if self._context.counter == 0:
            self._release()
