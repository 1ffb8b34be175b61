# file: service/box.py
import threading


class Reader:
    def __init__(self):
        self.cond = threading.Condition()
        self.data = None

    def read(self, timeout):
        with self.cond:
            if self.data is None and not self.cond.wait(timeout):
                raise TimeoutError
            came = self.cond.wait(timeout)
            return self.data if came else None
