# file: service/guard.py
import threading


class Guard:
    def __init__(self, check):
        self.lock = threading.Lock()
        self.check = check

    def __enter__(self):
        self.lock.acquire()
        self.check()
        return self

    def __exit__(self, *exception):
        self.lock.release()
