# file: futures.py
import threading


class Future:
    def __init__(self):
        self._condition = threading.Condition()
        self._state = "pending"

    def result(self, timeout=None):
        with self._condition:
            if self._state == "done":
                return 1
            self._condition.wait(timeout)
            if self._state == "done":
                return 1
            raise TimeoutError
