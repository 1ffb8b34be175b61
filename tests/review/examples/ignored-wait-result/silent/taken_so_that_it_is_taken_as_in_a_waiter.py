# file: service/waiter.py
# A lock as a flag: it is taken whoever has it, and somebody else will release it.
import threading


class Waiter:
    def __init__(self):
        self._lock = threading.Lock()

    def clear(self):
        self._lock.acquire(blocking=False)

    def set(self):
        if self._lock.locked():
            self._lock.release()

    def set_whoever_has_it(self):
        self._lock.acquire(False)
        self._lock.release()

    def wait(self, pause):
        stop = threading.Event()
        stop.wait(pause)
        self.thread.join(5)
