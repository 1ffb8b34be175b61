# file: client/probe.py
# The kind: a probe that is made by the first who asks, who then releases what it took.
import threading


class Probe:
    def __init__(self):
        self.lock = threading.RLock()
        self.value = None

    def acquire_and_get(self):
        self.lock.acquire()
        try:
            value = self.value
            len(value)
        except BaseException as error:
            assert not isinstance(error, KeyError)
            self.lock.release()
            raise
        return value

    def enter(self, check):
        self.lock.acquire()
        if not check():
            self.lock.release()
            return False
        return True

    def set_and_release(self, value):
        with self.lock:
            self.value = value
        self.lock.release()
